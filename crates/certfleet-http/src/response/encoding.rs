//! Whether a response is of a kind that can be read.

use super::raw_response::RawResponse;
use crate::api::Expect;

/// The reason why a body cannot be read as the operation's success.
pub(crate) struct Refusal {
    /// The reason, for people.
    pub(crate) why: String,
    /// Whether the body may not come from the vendor: a page where JSON is expected. Nothing is
    /// known then.
    pub(crate) foreign: bool,
}

/// Returns why the body cannot be read as the operation's success, if so.
pub(crate) fn refusal(expect: Expect, response: &RawResponse) -> Option<Refusal> {
    let foreign_type = foreign_type(expect, response);
    if let Some(encoding) = response.header("content-encoding")
        && !encoding.eq_ignore_ascii_case("identity")
    {
        return Some(Refusal {
            why: "its body is compressed, which was not asked for".to_owned(),
            foreign: foreign_type.is_some(),
        });
    }
    if expect == Expect::Json && response.body.is_empty() {
        return Some(Refusal {
            why: "its body is empty".to_owned(),
            foreign: false,
        });
    }
    let shown = foreign_type?;
    Some(Refusal {
        why: format!(
            "its body is {shown}, not {} ({} bytes): a proxy or a login page may have answered",
            match expect {
                Expect::Json => "JSON",
                Expect::Bytes | Expect::Nothing => "what was asked for",
            },
            response.body.len()
        ),
        foreign: true,
    })
}

/// Returns the type of a body that is not what the operation returns: JSON, or a file, which may be
/// of any type except a page.
fn foreign_type(expect: Expect, response: &RawResponse) -> Option<String> {
    // Without a type the body itself decides.
    let content_type = response.header("content-type")?;
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let json = essence == "application/json"
        || essence == "text/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    let foreign = match expect {
        Expect::Json => !json,
        Expect::Bytes => essence == "text/html",
        Expect::Nothing => false,
    };
    foreign.then(|| {
        essence
            .chars()
            .filter(char::is_ascii_graphic)
            .take(60)
            .collect()
    })
}
