//! Rules about requests for one record.

use super::records::{native, summarised};
use crate::report::{Kept, ensure};
use certfleet::{Account, Certificate, CertificateId, Effect, ErrorKind, Name, ProviderId, Verb};
use std::collections::BTreeMap;

pub(super) async fn gets(account: &Account, listed: &[Certificate], most: usize) -> Kept {
    let by_id: BTreeMap<_, _> = listed.iter().map(|one| (&one.id, one)).collect();
    for (id, one) in by_id.iter().take(most) {
        let got = account
            .get(id)
            .await
            .map_err(|error| format!("{id}: {error:?}"))?;
        ensure((&got.id, &got.name) == (&one.id, &one.name), || {
            format!("{id} gives {}", got.id)
        })?;
        // Of the first certificates: a list may leave the chains unread.
        let seconds = |one: &Certificate| {
            let ends = one.contents.iter().filter_map(|content| content.not_after);
            ends.min().map(|end| end.timestamp())
        };
        ensure(seconds(&got) == seconds(one), || {
            format!("{id} ends at another time")
        })?;
        summarised(&got)
            .and_then(|()| native(&got))
            .map_err(|how| format!("{id}: {how}"))?;
    }
    Ok(by_id.len().min(most))
}

pub(super) async fn unknown(account: &Account, unknown: &str) -> Kept {
    let id = CertificateId::new(account.provider(), account.name(), unknown);
    match account.get(&id).await {
        Ok(_) => Err(format!("{id} is there")),
        Err(error) => {
            ensure(error.kind() == ErrorKind::NotFound, || format!("{error:?}"))?;
            ensure(error.effect() == Effect::None, || {
                format!("a get had an effect: {error:?}")
            })?;
            Ok(1)
        }
    }
}

pub(super) async fn refused(account: &Account, id: &CertificateId, kind: ErrorKind) -> Kept {
    match account.get(id).await {
        Ok(_) => Err(format!("{id:?} was got")),
        Err(error) => {
            ensure(error.kind() == kind, || format!("{id:?}: {error:?}"))?;
            ensure(error.status().is_none(), || {
                format!("{id:?} was sent: {error:?}")
            })?;
            Ok(1)
        }
    }
}

pub(super) async fn identifiers(account: &Account) -> Kept {
    let kind = match account.capabilities().get(Verb::Get) {
        Some(_) => ErrorKind::InvalidInput,
        None => ErrorKind::Unsupported,
    };
    let natives = [
        "",
        ".",
        "..",
        "%2e%2E",
        "a/b",
        "../x",
        "a\\b",
        "a\nb",
        "a\u{0}b",
        &"x".repeat(300),
    ];
    for native in natives {
        refused(
            account,
            &CertificateId::new(account.provider(), account.name(), native),
            kind,
        )
        .await?;
    }
    Ok(natives.len())
}

pub(super) async fn strangers(account: &Account) -> Kept {
    const STRANGERS: [ProviderId; 2] = [
        ProviderId::new(Name::new("stranger").unwrap()),
        ProviderId::new(Name::new("other-stranger").unwrap()),
    ];
    let [first, second] = STRANGERS;
    let other = if account.provider() == first {
        second
    } else {
        first
    };
    let ids = [
        CertificateId::new(account.provider(), format!("{}-other", account.name()), "x"),
        CertificateId::new(other, account.name(), "x"),
    ];
    for id in &ids {
        refused(account, id, ErrorKind::InvalidInput).await?;
    }
    Ok(ids.len())
}
