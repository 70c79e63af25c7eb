//! What a call sends.

use crate::wait;
use certfleet_http::{Error, Request};
use certfleet_tests::{
    Clients, Keys, Scripted,
    contract::{Arguments, Called, Client, Contract, Document},
};
use std::sync::Arc;

/// Calls an operation; what it sent, and how the call ended (the answer is no use to it).
pub(super) fn sent(
    client: &Client,
    keys: &Keys,
    arguments: &Arguments,
) -> (Vec<Request>, Result<Called, Error>) {
    let transport = Scripted::always(500, "");
    let clients = Clients::new(Arc::new(transport.clone()), keys);
    let outcome = wait(client.call(&clients, arguments));
    (transport.requests(), outcome)
}

pub(super) fn some_keys() -> Keys {
    Keys::all(|vendor| format!("a-key-{vendor}"))
}

pub(super) fn document(client: &Client) -> &'static Document {
    Contract::get().document(client.provider)
}
