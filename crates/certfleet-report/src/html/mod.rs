//! One self-contained page.

mod details;
mod nearness;
mod records;
mod timeline;

use self::nearness::{key, label};
use crate::{Gap, Nearness, Report, text::sanitize, words};
use certfleet::x509::Sha256;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The hand-written script: search, sort, filters and details.
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

/// The most gaps that are shown.
const GAPS: usize = 50;

/// Writes a page that needs nothing else: no network, no other file.
///
/// Its Content-Security-Policy allows its own script and style, by their hashes, and nothing else. Without a script the
/// whole table is still there. Texts of vendors are text everywhere.
///
/// The part of its address after `#` sets the filters, as in `#q=payments&expiry=expired&sort=name`: `q` searches;
/// `account`, `state`, `expiry` (`expired`, `month`, `quarter`, `later`, `unknown`), `from`, `until` and `warnings=1` filter;
/// `sort` names a column and `order=descending` turns it; `open` opens the details of the record with this address.
///
/// ```
/// use certfleet::Inventory;
/// use certfleet_report::{Report, html};
///
/// let inventories = [Inventory::new("2026-12-01T00:00:00Z".parse()?)];
/// let page = html::page(&Report::new(&inventories)?);
/// assert!(page.starts_with("<!DOCTYPE html>"));
/// assert!(page.contains("default-src 'none'"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn page(report: &Report<'_>) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Certificates as of " (day(report)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#records" { "Skip to the table" }
                header {
                    h1 { "Certificates" }
                    p {
                        "As of " (as_of(report)) ". What has expired is judged by that time."
                        span #age hidden data-taken=(words::time(report.taken_at.0)) {}
                    }
                }
                main {
                    (tiles(report))
                    (gaps(&report.gaps))
                    (timeline::section(report))
                    (records::section(report))
                }
                footer {
                    p { "Written by certfleet " (env!("CARGO_PKG_VERSION")) ". This page sends nothing." }
                }
                script #data type="application/json" { (PreEscaped(details::json(report))) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string()
}

/// Returns the Content-Security-Policy of every [`page`]: nothing but its script and its style. A page that is served
/// over HTTP needs it as a header too, where `frame-ancestors 'none'` can be added: a policy within a page cannot
/// forbid that it is framed.
///
/// ```
/// assert!(certfleet_report::html::policy().starts_with("default-src 'none'; script-src 'sha256-"));
/// ```
pub fn policy() -> String {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
        source(SCRIPT),
        source(STYLE)
    )
}

/// The hash that allows an inline text.
fn source(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    format!(
        "sha256-{}",
        base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            digest.as_bytes()
        )
    )
}

fn day(report: &Report<'_>) -> String {
    report.taken_at.0.format("%Y-%m-%d").to_string()
}

fn as_of(report: &Report<'_>) -> Markup {
    let (first, last) = report.taken_at;
    let time = |at: chrono::DateTime<chrono::Utc>| {
        html! { time datetime=(words::time(at)) { (at.format("%Y-%m-%d %H:%M").to_string()) " UTC" } }
    };
    html! {
        (time(first))
        @if last != first { " to " (time(last)) ", when several inventories were taken" }
    }
}

/// A noun for a number that stands in an element of its own.
fn noun(number: usize, one: &str) -> String {
    format!("{one}{}", if number == 1 { "" } else { "s" })
}

fn tiles(report: &Report<'_>) -> Markup {
    let incomplete = report.accounts.iter().filter(|one| !one.complete).count();
    html! {
        section aria-label="Summary" {
            ul.tiles {
                li { a href="#records=all" { b { (report.records.len()) } (noun(report.records.len(), " certificate")) } }
                @for nearness in Nearness::ALL {
                    @let count = report.count(nearness);
                    li data-ends=(key(nearness)) .none[count == 0] {
                        a href={ "#expiry=" (key(nearness)) } { b { (count) } " " (label(nearness)) }
                    }
                }
                li .failed[incomplete > 0] {
                    a href="#unseen" {
                        b { (report.accounts.len()) } (noun(report.accounts.len(), " account"))
                        @if incomplete > 0 { ", " (incomplete) " incomplete" }
                    }
                }
            }
        }
    }
}

/// What failed, and what the page does not show.
fn gaps(gaps: &[Gap]) -> Markup {
    html! {
        section #unseen aria-labelledby="unseen-title" tabindex="-1" {
            h2 #unseen-title { "What could not be seen" }
            @if gaps.is_empty() {
                p { "Everything that the accounts list was read." }
            } @else {
                ul.gaps {
                    @for gap in gaps.iter().take(GAPS) {
                        li .failed[gap.is_failure] {
                            strong { @if gap.is_failure { "Failed: " } @else { "Note: " } }
                            bdi { (sanitize(&gap.message)) }
                        }
                    }
                    @if gaps.len() > GAPS { li { "… and " (gaps.len() - GAPS) " more" } }
                }
            }
        }
    }
}
