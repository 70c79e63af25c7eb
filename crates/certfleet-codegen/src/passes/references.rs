//! Moves the targets of references to where progenitor looks. Comes before the selection of operations,
//! which would cut such targets off. Discriminators are completed while schemas have the vendor's names.

use crate::{context::Context, discriminator, problem::Problem, reference_targets};
use serde_json::Value;

pub(crate) fn run(document: &mut Value, _: &Context<'_>) -> Vec<Problem> {
    reference_targets::inline_path_items(document);
    reference_targets::name_targets(document);
    discriminator::complete(document);
    Vec::new()
}
