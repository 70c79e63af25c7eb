//! When certificates end: one lane for each account, sixteen months wide.

use super::nearness::key;
use crate::{Nearness, Record, Report, text::sanitize, words::plural};
use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, Timelike as _, Utc};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// How many months are shown, and how many of them lie before the one of the report.
const MONTHS: u32 = 16;
const BEFORE: u32 = 3;
/// A month is as wide as any other one, and has four parts.
const PARTS: u32 = 4;
const PART_WIDTH: u32 = 25;
const HEIGHT: u32 = 40;
/// The most names that a mark tells.
const NAMES: usize = 5;

/// The months that are shown.
struct Window {
    begin: NaiveDate,
    after: NaiveDate,
    now: DateTime<Utc>,
}

/// The records of one account that end in the same part of a month.
struct Mark<'a> {
    from: NaiveDate,
    until: NaiveDate,
    nearness: Nearness,
    records: Vec<&'a Record<'a>>,
}

/// The ends of one account.
#[derive(Default)]
struct Lane<'a> {
    earlier: usize,
    marks: BTreeMap<u32, Mark<'a>>,
    later: usize,
    unknown: usize,
    incomplete: Option<&'static str>,
}

impl Window {
    fn around(now: DateTime<Utc>) -> Option<Self> {
        let month = now.date_naive().with_day(1)?;
        let begin = month.checked_sub_months(Months::new(BEFORE))?;
        Some(Self {
            begin,
            after: begin.checked_add_months(Months::new(MONTHS))?,
            now,
        })
    }

    /// Returns the part of the window that a day is in: its number, its first and its last day.
    fn part(&self, day: NaiveDate) -> Option<(u32, NaiveDate, NaiveDate)> {
        let months = |day: NaiveDate| day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0);
        let month = u32::try_from(months(day) - months(self.begin)).ok()?;
        let length = days_in_month(day)?;
        let part_of = |day0: u32| day0 * PARTS / length;
        let part = part_of(day.day0());
        let mut days = (0..length).filter(|day0| part_of(*day0) == part);
        let first = days.next()?;
        let last = days.next_back().unwrap_or(first);
        Some((
            month * PARTS + part,
            day.with_day0(first)?,
            day.with_day0(last)?,
        ))
    }

    /// Returns where the time of the report is, in the units of the drawing.
    fn today(&self) -> Option<u32> {
        let day = self.now.date_naive();
        let hours = day.day0() * 24 + self.now.hour();
        let into_month = hours * PARTS * PART_WIDTH / (days_in_month(day)? * 24);
        Some(BEFORE * PARTS * PART_WIDTH + into_month)
    }
}

fn days_in_month(day: NaiveDate) -> Option<u32> {
    let first = day.with_day(1)?;
    let last = first
        .checked_add_months(Months::new(1))?
        .checked_sub_days(Days::new(1))?;
    Some(last.day())
}

impl<'a> Lane<'a> {
    fn add(&mut self, record: &'a Record<'a>, window: &Window) {
        let Some(end) = record.certificate.not_after.map(|end| end.date_naive()) else {
            self.unknown += 1;
            return;
        };
        if end < window.begin {
            self.earlier += 1;
            return;
        }
        let part = if end < window.after {
            window.part(end)
        } else {
            None
        };
        let Some((part, from, until)) = part else {
            self.later += 1;
            return;
        };
        let mark = self.marks.entry(part).or_insert(Mark {
            from,
            until,
            nearness: record.nearness,
            records: Vec::new(),
        });
        mark.nearness = mark.nearness.min(record.nearness);
        mark.records.push(record);
    }
}

impl Mark<'_> {
    fn label(&self) -> String {
        let names: Vec<_> = self
            .records
            .iter()
            .take(NAMES)
            .map(|one| one.name())
            .collect();
        let more = match self.records.len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "{} to {}: {}: {}{more}",
            self.from,
            self.until,
            plural(self.records.len(), "certificate"),
            names.join(", ")
        )
    }

    /// Returns how high the mark is: twice as many certificates are one step more.
    fn height(&self) -> u32 {
        (14 + self.records.len().max(1).ilog2() * 3).min(HEIGHT - 2)
    }
}

