//! From what somebody wrote to the records they mean.

use super::Session;
use crate::{
    accounts::Selection,
    cli::{
        Global,
        write::{JournalFile, TargetFilter},
    },
    commands::get,
    exit::{Failure, Result},
    fingerprint::Fingerprint,
    output,
};
use certfleet::{AccountReport, Certificate, CertificateId, ContentFetch, Inventory, ListOptions};

/// Fewer hex digits than this are a name.
const SHORTEST_FINGERPRINT: usize = 8;

/// A text that is a SHA-256, or the beginning of one.
pub(crate) fn fingerprint(text: &str) -> Option<Fingerprint> {
    text.parse()
        .ok()
        .filter(|one: &Fingerprint| one.digits() >= SHORTEST_FINGERPRINT)
}

/// Opens the accounts where targets can be, and finds exactly one record for each.
pub(super) async fn find(
    global: &Global,
    journal: Option<&JournalFile>,
    filter: &TargetFilter,
    targets: &[String],
) -> Result<(Session, Vec<CertificateId>)> {
    let (session, inventory) = look(global, journal, filter, targets).await?;
    let ids = targets
        .iter()
        .map(|target| match &inventory {
            Some(inventory) if !target.contains('/') => exactly_one(inventory, target),
            _ => get::address(target),
        })
        .collect::<Result<Vec<_>>>()?;
    Ok((session, ids))
}

/// Opens the accounts where one target can be, and finds every record that it can mean.
pub(crate) async fn find_all(
    global: &Global,
    journal: Option<&JournalFile>,
    filter: &TargetFilter,
    target: &str,
) -> Result<(Session, Vec<Certificate>)> {
    let targets = [target.to_owned()];
    let (session, inventory) = look(global, journal, filter, &targets).await?;
    let found = match inventory {
        Some(inventory) => matching(&inventory, target)?.into_iter().cloned().collect(),
        None => {
            let id = get::address(target)?;
            let account = session
                .fleet
                .account(&id)
                .map_err(|error| Failure::of_call(&error))?;
            // A listing says more of states than a single record does.
            let only = certfleet::Fleet::new([account.clone()])
                .map_err(|error| Failure::of_call(&error))?;
            let inventory = only.inventory(ListOptions::content(ContentFetch::Fetch)).await;
            complete(&inventory, target)?;
            let found = inventory.certificates.into_iter().find(|one| one.id == id);
            vec![found.ok_or_else(|| {
                Failure::failed(format!("there is no certificate {id}. Nothing was sent"))
            })?]
        }
    };
    Ok((session, found))
}

/// Opens what is needed; lists it where a target is no address.
async fn look(
    global: &Global,
    journal: Option<&JournalFile>,
    filter: &TargetFilter,
    targets: &[String],
) -> Result<(Session, Option<Inventory>)> {
    let mut named = Vec::new();
    for target in targets {
        if target.trim().is_empty() {
            return Err(Failure::usage(
                "a target is empty: name a record by PROVIDER/ACCOUNT/ID, its name, or its SHA-256",
            ));
        }
        if target.contains('/') {
            let id = get::address(target)?;
            named.push(format!("{}/{}", id.provider, id.account));
        }
    }
    let all_named = named.len() == targets.len();
    let selection = if all_named {
        Selection {
            providers: &filter.provider,
            accounts: &named,
        }
    } else {
        Selection {
            providers: &filter.provider,
            accounts: &filter.account,
        }
    };
    let session = Session::open(global, journal, selection).await?;
    if all_named {
        return Ok((session, None));
    }
    let content = if targets.iter().any(|target| fingerprint(target).is_some()) {
        ContentFetch::Fetch
    } else {
        ContentFetch::Included
    };
    let inventory = session.fleet.inventory(ListOptions::content(content)).await;
    Ok((session, Some(inventory)))
}

/// The one record that a text means.
fn exactly_one(inventory: &Inventory, target: &str) -> Result<CertificateId> {
    match matching(inventory, target)?.as_slice() {
        [only] => Ok(only.id.clone()),
        several => {
            let names: Vec<_> = several.iter().map(|one| one.id.to_string()).collect();
            Err(Failure::usage(format!(
                "{target:?} could mean {}: name one by its address. Nothing was sent",
                names.join(", ")
            )))
        }
    }
}

/// Every record that a text can mean; at least one.
fn matching<'a>(inventory: &'a Inventory, target: &str) -> Result<Vec<&'a Certificate>> {
    complete(inventory, target)?;
    let fingerprint = fingerprint(target);
    let found: Vec<_> = inventory
        .certificates
        .iter()
        .filter(|one| {
            one.id.native == target
                || output::name(one).as_deref() == Some(target)
                || fingerprint.as_ref().is_some_and(|print| print.matches(one))
        })
        .collect();
    if found.is_empty() {
        return Err(Failure::usage(format!(
            "no certificate has the name, id or SHA-256 {target:?} (from {SHORTEST_FINGERPRINT} digits on): certfleet list shows what there is. Nothing was sent"
        )));
    }
    Ok(found)
}

/// Whether every account was read: otherwise there may be more that a text means.
fn complete(inventory: &Inventory, target: &str) -> Result<()> {
    let Some(report) = inventory.accounts.iter().find(|report| !report.complete) else {
        return Ok(());
    };
    Err(Failure::new(
        report
            .error
            .as_ref()
            .map_or(crate::exit::Code::Failed, super::code_of),
        format!(
            "{}, so what {target:?} means is not known: name it by its address, or look elsewhere with --account. Nothing was sent",
            complaint(report)
        ),
    ))
}

fn complaint(report: &AccountReport) -> String {
    output::listing::complaint(report).unwrap_or_default()
}
