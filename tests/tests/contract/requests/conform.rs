//! A request says what its operation was called with.

use super::sent::{document, sent, some_keys};
use crate::COVERAGE;
use certfleet_tests::contract::{
    Arguments, Client, Kind, Operation, generate,
    validate::{self, Wire},
};
use serde_json::{Map, Value};
use std::{cell::RefCell, collections::BTreeSet};

/// Whatever an operation is called with, its request says exactly that, as documented.
pub(super) fn conform(client: &'static Client) {
    let operation = client.documented();
    let seen: RefCell<BTreeSet<String>> = RefCell::default();
    let check = |arguments: Arguments| {
        let (requests, outcome) = sent(client, &some_keys(), &arguments);
        let [request] = requests.as_slice() else {
            return Err(format!(
                "{} requests were sent: {:?}",
                requests.len(),
                outcome.err()
            ));
        };
        let (found, read) = validate::request(document(client), &Wire::from_request(request))
            .map_err(|problems| problems.join("\n"))?;
        if found.key() != operation.key() {
            return Err(format!("the request is {}", found.key()));
        }
        let (said, meant) = (
            normalized(operation, read),
            normalized(operation, arguments),
        );
        if said != meant {
            return Err(format!("the request says {said:#?}"));
        }
        let mut seen = seen.borrow_mut();
        seen.extend(said.parameters.keys().cloned());
        seen.extend(
            said.body
                .iter()
                .flat_map(Value::as_object)
                .flatten()
                .map(|(name, _)| name.clone()),
        );
        COVERAGE.count(operation, Kind::Request);
        Ok(())
    };
    check(generate::plain(operation)).unwrap();
    generate::run(
        &operation.key(),
        &generate::arguments(operation),
        100,
        check,
    );

    let declared = operation
        .parameters
        .iter()
        .map(|parameter| parameter.name.clone());
    let body = operation
        .body
        .as_ref()
        .map(|body| body.schema.resolved(&body.schema.value)["properties"].clone());
    let fields = body
        .iter()
        .flat_map(Value::as_object)
        .flatten()
        .map(|(name, _)| name.clone());
    let declared: BTreeSet<String> = declared.chain(fields).collect();
    assert_eq!(
        seen.into_inner(),
        declared,
        "{}: not everything that is declared was sent",
        operation.key()
    );
}

/// Null and left out are the same, and so are the default and left out.
fn normalized(operation: &Operation, mut arguments: Arguments) -> Arguments {
    if let (Some(Value::Object(members)), Some(body)) = (&mut arguments.body, &operation.body) {
        members.retain(|_, value| !value.is_null());
        let schema = body.schema.resolved(&body.schema.value);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let default = &body.schema.resolved(property)["default"];
            if !default.is_null() {
                members.entry(name).or_insert(default.clone());
            }
        }
    }
    if arguments.body.is_none()
        && let Some(body) = &operation.body
        && !body.required
    {
        // An optional body may be sent with nothing but defaults.
        arguments.body = Some(Value::Object(Map::new()));
        return normalized(operation, arguments);
    }
    arguments
}
