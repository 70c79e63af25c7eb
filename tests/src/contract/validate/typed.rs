//! Texts of paths, queries, headers and forms, typed by their schemas.

use serde_json::Value;

/// A text as what its schema says.
pub(super) fn typed(schema: &Value, text: String) -> Value {
    match schema["type"].as_str() {
        // Only the plain form: `+5` or ` 5` is no integer on the wire.
        Some("integer" | "number" | "boolean") if text == text.trim() => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        _ => Value::String(text),
    }
}
