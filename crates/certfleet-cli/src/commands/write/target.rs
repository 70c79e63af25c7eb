//! From what an operator wrote to the records that it means. Only reads.

use crate::{
    accounts::{self, Selection},
    cli::{Global, write::TargetFilter},
    commands::get,
    exit::{Code, Failure, Result},
    fingerprint::Fingerprint,
    output::{self, outcome::Outcome},
};
use certfleet::{
    AccountReport, Certificate, CertificateId, ContentFetch, Error, Fleet, Inventory, ListOptions,
};

/// Fewer hex digits than this are a name.
const SHORTEST_FINGERPRINT: usize = 8;

/// A text that is a SHA-256, or the beginning of one.
pub(super) fn fingerprint(text: &str) -> Option<Fingerprint> {
    text.parse()
        .ok()
        .filter(|one: &Fingerprint| one.digits() >= SHORTEST_FINGERPRINT)
}

/// Opens the accounts where targets can be, and finds exactly one record for each.
pub(super) async fn find(
    global: &Global,
    filter: &TargetFilter,
    targets: &[String],
) -> Result<(Fleet, Vec<CertificateId>)> {
    let (fleet, inventory) = look(global, filter, targets).await?;
    let ids = targets
        .iter()
        .map(|target| match &inventory {
            Some(inventory) if !target.contains('/') => exactly_one(inventory, target),
            _ => get::address(target),
        })
        .collect::<Result<Vec<_>>>()?;
    Ok((fleet, ids))
}

/// Opens the accounts where one target can be, and finds every record that it can mean.
pub(crate) async fn find_all(
    global: &Global,
    filter: &TargetFilter,
    target: &str,
) -> Result<(Fleet, Vec<Certificate>)> {
    let targets = [target.to_owned()];
    let (fleet, inventory) = look(global, filter, &targets).await?;
    let found = match inventory {
        Some(inventory) => matching(&inventory, target)?.into_iter().cloned().collect(),
        None => {
            let id = get::address(target)?;
            let failure = |error: Error| Failure::of_call(&error);
            let account = fleet.account(&id).map_err(failure)?.clone();
            // Not every vendor can get a single record.
            let only = Fleet::new([account]).map_err(failure)?;
            let inventory = only
                .inventory(ListOptions::content(ContentFetch::Fetch))
                .await;
            complete(&inventory, target)?;
            let found = inventory.certificates.into_iter().find(|one| one.id == id);
            vec![found.ok_or_else(|| {
                Failure::failed(format!("there is no certificate {id}. Nothing was sent"))
            })?]
        }
    };
    Ok((fleet, found))
}

/// Opens what is needed; lists it where a target is not an address.
async fn look(
    global: &Global,
    filter: &TargetFilter,
    targets: &[String],
) -> Result<(Fleet, Option<Inventory>)> {
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
    let fleet = accounts::open(global, selection).await?.fleet;
    if all_named {
        return Ok((fleet, None));
    }
    let content = if targets.iter().any(|target| fingerprint(target).is_some()) {
        ContentFetch::Fetch
    } else {
        ContentFetch::Included
    };
    let inventory = fleet.inventory(ListOptions::content(content)).await;
    Ok((fleet, Some(inventory)))
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
        code_of(report),
        format!(
            "{}, so what {target:?} means is not known: name it by its address, or look elsewhere with --account. Nothing was sent",
            complaint(report)
        ),
    ))
}

/// Returns the exit code of a command that needed an account which could not be read.
pub(super) fn code_of(report: &AccountReport) -> Code {
    let outcome = report.error.as_ref().map(Outcome::from_error);
    outcome.map_or(Code::Failed, Outcome::code)
}

/// Returns why an account could not be read.
pub(super) fn complaint(report: &AccountReport) -> String {
    output::listing::complaint(report).unwrap_or_default()
}
