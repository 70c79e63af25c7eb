//! What is answered, without HTTP.

use super::state::{Latest, State};
use crate::output::{overview, plugin};
use certfleet_report::{
    Gap, Report, html,
    metrics::{self, Metrics, Refresh},
};
use std::{borrow::Cow, fmt::Write as _, slice};

/// The Content-Security-Policy of what is not a page: nothing in it may do anything.
const NOTHING: &str = "default-src 'none'";

/// An answer: its status, the type of its content, its Content-Security-Policy, and the content.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) policy: Cow<'static, str>,
    pub(super) body: String,
}

impl Answer {
    /// Returns an answer of plain text.
    pub(super) fn text(status: u16, body: String) -> Self {
        Self {
            status,
            content_type: "text/plain; charset=utf-8",
            policy: Cow::Borrowed(NOTHING),
            body,
        }
    }

    /// The answer before anything was read.
    fn nothing_known(latest: &Latest) -> Self {
        let text = latest.failure.as_ref().map_or_else(
            || "starting: the accounts are being read for the first time\n".to_owned(),
            |why| format!("no refresh has succeeded yet: {why}\n"),
        );
        Self::text(503, plugin::harmless(&text))
    }
}

/// `/metrics`.
pub(super) fn metrics(state: &State) -> Answer {
    let latest = state.latest();
    let Some((_, judged)) = latest.judged(state.now()) else {
        return Answer::nothing_known(&latest);
    };
    let refresh = Refresh {
        succeeded: latest.failure.is_none(),
        interval: state.interval(),
    };
    Answer {
        status: 200,
        content_type: metrics::CONTENT_TYPE,
        policy: Cow::Borrowed(NOTHING),
        body: Metrics::new(&judged.judgements, &latest.known)
            .entries(&judged.entries)
            .refresh(refresh)
            .to_text(),
    }
}

/// `/healthz`: whether certfleet itself works. That an account cannot be read is not a reason to start it anew.
pub(super) fn health(state: &State) -> Answer {
    if let Some(since) = state.stuck_since() {
        let text = format!("stuck: no refresh has ended since {since}\n");
        return Answer::text(503, text);
    }
    let latest = state.latest();
    let (Some(inventory), Some(tried)) = (latest.known.inventory(), latest.tried) else {
        return Answer::nothing_known(&latest);
    };
    let (accounts, now) = (&inventory.accounts, state.now());
    let read = accounts.iter().filter(|one| one.complete).count();
    let mut text = "ok\n".to_owned();
    for (what, value) in [
        ("refresh_failed", latest.failure.is_some().to_string()),
        (
            "seconds_since_refresh",
            now.signed_duration_since(tried).num_seconds().to_string(),
        ),
        ("accounts", accounts.len().to_string()),
        ("accounts_read", read.to_string()),
    ] {
        let _ = writeln!(text, "{what} {value}");
    }
    Answer::text(200, text)
}

/// `/`: the report, for people. What is stale comes first.
pub(super) fn page(state: &State) -> Answer {
    let latest = state.latest();
    let Some(inventory) = latest.known.inventory() else {
        return Answer::nothing_known(&latest);
    };
    let mut report = match Report::new(slice::from_ref(inventory)) {
        Ok(report) => report,
        Err(error) => return Answer::text(500, format!("{error}\n")),
    };
    let failure = latest.failure.as_deref();
    let stale = overview::stale(inventory, &latest.known, failure, state.now());
    let stale = stale.into_iter().map(Gap::failure);
    drop(report.gaps.splice(..0, stale));
    Answer {
        status: 200,
        content_type: "text/html; charset=utf-8",
        policy: format!("{}; frame-ancestors 'none'", html::policy()).into(),
        body: html::page(&report),
    }
}

/// `/overview`: how everything is, as text.
pub(super) fn overview(state: &State) -> Answer {
    let latest = state.latest();
    let now = state.now();
    let Some((inventory, judged)) = latest.judged(now) else {
        return Answer::nothing_known(&latest);
    };
    let text = overview::text(&overview::Overview {
        inventory,
        known: &latest.known,
        judged,
        failure: latest.failure.as_deref(),
        interval: state.interval(),
        now,
    });
    Answer::text(200, plugin::harmless(&text))
}
