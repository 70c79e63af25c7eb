//! Writing a client crate: progenitor's types and builders, the rest from certfleet's tables. The
//! same file names in every crate.

mod api;
mod auth;
mod builders;
mod client;
pub(crate) mod enums;
mod in_band_failures;
mod manifest;
mod readme;
mod types;

use crate::{pipeline::Lowered, problem::Result, progenitor};
use std::collections::BTreeMap;

/// The files of the crate, by path below its folder.
///
/// # Errors
/// What progenitor does not accept, and what the configuration names that the document has not.
pub fn files(lowered: &Lowered) -> Result<BTreeMap<String, String>> {
    let open_enums = enums::open(&lowered.document);
    let replaced: Vec<String> = open_enums.iter().map(|(name, _, _)| name.clone()).collect();
    let raw = progenitor::generate(lowered, &replaced)?;
    let mut types = types::file(lowered, &raw)?;
    let builders = builders::file(lowered, &raw)?;
    let code = format!(
        "{}{}",
        prettyplease::unparse(&types),
        prettyplease::unparse(&builders)
    );
    types::document_fields(&mut types);

    let mut files = BTreeMap::new();
    let mut add = |path: &str, text: String| {
        files.insert(path.to_owned(), text);
    };
    add("Cargo.toml", manifest::text(lowered, &code));
    add("README.md", readme::text(lowered));
    add("src/lib.rs", client::root(lowered));
    add(
        "src/api.rs",
        source(lowered, "The API as data.", &api::text(lowered)?),
    );
    add(
        "src/auth.rs",
        source(lowered, "Ways to authenticate.", &auth::text(lowered)?),
    );
    add(
        "src/builder.rs",
        unparse(lowered, "One builder for each operation.", &builders),
    );
    add(
        "src/client.rs",
        source(lowered, "The client.", &client::text(lowered, &raw)?),
    );
    add(
        "src/enums.rs",
        header(
            lowered,
            "Enums of answers, open to values that are not known yet.",
        ) + &enums::text(&open_enums),
    );
    add(
        "src/in_band_failures.rs",
        source(
            lowered,
            "How a success says that it failed.",
            &in_band_failures::text(lowered),
        ),
    );
    add(
        "src/types.rs",
        unparse(lowered, "Types of requests and answers.", &types),
    );
    Ok(files)
}

/// What stands at the head of every generated file.
fn header(lowered: &Lowered, about: &str) -> String {
    format!(
        "//! {about}\n//!\n//! {} Do not edit.\n\n",
        lowered.package.notice
    )
}

/// A file from its text, formatted.
fn source(lowered: &Lowered, about: &str, text: &str) -> String {
    let formatted = match syn::parse_file(text) {
        Ok(file) => prettyplease::unparse(&file),
        // Never the case with our own templates; if it were, the compiler would say where.
        Err(_) => text.to_owned(),
    };
    header(lowered, about) + &formatted
}

fn unparse(lowered: &Lowered, about: &str, file: &syn::File) -> String {
    header(lowered, about) + &prettyplease::unparse(file)
}

/// The constant of an operation in `src/api.rs`.
fn constant(operation_id: &str) -> String {
    use heck::ToShoutySnakeCase;
    operation_id.to_shouty_snake_case()
}

/// A Rust string literal.
fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// `&["a", "b"]`.
fn literals<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(literal).collect();
    format!("&[{}]", texts.join(", "))
}

/// `Some("a")` or `None`.
fn optional(text: Option<&str>) -> String {
    text.map_or("None".to_owned(), |text| format!("Some({})", literal(text)))
}

/// An item of progenitor's file: a module by its name.
fn module<'a>(file: &'a syn::File, name: &str) -> Option<&'a [syn::Item]> {
    file.items.iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == name => {
            module.content.as_ref().map(|(_, items)| items.as_slice())
        }
        _ => None,
    })
}

/// What to say when progenitor writes something else than this version of xtask knows.
fn unexpected(lowered: &Lowered, what: &str) -> crate::Problem {
    crate::Problem::new(
        lowered.package.lowered.clone(),
        "",
        format!("progenitor's code has another form than expected: {what}"),
        "progenitor was probably updated: adapt crates/certfleet-codegen/src/emit to it",
    )
}
