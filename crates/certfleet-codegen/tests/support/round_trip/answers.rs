//! The responses that a test gives.

use serde_json::Value;

/// A response of the vendor: status, media type, body.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) media_type: &'static str,
    pub(super) body: String,
}

/// A status for a range: a redirect where no other success is documented.
fn first_status(operation: &Value) -> u16 {
    let statuses = || operation["responses"].as_object().into_iter().flatten();
    let is_any = |first: char| statuses().any(|(status, _)| status.starts_with(first));
    if is_any('2') || !is_any('3') {
        let is_documented =
            |status: &u16| statuses().any(|(known, _)| *known == status.to_string());
        return (200..=206)
            .find(|status| !is_documented(status))
            .expect("one that is free");
    }
    statuses()
        .find_map(|(status, _)| status.parse().ok().filter(|status| *status >= 300))
        .unwrap_or(303)
}

/// The other documented successes of an operation, of other types: the first example of each.
pub(super) fn others(original: &Value, path: &str, method: &str, operation: &Value) -> Vec<Answer> {
    let kept = operation["responses"].as_object().expect("a success");
    kept.values()
        .filter_map(|response| response["x-certfleet-successes"].as_object())
        .flatten()
        .filter_map(|(status, body)| {
            let stated = &original["paths"][path][method]["responses"][status]["content"];
            let (media_type, body) = match (body.get("$ref"), body["bytes"] == true) {
                (Some(_), _) => {
                    let example = stated["application/json"].get("example")?;
                    ("application/json", example.to_string())
                }
                (None, true) => ("application/octet-stream", "bytes".to_owned()),
                (None, false) => ("application/octet-stream", String::new()),
            };
            Some(Answer {
                status: status.parse().unwrap_or(206),
                media_type,
                body,
            })
        })
        .collect()
}

/// The documented responses of an operation, or one that its media type allows.
pub(super) fn answers(
    original: &Value,
    path: &str,
    method: &str,
    operation: &Value,
) -> Vec<Answer> {
    let (kept, response) = operation["responses"]
        .as_object()
        .and_then(|responses| responses.iter().next())
        .expect("one success");
    let status = kept
        .parse()
        .unwrap_or_else(|_| first_status(&original["paths"][path][method]));
    let Some(content) = response["content"].as_object() else {
        return vec![Answer {
            status,
            media_type: "text/plain",
            body: String::new(),
        }];
    };
    if !content.contains_key("application/json") {
        return vec![Answer {
            status,
            media_type: "application/octet-stream",
            body: "bytes".to_owned(),
        }];
    }
    let follow = |value: &Value| match value["$ref"].as_str() {
        Some(reference) => original
            .pointer(reference.trim_start_matches('#'))
            .cloned()
            .unwrap_or_default(),
        None => value.clone(),
    };
    let item = follow(&original["paths"][path]);
    let responses = &item[method]["responses"];
    let stated = [kept.as_str(), "2XX", "default"]
        .into_iter()
        .find_map(|status| responses.get(status))
        .map(follow)
        .unwrap_or_default();
    let examples: Vec<Value> = stated["content"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(media_type, _)| media_type.contains("json"))
        .flat_map(|(_, body)| {
            let several = body["examples"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(_, example)| follow(example)["value"].clone());
            body.get("example").cloned().into_iter().chain(several)
        })
        .collect();
    examples
        .into_iter()
        .map(|example| Answer {
            status,
            media_type: "application/json",
            body: example.to_string(),
        })
        .collect()
}
