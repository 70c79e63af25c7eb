//! Forms of output, and the words they share.

pub(crate) mod capabilities;
pub(crate) mod certificate;
pub(crate) mod change;
pub(crate) mod csv;
pub(crate) mod difference;
pub(crate) mod expiry;
pub(crate) mod history;
pub(crate) mod inspection;
pub(crate) mod json;
pub(crate) mod listing;
pub(crate) mod listing_csv;
pub(crate) mod outcome;
pub(crate) mod plan;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod resumed;
pub(crate) mod rotation;
pub(crate) mod table;
pub(crate) mod validity;

use certfleet::{Certificate, ErrorReport, Scope, State};
use chrono::{DateTime, SecondsFormat, Utc};
use std::{
    borrow::Cow,
    io::{BufWriter, StdoutLock, stdout},
};

/// Stdout for one command.
pub(crate) fn out() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(64 * 1024, stdout().lock())
}

/// What a certificate goes by: its name, or, where the vendor has none, the common name of its
/// subject.
pub(crate) fn name(certificate: &Certificate) -> Option<Cow<'_, str>> {
    if let Some(name) = &certificate.name {
        return Some(Cow::Borrowed(name));
    }
    let x509 = certificate.contents.first()?.x509.as_ref()?;
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

/// Returns an error in one text, without its context where the subject of the sentence says that already.
pub(crate) fn error_about(error: &ErrorReport, subject: &str) -> String {
    let mut error = error.clone();
    error.context = error
        .context
        .filter(|context| !subject.starts_with(context.as_str()));
    error.to_string()
}

/// Returns a scope without the word for its kind, where it speaks for itself.
fn short(scope: &Scope) -> String {
    match scope {
        Scope::Project { id } => id.clone(),
        Scope::Environment { name } => name.clone(),
        other => other.to_string(),
    }
}

/// Where a certificate is, in short: the scopes where it is or may be in force, each with its state
/// where that is not the certificate's own. Nothing where it is in force nowhere.
pub(crate) fn whereabouts(certificate: &Certificate) -> String {
    let mut parts: Vec<(String, usize)> = Vec::new();
    let scopes = certificate
        .placements
        .iter()
        .filter(|placement| placement.state != State::Inactive)
        .map(|placement| {
            let scope = short(&placement.scope);
            if placement.state == certificate.state {
                scope
            } else {
                format!("{scope} ({})", placement.state)
            }
        });
    for scope in scopes.chain((certificate.in_use == Some(true)).then(|| "in use".to_owned())) {
        match parts.iter_mut().find(|(known, _)| *known == scope) {
            Some((_, times)) => *times += 1,
            None => parts.push((scope, 1)),
        }
    }
    let texts: Vec<_> = parts
        .into_iter()
        .map(|(scope, times)| match times {
            1 => scope,
            times => format!("{scope} ×{times}"),
        })
        .collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use certfleet::{CertificateId, Placement, ProviderId, Role};

    #[test]
    fn scopes() {
        let project = |id: &str, state| Placement::new(Scope::Project { id: id.to_owned() }, state);
        let environment = |state| {
            let name = "test".to_owned();
            Placement::new(Scope::Environment { name }, state)
        };
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
                "",
            ),
            (
                vec![
                    environment(State::Unknown),
                    environment(State::Unknown),
                    environment(State::Inactive),
                ],
                None,
                "test ×2",
            ),
        ] {
            let id = CertificateId::new(ProviderId::OPENAI, "a", "b");
            let mut certificate = Certificate::new(id, Role::ClientCa);
            certificate.placements = placements;
            certificate.in_use = in_use;
            let certificate = certificate.summarise();
            assert_eq!(whereabouts(&certificate), text);
        }
    }
}
