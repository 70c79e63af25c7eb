//! What a Nagios plugin prints, and its exit code. Icinga, Naemon, Centreon and others read the same.

use crate::{
    ignore_list::EntryReport,
    judgement::{Judgement, Judgements, Level},
    words::{plural, unread_parts},
};
use certfleet::AccountReport;
use std::fmt::Write as _;

/// The most lines of the long output: Nagios cuts what is longer than 8 KiB.
const MOST_LINES: usize = 40;

/// The longest line of the long output, in bytes.
const LONGEST_LINE: usize = 180;

/// The longest reason why a plugin could not look, in bytes.
const LONGEST_REASON: usize = 1_000;

/// What the plugin says, from the best to the worst: what is known to be wrong is worse than what is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Everything was read, and no end is near.
    Ok,
    /// An end is near, or not known.
    Warning,
    /// An account could not be read whole.
    Unknown,
    /// An end is very near, or has passed.
    Critical,
}

impl Status {
    /// Returns the plugin's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Critical => 2,
            Self::Unknown => 3,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// The output of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// What it says.
    pub status: Status,
    /// The text: one line with performance data, then one for each thing to look at.
    pub text: String,
}

/// Returns the output for an inventory that was judged.
///
/// ```
/// use certfleet::Inventory;
/// use certfleet_report::{judgement::{Judgements, Thresholds}, nagios};
/// let now = "2026-06-01T00:00:00Z".parse().unwrap();
/// let thresholds = Thresholds::new("30d".parse().unwrap(), Some("7d".parse().unwrap())).unwrap();
/// let judged = Judgements::new(&Inventory::new(now), thresholds, now);
/// let output = nagios::output(&judged, &[], &[]);
/// assert_eq!(output.status.exit_code(), 0);
/// assert!(output.text.starts_with("CERTFLEET OK - "));
/// ```
pub fn output(
    judgements: &Judgements,
    accounts: &[AccountReport],
    entries: &[EntryReport],
) -> Output {
    let unread: Vec<_> = accounts.iter().filter(|one| !one.complete).collect();
    let status = match judgements.worst() {
        Level::Critical | Level::Expired => Status::Critical,
        _ if !unread.is_empty() => Status::Unknown,
        Level::Warning | Level::Unknown => Status::Warning,
        Level::Ok => Status::Ok,
    };
    let count = |level| judgements.count(level);
    let all: usize = Level::ALL.into_iter().map(count).sum();
    let mut summary = plural(all, "certificate");
    for (level, words) in [
        (Level::Expired, "expired"),
        (Level::Critical, "critical"),
        (Level::Warning, "warning"),
        (Level::Unknown, "without a known end"),
    ] {
        if count(level) > 0 {
            let _ = write!(summary, ", {} {words}", count(level));
        }
    }
    if judgements.ignored() > 0 {
        let _ = write!(summary, ", {} ignored", judgements.ignored());
    }
    let read = accounts.len() - unread.len();
    let _ = write!(
        summary,
        "; {read} of {} read",
        plural(accounts.len(), "account")
    );
    let mut text = format!(
        "CERTFLEET {} - {summary} | {}\n",
        status.word(),
        performance_data(judgements, unread.len())
    );
    for line in long_output(judgements, &unread, entries) {
        text.push_str(&line);
        text.push('\n');
    }
    Output { status, text }
}

/// Returns the output of a plugin that could not look: why, in one line.
///
/// ```
/// use certfleet_report::nagios;
/// let output = nagios::failed("there is no configuration");
/// assert_eq!(output.status.exit_code(), 3);
/// assert_eq!(output.text, "CERTFLEET UNKNOWN - there is no configuration\n");
/// ```
pub fn failed(why: &str) -> Output {
    let status = Status::Unknown;
    let text = format!(
        "CERTFLEET {} - {}\n",
        status.word(),
        harmless(why, LONGEST_REASON)
    );
    Output { status, text }
}

/// How many of what, each with the range that is fine: `label=value;warn;crit;min`.
fn performance_data(judgements: &Judgements, unread: usize) -> String {
    let count = |level| judgements.count(level);
    let mut data = format!(
        "expired={};;0;0 critical={};;0;0 warning={};0;;0 unknown={};0;;0 ok={};;;0 ignored={};;;0 unread_accounts={};;;0",
        count(Level::Expired),
        count(Level::Critical),
        count(Level::Warning),
        count(Level::Unknown),
        count(Level::Ok),
        judgements.ignored(),
        unread,
    );
    let left = judgements
        .counted()
        .filter_map(|one| one.seconds_left)
        .min();
    if let Some(left) = left {
        let _ = write!(data, " next_end={left}s");
    }
    data
}

/// What there is to look at, the worst first.
fn long_output(
    judgements: &Judgements,
    unread: &[&AccountReport],
    entries: &[EntryReport],
) -> Vec<String> {
    let mut items: Vec<_> = judgements
        .counted()
        .filter(|item| item.level != Level::Ok)
        .collect();
    // The order among equals, the first to end first, stays.
    items.sort_by_key(|item| std::cmp::Reverse(item.level));
    let accounts = unread.iter().map(|report| {
        let why = match &report.error {
            Some(error) => error.to_string(),
            None => format!("could not be read whole: {}", unread_parts(report)),
        };
        format!("[unread] {}/{}: {why}", report.provider, report.account)
    });
    let is_whole = unread.is_empty();
    let problems = entries.iter().filter_map(|one| one.problem(is_whole));
    let mut lines: Vec<_> = accounts
        .chain(items.into_iter().map(line))
        .chain(problems.map(|one| format!("[ignore list] {one}")))
        .map(|line| harmless(&line, LONGEST_LINE))
        .collect();
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.truncate(MOST_LINES);
        lines.push(format!("and {more} more: certfleet check shows all"));
    }
    lines
}

fn line(item: &Judgement) -> String {
    let mut line = format!("[{}] {}", item.level.as_str(), item.id);
    if let Some(name) = item.name.as_ref().filter(|name| **name != item.id.native) {
        let _ = write!(line, " ({name})");
    }
    if let Some(end) = item.not_after {
        let _ = write!(line, " ends {}", end.format("%Y-%m-%dT%H:%M:%SZ"));
    }
    if let Some(member) = &item.certificate {
        let _ = write!(line, ": {member}");
    }
    line
}

/// A text that Nagios takes for nothing else, and of no more bytes than `longest`: what follows `|` would be performance data, and what
/// follows a line's end another line.
fn harmless(text: &str, longest: usize) -> String {
    let mut line = String::new();
    for character in text.chars() {
        let character = match character {
            '|' => '¦',
            one if one.is_control() || matches!(one, '\u{2028}' | '\u{2029}') => ' ',
            one => one,
        };
        if line.len() + character.len_utf8() > longest {
            line.push('…');
            break;
        }
        line.push(character);
    }
    line
}
