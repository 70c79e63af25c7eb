//! Whether a response is of a kind that can be read.

use super::{cut::CutResponse, raw_response::RawResponse};
use crate::api::Expect;

/// The reason why a body cannot be read as the operation's success.
pub(crate) struct Refusal {
    reason: Reason,
    /// Whether the body may not come from the vendor: a page where JSON is expected. Nothing is
    /// known then.
    pub(crate) foreign: bool,
}

enum Reason {
    Compressed,
    Empty,
    Foreign,
}

impl Refusal {
    /// Returns the reason, for people.
    pub(crate) fn why(&self, expect: Expect, response: &CutResponse) -> String {
        match self.reason {
            Reason::Compressed => format!(
                "its body is compressed, which was not asked for{}",
                page_note(response, response.body())
            ),
            Reason::Empty => "its body is empty".to_owned(),
            Reason::Foreign => format!(
                "its body is {}, not {} ({}): a proxy or a login page may have answered",
                response
                    .media_type()
                    .unwrap_or_else(|| "a page".to_owned())
                    .to_ascii_lowercase(),
                match expect {
                    Expect::Json => "JSON",
                    Expect::Bytes | Expect::Nothing => "what was asked for",
                },
                response.size()
            ),
        }
    }
}

/// Returns what a message adds where a page came instead of an answer of the vendor's API. `body` is the
/// response's, before redaction where that may have withheld it.
pub(crate) fn page_note(response: &CutResponse, body: &[u8]) -> &'static str {
    let is_typed = response
        .media_type()
        .is_some_and(|essence| essence.eq_ignore_ascii_case("text/html"));
    if is_typed || begins_as_page(body) {
        "; a proxy or a login page may have answered"
    } else {
        ""
    }
}

fn begins_as_page(body: &[u8]) -> bool {
    let body = body.trim_ascii_start();
    ["<!doctype html", "<html"].iter().any(|with| {
        body.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
    })
}

/// Returns why the body cannot be read as the operation's success, if so.
pub(crate) fn refusal(expect: Expect, response: &RawResponse) -> Option<Refusal> {
    let foreign = is_foreign(expect, response);
    let is_compressed = response
        .header("content-encoding")
        .is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity"));
    let (reason, foreign) = if is_compressed {
        (Reason::Compressed, foreign)
    } else if expect == Expect::Json && response.body.is_empty() {
        (Reason::Empty, false)
    } else if foreign {
        (Reason::Foreign, true)
    } else {
        return None;
    };
    Some(Refusal { reason, foreign })
}

/// Returns whether a body is not of the type that the operation returns: JSON, or a file, which may
/// be of any type except a page.
fn is_foreign(expect: Expect, response: &RawResponse) -> bool {
    // Without a type the body itself decides.
    let Some(content_type) = response.header("content-type") else {
        return expect != Expect::Nothing && begins_as_page(&response.body);
    };
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let json = essence == "application/json"
        || essence == "text/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    match expect {
        Expect::Json => !json,
        Expect::Bytes => essence == "text/html",
        Expect::Nothing => false,
    }
}
