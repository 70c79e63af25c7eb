//! The matrix: every fault, and the cases that stand for it.

mod bodies;
mod breaking;
mod connecting;
mod rate;
mod statuses;
mod success;

pub use success::{done, has_body};

use super::Case;
use crate::contract::Client;

/// The rows: number, fault, and what a read, an idempotent write and a create do then.
pub const ROWS: [(u8, &str, [&str; 3]); 62] = [
    (
        1,
        "connection refused, every time",
        [
            "4 attempts, not sent",
            "the same",
            "the same: nothing was sent",
        ],
    ),
    (
        2,
        "refused twice, then fine",
        ["success at the third", "the same", "the same, one object"],
    ),
    (
        3,
        "name lookup fails",
        ["one more attempt, not sent", "the same", "the same"],
    ),
    (
        4,
        "connecting hangs",
        ["4 attempts of 10 s, not sent", "the same", "the same"],
    ),
    (
        5,
        "TLS: issuer, name, dates, no TLS",
        ["one attempt, not sent", "the same", "the same"],
    ),
    (
        6,
        "the proxy refuses",
        ["one attempt, not sent", "the same", "the same"],
    ),
    (
        7,
        "reset on accept",
        ["sent again", "the same", "the same; sent once"],
    ),
    (
        8,
        "reset or closed after the request",
        [
            "sent again",
            "looks, then sends again",
            "sent once; unknown, or found",
        ],
    ),
    (
        9,
        "reset within the head of the answer",
        ["as 8", "as 8", "as 8"],
    ),
    (
        10,
        "reset within the body of a success",
        [
            "sent again",
            "looks; else done, unreadable",
            "looks; else done, unreadable",
        ],
    ),
    (
        11,
        "reset within the body of a failure",
        ["as that status", "the same", "the same"],
    ),
    (
        12,
        "body shorter than its Content-Length",
        ["as 10", "as 10", "as 10"],
    ),
    (
        13,
        "truncated JSON that looks complete",
        ["one more attempt, then unreadable", "as 10", "as 10"],
    ),
    (
        14,
        "no answer",
        [
            "30 s each, at most 120 s",
            "looks, then sends again",
            "30 s, sent once; unknown",
        ],
    ),
    (15, "a byte now and then", ["30 s each", "as 10", "as 10"]),
    (16, "the body stalls", ["15 s each", "as 10", "as 10"]),
    (
        17,
        "429, Retry-After in seconds",
        ["waits that long", "the same", "the same, one object"],
    ),
    (
        18,
        "429, Retry-After as a date; wrong clocks",
        ["waits by the answer's date", "the same", "the same"],
    ),
    (
        19,
        "429, Retry-After beyond 120 s",
        ["no wait, fails with the hint", "the same", "the same"],
    ),
    (
        20,
        "429, Retry-After that is none",
        ["as if absent; of two the larger", "the same", "the same"],
    ),
    (21, "429 for ever", ["4 attempts", "the same", "the same"]),
    (
        22,
        "500, 502, 503, 504 and others",
        [
            "4 attempts",
            "looks, then sends again",
            "sent once; unknown, or found",
        ],
    ),
    (
        23,
        "503 with Retry-After",
        ["waits that long", "the same, after a look", "as 22"],
    ),
    (
        24,
        "501, 505, and 4xx but 408 and 429",
        ["one attempt", "the same", "the same"],
    ),
    (
        25,
        "408",
        ["sent again", "sent again", "refused, safe to send again"],
    ),
    (26, "409", ["refused", "the same", "the same"]),
    (
        27,
        "401 and 403 as JSON",
        ["refused, sent once, no token shown", "the same", "the same"],
    ),
    (
        28,
        "401 and 403 as HTML",
        ["the same, no HTML shown", "the same", "the same"],
    ),
    (
        29,
        "404 on delete",
        ["-", "refused; after a lost answer: gone", "-"],
    ),
    (
        30,
        "2xx that says it failed",
        ["refused", "the same", "the same"],
    ),
    (
        31,
        "2xx that failed in some environments",
        ["-", "every environment is reported", "the same"],
    ),
    (
        32,
        "2xx of another type (captive portal)",
        ["unreadable", "unknown, looks", "unknown, looks"],
    ),
    (
        33,
        "204 and empty 2xx",
        ["unreadable", "looks; else done, unreadable", "the same"],
    ),
    (
        34,
        "too long a body, declared",
        ["refused before reading", "as 10", "as 10"],
    ),
    (
        35,
        "too long a body, endless",
        ["stops at the limit", "as 10", "as 10"],
    ),
    (
        36,
        "compressed, unasked",
        ["unreadable, nothing inflated", "as 10", "as 10"],
    ),
    (
        37,
        "JSON 200,000 levels deep",
        ["ignored or unreadable", "the same", "the same"],
    ),
    (
        38,
        "invalid UTF-8, BOM, trailing bytes",
        ["unreadable", "as 10", "as 10"],
    ),
    (39, "duplicate keys", ["unreadable", "as 10", "as 10"]),
    (40, "unknown enum value", ["read", "the same", "the same"]),
    (
        41,
        "optional fields absent, fields unheard of",
        ["read", "the same", "the same"],
    ),
    (
        42,
        "required fields absent",
        ["unreadable, with the path", "looks", "looks"],
    ),
    (
        43,
        "null where none is allowed",
        ["optional: absent; required: as 42", "the same", "the same"],
    ),
    (
        44,
        "odd numbers",
        ["9.0 is read; the rest unreadable", "as 10", "as 10"],
    ),
    (
        45,
        "redirect on the same host",
        ["not followed", "the same, no effect", "the same, no effect"],
    ),
    (
        46,
        "redirect to another host",
        ["not followed, not contacted", "the same", "the same"],
    ),
    (
        47,
        "303 after a write",
        ["not followed", "looks", "unknown, looks"],
    ),
    (
        48,
        "pages in a circle",
        ["an error at the first repetition", "-", "-"],
    ),
    (
        49,
        "more pages announced, none named",
        ["an error", "-", "-"],
    ),
    (
        50,
        "pages without end",
        ["an error after 1,000 pages, or at the deadline", "-", "-"],
    ),
    (
        51,
        "a page repeats items",
        ["each once; counted, with a warning", "-", "-"],
    ),
    (
        52,
        "a page skips items",
        ["an error where a total is announced", "-", "-"],
    ),
    (
        53,
        "the cursor was deleted",
        ["begins again once, then an error", "-", "-"],
    ),
    (
        54,
        "the client's clock is ten years off",
        [
            "no difference; ends are judged by the later of both clocks, with a warning",
            "the same",
            "the same",
        ],
    ),
    (
        55,
        "done, and the answer lost at any byte",
        [
            "-",
            "done at the end, or a truthful error",
            "0 or 1 objects, never 2",
        ],
    ),
    (
        56,
        "looking fails too",
        ["-", "unknown, both errors shown", "the same"],
    ),
    (
        57,
        "a batch of several is refused",
        ["-", "what was done and what was not is told apart", "-"],
    ),
    (
        58,
        "a batch of several is lost",
        ["-", "looks, then as 57", "-"],
    ),
    (
        59,
        "the caller goes away",
        [
            "nothing is left running",
            "the same; unknown",
            "the same; unknown",
        ],
    ),
    (
        60,
        "kept connections closed by the peer",
        [
            "0 failures in 2,000",
            "a connection each: 0 in 2,000",
            "the same",
        ],
    ),
    (
        61,
        "a hundred calls against a dead vendor",
        ["at most 10 further requests", "the same", "none"],
    ),
    (
        62,
        "no HTTP: garbage, HTTP/0.9, endless headers",
        ["as 8", "as 8", "as 8"],
    ),
];

/// Every case of an operation, in the order of the rows.
pub fn cases(client: &Client) -> Vec<Case> {
    let mut all = connecting::cases(client);
    all.extend(breaking::cases(client));
    all.extend(rate::cases(client));
    all.extend(statuses::cases(client));
    all.extend(bodies::cases(client));
    all.retain(|case| (case.applies)(client));
    all.sort_by_key(|case| case.row);
    all
}
