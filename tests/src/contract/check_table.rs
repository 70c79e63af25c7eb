//! Holds the table of operations, the clients' own tables and the documents against each other.

use super::{
    Contract, Operation,
    operations::{APIS, TABLE},
};
use certfleet_http::Api;
use std::collections::BTreeSet;

/// Checks that the [table](TABLE), the clients' own tables and the documents have the same operations, with the same
/// vendor's id, statuses and ways to authenticate.
///
/// # Errors
/// Every difference.
pub fn check_table() -> Result<(), Vec<String>> {
    let mut problems = Vec::new();
    let table = || TABLE.iter().map(|client| format!("{client:?}"));
    let called: BTreeSet<String> = table().collect();
    if called.len() != table().count() {
        problems.push("the table names an operation twice".to_owned());
    }
    let mut generated = BTreeSet::new();
    let mut constants = BTreeSet::new();
    for &api in APIS {
        for operation in api.operations {
            generated.insert(format!("{}.{}", api.provider, operation.id));
            let key = format!("{} {} {}", api.provider, operation.method, operation.path);
            if let Some(documented) = Contract::get().operations().find(|one| one.key() == key) {
                problems.extend(differences(operation, documented));
                problems.extend(lacking_credentials(api, documented));
            }
            constants.insert(key);
        }
    }
    let documented: BTreeSet<String> = Contract::get().operations().map(Operation::key).collect();
    for (what, all, others) in [
        ("documented, but no client has it", &documented, &constants),
        ("a client's, but not documented", &constants, &documented),
        (
            "a client's, but not called by the tests",
            &generated,
            &called,
        ),
        ("called by the tests, but no client's", &called, &generated),
    ] {
        problems.extend(
            all.difference(others)
                .map(|name| format!("{name} is {what}")),
        );
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// What the client says of an operation otherwise than its document.
fn differences(operation: &certfleet_http::Operation, documented: &Operation) -> Vec<String> {
    let key = documented.key();
    let mut problems = Vec::new();
    let responses = &documented.responses;
    let statuses: Vec<&str> = responses.iter().map(|one| one.status.as_str()).collect();
    let same_statuses = BTreeSet::from_iter(operation.statuses) == BTreeSet::from_iter(&statuses);
    let successes = responses.iter().filter(|one| one.is_success());
    let success: Vec<u16> = successes.map(|one| one.concrete()).collect();
    if !same_statuses || operation.success != success {
        problems.push(format!(
            "{key}: the client knows {:?}, documented are {statuses:?}",
            operation.statuses
        ));
    }
    if operation.vendor_id != documented.vendor_id.as_deref() {
        problems.push(format!(
            "{key}: the client names it {:?}",
            operation.vendor_id
        ));
    }
    problems
}

/// The documented ways to authenticate that the client does not have.
fn lacking_credentials(api: &Api, documented: &Operation) -> Vec<String> {
    let has = |wanted: &BTreeSet<(&str, &str)>| {
        api.auth.iter().any(|way| {
            let bindings = way.bindings.iter();
            let own: BTreeSet<_> = bindings.map(|one| (one.name, one.prefix)).collect();
            own == *wanted
        })
    };
    let mut problems = Vec::new();
    for way in &documented.security {
        let wanted = way
            .iter()
            .map(|one| (one.header.as_str(), if one.bearer { "Bearer " } else { "" }))
            .collect();
        if !has(&wanted) {
            problems.push(format!("{}: no credentials for {way:?}", documented.key()));
        }
    }
    problems
}
