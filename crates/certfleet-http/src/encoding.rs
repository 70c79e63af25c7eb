//! Whether an answer is of a kind that can be read.

use crate::{Answer, Expect, Operation};

/// Why the body cannot be read as the operation's success, if so.
pub(crate) fn refusal(operation: &Operation, answer: &Answer) -> Option<String> {
    if let Some(encoding) = answer.header("content-encoding")
        && !encoding.eq_ignore_ascii_case("identity")
    {
        return Some("its body is compressed, which was not asked for".to_owned());
    }
    if operation.expect != Expect::Json {
        return None;
    }
    if answer.body.is_empty() {
        return Some("its body is empty".to_owned());
    }
    // Without a type the body itself decides.
    let content_type = answer.header("content-type")?;
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let json = essence == "application/json"
        || essence == "text/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    (!json).then(|| {
        let shown: String = essence
            .chars()
            .filter(|c| c.is_ascii_graphic())
            .take(60)
            .collect();
        format!(
            "its body is {shown}, not JSON ({} bytes): a proxy or a login page may have answered",
            answer.body.len()
        )
    })
}
