//! Holds one request, or one answer, against a document.

mod answer;
mod body;
mod credentials;
mod request;
mod typed;
mod wire;

pub use answer::{Verdict, answer};
pub use request::request;
pub use wire::Wire;
