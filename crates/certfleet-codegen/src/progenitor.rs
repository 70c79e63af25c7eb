//! Calls progenitor, which panics on documents it does not expect: a panic becomes a problem that names the
//! operation.

use crate::{
    document, formats,
    lowered::Lowered,
    pointer,
    problem::{Problem, Problems, Result},
    references, schema,
};
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};
use schemars::schema::{InstanceType, SchemaObject};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Where the enums of responses are, each of which is a text.
pub(crate) const ENUMS: &str = "crate::enums::";

/// Deeply nested schemas need more than a thread's usual stack.
const STACK: usize = 256 * 1024 * 1024;

/// The types that the emitter writes itself: name and path.
pub(crate) type Replaced = [(String, String)];

/// progenitor's code for a lowered document, as one file.
pub(crate) fn generate(lowered: &Lowered, replaced: &Replaced) -> Result<syn::File> {
    let name = lowered.package.lowered.clone();
    match run(&lowered.document, replaced) {
        Ok(file) => Ok(file),
        Err(why) => {
            // Find the operations that it does not accept.
            let all: Vec<Call> = schema::operations(&lowered.document)
                .map(|at| (at.path.to_owned(), at.method))
                .collect();
            let refused = Search {
                document: &lowered.document,
                replaced,
            }
            .refused(&all);
            let problems: Vec<Problem> = refused
                .into_iter()
                .map(|((path, method), why)| {
                    let at = pointer::join(["paths", &path, method]);
                    let id = lowered.document["paths"][&path][method]["operationId"]
                        .as_str()
                        .unwrap_or_default();
                    Problem::new(
                        &name,
                        at,
                        format!("progenitor does not accept it: {}", short(&why)),
                        "correct the description in overlay.yaml, or leave the operation out of provider.toml",
                    )
                    .in_operation(id)
                })
                .collect();
            if !problems.is_empty() {
                return Err(Problems(problems));
            }
            Err(Problem::new(
                name,
                "",
                format!("progenitor does not accept the document: {}", short(&why)),
                "correct the description in overlay.yaml",
            )
            .into())
        }
    }
}

/// An operation: path and method.
type Call = (String, &'static str);

/// Looks for the operations that progenitor does not accept.
struct Search<'a> {
    document: &'a Value,
    replaced: &'a Replaced,
}

impl Search<'_> {
    /// The operations that are refused, with the reason: first those that are refused on their own,
    /// by halves; then those that are refused together with others.
    fn refused(&self, all: &[Call]) -> Vec<(Call, String)> {
        let mut refused = Vec::new();
        self.alone(all, &mut refused);
        let accepted: Vec<Call> = all
            .iter()
            .filter(|call| !refused.iter().any(|(other, _)| other == *call))
            .cloned()
            .collect();
        self.together(&mut Vec::new(), &accepted, &mut refused);
        refused
    }

    fn why(&self, calls: &[Call]) -> Option<String> {
        run(&only(self.document, calls), self.replaced).err()
    }

    fn alone(&self, calls: &[Call], refused: &mut Vec<(Call, String)>) {
        let Some(why) = (!calls.is_empty()).then(|| self.why(calls)).flatten() else {
            return;
        };
        match calls {
            [call] => refused.push((call.clone(), why)),
            _ => {
                let (left, right) = calls.split_at(calls.len() / 2);
                self.alone(left, refused);
                self.alone(right, refused);
            }
        }
    }

    fn together(
        &self,
        accepted: &mut Vec<Call>,
        calls: &[Call],
        refused: &mut Vec<(Call, String)>,
    ) {
        if calls.is_empty() {
            return;
        }
        let both: Vec<Call> = accepted.iter().chain(calls).cloned().collect();
        match (self.why(&both), calls) {
            (None, _) => *accepted = both,
            (Some(why), [call]) => refused.push((call.clone(), why)),
            (Some(_), _) => {
                let (left, right) = calls.split_at(calls.len() / 2);
                self.together(accepted, left, refused);
                self.together(accepted, right, refused);
            }
        }
    }
}

/// The document with some operations and what they need.
fn only(document: &Value, calls: &[Call]) -> Value {
    let mut alone = document.clone();
    if let Some(paths) = alone.get_mut("paths").and_then(Value::as_object_mut) {
        paths.retain(|path, item| {
            if let Some(item) = item.as_object_mut() {
                item.retain(|key, _| {
                    !schema::METHODS.contains(&key.as_str())
                        || calls
                            .iter()
                            .any(|(other, method)| other == path && method == key)
                });
            }
            calls.iter().any(|(other, _)| other == path)
        });
    }
    references::prune(&mut alone);
    alone
}

/// A reason in one line: progenitor shows whole schemas.
fn short(why: &str) -> String {
    let line = why.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn run(document: &Value, replaced: &Replaced) -> std::result::Result<syn::File, String> {
    // From text with sorted members, so that the order is the same in every build.
    let text = document::to_json(document);
    let replaced = replaced.to_vec();
    let thread = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            catch_unwind(AssertUnwindSafe(|| tokens(&text, &replaced)))
                .unwrap_or_else(|panic| Err(message(&*panic)))
        })
        .map_err(|error| format!("no thread could be started: {error}"))?;
    let code = thread.join().map_err(|panic| message(&*panic))??;
    syn::parse_file(&code).map_err(|error| format!("it wrote code that is not Rust: {error}"))
}

fn tokens(text: &str, replaced: &Replaced) -> std::result::Result<String, String> {
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
            formats::SECRET,
            "::certfleet_http::Secret",
        ),
        (
            InstanceType::String,
            formats::DATE_TIME,
            "::certfleet_http::Timestamp",
        ),
        (
            InstanceType::Integer,
            formats::UNIX_TIME,
            "::certfleet_http::UnixSeconds",
        ),
        (
            InstanceType::Integer,
            formats::INTEGER,
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
    for (name, path) in replaced {
        let impls: &[TypeImpl] = if path.starts_with(ENUMS) {
            &text_impls
        } else {
            &[]
        };
        settings.with_replacement(name, path, impls.iter().copied());
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
