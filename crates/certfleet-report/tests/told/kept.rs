//! What stays known of accounts that fail later.

use crate::fleet::{account, inventory, now, record};
use certfleet::Inventory;
use certfleet_report::last_known::LastKnown;
use chrono::TimeDelta;

fn names(known: &LastKnown) -> Vec<&str> {
    let certificates = &known.inventory().unwrap().certificates;
    certificates
        .iter()
        .map(|one| one.name.as_deref().unwrap())
        .collect()
}

fn later(mut inventory: Inventory, minutes: i64) -> Inventory {
    inventory.taken_at += TimeDelta::minutes(minutes);
    inventory
}

#[test]
fn an_account_that_fails_keeps_what_it_had_and_hides_no_other() {
    let mut known = LastKnown::default();
    let both = [account("a", None), account("b", None)];
    known.update(inventory(
        both,
        [
            record("a", "1", "a-old", Some(9)),
            record("b", "1", "b-old", Some(9)),
        ],
    ));
    assert_eq!(names(&known), ["a-old", "b-old"]);
    // What came before the failure does not replace the whole that is known.
    let one_fails = [account("a", Some("no network")), account("b", None)];
    known.update(later(
        inventory(
            one_fails,
            [
                record("a", "2", "a-part", Some(9)),
                record("b", "1", "b-new", Some(9)),
            ],
        ),
        5,
    ));
    assert_eq!(names(&known), ["a-old", "b-new"]);
    let accounts = &known.inventory().unwrap().accounts;
    assert!(accounts[0].error.is_some() && accounts[1].error.is_none());
    assert_eq!(known.listed_at(&accounts[0]), Some(now()));
    assert_eq!(
        known.listed_at(&accounts[1]),
        Some(now() + TimeDelta::minutes(5))
    );
    // It fails again, and is back.
    known.update(later(inventory([account("a", Some("no network"))], []), 10));
    assert_eq!(names(&known), ["a-old"], "b is not in the fleet any more");
    known.update(later(inventory([account("a", None)], []), 15));
    assert!(names(&known).is_empty(), "what is gone is gone");
}

#[test]
fn an_account_that_never_succeeded_shows_what_came() {
    let mut known = LastKnown::default();
    for _ in 0..2 {
        let part = record("a", "1", "part", Some(9));
        known.update(inventory([account("a", Some("no network"))], [part]));
        assert_eq!(names(&known), ["part"]);
        assert_eq!(
            known.listed_at(&known.inventory().unwrap().accounts[0]),
            None
        );
    }
}
