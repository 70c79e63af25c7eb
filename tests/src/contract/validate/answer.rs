//! An answer.

use super::typed::typed;
use crate::contract::Operation;
use certfleet_http::HeaderMap;

/// How an answer stands to the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The documented status that describes it, if one does.
    pub documented: Option<String>,
    /// In what it is not as described.
    pub problems: Vec<String>,
}

/// Holds an answer against its operation.
pub fn answer(operation: &Operation, status: u16, headers: &HeaderMap, body: &[u8]) -> Verdict {
    let Some(described) = operation.response(status) else {
        return Verdict {
            documented: None,
            problems: Vec::new(),
        };
    };
    let mut problems = Vec::new();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    for (name, required, schema) in &described.headers {
        match header(name) {
            None if *required => problems.push(format!("the header {name} is missing")),
            None => {}
            Some(text) => {
                let value = typed(&schema.resolved(&schema.value), text.to_owned());
                problems.extend(
                    schema
                        .problems(&value)
                        .into_iter()
                        .map(|problem| format!("{name} {problem}")),
                );
            }
        }
    }
    if let Some(media_type) = &described.media_type {
        let stated = header("content-type").unwrap_or_default();
        if stated.split(';').next().unwrap_or_default().trim() != media_type {
            problems.push(format!("the body is {stated:?}, not {media_type}"));
        }
    }
    if let Some(schema) = &described.schema {
        match serde_json::from_slice(body) {
            Ok(value) => problems.extend(schema.problems(&value)),
            Err(error) => problems.push(format!("the body is no JSON: {error}")),
        }
    }
    Verdict {
        documented: Some(described.status.clone()),
        problems: problems
            .into_iter()
            .map(|problem| format!("{} answered {status}: {problem}", operation.key()))
            .collect(),
    }
}
