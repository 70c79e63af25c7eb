//! The words that every form of output shares.

use certfleet::{AccountReport, Certificate, ErrorKind, ErrorReport, Placement, Scope, State};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use std::collections::HashMap;

/// Returns a time, to the second.
///
/// ```
/// let end = "2026-12-03T00:00:00Z".parse()?;
/// assert_eq!(certfleet_report::words::time(end), "2026-12-03T00:00:00Z");
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Returns whether an end of validity is RFC 5280's way to say that there is none.
///
/// ```
/// use certfleet_report::words::never_ends;
/// assert!(never_ends("9999-12-31T23:59:59Z".parse()?));
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn never_ends(end: DateTime<Utc>) -> bool {
    end.timestamp() == 253_402_300_799
}

/// Returns how far an end is: `in 12 days`, `12 days ago`.
///
/// ```
/// let (now, end) = ("2026-12-01T00:00:00Z".parse()?, "2026-12-13T00:00:00Z".parse()?);
/// assert_eq!(certfleet_report::words::relative(end, now), "in 12 days");
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn relative(end: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let left = end.signed_duration_since(now);
    let distance = left.abs();
    let (number, unit) = if distance.num_days() >= 2 * 365 {
        (distance.num_days() / 365, "year")
    } else if distance.num_days() >= 1 {
        (distance.num_days(), "day")
    } else if distance.num_hours() >= 1 {
        (distance.num_hours(), "hour")
    } else {
        (distance.num_minutes(), "minute")
    };
    let plural = if number == 1 { "" } else { "s" };
    if left > TimeDelta::zero() {
        format!("in {number} {unit}{plural}")
    } else {
        format!("{number} {unit}{plural} ago")
    }
}

