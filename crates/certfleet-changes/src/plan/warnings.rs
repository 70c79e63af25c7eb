//! What is odd about what a plan puts in place or brings into force. Nothing of it has to be acknowledged.

use super::certificates::{CertificateFacts, PlannedContent, PlannedPart};
use certfleet::{Certificate, CertificateId};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Something odd about what a plan puts in place or brings into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlanWarning {
    /// Its kind.
    pub kind: PlanWarningKind,
    /// One sentence for people.
    pub message: String,
}

/// Kinds of warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlanWarningKind {
    /// The new one ends before the old one.
    ExpiresEarlier,
    /// A certificate has expired.
    Expired,
    /// A certificate is not valid yet.
    NotYetValid,
    /// The new one has another kind of key.
    OtherKeyKind,
    /// The new one has another issuer.
    OtherIssuer,
    /// Another record has the name.
    NameTaken,
}

/// Returns what is odd about contents at a time: each for itself where it comes into force, and the new one
/// beside the old ones. `into_force` says that those which are there already are brought into force.
pub(crate) fn of_contents(
    contents: &[PlannedContent],
    into_force: bool,
    now: DateTime<Utc>,
) -> Vec<PlanWarning> {
    let mut warnings = Vec::new();
    for one in contents {
        if one.part == PlannedPart::New || (one.part == PlannedPart::Subject && into_force) {
            validity(one, now, &mut warnings);
        }
    }
    let of = |part| contents.iter().filter(move |one| one.part == part);
    if let Some(new) = of(PlannedPart::New).next() {
        for old in of(PlannedPart::Old) {
            compare(old, new, &mut warnings);
        }
    }
    let mut said: Vec<PlanWarning> = Vec::new();
    for warning in warnings {
        if !said.contains(&warning) {
            said.push(warning);
        }
    }
    said
}

/// Returns a warning where other records have a name that a change gives.
pub(crate) fn of_name(
    name: &str,
    records: &[Certificate],
    except: &[CertificateId],
) -> Option<PlanWarning> {
    let taken: Vec<_> = records
        .iter()
        .filter(|one| one.name.as_deref() == Some(name) && !except.contains(&one.id))
        .map(|one| one.id.to_string())
        .collect();
    (!taken.is_empty()).then(|| {
        let has = if taken.len() == 1 { "has" } else { "have" };
        warning(
            PlanWarningKind::NameTaken,
            format!(
                "the name {name:?} is taken: {} {has} it too, so that only the address tells them apart",
                taken.join(", ")
            ),
        )
    })
}

fn validity(content: &PlannedContent, now: DateTime<Utc>, warnings: &mut Vec<PlanWarning>) {
    for (index, one) in content.certificates.iter().enumerate() {
        let which = which(content, index, one);
        if let Some(end) = one.not_after.filter(|end| *end <= now) {
            warnings.push(warning(
                PlanWarningKind::Expired,
                format!("{which} expired at {}", time(end)),
            ));
        }
        if let Some(begin) = one.not_before.filter(|begin| *begin > now) {
            warnings.push(warning(
                PlanWarningKind::NotYetValid,
                format!("{which} is not valid before {}", time(begin)),
            ));
        }
    }
}

fn compare(old: &PlannedContent, new: &PlannedContent, warnings: &mut Vec<PlanWarning>) {
    if let (Some(before), Some(after)) = (old.ends(), new.ends())
        && after < before
    {
        warnings.push(warning(
            PlanWarningKind::ExpiresEarlier,
            format!(
                "the new certificate expires at {}, before the old one ({})",
                time(after),
                time(before)
            ),
        ));
    }
    let (Some(before), Some(after)) = (old.certificates.first(), new.certificates.first()) else {
        return;
    };
    if let (Some(before), Some(after)) = (&before.key, &after.key)
        && before.algorithm != after.algorithm
    {
        warnings.push(warning(
            PlanWarningKind::OtherKeyKind,
            format!(
                "the new certificate has a key of another kind: {} instead of {}",
                key(after),
                key(before)
            ),
        ));
    }
    let is_same = before.issuer == after.issuer || (before.self_issued && after.self_issued);
    if let (Some(_), Some(_), false) = (&before.issuer, &after.issuer, is_same) {
        warnings.push(warning(
            PlanWarningKind::OtherIssuer,
            format!(
                "the new certificate has another issuer: {} instead of {}",
                issuer(after),
                issuer(before)
            ),
        ));
    }
}

