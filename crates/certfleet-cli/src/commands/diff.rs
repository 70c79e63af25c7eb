//! `certfleet diff`.

use crate::{
    accounts::{self, Selection},
    cli::{Form, Global, watch::Diff},
    commands::inventory,
    exit::{Code, Failure, Result, print_error, print_warning},
    output::{
        self,
        difference::{self, DiffReport},
        json, listing,
    },
};
use certfleet::{ContentFetch, Inventory, WarningKind};
use std::path::Path;

pub(crate) async fn run(global: &Global, options: &Diff) -> Result<()> {
    let old = load(&options.old)?;
    // What a saved inventory warned of was said when it was saved. Clocks do not matter: no end is judged.
    let (new, warnings) = match &options.new {
        Some(path) => (load(path)?, Vec::new()),
        None => {
            let new = now(global, &old).await?;
            let warnings = new.accounts.iter().flat_map(|account| {
                let warnings = account.warnings.iter();
                warnings
                    .filter(|one| one.kind != WarningKind::ClockSkew)
                    .map(|one| listing::remark(account.provider, &account.account, one))
            });
            let warnings = warnings.collect();
            (new, warnings)
        }
    };
    let diff = old.diff(&new);
    let code = if !diff.incomplete.is_empty() {
        Code::Account
    } else if diff.is_empty() {
        Code::Done
    } else {
        Code::Different
    };
    let report = DiffReport {
        exit_code: code.number(),
        diff,
    };
    let printed = output::print(|out| match options.output {
        Form::Json => json::document(out, &report),
        Form::Table => Ok(difference::text(out, &report.diff)?),
    });
    for warning in &warnings {
        print_warning(warning);
    }
    for (provider, account) in &report.diff.incomplete {
        print_error(&format!(
            "the account {provider}/{account} was not read whole both times: only records that are in both were compared"
        ));
    }
    printed.ended(code)
}

fn load(path: &Path) -> Result<Inventory> {
    let inventory = inventory::load(path)?;
    if inventory.is_filtered() {
        let filters = match inventory.filters.join(" ") {
            // An older version did not write them down; the counts of the accounts tell.
            none if none.is_empty() => "filters".to_owned(),
            filters => filters,
        };
        return Err(Failure::usage(format!(
            "{} holds a part of the certificates only, chosen by {filters}: what was left out would count as a difference. Save one without filters: certfleet list --output json",
            path.display()
        )));
    }
    Ok(inventory)
}

/// What is there now in the accounts that the older inventory asked, with contents where that one
/// has them.
async fn now(global: &Global, old: &Inventory) -> Result<Inventory> {
    let accounts: Vec<_> = old
        .accounts
        .iter()
        .map(|report| format!("{}/{}", report.provider, report.account))
        .collect();
    let selection = Selection {
        providers: &[],
        accounts: &accounts,
    };
    let opened = accounts::open_available(global, selection).await?;
    let has_all = old
        .certificates
        .iter()
        .flat_map(|one| &one.contents)
        .all(|content| content.sha256.is_some());
    let content = if has_all {
        ContentFetch::Fetch
    } else {
        ContentFetch::Included
    };
    Ok(opened.inventory(content).await)
}
