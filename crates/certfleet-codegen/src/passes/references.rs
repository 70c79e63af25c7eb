//! Moves the targets of references to where progenitor looks. Comes before the selection of operations,
//! which would cut such targets off. Discriminators are completed while schemas have the vendor's names.

use crate::{
    context::Context, discriminator, problem::Problem, reference_targets, references, schema, text,
};
use serde_json::Value;

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    reference_targets::inline_path_items(document);
    reference_targets::name_targets(document);
    discriminator::complete(document);
    text::clean_all(document);
    let calls = context.provider.calls();
    schema::operations(document)
        .filter(|at| at.operation.get("$ref").is_some() && calls.contains_key(at.call().as_str()))
        .map(|at| {
            context.problem(
                at.pointer(),
                format!(
                    "the operation is the reference {}, which leads out of the document or nowhere",
                    at.operation["$ref"]
                ),
                references::RESOLVE,
            )
        })
        .collect()
}
