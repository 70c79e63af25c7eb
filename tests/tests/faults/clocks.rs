//! Row 54 at the facade: a clock that is wrong can make something end sooner, never later.

use crate::{TALLY, one};
use certfleet::{ContentFetch, Fleet, Inventory, ListOptions, WarningKind, reading::Threshold};
use certfleet_http::Class;
use certfleet_sandbox::Clock;
use certfleet_tests::{
    accounts_by,
    faults::{matrix::Layer, run},
    sandbox, start,
};
use chrono::{DateTime, TimeDelta, Utc};
use libtest_mimic::Trial;
use std::sync::Arc;

const YEAR: i64 = 31_557_600;

/// How far apart the two clocks may be, in seconds.
const TOLERATED: i64 = 300;

pub(crate) fn trials() -> Vec<Trial> {
    vec![one("facade::clocks", clocks)]
}

/// What the sandbox's accounts list by a clock that is so wrong.
fn listed(skew: i64) -> Inventory {
    let sandbox = sandbox();
    let clock = Clock::fixed(local(skew));
    let accounts = accounts_by(&sandbox, Arc::new(sandbox.clone()), Arc::new(clock));
    let fleet = Fleet::new(accounts).expect("a fleet");
    run::virtually(fleet.inventory(ListOptions::content(ContentFetch::Fetch)))
}

fn local(skew: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(skew)
}

fn clocks() -> Result<(), String> {
    let thresholds = [
        Threshold::Within(TimeDelta::days(30)),
        Threshold::Percent(20),
    ];
    let right = listed(0);
    for skew in [
        0,
        TOLERATED,
        -TOLERATED,
        TOLERATED + 1,
        -TOLERATED - 1,
        86_400,
        10 * YEAR,
        -10 * YEAR,
    ] {
        let inventory = listed(skew);
        let is_far = skew.abs() > TOLERATED;
        for account in &inventory.accounts {
            TALLY.count(54, Layer::Facade, Class::Read, 1);
            let told = account.warnings.iter();
            let told = told.filter(|one| one.kind == WarningKind::ClockSkew);
            let expected = is_far.then_some(-skew);
            if told.count() != usize::from(is_far) || account.clock_skew_seconds != expected {
                return Err(format!("{skew} s: {account:?}"));
            }
        }
        let now = if is_far {
            local(skew).max(start())
        } else {
            local(skew)
        };
        for threshold in thresholds {
            let judged = inventory.expiry(threshold, local(skew)).items;
            if judged != right.expiry(threshold, now).items || judged.is_empty() {
                return Err(format!("{skew} s: it matters within {threshold}"));
            }
        }
    }
    // No time is too odd to be asked about.
    for local in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        let inventory = listed(10 * YEAR);
        inventory.expiry(Threshold::Percent(20), local);
    }
    Ok(())
}
