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
            Reason::Compressed => "its body is compressed, which was not asked for".to_owned(),
            Reason::Empty => "its body is empty".to_owned(),
            Reason::Foreign => format!(
                "its body is {}, not {} ({}): a proxy or a login page may have answered",
                response
                    .media_type()
                    .unwrap_or_default()
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
        return false;
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
