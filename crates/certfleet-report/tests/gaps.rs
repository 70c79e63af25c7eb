//! What a report does not show is said.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use certfleet::{Coverage, Scope, Warning, WarningKind};
use certfleet_report::{Report, html, markdown};
use support::{failed, inventory, record};

#[test]
fn what_is_not_shown_is_said() {
    let mut odd = record("production", "odd", "odd", Some(1));
    let warning = Warning::new(
        WarningKind::UnreadableRecord,
        "it is not of the documented shape",
    );
    odd.warnings.push(warning);
    let mut whole = inventory("production", vec![odd]);
    whole.filters = vec!["--state active".to_owned()];
    let account = &mut whole.accounts[0];
    account.complete = false;
    account.unreadable = 1;
    account.unread_scopes = vec![Scope::Edge];
    account.coverage = Coverage::AttachedOnly;
    account.warnings = vec![Warning::new(
        WarningKind::ItemsRepeated,
        "pages repeated 1 item",
    )];
    whole.accounts.push(failed("lost", "the key was refused"));

    let inventories = [whole];
    let report = Report::new(&inventories).unwrap();
    let said: Vec<_> = report
        .gaps
        .iter()
        .map(|gap| (gap.is_failure, gap.message.as_str()))
        .collect();
    let expected = [
        (
            true,
            "the account openai/lost could not be read: the key was refused",
        ),
        (
            true,
            "the account openai/production could not be read whole: 1 record, edge",
        ),
        (
            true,
            "openai/production/odd: it is not of the documented shape",
        ),
        (true, "the account openai/production: pages repeated 1 item"),
        (
            false,
            "openai/production shows only certificates that are attached to something; the vendor lists no others",
        ),
        (
            false,
            "the inventory of 2026-11-22T12:00:00Z holds only certificates chosen by --state active",
        ),
        (
            false,
            "the content of 1 certificate was not read: issuer, key and chain are not known",
        ),
    ];
    assert_eq!(said, expected);
    for (is_failure, message) in expected {
        let kind = if is_failure { "failed" } else { "note" };
        let line = format!("- {kind}: `{message}`");
        assert!(markdown::table(&report).contains(&line), "{line}");
        assert!(html::page(&report).contains(message), "{message}");
    }
}

#[test]
fn the_page_tells_some_of_many_gaps_and_counts_the_others() {
    let mut lost = inventory("production", Vec::new());
    for index in 0..60 {
        lost.accounts
            .push(failed(&format!("lost-{index}"), "it failed"));
    }
    let inventories = [lost];
    let page = html::page(&Report::new(&inventories).unwrap());
    assert_eq!(page.matches("could not be read: it failed").count(), 50);
    assert!(page.contains("… and 10 more"));
}

#[test]
fn a_fleet_without_gaps_says_so() {
    let inventories = [inventory("production", Vec::new())];
    let page = html::page(&Report::new(&inventories).unwrap());
    assert!(page.contains("Everything that the accounts list was read."));
}
