//! A request: where it goes, the operation's parameters and body, and the headers that authenticate it.

pub(crate) mod address;
mod authorization;
mod base_url;
mod builder;
mod cookie;
mod multipart;
mod prepared;
mod segment;
mod urlencoded;

pub use authorization::Authorization;
pub use base_url::BaseUrl;
pub use builder::RequestBuilder;
pub use multipart::{FilePart, Form};
pub use prepared::Request;
pub use urlencoded::FieldStyle;
