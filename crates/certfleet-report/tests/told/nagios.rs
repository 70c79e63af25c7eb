//! The plugin's output.

use crate::fleet::{account, inventory, judge, now, record, thresholds};
use certfleet_report::{
    ignore_list::IgnoreList,
    judgement::Judgements,
    nagios::{self, Status},
};

#[test]
fn the_worst_decides_and_what_is_known_to_be_wrong_outranks_what_is_not_known() {
    let (well, failed) = (None, Some("no network"));
    for (days, error, status, code) in [
        (Some(99), well, Status::Ok, 0),
        (Some(20), well, Status::Warning, 1),
        (None, well, Status::Warning, 1),
        (Some(5), well, Status::Critical, 2),
        (Some(-5), well, Status::Critical, 2),
        (Some(99), failed, Status::Unknown, 3),
        (Some(20), failed, Status::Unknown, 3),
        (Some(-5), failed, Status::Critical, 2),
    ] {
        let accounts = [account("a", error)];
        let inventory = inventory(accounts, [record("a", "1", "one", days)]);
        let output = nagios::output(&judge(&inventory), &inventory.accounts, &[]);
        assert_eq!(
            (output.status, output.status.exit_code()),
            (status, code),
            "{days:?} {error:?}"
        );
        let word = output.text.split(' ').nth(1).unwrap();
        assert_eq!(word, format!("{status:?}").to_uppercase());
    }
}

#[test]
fn the_whole_output() {
    let mut inventory = inventory(
        [account("a", None), account("b", Some("no network"))],
        [
            record("a", "1", "old | x=1;2\nforged", Some(-5)),
            record("a", "2", "near", Some(20)),
            record("a", "3", "fine-one", Some(90)),
            record("a", "4", "test-ca", Some(2)),
        ],
    );
    inventory.accounts[1].account = "b|c".to_owned();
    let mut judged = judge(&inventory);
    let list = "[[ignore]]\nname = \"test-*\"\nreason = \"r\"\nuntil = 2026-06-30\n[[ignore]]\nname = \"|\"\nuntil = 2026-06-30\n";
    let entries = IgnoreList::parse(list).unwrap().apply(&mut judged, now());
    let output = nagios::output(&judged, &inventory.accounts, &entries);
    assert_eq!(
        output.text,
        "CERTFLEET CRITICAL - 3 certificates, 1 expired, 1 warning, 1 ignored; 1 of 2 accounts read | expired=1;;0;0 critical=0;;0;0 warning=1;0;;0 unknown=0;0;;0 ok=1;;;0 ignored=1;;;0 unread_accounts=1;;;0 next_end=-432000s\n\
         [unread] openai/b¦c: no network\n\
         [expired] openai/a/1 (old ¦ x=1;2 forged) ends 2026-05-27T00:00:00Z\n\
         [warning] openai/a/2 (near) ends 2026-06-21T00:00:00Z\n\
         [ignore list] entry 2 (name ¦): it has no reason and ignores nothing: write reason = \"...\"\n"
    );
}

#[test]
fn a_large_fleet_has_a_short_output() {
    for letter in ["n", "証"] {
        let name = letter.repeat(900);
        let records = (0..10_000).map(|number| record("a", &number.to_string(), &name, Some(-1)));
        let inventory = inventory([], records);
        let judged = Judgements::new(&inventory, thresholds("1d", None), now());
        let output = nagios::output(&judged, &[], &[]);
        assert!(output.text.len() < 8 * 1024, "{}", output.text.len());
        assert!(
            output
                .text
                .ends_with("and 9960 more: certfleet check shows all\n")
        );
        assert_eq!(output.text.matches('|').count(), 1);
    }
}