pub(super) fn section(report: &Report<'_>) -> Markup {
    // The last month of the calendar has no window around it.
    let Some(window) = Window::around(report.taken_at.1) else {
        return html! {};
    };
    let mut lanes: BTreeMap<_, Lane<'_>> = BTreeMap::new();
    for account in &report.accounts {
        let key = (account.provider, account.account.as_str());
        let words = match &account.error {
            Some(_) => "not read",
            None => "not read whole",
        };
        lanes.entry(key).or_default().incomplete = (!account.complete).then_some(words);
    }
    for record in &report.records {
        lanes
            .entry(record.account())
            .or_default()
            .add(record, &window);
    }
    html! {
        section #timeline aria-labelledby="timeline-title" {
            h2 #timeline-title { "When they end" }
            p.note {
                "One lane for each account; the line is the time of the report. A mark is about a week, and the higher, "
                "the more certificates end in it. "
                span.choice { "Choose one to see them in the table." }
            }
            div.lanes {
                div.lane.axis aria-hidden="true" { (axis(&window)) }
                @for ((provider, account), lane) in &lanes {
                    (drawn(&format!("{provider}/{account}"), lane, &window))
                }
            }
        }
    }
}

fn axis(window: &Window) -> Markup {
    let months =
        (0..MONTHS).filter_map(|month| window.begin.checked_add_months(Months::new(month)));
    html! {
        ol {
            @for (index, month) in months.enumerate() {
                li .quarter[month.month0() % 3 == 0] {
                    (month.format("%b").to_string())
                    @if index == 0 || month.month() == 1 { b { (month.format("%Y").to_string()) } }
                }
            }
        }
    }
}

/// The page's address that shows some records of an account.
fn link(account: &str, more: &[(&str, String)]) -> String {
    let mut query = form_urlencoded::Serializer::for_suffix("#".to_owned(), 1);
    query.append_pair("account", account);
    for (key, value) in more {
        query.append_pair(key, value);
    }
    query.finish()
}

fn drawn(account: &str, lane: &Lane<'_>, window: &Window) -> Markup {
    let account = sanitize(account);
    let width = MONTHS * PARTS * PART_WIDTH;
    let month = PARTS * PART_WIDTH;
    let eve = window.begin.pred_opt().unwrap_or(window.begin);
    let others = [
        (lane.earlier, "before", vec![("until", eve.to_string())]),
        (
            lane.later,
            "after",
            vec![("from", window.after.to_string())],
        ),
        (
            lane.unknown,
            "end not known",
            vec![("expiry", key(Nearness::Unknown).to_owned())],
        ),
    ];
    html! {
        div.lane {
            p {
                bdi { (account) }
                small {
                    @if let Some(words) = lane.incomplete { a.failed href="#unseen" { (words) } " " }
                    @for (count, words, query) in others.iter().filter(|(count, ..)| *count > 0) {
                        a href=(link(&account, query)) { (count) " " (words) } " "
                    }
                }
            }
            svg viewBox={ "0 0 " (width) " " (HEIGHT) } preserveAspectRatio="none" role="group" aria-label={ "Ends at " (account) } {
                @for index in 0..=MONTHS {
                    line.month x1=(index * month) x2=(index * month) y1="0" y2=(HEIGHT) {}
                }
                @for (part, mark) in &lane.marks {
                    @let height = mark.height();
                    @let query = [("from", mark.from.to_string()), ("until", mark.until.to_string())];
                    a href=(link(&account, &query)) aria-label=(sanitize(&mark.label())) {
                        title { (sanitize(&mark.label())) }
                        // What can be hit is as high as the lane.
                        rect.hit x=(part * PART_WIDTH) y="0" width=(PART_WIDTH) height=(HEIGHT) {}
                        rect.mark data-ends=(key(mark.nearness)) x=(part * PART_WIDTH + 3) y=(HEIGHT - height) width=(PART_WIDTH - 6) height=(height) {}
                    }
                }
                @if let Some(today) = window.today() {
                    line.today x1=(today) x2=(today) y1="0" y2=(HEIGHT) {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_has_four_parts_without_a_gap() {
        let window = Window::around("2026-11-22T12:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(
            (window.begin, window.after),
            (day("2026-08-01"), day("2027-12-01"))
        );
        let mut expected = window.begin;
        let mut number = 0;
        while expected < window.after {
            let (part, from, until) = window.part(expected).unwrap();
            assert_eq!((part, from), (number, expected));
            assert!(until >= from);
            for inside in from.iter_days().take_while(|one| *one <= until) {
                assert_eq!(window.part(inside), Some((part, from, until)));
            }
            expected = until.succ_opt().unwrap();
            number += 1;
        }
        assert_eq!(number, MONTHS * PARTS);
    }

    #[test]
    fn today_is_where_its_day_is() {
        for (now, part) in [
            ("2026-11-01T00:00:00Z", 12),
            ("2026-11-30T23:59:59Z", 15),
            ("2024-02-29T12:00:00Z", 15),
        ] {
            let window = Window::around(now.parse().unwrap()).unwrap();
            assert_eq!(window.today().unwrap() / PART_WIDTH, part, "{now}");
            assert_eq!(
                window.part(window.now.date_naive()).unwrap().0,
                part,
                "{now}"
            );
        }
    }
}
