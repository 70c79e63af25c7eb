//! Which certificates are shown, and in which order.

use crate::{
    cli::{List, Sort},
    fingerprint::Fingerprint,
    output,
};
use certfleet::{
    Certificate, State,
    reading::{ExpiryStatus, Threshold},
};
use certfleet_report::name_pattern::NamePattern;
use chrono::{DateTime, Utc};
use std::cmp::Ordering;

/// Which certificates are shown.
pub(crate) struct Filter<'a> {
    states: &'a [State],
    name: Option<Pattern>,
    within: Option<Threshold>,
    fingerprint: Option<&'a Fingerprint>,
}

impl<'a> Filter<'a> {
    pub(crate) fn new(options: &'a List) -> Self {
        Self {
            states: &options.state,
            name: options.name.as_deref().map(Pattern::new),
            within: options.expires_within,
            fingerprint: options.fingerprint.as_ref(),
        }
    }

    /// Whether a certificate is shown, as far as the time has no say in it.
    pub(crate) fn keeps(&self, certificate: &Certificate) -> bool {
        (self.states.is_empty() || self.states.contains(&certificate.state))
            && self.name.as_ref().is_none_or(|pattern| {
                output::name(certificate).is_some_and(|name| pattern.matches(name.as_ref()))
            })
            && self
                .fingerprint
                .is_none_or(|fingerprint| fingerprint.is_in(certificate))
    }

    /// Whether any of its certificates ends soon enough to be shown, when it is `now` for its account.
    pub(crate) fn is_due(&self, certificate: &Certificate, now: DateTime<Utc>) -> bool {
        self.within.is_none_or(|within| {
            certificate.expiries(within, now).any(|expiry| {
                matches!(
                    expiry.status,
                    ExpiryStatus::Expiring | ExpiryStatus::Expired
                )
            })
        })
    }
}

/// The filters, as options write them.
pub(crate) fn written(options: &List) -> Vec<String> {
    let List {
        state,
        name,
        expires_within,
        fingerprint,
        // These choose accounts, and how they are read and shown.
        provider: _,
        account: _,
        sort: _,
        reverse: _,
        fetch_content: _,
        no_content: _,
        wide: _,
        columns: _,
        by: _,
        jq: _,
        output: _,
    } = options;
    let states: Vec<_> = state.iter().map(State::as_str).collect();
    [
        (!states.is_empty()).then(|| format!("--state {}", states.join(","))),
        name.as_ref().map(|name| format!("--name {name:?}")),
        expires_within.map(|within| format!("--expires-within {within}")),
        fingerprint
            .as_ref()
            .map(|fingerprint| format!("--fingerprint {fingerprint}")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What a name is compared with.
enum Pattern {
    /// A pattern with `*` and `?` for the whole name.
    Glob(NamePattern),
    /// Something that is in the name.
    Part(String),
}

impl Pattern {
    fn new(text: &str) -> Self {
        if text.contains(['*', '?']) {
            Self::Glob(NamePattern::new(text))
        } else {
            Self::Part(text.to_lowercase())
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Part(part) => name.to_lowercase().contains(part),
            Self::Glob(pattern) => pattern.matches(name),
        }
    }
}

/// Puts certificates in order. What is equal by the key stays in the order of provider, account,
/// name and id.
pub(crate) fn sort(certificates: &mut [Certificate], by: Option<Sort>, reverse: bool) {
    certificates.sort_by(|a, b| {
        let keyed = match by {
            Some(Sort::Provider) => Ordering::Equal,
            None | Some(Sort::Expiry) => order_of_ends(a.not_after, b.not_after),
            Some(Sort::Name) => order_of_names(a, b),
            Some(Sort::State) => a.state.cmp(&b.state),
        };
        keyed
            .then_with(|| (a.id.provider, &a.id.account).cmp(&(b.id.provider, &b.id.account)))
            .then_with(|| order_of_names(a, b))
            .then_with(|| a.id.cmp(&b.id))
    });
    if reverse {
        certificates.reverse();
    }
}

/// Unknown ends come last.
fn order_of_ends(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Ordering {
    (a.is_none(), a).cmp(&(b.is_none(), b))
}

fn order_of_names(a: &Certificate, b: &Certificate) -> Ordering {
    let key = |certificate| output::name(certificate).map(|name| name.to_lowercase());
    let (a, b) = (key(a), key(b));
    (a.is_none(), a).cmp(&(b.is_none(), b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use certfleet::{CertificateId, ProviderId, Role};

    #[test]
    fn names() {
        for (pattern, name, expected) in [
            ("prod", "My Production CA", true),
            ("prod", "staging", false),
            ("prod*", "Production", true),
            ("prod*", "my production", false),
            ("*prod*", "my production", true),
            ("p?od", "prod", true),
            ("p?od", "prood", false),
            ("*", "", true),
            ("a*b*c", "a--b--b--c", true),
            ("a*b*c", "a--b--b--", false),
            ("ö*", "Örg", true),
        ] {
            assert_eq!(
                Pattern::new(pattern).matches(name),
                expected,
                "{pattern} {name}"
            );
        }
    }

    #[test]
    fn order() {
        let certificate = |account: &str, id: &str, name: Option<&str>, end: Option<&str>| {
            let id = CertificateId::new(ProviderId::OPENAI, account, id);
            let mut certificate = Certificate::new(id, Role::ClientCa);
            certificate.name = name.map(str::to_owned);
            certificate.not_after = end.map(|end| end.parse().unwrap());
            certificate
        };
        let mut all = [
            certificate("b", "1", Some("alpha"), None),
            certificate("a", "2", None, Some("2030-01-01T00:00:00Z")),
            certificate("a", "3", Some("Beta"), Some("2027-01-01T00:00:00Z")),
        ];
        for (by, reverse, expected) in [
            (None, false, ["3", "2", "1"]),
            (None, true, ["1", "2", "3"]),
            (Some(Sort::Name), false, ["1", "3", "2"]),
            (Some(Sort::Expiry), false, ["3", "2", "1"]),
        ] {
            sort(&mut all, by, reverse);
            let ids: Vec<_> = all.iter().map(|c| c.id.native.as_str()).collect();
            assert_eq!(ids, expected, "{by:?} {reverse}");
        }
    }
}
