//! The contract: what the vendors' effective documents (vendored plus overlay) say, as something
//! that requests, answers, the sandbox and the clients can be held against.
//!
//! [`Contract::get`] reads the documents, [`Document`] and [`Operation`] are what they say,
//! [`validate`] checks one request or answer, [`Recorder`] checks everything that passes a
//! transport, [`operations`] calls any operation of any client by its document's names,
//! [`generate`] makes values from schemas and [`Coverage`] counts what was proven.

mod arguments;
mod check_table;
mod coverage;
pub mod dialect;
mod document;
mod documents;
pub mod generate;
mod multipart;
pub mod operations;
mod reader;
mod recorder;
mod schema;
pub mod validate;
mod variants;

pub use arguments::Arguments;
pub use check_table::check_table;
pub use coverage::{BODIES, Coverage, Kind};
pub use document::{Document, Location, Operation, Parameter, Requirement, Responses};
pub use documents::Contract;
pub use operations::{Called, Client};
pub use recorder::{Exchange, Recorder};
pub use schema::Schema;
pub use variants::{Expected, Variant, variants};
