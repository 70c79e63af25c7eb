//! What a shell offers for the values of options: what the last listings named.

use crate::completion_cache::{self, Listed};
use certfleet::Scope;
use clap::Arg;
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _,
};
use std::{collections::BTreeSet, ffi::OsStr};

/// An option whose values a shell completes, where they are known.
pub(super) fn completed(argument: Arg) -> Arg {
    match argument.get_id().as_str() {
        "account" => argument.add(ArgValueCandidates::new(|| all(accounts))),
        "at" => argument.add(ArgValueCandidates::new(|| {
            all(|listed| scopes(listed, switched))
        })),
        "environment" => argument.add(ArgValueCandidates::new(|| {
            all(|listed| scopes(listed, environment))
        })),
        "connector" => argument.add(ArgValueCandidates::new(|| {
            all(|listed| scopes(listed, connector))
        })),
        // A file may be meant too.
        "target" | "targets" => argument.add(ArgValueCompleter::new(records)),
        _ => argument,
    }
}

fn all(of: impl Fn(&Listed) -> BTreeSet<String>) -> Vec<CompletionCandidate> {
    let texts = of(&completion_cache::read());
    texts.into_iter().map(CompletionCandidate::new).collect()
}

fn accounts(listed: &Listed) -> BTreeSet<String> {
    listed.accounts.keys().cloned().collect()
}

fn scopes(listed: &Listed, written: fn(&Scope) -> Option<String>) -> BTreeSet<String> {
    let accounts = listed.accounts.values();
    accounts
        .flat_map(|known| &known.scopes)
        .filter_map(written)
        .collect()
}

/// A scope where certificates are switched on and off, as `--at` takes it.
fn switched(scope: &Scope) -> Option<String> {
    match scope {
        Scope::Organization | Scope::Edge | Scope::Gateway => Some(scope.to_string()),
        Scope::Project { id } => Some(format!("project:{id}")),
        _ => None,
    }
}

fn environment(scope: &Scope) -> Option<String> {
    match scope {
        Scope::Environment { name } => Some(name.clone()),
        _ => None,
    }
}

fn connector(scope: &Scope) -> Option<String> {
    match scope {
        Scope::Connector { id } => Some(id.clone()),
        _ => None,
    }
}

/// Names and addresses that begin so, then files.
fn records(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(begun) = current.to_str() else {
        return Vec::new();
    };
    let listed = completion_cache::read();
    let known = listed.accounts.values().flat_map(|known| &known.records);
    let texts = known.flat_map(|(address, name)| std::iter::once(address).chain(name));
    let found: BTreeSet<_> = texts.filter(|text| text.starts_with(begun)).collect();
    let mut candidates: Vec<_> = found.into_iter().map(CompletionCandidate::new).collect();
    candidates.extend(PathCompleter::any().complete(current));
    candidates
}
