//! Ignore lists.

use crate::fleet::{inventory, judge, now, record, sha256};
use certfleet_report::{
    ignore_list::{EntryStatus, IgnoreList},
    judgement::Level,
};
use std::fmt::Write as _;

/// What becomes of one entry over three records: `one`, `second` and `third-ca`, all of which have expired.
fn applied(entry: &str) -> (Vec<String>, certfleet_report::ignore_list::EntryReport) {
    let inventory = inventory(
        [],
        [
            record("a", "1", "one", Some(-1)),
            record("a", "2", "second", Some(-2)),
            record("b", "1", "third-ca", Some(-3)),
        ],
    );
    let mut judged = judge(&inventory);
    let list = IgnoreList::parse(&format!("[[ignore]]\n{entry}\n")).unwrap();
    let mut reports = list.apply(&mut judged, now());
    assert_eq!(reports.len(), 1);
    assert_eq!(judged.ignored() + judged.count(Level::Expired), 3);
    let ignored = judged.items.iter().filter(|item| item.ignored.is_some());
    let names = ignored.map(|item| item.name.clone().unwrap()).collect();
    (names, reports.remove(0))
}

#[test]
fn an_entry_ignores_what_it_names() {
    let why = "reason = \"known\"\nuntil = 2026-06-01";
    for (matcher, names) in [
        ("address = \"openai/a/1\"".to_owned(), &["one"][..]),
        ("address = \"openai/c/1\"".to_owned(), &[]),
        (format!("sha256 = \"{}\"", sha256(6)), &["second"]),
        (format!("sha256 = \"{}\"", sha256(9)), &[]),
        ("name = \"ONE\"".to_owned(), &["one"]),
        ("name = \"*-ca\"".to_owned(), &["third-ca"]),
        ("name = \"*\"".to_owned(), &["third-ca", "second", "one"]),
        ("name = \"secon\"".to_owned(), &[]),
    ] {
        let (ignored, report) = applied(&format!("{matcher}\n{why}"));
        assert_eq!(ignored, names, "{matcher}");
        let (status, problem) = match names {
            [] => (EntryStatus::MatchesNothing, true),
            _ => (EntryStatus::InForce, false),
        };
        assert_eq!((report.status, report.matched), (status, names.len()));
        assert_eq!(report.problem(true).is_some(), problem, "{matcher}");
        // What was not read may be what it names.
        assert_eq!(report.problem(false), None, "{matcher}");
    }
}

#[test]
fn an_entry_without_reason_or_end_ignores_nothing_and_is_told() {
    for (rest, status, words) in [
        (
            "until = 2026-07-01",
            EntryStatus::NoReason,
            "it has no reason",
        ),
        (
            "reason = \" \"\nuntil = 2026-07-01",
            EntryStatus::NoReason,
            "it has no reason",
        ),
        ("reason = \"known\"", EntryStatus::NoEnd, "it has no end"),
        (
            "reason = \"known\"\nuntil = 2026-05-31",
            EntryStatus::Ended,
            "its last day, 2026-05-31, has passed",
        ),
        (
            "reason = \"known\"\nuntil = \"2026-05-31\"",
            EntryStatus::Ended,
            "has passed",
        ),
    ] {
        let (ignored, report) = applied(&format!("name = \"one\"\n{rest}"));
        assert!(ignored.is_empty(), "{rest}");
        assert_eq!((report.status, report.matched), (status, 1), "{rest}");
        for is_whole in [true, false] {
            let problem = report.problem(is_whole).unwrap();
            assert!(problem.starts_with("entry 1 (name one): "), "{problem}");
            assert!(problem.contains(words), "{problem}");
        }
    }
}

#[test]
fn what_is_not_a_list_is_refused_with_its_place() {
    let rest = "reason = \"r\"\nuntil = 2026-07-01";
    let mut shown = String::new();
    for text in [
        "[[ignore]".to_owned(),
        "[[ignor]]\nname = \"a\"".to_owned(),
        format!("[[ignore]]\n{rest}\nnam = \"a\""),
        format!("[[ignore]]\n{rest}"),
        format!("[[ignore]]\nname = \"a\"\naddress = \"openai/a/1\"\n{rest}"),
        format!("[[ignore]]\nname = \" \"\n{rest}"),
        format!("[[ignore]]\naddress = \"openai\"\n{rest}"),
        format!("[[ignore]]\nsha256 = \"3fa209\"\n{rest}"),
        "[[ignore]]\nname = \"a\"\nreason = \"r\"\nuntil = \"soon\"".to_owned(),
        "[[ignore]]\nname = \"a\"\nreason = \"r\"\nuntil = 2026-07-01T00:00:00Z".to_owned(),
        "[[ignore]]\nname = \"a\"\nreason = \"r\"\nuntil = 5".to_owned(),
    ] {
        let error = IgnoreList::parse(&text).unwrap_err().to_string();
        let place = ["line ", "entry 1: "]
            .iter()
            .any(|one| error.starts_with(one));
        assert!(place && !error.contains('\n'), "{text}: {error}");
        writeln!(shown, "{error}").unwrap();
    }
    for words in [
        "exactly one of address, sha256 and name",
        "64 hex digits",
        "soon is not a day",
    ] {
        assert!(shown.contains(words), "{shown}");
    }
    assert!(IgnoreList::parse("").unwrap().is_empty());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(500))]

    /// Any text is a list or is refused with a reason.
    #[test]
    fn any_text(text in "(\\[\\[ignore\\]\\]\n)?((address|sha256|name|reason|until) ?= ?(\"\\PC{0,12}\"|[0-9T:-]{0,12})\n){0,4}") {
        if let Err(why) = IgnoreList::parse(&text) {
            proptest::prop_assert!(!why.to_string().is_empty());
        }
    }
}
