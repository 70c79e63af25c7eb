//! Ends of validity.

use crate::{
    duration, output,
    output::table::{Cell, Tone},
};
use chrono::{DateTime, TimeDelta, Utc};

/// The time before an end in which it is soon.
pub(crate) const SOON: TimeDelta = TimeDelta::days(30);

/// The day, and how far it is.
pub(crate) fn cell(end: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Cell {
    let Some(end) = end else {
        return Cell::new("unknown", Tone::Soon);
    };
    if output::never_ends(end) {
        return "never".into();
    }
    let left = end.signed_duration_since(now);
    let tone = if left <= TimeDelta::zero() {
        Tone::Bad
    } else if left <= SOON {
        Tone::Soon
    } else {
        Tone::Plain
    };
    let day = end.format("%Y-%m-%d").to_string();
    Cell::new(&format!("{day} {}", duration::relative(end, now)), tone).or_brief(&day)
}

/// The second, and how far it is.
pub(crate) fn text(end: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let distance = if output::never_ends(end) {
        "never".to_owned()
    } else {
        duration::relative(end, now)
    };
    format!("{} ({distance})", output::time(end))
}
