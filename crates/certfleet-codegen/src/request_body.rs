//! Which media type of a request body is sent, and which body need not be.

use crate::media_type::{self, ANYTHING, MULTIPART, URLENCODED};
use serde_json::{Map, Value, json};

/// The media type in which a body that is not JSON is sent; or what is wrong, and the remedy.
pub(crate) fn chosen(
    content: &Map<String, Value>,
    is_inferred: bool,
) -> Result<String, (String, &'static str)> {
    for form in [MULTIPART, URLENCODED] {
        if let Some(media_type) = content
            .keys()
            .find(|media_type| media_type::essence(media_type) == form)
        {
            return Ok(media_type.clone());
        }
    }
    let mut plain = content
        .keys()
        .filter(|media_type| media_type::is_plain(media_type) || *media_type == ANYTHING);
    match (plain.next(), content.len()) {
        (Some(first), 1) => Ok(first.clone()),
        (Some(first), _) if is_inferred => Ok(first.clone()),
        (_, 0) => Err((
            "the request body has no media type".to_owned(),
            "remove it or add its content in overlay.yaml",
        )),
        (_, 1) => Err((
            format!(
                "a body of {}, which is not a single media type",
                content.keys().map(String::as_str).collect::<String>()
            ),
            "name the media type that is meant in overlay.yaml",
        )),
        _ => Err((
            "the request body has several media types and none is JSON".to_owned(),
            "keep one in overlay.yaml",
        )),
    }
}

/// Whether a body need not be sent: reads and deletions do not need an optional one, and one without
/// members holds nothing.
pub(crate) fn is_needless(method: &str, body: &Value, media_type: &Value) -> bool {
    let schema = &media_type["schema"];
    let is_empty = schema["properties"].as_object().is_none_or(Map::is_empty)
        && schema["type"] == "object"
        && schema
            .get("additionalProperties")
            .is_none_or(|rest| *rest == false || *rest == json!({}));
    body["required"] != true && (matches!(method, "get" | "head" | "delete") || is_empty)
}
