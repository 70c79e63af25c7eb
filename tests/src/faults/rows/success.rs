//! What an operation answers where nothing goes wrong.

use crate::{Reply, contract::Client};
use certfleet_http::{Bytes, Expect};

/// The operation's documented success.
///
/// # Panics
/// Its document has no example.
pub fn done(client: &Client) -> Reply {
    let success = client.documented().success();
    match client.constants().expect {
        Expect::Bytes => Reply::json(success.concrete(), Bytes::from_static(b"PK\x03\x04"))
            .header("content-type", "application/zip"),
        Expect::Nothing => Reply::json(success.concrete(), ""),
        Expect::Json => {
            let example = success.examples.first().expect("an example");
            Reply::json(success.concrete(), example.to_string())
        }
    }
}

/// Whether its success is JSON.
pub(super) fn is_json(client: &Client) -> bool {
    client.constants().expect == Expect::Json
}

/// Whether its success has a body.
pub fn has_body(client: &Client) -> bool {
    client.constants().expect != Expect::Nothing
}
