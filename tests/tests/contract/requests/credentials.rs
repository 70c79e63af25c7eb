//! What authenticates a request.

use super::sent::{document, sent};
use crate::providers;
use certfleet_sandbox::Provider;
use certfleet_tests::{
    Keys,
    contract::{
        Client, generate,
        validate::{self, Wire},
    },
};
use std::collections::BTreeSet;

/// Every way to authenticate that a document knows, in the headers that it names, and no other.
pub(super) fn credentials(client: &'static Client) {
    let operation = client.documented();
    let secret = |vendor: Provider| format!("s3cret-{vendor}");
    let others = providers::by_name(client.provider)
        .other_ways
        .iter()
        .map(|fill| {
            let mut keys = Keys::all(secret);
            fill(&mut keys);
            keys
        });
    let mut ways = BTreeSet::new();
    for keys in std::iter::once(Keys::all(secret)).chain(others) {
        let (requests, _) = sent(client, &keys, &generate::plain(operation));
        let wire = Wire::from_request(&requests[0]);
        validate::request(document(client), &wire).unwrap();
        for (name, value) in wire.headers {
            let holds = value.to_str().unwrap_or_default().contains("s3cret");
            assert_eq!(holds, value.is_sensitive(), "{name}");
        }
        let mut way: Vec<(String, bool)> = wire
            .headers
            .iter()
            .filter(|(_, value)| value.is_sensitive())
            .map(|(name, value)| {
                (
                    name.to_string(),
                    value.to_str().unwrap().starts_with("Bearer "),
                )
            })
            .collect();
        way.sort();
        ways.insert(way);
    }
    let documented: BTreeSet<Vec<(String, bool)>> = operation
        .security
        .iter()
        .map(|way| {
            let mut way: Vec<_> = way
                .iter()
                .map(|one| (one.header.clone(), one.bearer))
                .collect();
            way.sort();
            way
        })
        .collect();
    assert_eq!(ways, documented);
}
