//! What is known of each vendor, read a second time: one file each.

mod apinizer;
mod cloudflare;
mod openai;
mod patchworks;
// new-provider: module

use crate::sandbox::Watched;
use certfleet::ErrorKind;
use certfleet_sandbox::{Behaviour, Credential, RateLimit, Sandbox};
use certfleet_tests::Keys;
use serde_json::{Value, json};

const ALL: &[Provider] = &[
    openai::PROVIDER,
    cloudflare::PROVIDER,
    patchworks::PROVIDER,
    apinizer::PROVIDER,
    // new-provider: entry
];

/// A failure that the vendor is known to send: status, body, code, and what the facade makes of it.
pub(crate) type Failure = (u16, Value, Option<&'static str>, ErrorKind);

/// A name, a switch of the sandbox, and how much of it the document does not allow.
pub(crate) type Way = (&'static str, fn(&mut Behaviour), &'static str);

/// Sets a rate limit, and the operation that it is tried with.
pub(crate) type Limited = (fn(&mut Behaviour, RateLimit), &'static str);

/// One vendor.
pub(crate) struct Provider {
    pub(crate) provider: &'static str,
    /// Fills in a credential of the sandbox.
    pub(crate) credential: fn(&mut Keys, Credential),
    /// Fills in the other ways to authenticate, each with secrets that begin with `s3cret`.
    pub(crate) other_ways: &'static [fn(&mut Keys)],
    /// Path parameters that name something.
    pub(crate) known: fn(&Sandbox) -> Vec<(&'static str, Value)>,
    /// A certificate's life, through every operation.
    pub(crate) live: fn(&Watched),
    /// How its rate limit is tried, if its sandbox has one.
    pub(crate) limited: Option<Limited>,
    /// Every switch of its sandbox.
    pub(crate) ways: &'static [Way],
    /// The code and the message of a failure's body.
    pub(crate) said: fn(&Value) -> (Option<String>, Option<String>),
    /// Failures that it is known to send.
    pub(crate) failures: fn() -> Vec<Failure>,
    /// The same answer of a get (`true`) or as the last page of a listing, with an id in every record;
    /// and its records.
    pub(crate) whole: fn(Value, bool) -> (Value, Vec<Value>),
}

/// Every vendor.
pub(crate) fn all() -> impl Iterator<Item = &'static Provider> {
    ALL.iter()
}

/// A vendor by its name.
pub(crate) fn by_name(name: &str) -> &'static Provider {
    all()
        .find(|one| one.provider == name)
        .unwrap_or_else(|| panic!("the contract tests know nothing of {name}: add a file here"))
}

/// A text or a number.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Takes a list out of a member, which becomes one where it is none.
fn list(member: &mut Value) -> Vec<Value> {
    if !member.is_array() {
        *member = json!([]);
    }
    member
        .as_array_mut()
        .map(std::mem::take)
        .unwrap_or_default()
}

/// Gives every record an id.
fn number(records: &mut [Value], name: &str, id: impl Fn(usize) -> Value) {
    for (index, record) in records.iter_mut().enumerate() {
        record[name] = id(index);
    }
}

/// These parameters, and more.
fn with(mut parameters: Value, more: Value) -> Value {
    if let (Some(all), Value::Object(more)) = (parameters.as_object_mut(), more) {
        all.extend(more);
    }
    parameters
}
