//! One account and its entries, for tests of stores.

use certfleet_changes::journal::{AskedBy, Entry, Holder, LockKey};
use serde_json::json;

/// An account.
pub(crate) fn key() -> LockKey {
    LockKey {
        provider: certfleet::ProviderId::OPENAI,
        account: "a".to_owned(),
    }
}

/// Who changes it.
pub(crate) fn holder() -> Holder {
    Holder::new(&AskedBy::new("ada", "one"), "test")
}

/// An entry of the account, told from others by its name.
pub(crate) fn entry(name: &str) -> Entry {
    let entry = json!({
        "at": "2026-11-22T12:00:00Z", "operation": name, "provider": "openai", "account": "a",
        "event": { "ended": { "outcome": "not_applied" } },
    });
    serde_json::from_value(entry).unwrap()
}
