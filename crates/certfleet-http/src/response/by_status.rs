//! Successes whose type depends on the status.

use super::json;
use crate::api::Expect;
use bytes::Bytes;
use serde::de::DeserializeOwned;

/// A success that is of another type for another status. Generated for every operation that documents
/// several.
pub trait ByStatus: Sized {
    /// Returns what a success of this status carries.
    fn expect(status: u16) -> Expect;

    /// Reads a success of this status.
    ///
    /// # Errors
    /// Where the body is not of the documented shape, without any value of it.
    fn read(status: u16, body: &Bytes) -> Result<Self, String>;
}

/// Reads a JSON body. Called by generated code.
///
/// # Errors
/// Where the body is not of the type's shape, without any value of it.
pub fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    json::decode(body)
}