/// Returns a number of things: `1 account`, `2 accounts`.
///
/// ```
/// assert_eq!(certfleet_report::words::plural(2, "account"), "2 accounts");
/// ```
pub fn plural(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

/// Returns a scope without the word for its kind, where it speaks for itself.
fn short(scope: &Scope) -> String {
    match scope {
        Scope::Project { id } => id.clone(),
        Scope::Environment { name } => name.clone(),
        other => other.to_string(),
    }
}

/// Returns where a certificate is, in short: the scopes where it is or may be in force, each with its state
/// where that is not the certificate's own. Empty where it is in force nowhere.
///
/// ```
/// use certfleet::{Certificate, CertificateId, Placement, ProviderId, Role, Scope, State};
/// let id = CertificateId::new(ProviderId::OPENAI, "production", "cert_1");
/// let mut one = Certificate::new(id, Role::ClientCa);
/// one.placements = vec![Placement::new(Scope::Project { id: "proj_a".into() }, State::Active)];
/// assert_eq!(certfleet_report::words::whereabouts(&one.summarise()), "proj_a");
/// ```
pub fn whereabouts(certificate: &Certificate) -> String {
    in_force(&certificate.placements, certificate.state)
}

/// Returns where a record, or a part of one, is in force: its scopes, each with its state where that is not `state`.
///
/// ```
/// use certfleet::{Placement, Scope, State};
/// let placements = [Placement::new(Scope::Edge, State::Activating)];
/// let words = certfleet_report::words::in_force(&placements, State::Active);
/// assert_eq!(words, "edge (activating)");
/// ```
pub fn in_force(placements: &[Placement], state: State) -> String {
    let scopes = placements
        .iter()
        .filter(|placement| placement.state != State::Inactive)
        .map(|placement| {
            let scope = short(&placement.scope);
            if placement.state == state {
                scope
            } else {
                format!("{scope} ({})", placement.state)
            }
        });
    counted(scopes)
}

/// Returns texts in one, each once, with how often it comes.
///
/// ```
/// let texts = ["test", "dev", "test"].map(str::to_owned);
/// assert_eq!(certfleet_report::words::counted(texts), "test ×2, dev");
/// ```
pub fn counted(texts: impl IntoIterator<Item = String>) -> String {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut parts: Vec<(String, usize)> = Vec::new();
    for text in texts {
        let at = *known.entry(text.clone()).or_insert(parts.len());
        match parts.get_mut(at) {
            Some((_, times)) => *times += 1,
            None => parts.push((text, 1)),
        }
    }
    let texts: Vec<_> = parts
        .into_iter()
        .map(|(text, times)| match times {
            1 => text,
            times => format!("{text} ×{times}"),
        })
        .collect();
    texts.join(", ")
}

/// Returns an error in one text, without its context where the subject of the sentence says that already.
///
/// ```
/// use certfleet::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::Precondition, "it is in use").with_context("openai/a").report();
/// assert_eq!(certfleet_report::words::error_about(&error, "openai/a/cert_1"), "it is in use");
/// ```
pub fn error_about(error: &ErrorReport, subject: &str) -> String {
    let says_it = |context: &String| {
        let rest = subject.strip_prefix(context.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut error = error.clone();
    error.context = error.context.filter(|context| !says_it(context));
    error.to_string()
}

/// What could not be read of an account whose listing came to its end.
pub(crate) fn unread_parts(report: &AccountReport) -> String {
    let records = (report.unreadable > 0).then(|| plural(report.unreadable, "record"));
    let scopes = report.unread_scopes.iter().map(ToString::to_string);
    let parts: Vec<_> = records.into_iter().chain(scopes).collect();
    parts.join(", ")
}

/// Returns why an account is not complete. `None` where it is.
///
/// ```
/// let report = serde_json::from_str(
///     r#"{"provider": "openai", "account": "a", "complete": false, "coverage": "complete", "certificates": 2, "unreadable": 1}"#,
/// )?;
/// let says = certfleet_report::words::complaint(&report);
/// assert_eq!(says.as_deref(), Some("the account openai/a could not be read whole: 1 record"));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn complaint(report: &AccountReport) -> Option<String> {
    if report.complete {
        return None;
    }
    let account = format!("{}/{}", report.provider, report.account);
    let listed = match report.certificates {
        0 => String::new(),
        some => format!(" after {}", plural(some, "certificate")),
    };
    let Some(error) = &report.error else {
        return Some(format!(
            "the account {account} could not be read whole: {}",
            unread_parts(report)
        ));
    };
    let advice = match error.kind {
        ErrorKind::Network | ErrorKind::Timeout => "; check the network and the account's base_url",
        ErrorKind::RateLimited => "; try again later",
        _ => "",
    };
    let wait = error
        .retry_after_seconds
        .map(|seconds| format!(" (the vendor asks to wait {seconds} s)"))
        .unwrap_or_default();
    Some(format!(
        "the account {account} could not be read{listed}: {}{wait}{advice}",
        error_about(error, &account)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use certfleet::{CertificateId, Error, ProviderId, Role};

    #[test]
    fn a_subject_is_named_once() {
        let error = Error::new(ErrorKind::Precondition, "it is in use")
            .with_context("openai/a")
            .with_advice("Wait");
        for (subject, text) in [
            ("openai/a", "it is in use. Wait"),
            ("openai/a/cert_1", "it is in use. Wait"),
            ("openai/b", "openai/a: it is in use. Wait"),
            ("openai/ab/cert_1", "openai/a: it is in use. Wait"),
        ] {
            assert_eq!(error_about(&error.report(), subject), text, "{subject}");
        }
    }

    #[test]
    fn scopes() {
        let project = |id: &str, state| Placement::new(Scope::Project { id: id.to_owned() }, state);
        let environment = |state| {
            let name = "test".to_owned();
            Placement::new(Scope::Environment { name }, state)
        };
        for (placements, text) in [
            (vec![], ""),
            (
                vec![
                    Placement::new(Scope::Edge, State::Active),
                    Placement::new(Scope::Gateway, State::Active),
                ],
                "edge, gateway",
            ),
            (
                vec![
                    Placement::new(Scope::Organization, State::Inactive),
                    project("proj_a", State::Active),
                    project("proj_b", State::Activating),
                ],
                "proj_a, proj_b (activating)",
            ),
            (
                vec![Placement::new(Scope::Organization, State::Inactive)],
                "",
            ),
            (
                vec![
                    environment(State::Unknown),
                    environment(State::Unknown),
                    environment(State::Inactive),
                ],
                "test ×2",
            ),
        ] {
            let id = CertificateId::new(ProviderId::OPENAI, "a", "b");
            let mut certificate = Certificate::new(id, Role::ClientCa);
            certificate.placements = placements;
            let certificate = certificate.summarise();
            assert_eq!(whereabouts(&certificate), text);
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn relative_times() {
        let now = at("2026-06-01T00:00:00Z");
        for (end, text) in [
            ("2026-06-13T00:00:00Z", "in 12 days"),
            ("2026-06-02T23:00:00Z", "in 1 day"),
            ("2026-06-01T05:00:00Z", "in 5 hours"),
            ("2026-06-01T00:00:30Z", "in 0 minutes"),
            ("2026-05-20T00:00:00Z", "12 days ago"),
            ("2050-06-01T00:00:00Z", "in 24 years"),
            ("9999-12-31T23:59:59Z", "in 7978 years"),
        ] {
            assert_eq!(relative(at(end), now), text);
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// Any two moments can be told apart.
        #[test]
        fn any_moments(end in -8_000_000_000_000_i64..8_000_000_000_000, now in -8_000_000_000_000_i64..8_000_000_000_000) {
            let moment = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
            let told = relative(moment(end), moment(now));
            proptest::prop_assert_eq!(told.ends_with("ago"), end <= now);
        }
    }
}
