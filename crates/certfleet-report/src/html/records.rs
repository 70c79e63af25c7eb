//! The table of records, and what narrows it.

use super::nearness::{key, label};
use crate::{Nearness, Record, Report, text::sanitize, words};
use certfleet::State;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// The columns: the word that the page's address sorts by, and the heading.
const COLUMNS: [(&str, &str); 6] = [
    ("name", "Name"),
    ("account", "Account"),
    ("state", "State"),
    ("where", "Where"),
    ("expires", "Expires"),
    ("sha256", "SHA-256"),
];

pub(super) fn section(report: &Report<'_>) -> Markup {
    html! {
        section #records aria-labelledby="records-title" tabindex="-1" {
            h2 #records-title { "Records" }
            noscript { p { "Search, sorting, filters and details need scripts. The table is whole." } }
            (filters(report))
            table #table {
                caption { "Certificates of all accounts" }
                thead {
                    tr {
                        @for (key, heading) in COLUMNS {
                            th scope="col" class=(key) data-sort=(key) aria-sort=[(key == "expires").then_some("ascending")] { (heading) }
                        }
                    }
                }
                tbody { @for record in &report.records { (row(record)) } }
            }
            p #none hidden { "No certificate matches the filters." }
            p #more hidden { button type="button" { "Show more" } }
        }
    }
}

fn filters(report: &Report<'_>) -> Markup {
    let accounts = report.account_names();
    let states: BTreeSet<State> = report
        .records
        .iter()
        .map(|one| one.certificate.state)
        .collect();
    html! {
        form #filters role="search" aria-label="Filters" hidden {
            p.wide {
                label for="q" { "Search" }
                input #q name="q" type="search" autocomplete="off" spellcheck="false" placeholder="name, address, subject, SHA-256, …";
            }
            p {
                label for="account" { "Account" }
                select #account name="account" {
                    option value="" { "all" }
                    @for (provider, account) in accounts {
                        @let name = format!("{provider}/{account}");
                        option value=(sanitize(&name)) { (sanitize(&name)) }
                    }
                }
            }
            p {
                label for="state" { "State" }
                select #state name="state" {
                    option value="" { "all" }
                    @for state in states { option value=(state) { (state) } }
                }
            }
            p {
                label for="expiry" { "Expiry" }
                select #expiry name="expiry" {
                    option value="" { "all" }
                    @for nearness in Nearness::ALL { option value=(key(nearness)) { (label(nearness)) } }
                }
            }
            p { label for="from" { "Ends from" } input #from name="from" type="date"; }
            p { label for="until" { "Ends until" } input #until name="until" type="date"; }
            p.check { input #warnings name="warnings" type="checkbox" value="1"; label for="warnings" { "With warnings" } }
            p { button #clear type="reset" { "Clear" } }
            p.wide { output #count for="q account state expiry from until warnings" aria-live="polite" {} }
        }
    }
}

fn row(record: &Record<'_>) -> Markup {
    let certificate = record.certificate;
    let (provider, account) = record.account();
    let (day, distance) = record.end();
    let sha256 = record.sha256();
    let warnings = certificate.warnings.len();
    html! {
        tr data-ends=(key(record.nearness)) {
            th scope="row" class="name" {
                bdi { (sanitize(&record.name())) }
                small { bdi { (sanitize(&certificate.id.to_string())) } }
                @if warnings > 0 { small.warnings { (words::plural(warnings, "warning")) } }
            }
            td class="account" { bdi { (sanitize(&format!("{provider}/{account}"))) } }
            td class="state" { (certificate.state) }
            td class="where" { bdi { (sanitize(&words::whereabouts(certificate))) } }
            td class="expires" {
                @match certificate.not_after {
                    Some(end) => time datetime=(words::time(end)) { (day) },
                    None => (day),
                }
                @if !distance.is_empty() { small { (distance) } }
            }
            td class="sha256" { code { (sha256) } }
        }
    }
}
