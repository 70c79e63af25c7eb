//! Every form of a report, without a browser.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use certfleet::Inventory;
use certfleet_report::{Nearness, Report, html, ics, markdown};
use std::collections::BTreeSet;
use support::{HOSTILE, failed, hostile, inventory, large, record, small};

/// The lines of a calendar, unfolded, each of which is held to RFC 5545's form.
fn lines(calendar: &str) -> Vec<String> {
    assert!(calendar.ends_with("\r\n"));
    let mut lines: Vec<String> = Vec::new();
    for line in calendar.trim_end_matches("\r\n").split("\r\n") {
        assert!(line.len() <= 75, "{line}");
        assert!(!line.contains(char::is_control), "{line:?}");
        match line.strip_prefix(' ') {
            Some(rest) => lines.last_mut().unwrap().push_str(rest),
            None => lines.push(line.to_owned()),
        }
    }
    lines
}

fn with<'a>(lines: &'a [String], key: &str) -> Vec<&'a str> {
    let start = format!("{key}:");
    lines
        .iter()
        .filter_map(|line| line.strip_prefix(&start))
        .collect()
}

#[test]
fn records_are_in_order_and_judged_by_their_inventory() {
    let inventories = [small()];
    let report = Report::new(&inventories).unwrap();
    let order: Vec<_> = report.records.iter().map(|one| one.nearness).collect();
    assert_eq!(order, Nearness::ALL);
    let names: Vec<_> = report.records.iter().map(|one| one.name()).collect();
    assert_eq!(
        names,
        [
            "payments",
            "Billing",
            "alpha-10",
            "alpha-9",
            "nothing known"
        ]
    );
}

#[test]
fn a_vendors_clock_that_is_ahead_counts() {
    let mut ahead = small();
    ahead.accounts[0].clock_skew_seconds = Some(11 * 86_400);
    let inventories = [ahead];
    let report = Report::new(&inventories).unwrap();
    assert_eq!(report.count(Nearness::Expired), 2);
}

#[test]
fn inventories_are_put_together_unless_they_hold_the_same_account() {
    let other = inventory("staging", vec![record("staging", "a", "other", Some(3))]);
    let both = [small(), other];
    let report = Report::new(&both).unwrap();
    assert_eq!((report.records.len(), report.accounts.len()), (6, 2));
    let twice = [small(), small()];
    let refused = Report::new(&twice).unwrap_err();
    assert_eq!(refused.account, "openai/production");
}

#[test]
fn the_same_inventory_gives_the_same_bytes() {
    let inventories = [large(100)];
    let report = Report::new(&inventories).unwrap();
    let mut turned = inventories.clone();
    turned[0].certificates.reverse();
    turned[0].accounts.reverse();
    let again = Report::new(&turned).unwrap();
    for form in [html::page, ics::calendar, markdown::table] {
        assert_eq!(form(&report), form(&again));
    }
}

#[test]
fn every_form_says_what_failed() {
    let mut inventory = small();
    inventory
        .accounts
        .push(failed("lost", "the key was refused"));
    let inventories = [inventory];
    let report = Report::new(&inventories).unwrap();
    // An empty lane does not look as if nothing ended there.
    assert!(html::page(&report).contains("href=\"#unseen\">not read</a>"));
    for form in [html::page, ics::calendar, markdown::table] {
        let text = form(&report).replace("\r\n ", "");
        assert!(
            text.contains("the account openai/lost could not be read: the key was refused"),
            "{text}"
        );
    }
}

#[test]
fn a_calendar_has_one_event_for_each_known_end() {
    let inventories = [small()];
    let calendar = ics::calendar(&Report::new(&inventories).unwrap());
    let lines = lines(&calendar);
    assert_eq!(
        with(&lines, "BEGIN"),
        ["VCALENDAR", "VEVENT", "VEVENT", "VEVENT", "VEVENT"]
    );
    assert_eq!(
        with(&lines, "DTSTART"),
        [
            "20261110T120000Z",
            "20261202T120000Z",
            "20270121T120000Z",
            "20290510T120000Z"
        ]
    );
    assert_eq!(with(&lines, "DTSTAMP"), ["20261122T120000Z"; 4]);
    assert_eq!(
        with(&lines, "SUMMARY")[0],
        "payments expires (openai/production)"
    );
    let uids: BTreeSet<_> = with(&lines, "UID").into_iter().collect();
    assert_eq!(uids.len(), 4);
}

#[test]
fn an_event_keeps_its_uid_as_long_as_its_certificate_is_in_its_record() {
    let uids = |inventory: Inventory| -> Vec<String> {
        let inventories = [inventory];
        let calendar = ics::calendar(&Report::new(&inventories).unwrap());
        let lines = lines(&calendar);
        with(&lines, "UID").into_iter().map(str::to_owned).collect()
    };
    let before = uids(small());
    let mut later = small();
    later.taken_at += chrono::TimeDelta::days(1);
    later.certificates[0].name = Some("renamed".to_owned());
    assert_eq!(uids(later), before);
    let mut replaced = small();
    replaced.certificates[0].contents[0].sha256 = Some(certfleet::x509::Sha256::digest(b"new"));
    let after = uids(replaced);
    assert_eq!(after[1..], before[1..]);
    assert_ne!(after[0], before[0]);
}

