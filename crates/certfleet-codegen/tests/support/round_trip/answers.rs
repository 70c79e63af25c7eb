//! The responses that a test gives.

use serde_json::Value;

/// A response of the vendor: status, media type, body.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) media_type: &'static str,
    pub(super) body: String,
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
    let status = kept.parse().unwrap_or(200);
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
