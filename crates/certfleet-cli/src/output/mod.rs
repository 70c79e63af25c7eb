//! Forms of output, and the words they share.

pub(crate) mod capabilities;
pub(crate) mod csv;
pub(crate) mod inspection;
pub(crate) mod json;
pub(crate) mod listing;
pub(crate) mod record;
pub(crate) mod table;

use certfleet::{Certificate, Placement, Scope, State};
use chrono::{DateTime, SecondsFormat, Utc};
use std::borrow::Cow;

/// What a certificate goes by: its name, or, where the vendor has none, the common name of its
/// subject.
pub(crate) fn name(certificate: &Certificate) -> Option<Cow<'_, str>> {
    if let Some(name) = &certificate.name {
        return Some(Cow::Borrowed(name));
    }
    let x509 = certificate.materials.first()?.x509.as_ref()?;
    x509.subject.common_name().map(Cow::Owned)
}

/// A time, to the second.
pub(crate) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Whether an end of validity is RFC 5280's way to say that there is none.
pub(crate) fn never_ends(end: DateTime<Utc>) -> bool {
    end.timestamp() == 253_402_300_799
}

/// A place without the word for its kind, where it speaks for itself.
fn place(scope: &Scope) -> String {
    match scope {
        Scope::Project { id } => id.clone(),
        Scope::Environment { name } => name.clone(),
        other => other.to_string(),
    }
}

/// Where a certificate is, in short: the places where it is in force, with what is odd about them;
/// all places where it is in force nowhere.
pub(crate) fn whereabouts(certificate: &Certificate) -> String {
    let shown: Vec<&Placement> = match certificate
        .placements
        .iter()
        .filter(|placement| placement.state != State::Inactive)
        .collect::<Vec<_>>()
    {
        none if none.is_empty() => certificate.placements.iter().collect(),
        some => some,
    };
    let mut parts: Vec<String> = shown
        .into_iter()
        .map(|placement| {
            let place = place(&placement.scope);
            match placement.state {
                State::Active => place,
                state => format!("{place} ({state})"),
            }
        })
        .collect();
    if certificate.in_use == Some(true) {
        parts.push("in use".to_owned());
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use certfleet::{CertificateId, ProviderKind, Role};

    #[test]
    fn places() {
        let project = |id: &str, state| Placement::new(Scope::Project { id: id.to_owned() }, state);
        for (placements, in_use, text) in [
            (vec![], None, ""),
            (
                vec![Placement::new(Scope::Edge, State::Active)],
                Some(true),
                "edge, in use",
            ),
            (
                vec![
                    Placement::new(Scope::Organization, State::Inactive),
                    project("proj_a", State::Active),
                    project("proj_b", State::Activating),
                ],
                None,
                "proj_a, proj_b (activating)",
            ),
            (
                vec![Placement::new(Scope::Organization, State::Inactive)],
                None,
                "organization (inactive)",
            ),
        ] {
            let id = CertificateId::new(ProviderKind::OpenAi, "a", "b");
            let mut certificate = Certificate::new(id, Role::ClientCa);
            certificate.placements = placements;
            certificate.in_use = in_use;
            assert_eq!(whereabouts(&certificate), text);
        }
    }
}