#[test]
fn hostile_texts_add_nothing_to_a_calendar() {
    let inventories = [hostile()];
    let calendar = ics::calendar(&Report::new(&inventories).unwrap());
    let lines = lines(&calendar);
    assert_eq!(with(&lines, "BEGIN").len(), 1 + HOSTILE.len());
    assert_eq!(with(&lines, "SUMMARY").len(), HOSTILE.len());
    let known = [
        "BEGIN",
        "END",
        "VERSION",
        "PRODID",
        "CALSCALE",
        "NAME",
        "X-WR-CALNAME",
        "DESCRIPTION",
        "UID",
        "DTSTAMP",
        "DTSTART",
        "SUMMARY",
        "TRANSP",
    ];
    for line in &lines {
        let key = line.split_once(':').unwrap().0;
        assert!(known.contains(&key), "{line}");
    }
    let injected = with(&lines, "SUMMARY")
        .into_iter()
        .find(|one| one.contains("VEVENT"));
    assert!(
        injected
            .unwrap()
            .starts_with(r"BEGIN:VEVENT  SUMMARY:injected\;\,\\n expires"),
        "{injected:?}"
    );
}

/// Another implementation reads what was written.
#[test]
fn a_calendar_is_read_as_it_was_meant() {
    use icalendar::{Calendar, CalendarComponent, Component as _};
    let inventories = [hostile()];
    let report = Report::new(&inventories).unwrap();
    let calendar: Calendar = ics::calendar(&report).parse().unwrap();
    let events = calendar.components.iter().map(|one| match one {
        CalendarComponent::Event(event) => event,
        other => panic!("{other:?}"),
    });
    let mut summaries: Vec<_> = events
        .map(|one| one.get_summary().unwrap().to_owned())
        .collect();
    let mut expected: Vec<_> = report
        .records
        .iter()
        .map(|one| {
            let (provider, account) = one.account();
            let text = format!("{} expires ({provider}/{account})", one.name());
            certfleet_report::text::sanitize(&text).into_owned()
        })
        .collect();
    summaries.sort();
    expected.sort();
    assert_eq!(summaries, expected);
}

#[test]
fn moments_that_no_calendar_can_write_are_left_out() {
    let mut all = small();
    all.certificates.truncate(2);
    all.certificates[0].contents[0].not_after = Some("9999-12-31T23:59:59Z".parse().unwrap());
    all.certificates[1].contents[0].not_after = Some(chrono::DateTime::<chrono::Utc>::MAX_UTC);
    let inventories = [all];
    let report = Report::new(&inventories).unwrap();
    assert_eq!(with(&lines(&ics::calendar(&report)), "DTSTART").len(), 0);
    // The page and the table write them.
    assert!(html::page(&report).contains("payments"));
    assert!(markdown::table(&report).contains("payments"));
}

#[test]
fn hostile_texts_are_code_spans_in_a_table() {
    let inventories = [hostile()];
    let text = markdown::table(&Report::new(&inventories).unwrap());
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 2 + HOSTILE.len());
    for row in rows {
        assert_eq!(row.matches('|').count(), 8, "{row}");
    }
    // What is left without the spans is ours.
    for line in text.lines() {
        let mut outside = line.to_owned();
        for fence in ["```", "``", "`"] {
            let parts: Vec<_> = outside.split(fence).map(str::to_owned).collect();
            outside = parts.into_iter().step_by(2).collect();
        }
        assert!(
            !outside.contains(['<', '@', '\\', '`', '\u{202e}']),
            "{line}\n{outside}"
        );
    }
}

#[test]
fn the_page_allows_its_own_script_and_style_only() {
    let inventories = [hostile()];
    let page = html::page(&Report::new(&inventories).unwrap());
    let policy = page
        .split("http-equiv=\"Content-Security-Policy\" content=\"")
        .nth(1)
        .unwrap();
    let policy = policy.split('"').next().unwrap();
    let directives: Vec<_> = policy.split("; ").collect();
    assert_eq!(directives[0], "default-src 'none'");
    for (index, (name, tag)) in [("script-src", "<script>"), ("style-src", "<style>")]
        .into_iter()
        .enumerate()
    {
        let text = page.split(tag).nth(1).unwrap().split("</").next().unwrap();
        let digest = certfleet::x509::Sha256::digest(text.as_bytes());
        let hash = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            digest.as_bytes(),
        );
        assert_eq!(directives[index + 1], format!("{name} 'sha256-{hash}'"));
    }
    for directive in &directives {
        assert!(
            !directive.contains("unsafe") && !directive.contains('*'),
            "{directive}"
        );
    }
    // What is in the page is written by hand or escaped.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    for part in [" style=", "<img", "<svg onload", "\u{202e}", "<!--"] {
        assert!(!page.contains(part), "{part}");
    }
    for address in page.split("href=\"").skip(1) {
        assert!(
            address.starts_with('#'),
            "{}",
            address.split('"').next().unwrap()
        );
    }
}

#[test]
fn every_control_has_a_label_and_every_part_a_name() {
    let inventories = [small()];
    let page = html::page(&Report::new(&inventories).unwrap());
    for control in ["<input id=\"", "<select id=\""] {
        for id in page
            .split(control)
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
        {
            assert!(page.contains(&format!("<label for=\"{id}\">")), "{id}");
        }
    }
    assert!(page.contains("<caption>"));
    assert_eq!(page.matches("scope=\"col\"").count(), 6);
    assert_eq!(page.matches("scope=\"row\"").count(), 5);
    assert!(page.contains("aria-sort=\"ascending\""));
    assert!(page.contains("lang=\"en\""));
    assert_eq!(
        page.matches("<section").count(),
        page.matches("<section id").count() + 1
    );
    // Every mark of the timeline can be reached with the keyboard, and says what it is.
    assert_eq!(
        page.matches("<rect class=\"mark\"").count(),
        page.matches(": 1 certificate: ").count() / 2
    );
}
