//! Finding things in the code that progenitor wrote.

use crate::{lowered::Lowered, problem::Problem};

/// The items of a module.
pub(super) fn module<'a>(file: &'a syn::File, name: &str) -> Option<&'a [syn::Item]> {
    file.items.iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == name => {
            module.content.as_ref().map(|(_, items)| items.as_slice())
        }
        _ => None,
    })
}

/// The problem that progenitor writes other code than this crate knows.
pub(super) fn unexpected(lowered: &Lowered, what: &str) -> Problem {
    Problem::new(
        lowered.package.lowered.clone(),
        "",
        format!("progenitor's code has another form than expected: {what}"),
        "progenitor was probably updated: adapt crates/certfleet-codegen/src/emit to it",
    )
}
