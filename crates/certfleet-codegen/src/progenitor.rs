//! Calling progenitor, which panics on documents it does not expect: a panic here is a problem that
//! names the operation.

use crate::{
    document,
    passes::harden,
    pipeline::Lowered,
    problem::{Problem, Result},
    schema,
};
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};
use schemars::schema::{InstanceType, SchemaObject};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Deeply nested schemas need more than a thread's usual stack.
const STACK: usize = 256 * 1024 * 1024;

/// progenitor's code for a lowered document, as one file. `open_enums` are the named enums that
/// `crate::enums` replaces.
pub(crate) fn generate(lowered: &Lowered, open_enums: &[String]) -> Result<syn::File> {
    let name = lowered.package.lowered.clone();
    match run(&lowered.document, open_enums) {
        Ok(file) => Ok(file),
        Err(why) => {
            // Which operation is it? Each alone, to name it.
            for at in schema::operations(&lowered.document) {
                let alone = only(&lowered.document, at.path, at.method);
                if let Err(why) = run(&alone, open_enums) {
                    return Err(Problem::new(
                        name,
                        at.pointer(),
                        format!("progenitor does not accept it: {why}"),
                        "correct the description in overlay.yaml, or leave the operation out of provider.toml",
                    )
                    .of(at.name())
                    .into());
                }
            }
            Err(Problem::new(
                name,
                "",
                format!("progenitor does not accept the document: {why}"),
                "correct the description in overlay.yaml",
            )
            .into())
        }
    }
}

/// The document with one operation.
fn only(document: &Value, path: &str, method: &str) -> Value {
    let mut alone = document.clone();
    if let Some(paths) = alone.get_mut("paths").and_then(Value::as_object_mut) {
        paths.retain(|other, _| other == path);
        if let Some(item) = paths.get_mut(path).and_then(Value::as_object_mut) {
            item.retain(|key, _| key == method || !schema::METHODS.contains(&key.as_str()));
        }
    }
    alone
}

fn run(document: &Value, open_enums: &[String]) -> std::result::Result<syn::File, String> {
    // From text with sorted members, so that the order is the same in every build.
    let text = document::to_json(document);
    let open_enums = open_enums.to_vec();
    let thread = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            catch_unwind(AssertUnwindSafe(|| tokens(&text, &open_enums)))
                .unwrap_or_else(|panic| Err(message(&*panic)))
        })
        .map_err(|error| format!("no thread could be started: {error}"))?;
    let code = thread.join().map_err(|panic| message(&*panic))??;
    syn::parse_file(&code).map_err(|error| format!("it wrote code that is no Rust: {error}"))
}

fn tokens(text: &str, open_enums: &[String]) -> std::result::Result<String, String> {
    let document: openapiv3::OpenAPI =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged)
        .with_map_type("::std::collections::BTreeMap");
    let text_impls = [TypeImpl::Display, TypeImpl::FromStr];
    for (instance, format, replacement) in [
        (
            InstanceType::String,
            harden::SECRET,
            "::certfleet_http::Secret",
        ),
        (
            InstanceType::String,
            harden::DATE_TIME,
            "::certfleet_http::Timestamp",
        ),
        (
            InstanceType::Integer,
            harden::UNIX_TIME,
            "::certfleet_http::UnixSeconds",
        ),
        (
            InstanceType::Integer,
            harden::INTEGER,
            "::certfleet_http::Integer",
        ),
    ] {
        let schema = SchemaObject {
            instance_type: Some(instance.into()),
            format: Some(format.to_owned()),
            ..SchemaObject::default()
        };
        settings.with_conversion(schema, replacement, text_impls.into_iter());
    }
    for name in open_enums {
        settings.with_replacement(
            name,
            format!("crate::enums::{name}"),
            text_impls.into_iter(),
        );
    }
    Generator::new(&settings)
        .generate_tokens(&document)
        .map(|tokens| tokens.to_string())
        .map_err(|error| error.to_string())
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked")
        .to_owned()
}
