//! A write of the facade, as data, and what the vendors' writes share.

use certfleet::{Account, Certificate, Change, ProviderId, Scope, change::Generate};
use certfleet_sandbox::{Provider, Sandbox};

/// The sandbox's name of a vendor.
///
/// # Panics
/// It has none.
pub fn vendor(kind: ProviderId) -> Provider {
    match kind {
        ProviderId::OPENAI => Provider::OpenAi,
        ProviderId::CLOUDFLARE => Provider::Cloudflare,
        ProviderId::PATCHWORKS => Provider::Patchworks,
        ProviderId::APINIZER => Provider::Apinizer,
        // new-provider: vendor
        other => panic!("{other} is not in the sandbox"),
    }
}

/// What applying the same change once more comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Nothing has to be changed any more.
    Unchanged,
    /// What it is about is no longer there.
    NotFound,
    /// It is done anew.
    Anew,
}

/// A write that a vendor can do, over the sandbox's seeded fleet.
pub struct Write {
    /// What it is, for messages.
    pub name: &'static str,
    /// The vendor.
    pub kind: ProviderId,
    /// The change.
    pub change: fn(&Sandbox, &Account, &[Certificate]) -> Change,
    /// The operation that carries it out.
    pub operation: &'static str,
    /// Whether it is there, by what the sandbox holds.
    pub is_done: fn(&Sandbox, &Change) -> bool,
    /// Whether a lost answer is found again by reading.
    pub readable: bool,
    /// Whether it is sent again where it was not done.
    pub repeatable: bool,
    /// Whether the answer says by itself that it was done; otherwise reading back has to.
    pub confirms: bool,
    /// What applying it once more comes to.
    pub again: Again,
}

/// The record of a name.
///
/// # Panics
/// There is none.
pub fn named<'a>(listed: &'a [Certificate], name: &str) -> &'a Certificate {
    listed
        .iter()
        .find(|one| one.name.as_deref() == Some(name))
        .unwrap_or_else(|| panic!("no {name}"))
}

pub(super) fn holders(sandbox: &Sandbox, vendor: Provider, change: &Change) -> usize {
    let sha256 = change.sha256().expect("a content").to_string();
    sandbox
        .snapshot()
        .of(vendor)
        .filter(|record| record.sha256.contains(&sha256))
        .count()
}

pub(super) fn gone(sandbox: &Sandbox, change: &Change) -> bool {
    let id = &change.ids()[0];
    sandbox
        .snapshot()
        .record(vendor(id.provider), &id.native)
        .is_none()
}

/// An environment.
pub fn environment(name: &str) -> Scope {
    Scope::Environment {
        name: name.to_owned(),
    }
}

/// A connector.
pub fn connector(id: &str) -> Scope {
    Scope::Connector { id: id.to_owned() }
}

/// A write that is read back, sent again where that is safe, and the second time is so already.
pub(super) fn write(name: &'static str, kind: ProviderId, operation: &'static str) -> Write {
    Write {
        name,
        kind,
        operation,
        change: |_, _, _| Change::Generate(Generate::default()),
        is_done: |_, _| false,
        readable: true,
        repeatable: true,
        confirms: true,
        again: Again::Unchanged,
    }
}
