//! `certfleet list --by certificate`.

use crate::{
    cli::{Global, List, Output, Sort},
    commands::incomplete::say,
    exit::{Code, Result},
    filter::{self, Filter},
    output::{
        self,
        grouped::{self, GroupedReport},
        grouped_csv,
    },
    terminal::Terminal,
};
use certfleet::{CertificateId, Inventory};
use certfleet_report::{
    findings,
    grouping::{GroupedCertificate, by_certificate},
};
use std::collections::HashSet;

/// Groups what all accounts hold, and prints what the filter keeps of that.
pub(crate) fn print(
    global: &Global,
    options: &List,
    form: Output,
    filter: &Filter<'_>,
    mut inventory: Inventory,
) -> Result<()> {
    let in_order = |one: &certfleet::AccountReport| (one.provider, one.account.clone());
    inventory.accounts.sort_by_key(in_order);
    let mut rows = by_certificate(&inventory);
    // Of everything: an issuer that a filter leaves out is not missing.
    let mut findings = findings::find(&rows);
    let all = rows.len();
    keep(&mut rows, options, filter, &inventory);
    let shown: HashSet<_> = rows.iter().filter_map(|row| row.sha256).collect();
    findings.retain(|finding| finding.certificates.iter().any(|one| shown.contains(one)));
    sort(&mut rows, options);
    let report = GroupedReport {
        taken_at: inventory.taken_at,
        filters: filter::written(options),
        certificates: rows,
        findings,
        accounts: inventory.accounts,
    };
    let terminal = Terminal::stdout(global.color);
    let printed = output::print(|out| match form {
        Output::Json => options.jq.document(out, &report),
        Output::Csv => grouped_csv::csv(out, &report),
        Output::Table | Output::Ndjson => Ok(grouped::table(out, &report, all, options, terminal)?),
    });
    say(&report.accounts);
    printed.ended(if report.accounts.iter().all(|one| one.complete) {
        Code::Done
    } else {
        Code::Account
    })
}

/// Keeps the rows that the filters choose. A row is kept with all its records: where else a certificate is must not
/// depend on how it was found.
fn keep(
    rows: &mut Vec<GroupedCertificate>,
    options: &List,
    filter: &Filter<'_>,
    inventory: &Inventory,
) {
    let records = inventory.certificates.iter();
    let chosen: HashSet<&CertificateId> = records
        .filter(|record| filter.keeps(record))
        .map(|record| &record.id)
        .collect();
    let ends = |row: &GroupedCertificate| {
        let Some((within, end)) = options.expires_within.zip(row.not_after) else {
            return options.expires_within.is_none();
        };
        row.holdings.iter().any(|holding| {
            let now = inventory.time_of(&holding.id, inventory.taken_at);
            within.is_reached(row.not_before, end, now) == Some(true)
        })
    };
    let is_looked_for = |row: &GroupedCertificate| {
        let print = options.fingerprint.as_ref();
        print.is_none_or(|print| print.fits(row.sha256, row.sha1))
    };
    rows.retain(|row| {
        row.holdings.iter().any(|one| chosen.contains(&one.id)) && is_looked_for(row) && ends(row)
    });
}

/// Puts rows in order; they come by their end.
fn sort(rows: &mut [GroupedCertificate], options: &List) {
    match options.sort {
        None | Some(Sort::Expiry) => {}
        Some(Sort::Name) => rows.sort_by_cached_key(|row| {
            let name = row.name.as_ref().map(|name| name.to_lowercase());
            (name.is_none(), name)
        }),
        Some(Sort::State) => rows.sort_by_key(|row| row.state),
        Some(Sort::Provider) => rows.sort_by_key(|row| {
            let first = row.holdings.iter().map(|one| one.id.provider).min();
            (first.is_none(), first)
        }),
    }
    if options.reverse {
        rows.reverse();
    }
}
