//! Rules about listed records.

use crate::report::{Kept, ensure};
use certfleet::{Account, Certificate, Error, State, WarningKind, adapter::Rules};
use std::collections::BTreeSet;

pub(super) fn each(
    listed: &[Certificate],
    check: impl Fn(&Certificate) -> Result<(), String>,
) -> Kept {
    for one in listed {
        check(one).map_err(|how| format!("{}: {how}", one.id))?;
    }
    Ok(listed.len())
}

pub(super) fn addresses(account: &Account, listed: &[Certificate]) -> Kept {
    let distinct: BTreeSet<_> = listed.iter().map(|one| &one.id).collect();
    ensure(distinct.len() == listed.len(), || {
        "an address comes twice".to_owned()
    })?;
    each(listed, |one| {
        let here = one.id.provider == account.provider() && *one.id.account == *account.name();
        ensure(here && !one.id.native.is_empty(), || {
            "it is of another account".to_owned()
        })?;
        ensure(one.id.to_string().parse().as_ref() == Ok(&one.id), || {
            "its text is not its address".to_owned()
        })
    })
}

pub(super) fn summarised(one: &Certificate) -> Result<(), String> {
    ensure(one.state == State::from_placements(&one.placements), || {
        format!("{} does not follow from its placements", one.state)
    })?;
    let chains = || one.contents.iter().flat_map(|content| &content.chain);
    let end = one
        .contents
        .iter()
        .map(|content| content.not_after)
        .chain(chains().map(|x509| x509.not_after))
        .flatten()
        .min();
    let begin = one
        .contents
        .iter()
        .map(|content| content.not_before)
        .chain(chains().map(|x509| x509.not_before))
        .flatten()
        .max();
    ensure((one.not_before, one.not_after) == (begin, end), || {
        "its validity is not that of its contents".to_owned()
    })?;
    for content in &one.contents {
        if let Some(x509) = &content.x509 {
            let read = (content.sha256, content.not_before, content.not_after);
            let says = (
                Some(x509.sha256),
                // What a certificate does not say in a way that can be read, the vendor may have said.
                x509.not_before.or(content.reported.not_before),
                x509.not_after.or(content.reported.not_after),
            );
            ensure(read == says, || {
                "the content says something else than its record".to_owned()
            })?;
        }
    }
    Ok(())
}

pub(super) fn native(one: &Certificate) -> Result<(), String> {
    ensure(one.native.to_value().is_object(), || {
        "its native record is not an object".to_owned()
    })
}

/// Everything of a record that could be shown to an operator.
fn shown(one: &Certificate) -> Result<String, String> {
    let json = serde_json::to_string(one).map_err(|error| error.to_string())?;
    Ok(format!("{one:?}\n{json}\n{}", one.native.as_str()))
}

pub(super) fn secrets(one: &Certificate, secrets: &[String]) -> Result<(), String> {
    let shown = shown(one)?;
    ensure(!shown.contains("PRIVATE KEY"), || {
        "it shows a private key".to_owned()
    })?;
    ensure(!secrets.iter().any(|secret| shown.contains(secret)), || {
        "it shows a secret".to_owned()
    })
}

pub(super) fn placements(one: &Certificate) -> Result<(), String> {
    for placement in &one.placements {
        ensure(!placement.scope.to_string().trim().is_empty(), || {
            "a scope without a name".to_owned()
        })?;
        let there = placement
            .content
            .is_none_or(|index| index < one.contents.len());
        ensure(there, || {
            format!("{} holds a content that is not there", placement.scope)
        })?;
    }
    Ok(())
}

pub(super) fn same<T: PartialEq>(
    listed: &[Certificate],
    other: Result<Vec<Certificate>, Error>,
    part: impl Fn(&Certificate) -> T,
) -> Kept {
    let other = other.map_err(|error| format!("{error:?}"))?;
    ensure(listed.len() == other.len(), || {
        format!("{} records, then {}", listed.len(), other.len())
    })?;
    for (one, other) in listed.iter().zip(&other) {
        ensure(part(one) == part(other), || {
            format!("{} is another", one.id)
        })?;
    }
    Ok(listed.len())
}

pub(super) fn without(listed: &[Certificate], skipped: Result<Vec<Certificate>, Error>) -> Kept {
    if let Ok(skipped) = &skipped {
        let read = skipped
            .iter()
            .flat_map(|one| &one.contents)
            .any(|content| content.x509.is_some());
        ensure(!read, || "a content was read".to_owned())?;
    }
    same(listed, skipped, |one| {
        (
            one.id.clone(),
            one.name.clone(),
            one.state,
            one.native.to_value(),
        )
    })
}

pub(super) fn contents(listed: &[Certificate], fetched: Result<Vec<Certificate>, Error>) -> Kept {
    let fetched = fetched.map_err(|error| format!("{error:?}"))?;
    let excused = |one: &Certificate| {
        let kinds = [WarningKind::UnreadableContent, WarningKind::ContentWithheld];
        one.warnings
            .iter()
            .any(|warning| kinds.contains(&warning.kind))
    };
    for one in &fetched {
        let read = one.contents.iter().all(|content| content.x509.is_some());
        ensure(read || excused(one), || {
            format!("{}: a content is missing, and no warning says why", one.id)
        })?;
    }
    same(listed, Ok(fetched), |one| {
        (one.id.clone(), one.name.clone())
    })
}

pub(super) fn scopes(one: &Certificate, rules: &Rules) -> Result<(), String> {
    for placement in &one.placements {
        let kind = placement.scope.kind();
        ensure(rules.scope(kind).is_some(), || {
            format!("nothing is stated about the scope {kind}")
        })?;
    }
    Ok(())
}

pub(super) fn json(one: &Certificate) -> Result<(), String> {
    let write = |one: &Certificate| serde_json::to_string(one).map_err(|error| error.to_string());
    let written = write(one)?;
    let read = serde_json::from_str(&written).map_err(|error| format!("{error}: {written}"))?;
    let again = write(&read)?;
    ensure(again == written, || format!("{written}, then {again}"))
}
