//! The contract: what the vendors' effective documents (vendored plus overlay) say, as something
//! that requests, answers, the sandbox and the clients can be held against.
//!
//! [`Contract::get`] reads the documents, [`Document`] and [`Operation`] are what they say,
//! [`validate`] checks one request or answer, [`Recorder`] checks everything that passes a
//! transport, [`operations`] calls any operation of any client by its document's names,
//! [`generate`] makes values from schemas and [`Coverage`] counts what was proven.

mod arguments;
mod coverage;
pub mod dialect;
mod document;
pub mod generate;
mod multipart;
pub mod operations;
mod recorder;
pub mod validate;
mod variants;

pub use arguments::Arguments;
pub use coverage::{BODIES, Coverage, Kind};
pub use document::{
    Contract, Document, Location, Operation, Parameter, Requirement, Responses, Schema,
};
pub use operations::{Called, Client};
pub use recorder::{Exchange, Recorder};
pub use variants::{Expected, Variant, variants};