/// Names one certificate of a content in the middle of a sentence.
fn which(content: &PlannedContent, index: usize, one: &CertificateFacts) -> String {
    let new = if content.part == PlannedPart::New {
        "new "
    } else {
        ""
    };
    let subject = one.subject.as_deref().unwrap_or("no subject");
    match (index, content.certificates.len(), &content.id) {
        (_, 1, Some(id)) if new.is_empty() => id.to_string(),
        (_, 1, _) => format!("the {new}certificate"),
        (_, all, _) => format!(
            "certificate {} of {all} of the {new}content ({subject})",
            index + 1
        ),
    }
}

/// A key in words, such as `RSA 2048`, `EC P-256`.
fn key(key: &certfleet::x509::PublicKey) -> String {
    match &key.curve {
        Some(_) if key.bits.is_some() => format!("{} {key}", key.algorithm),
        _ => key.to_string(),
    }
}

fn issuer(one: &CertificateFacts) -> Cow<'_, str> {
    match &one.issuer {
        _ if one.self_issued => Cow::Borrowed("itself"),
        Some(issuer) if !issuer.is_empty() => Cow::Borrowed(issuer),
        _ => Cow::Borrowed("an empty name"),
    }
}

fn warning(kind: PlanWarningKind, message: String) -> PlanWarning {
    PlanWarning { kind, message }
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use PlanWarningKind::{Expired, ExpiresEarlier, NotYetValid, OtherIssuer, OtherKeyKind};
    use certfleet::{ProviderId, Role, x509::PublicKey};

    /// A day of the year 2027.
    fn day(day: u32) -> DateTime<Utc> {
        let begin = chrono::NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
        let midnight = begin.and_hms_opt(0, 0, 0).unwrap().and_utc();
        midnight + chrono::TimeDelta::days(i64::from(day))
    }

    /// A certificate that is valid between two days, with this key, of this issuer.
    fn facts((from, to): (u32, u32), key: &str, issuer: &str) -> CertificateFacts {
        let key: PublicKey = serde_json::from_str(key).unwrap();
        CertificateFacts {
            subject: Some("CN=it".to_owned()),
            issuer: Some(issuer.to_owned()),
            self_issued: issuer == "CN=it",
            sha256: None,
            not_before: Some(day(from)),
            not_after: Some(day(to)),
            key: Some(key),
        }
    }

    fn content(part: PlannedPart, certificates: Vec<CertificateFacts>) -> PlannedContent {
        PlannedContent {
            part,
            id: Some(CertificateId::new(ProviderId::OPENAI, "a", "b")),
            name: None,
            scopes: Vec::new(),
            certificates,
            not_known: None,
        }
    }

    const RSA: &str = r#"{"algorithm":"RSA","bits":2048,"curve":null}"#;
    const RSA_4096: &str = r#"{"algorithm":"RSA","bits":4096,"curve":null}"#;
    const EC: &str = r#"{"algorithm":"EC","bits":256,"curve":"P-256"}"#;

    #[test]
    fn a_replacement_is_held_against_what_it_replaces() {
        let old = || vec![facts((0, 200), RSA, "CN=root")];
        let of_ca = |validity| facts(validity, RSA, "CN=root");
        for (what, old, new, kinds) in [
            ("a renewal", old(), vec![of_ca((50, 300))], vec![]),
            ("the same end", old(), vec![of_ca((50, 200))], vec![]),
            (
                "a larger key",
                old(),
                vec![facts((50, 300), RSA_4096, "CN=root")],
                vec![],
            ),
            (
                "an earlier end",
                old(),
                vec![of_ca((50, 199))],
                vec![ExpiresEarlier],
            ),
            (
                "an expired one",
                old(),
                vec![of_ca((0, 100))],
                vec![Expired, ExpiresEarlier],
            ),
            (
                "an intermediate that ends earlier",
                old(),
                vec![of_ca((50, 300)), of_ca((50, 150))],
                vec![ExpiresEarlier],
            ),
            (
                "an expired intermediate",
                old(),
                vec![of_ca((50, 300)), of_ca((0, 99))],
                vec![Expired, ExpiresEarlier],
            ),
            (
                "one of next week",
                old(),
                vec![of_ca((107, 300))],
                vec![NotYetValid],
            ),
            (
                "another key",
                old(),
                vec![facts((50, 300), EC, "CN=root")],
                vec![OtherKeyKind],
            ),
            (
                "another issuer",
                old(),
                vec![facts((50, 300), RSA, "CN=other root")],
                vec![OtherIssuer],
            ),
            (
                "self-issued instead of issued",
                old(),
                vec![facts((50, 300), RSA, "CN=it")],
                vec![OtherIssuer],
            ),
            (
                "both self-issued",
                vec![facts((0, 200), RSA, "CN=it")],
                vec![CertificateFacts {
                    issuer: Some("CN=it, of 2027".to_owned()),
                    ..facts((50, 300), RSA, "CN=it")
                }],
                vec![],
            ),
            (
                "nothing is known of the old one",
                vec![],
                vec![facts((50, 300), EC, "CN=x")],
                vec![],
            ),
            ("nothing is known of the new one", old(), vec![], vec![]),
        ] {
            let contents = [
                content(PlannedPart::Old, old),
                content(PlannedPart::New, new),
            ];
            let warnings = of_contents(&contents, false, day(100));
            let found: Vec<_> = warnings.iter().map(|one| one.kind).collect();
            assert_eq!(found, kinds, "{what}: {warnings:?}");
        }
    }

    #[test]
    fn what_is_there_is_judged_where_it_comes_into_force() {
        for (into_force, validity, expected) in [
            (
                true,
                (0, 99),
                vec!["openai/a/b expired at 2027-04-10T00:00:00Z"],
            ),
            (
                true,
                (101, 300),
                vec!["openai/a/b is not valid before 2027-04-12T00:00:00Z"],
            ),
            (true, (0, 101), vec![]),
            // Its last moment is over.
            (
                true,
                (0, 100),
                vec!["openai/a/b expired at 2027-04-11T00:00:00Z"],
            ),
            (false, (0, 99), vec![]),
        ] {
            let subject = content(PlannedPart::Subject, vec![facts(validity, RSA, "CN=root")]);
            let warnings = of_contents(&[subject], into_force, day(100));
            let found: Vec<_> = warnings.iter().map(|one| one.message.as_str()).collect();
            assert_eq!(found, expected, "{validity:?}");
        }
    }

    #[test]
    fn the_certificate_that_is_meant_is_named() {
        let new = content(
            PlannedPart::New,
            vec![
                facts((0, 300), RSA, "CN=root"),
                facts((0, 9), RSA, "CN=root"),
            ],
        );
        let warnings = of_contents(&[new], false, day(100));
        assert_eq!(
            warnings
                .iter()
                .map(|one| one.message.as_str())
                .collect::<Vec<_>>(),
            ["certificate 2 of 2 of the new content (CN=it) expired at 2027-01-10T00:00:00Z"]
        );
        // Several contents that are replaced: each difference is said once.
        let old = || content(PlannedPart::Old, vec![facts((0, 200), RSA, "CN=root")]);
        let new = content(PlannedPart::New, vec![facts((0, 300), EC, "CN=root")]);
        let warnings = of_contents(&[old(), old(), new], false, day(100));
        assert_eq!(
            warnings
                .iter()
                .map(|one| one.message.as_str())
                .collect::<Vec<_>>(),
            ["the new certificate has a key of another kind: EC P-256 instead of RSA 2048"]
        );
    }

    #[test]
    fn a_name_that_is_taken_is_said() {
        let record = |id: &str, name: &str| {
            let id = CertificateId::new(ProviderId::OPENAI, "a", id);
            let mut one = Certificate::new(id, Role::ClientCa);
            one.name = Some(name.to_owned());
            one
        };
        let records = [
            record("cert_1", "ca"),
            record("cert_2", "ca"),
            record("cert_3", "other"),
        ];
        let ids = |records: &[Certificate]| -> Vec<_> {
            records.iter().map(|one| one.id.clone()).collect()
        };
        for (name, except, taken) in [
            (
                "ca",
                vec![],
                Some(["openai/a/cert_1", "openai/a/cert_2"].as_slice()),
            ),
            ("ca", ids(&records[..1]), Some(&["openai/a/cert_2"])),
            ("ca", ids(&records[..2]), None),
            ("new", vec![], None),
        ] {
            let found = of_name(name, &records, &except);
            assert_eq!(found.is_some(), taken.is_some(), "{name} {except:?}");
            for id in taken.unwrap_or_default() {
                assert!(
                    found.iter().all(|one| one.message.contains(id)),
                    "{found:?}"
                );
            }
        }
    }
}
