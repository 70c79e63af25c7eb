//! What the passes give and the emitter takes.

use crate::{
    choice::Choices, context::Note, multipart::FormOperation, nullable::NullableMembers,
    provider::Provider, source::Package, step::Step,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// A lowered document.
#[derive(Debug)]
pub struct Lowered {
    /// What the document does not say.
    pub provider: Provider,
    /// The crate that is written.
    pub package: Package,
    /// How problems name the document.
    pub(crate) name: String,
    /// How problems name the configuration.
    pub(crate) configuration: String,
    /// Vendored plus overlay: what the vendor offers, corrected.
    pub effective: Value,
    /// What progenitor sees.
    pub document: Value,
    /// Operations that progenitor cannot express, taken out of [`document`](Self::document).
    pub forms: Vec<FormOperation>,
    /// The schemas with alternatives, whose types the emitter writes.
    pub(crate) choices: Choices,
    /// The members of requests that may be left out and may be null, by their schemas.
    pub(crate) nullable: NullableMembers,
    /// Decisions that a user of the client has to know.
    pub notes: BTreeSet<Note>,
    /// What every overlay action and every pass changed, in order; empty unless recorded.
    pub steps: Vec<Step>,
}
