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
mod tests;
