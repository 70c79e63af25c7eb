//! JSON of responses.

use super::{cut::CutResponse, error::VendorError};
use crate::{
    api::{Failure, Pointer, Shapes},
    secrets::repeats_a_member,
    values::StrictStructs,
};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, value::RawValue};
use std::{borrow::Cow, collections::BTreeMap};

/// Decodes a body, or says where it is not of the expected shape. The message repeats no value of
/// the body.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    // The fast path has no tracking; the second reading finds the place.
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    if let Ok(value) = T::deserialize(StrictStructs(&mut deserializer))
        && deserializer.end().is_ok()
    {
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let place = match serde_path_to_error::deserialize::<_, T>(StrictStructs(&mut deserializer)) {
        Ok(_) => return Err("has bytes after the JSON".to_owned()),
        Err(error) => error,
    };
    let path = place.path().to_string();
    let inner = place.into_inner();
    let what = match inner.classify() {
        serde_json::error::Category::Data => shape(&inner),
        serde_json::error::Category::Eof => "the JSON ends too early".to_owned(),
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
            "it is not JSON".to_owned()
        }
    };
    Err(format!(
        "at {} (line {}, column {}): {what}",
        if path == "." {
            "the top level"
        } else {
            path.as_str()
        },
        inner.line(),
        inner.column()
    ))
}

/// Shortens serde's message by the value it found: "invalid type: string \"x\", expected i64"
/// becomes "another type or value than expected (i64)".
fn shape(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if let Some((_, expected)) = text.rsplit_once(", expected ") {
        let expected = expected
            .rsplit_once(" at line ")
            .map_or(expected, |(before, _)| before);
        return format!("another type or value than expected ({expected})");
    }
    for kind in ["missing field", "duplicate field", "unknown field"] {
        if let Some(rest) = text.strip_prefix(kind) {
            let name = rest.split('`').nth(1).unwrap_or_default();
            return format!("{kind} {name}");
        }
    }
    "not of the expected shape".to_owned()
}

/// Reads the code and message of a failed response.
pub(crate) fn vendor_error(shapes: &Shapes, response: &CutResponse) -> VendorError {
    let Ok(value) = serde_json::from_slice::<Value>(response.body()) else {
        return VendorError::default();
    };
    VendorError {
        code: first(&value, shapes.code),
        message: first(&value, shapes.message),
    }
}

fn first(value: &Value, pointers: &[Pointer]) -> Option<String> {
    pointers
        .iter()
        .find_map(|pointer| match value.pointer(pointer)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
}

/// Returns whether a 2xx body says that the call failed. A body that repeats a member says nothing.
pub(crate) fn says_failed(failures: &[Failure], body: &[u8]) -> bool {
    // The values stay text: a long list of objects takes many times its length once it is parsed.
    let Ok(fields) = serde_json::from_slice::<BTreeMap<Cow<'_, str>, &RawValue>>(body) else {
        return false;
    };
    let is_there = |field: &str| fields.get(field).is_some_and(|value| value.get() != "null");
    failures.iter().any(|failure| {
        let value = fields.get(failure.field).map(|value| value.get());
        value == Some(failure.equals) && !failure.unless.is_some_and(is_there)
    }) && !repeats_a_member(body)
}

/// How deep JSON is read; what is deeper is passed over or refused, and takes no memory.
const DEEPEST: usize = 128;

/// Returns whether a body may hold more JSON values than so many. Every value but the first of a list or an
/// object follows a comma, and every first one a bracket.
pub(crate) fn may_exceed(most: usize, body: &[u8]) -> bool {
    // A value takes a byte and a comma.
    if body.len() / 2 <= most {
        return false;
    }
    let (mut values, mut depth) = (0, 0_usize);
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in body {
        if in_text {
            in_text = is_escaped || *byte != b'"';
            is_escaped = !is_escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth <= DEEPEST && matches!(byte, b',' | b'[' | b'{') {
            values += 1;
            if values > most {
                return true;
            }
        }
    }
    false
}

/// Returns whether a body that is not of the documented shape can be read another way: it is a whole JSON object
/// that repeats no member.
pub(crate) fn may_be_read(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'{')
        && serde_json::from_slice::<IgnoredAny>(body).is_ok()
        && !repeats_a_member(body)
}

/// Returns whether the JSON ends in the middle.
pub(crate) fn is_cut_short(body: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(body).is_err_and(|error| error.is_eof())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[test]
    fn values_are_counted_as_deep_as_they_are_read() {
        let deep = "[".repeat(1_000);
        for (body, exceeds) in [
            ("[1,2,3,4]", false),
            ("[1,2,3,4,5,6,7,8,9]", true),
            ("[{},{},{},{},{}]", true),
            (r#"["a,b,c,d,e,f,[,{,\",,,,,,"]"#, false),
            (r#"["\\",2,3,4,5,6,7,8]"#, true),
        ] {
            assert_eq!(may_exceed(6, body.as_bytes()), exceeds, "{body}");
        }
        assert!(may_exceed(100, deep.as_bytes()));
        assert!(!may_exceed(200, deep.as_bytes()));
        let beside = format!("{deep}{}", "]".repeat(1_000).replacen(']', ",1],2", 1));
        assert!(!may_exceed(200, beside.as_bytes()));
        let hidden = format!("[[{deep}{}],{}1]", "]".repeat(1_000), "1,".repeat(200));
        assert!(may_exceed(200, hidden.as_bytes()));
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Page {
        data: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Item {
        id: String,
    }

    #[test]
    fn places_without_values() {
        for (body, expected) in [
            (
                r#"{"data":[{"id":"a"},{"id":7}]}"#,
                "at data[1].id (line 1, column 27): another type or value than expected (a string)",
            ),
            (
                r#"{"data":[{"nome":"canary"}]}"#,
                "at data[0] (line 1, column 26): missing field id",
            ),
            (
                r#"{"data":null}"#,
                "at data (line 1, column 12): another type or value than expected (a sequence)",
            ),
            (
                r#"{"data":"canary"}"#,
                "at data (line 1, column 16): another type or value than expected (a sequence)",
            ),
            (
                r#"{"data":[{"id":"a","id":"canary"}]}"#,
                "at data[0] (line 1, column 23): duplicate field id",
            ),
            (
                r#"{"data":["#,
                "at data (line 1, column 9): the JSON ends too early",
            ),
            (
                "<html>",
                "at the top level (line 1, column 1): it is not JSON",
            ),
            (
                r#"{"data":[["canary"]]}"#,
                "at data[0] (line 1, column 9): another type or value than expected (struct Item)",
            ),
            (
                r#"[[{"id":"canary"}]]"#,
                "at the top level (line 1, column 0): another type or value than expected (struct Page)",
            ),
            (r#"{"data":[]} canary"#, "has bytes after the JSON"),
        ] {
            let error = decode::<Page>(body.as_bytes()).unwrap_err();
            assert_eq!(error, expected, "{body}");
        }
    }
}
