//! What `serve` shows at `/overview`, and how it says that something is stale.

use super::{error_about, expiry, time};
use crate::{judging::Judged, terminal::Terminal};
use certfleet::{AccountReport, Inventory};
use certfleet_report::last_known::LastKnown;
use chrono::{DateTime, Utc};
use std::{fmt::Write as _, time::Duration};

/// What is known, and how it is.
pub(crate) struct Overview<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) known: &'a LastKnown,
    pub(crate) judged: Judged,
    /// Why the last refresh failed.
    pub(crate) failure: Option<&'a str>,
    pub(crate) interval: Duration,
    pub(crate) now: DateTime<Utc>,
}

/// Writes how old everything is, how each account is, and what `check` shows.
pub(crate) fn text(overview: &Overview<'_>) -> String {
    let Overview { inventory, now, .. } = overview;
    let mut text = format!(
        "certfleet {}: read at {} ({}), again every {} s\n",
        env!("CARGO_PKG_VERSION"),
        time(inventory.taken_at),
        age(inventory.taken_at, *now),
        overview.interval.as_secs(),
    );
    if let Some(failure) = overview.failure {
        let _ = writeln!(text, "{}", refresh_failed(failure));
    }
    text.push('\n');
    for report in &inventory.accounts {
        let _ = writeln!(text, "{}", account(overview, report));
    }
    for problem in &overview.judged.problems {
        let _ = writeln!(text, "ignore list: {problem}");
    }
    text.push('\n');
    let Judged {
        judgements,
        entries,
        ..
    } = &overview.judged;
    let report = expiry::CheckReport::new(judgements.clone(), entries.clone(), &inventory.accounts);
    let terminal = Terminal {
        color: false,
        width: None,
    };
    let mut checked = Vec::new();
    // Writing to memory does not fail.
    drop(expiry::text(&mut checked, &report, &[], terminal));
    text.push_str(&String::from_utf8_lossy(&checked));
    text
}

/// How an account is, and how old its certificates are.
fn account(overview: &Overview<'_>, report: &AccountReport) -> String {
    let name = format!("{}/{}", report.provider, report.account);
    let listed = overview.known.listed_at(report);
    let Some(error) = &report.error else {
        let state = if report.complete {
            "read"
        } else {
            "read in part"
        };
        return format!("{name}: {state}, {} records", report.certificates);
    };
    format!(
        "{name}: NOT READ: {}. {}",
        error_about(error, &name),
        kept(listed, overview.now)
    )
}

/// Says that everything is as old as it is.
fn refresh_failed(why: &str) -> String {
    format!("STALE: the last refresh failed: {why}")
}

/// Says what is shown of an account that could not be read.
fn kept(listed: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    listed.map_or_else(
        || "nothing is known of it from before".to_owned(),
        |listed| {
            let age = age(listed, now);
            format!("STALE: what is shown is of {} ({age})", time(listed))
        },
    )
}

/// Returns what is stale, and how old it is: everything where the last refresh failed, and each account that could not
/// be read.
pub(crate) fn stale(
    inventory: &Inventory,
    known: &LastKnown,
    failure: Option<&str>,
    now: DateTime<Utc>,
) -> Vec<String> {
    let failed = inventory
        .accounts
        .iter()
        .filter(|report| report.error.is_some());
    let accounts = failed.map(|report| {
        let kept = kept(known.listed_at(report), now);
        format!("{}/{}: {kept}", report.provider, report.account)
    });
    failure
        .map(refresh_failed)
        .into_iter()
        .chain(accounts)
        .collect()
}

fn age(since: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = now.signed_duration_since(since).num_seconds().max(0);
    format!("{seconds} s ago")
}
