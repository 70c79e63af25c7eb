//! Reads and writes documents.

use crate::{
    document_kind, json,
    problem::{Problem, Result},
};
use serde_json::Value;
use std::path::Path;

/// The deepest nesting that is read. Vendors' documents stay far below it; the passes recurse.
pub(crate) const DEEPEST: usize = 100;

/// Reads a JSON or YAML document. `name` is how problems name it.
pub fn read(path: &Path, name: &str) -> Result<Value> {
    let bytes = std::fs::read(path).map_err(|error| {
        Problem::new(
            name,
            "",
            format!("cannot be read: {error}"),
            "check the path and its permissions",
        )
    })?;
    parse(&bytes, name)
}

/// Reads an OpenAPI document. Version numbers without quotes become texts. `name` is how problems name it.
///
/// # Errors
/// A document that cannot be read, or that is something else: what it is, and what to do.
pub fn read_openapi(path: &Path, name: &str) -> Result<Value> {
    let mut document = read(path, name)?;
    check(&mut document, name)?;
    Ok(document)
}

/// Checks that a document is an OpenAPI document, and makes texts of its version numbers.
///
/// # Errors
/// What it is instead, and what to do.
pub fn check(document: &mut Value, name: &str) -> Result<()> {
    match document_kind::other(document, name) {
        Some(problem) => Err(problem.into()),
        None => {
            document_kind::versions(document);
            Ok(())
        }
    }
}

/// Reads a JSON or YAML text.
pub fn parse(bytes: &[u8], name: &str) -> Result<Value> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Problem::new(
            name,
            "",
            format!("is not UTF-8 (byte {})", error.valid_up_to()),
            "save the document as UTF-8",
        )
    })?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    let looks_like_json = text.trim_start().starts_with(['{', '[']);
    let value: Value = if looks_like_json {
        json::parse(text).map_err(|why| {
            if why == json::TOO_DEEP {
                return nested(name);
            }
            Problem::new(name, "", why, "mend the text there")
        })?
    } else {
        yaml(text).map_err(|why| {
            if why.contains("budget breached: Depth") {
                return nested(name);
            }
            Problem::new(name, "", why, "mend the text there")
        })?
    };
    check_depth(&value, name)?;
    Ok(value)
}

/// Checks that a document is not nested too deep.
pub(crate) fn check_depth(value: &Value, name: &str) -> Result<()> {
    if depth(value, 0) > DEEPEST {
        return Err(nested(name).into());
    }
    Ok(())
}

/// The problem of a document that is nested too deep.
pub(crate) fn nested(name: &str) -> Problem {
    Problem::new(
        name,
        "",
        format!("is nested deeper than {DEEPEST} levels"),
        "name the inner schemas under components and refer to them",
    )
}

/// What reading the deepest YAML takes of a stack, many times over: a level takes 17 kB in a debug
/// build, and a thread may have as little as 2 MB.
const STACK: usize = 32 * 1024 * 1024;

/// Reads YAML. The error is one line.
fn yaml(text: &str) -> std::result::Result<Value, String> {
    let read = || {
        serde_saphyr::from_str_with_options(text, yaml_options()).map_err(|error| {
            let message = error.to_string();
            let message = message.lines().next().unwrap_or_default();
            if message.contains("budget breached: Depth") {
                return message.to_owned();
            }
            let place = error.location().map_or(String::new(), |at| {
                format!(" (line {}, column {})", at.line(), at.column())
            });
            if message.to_lowercase().contains("duplicate") {
                format!("repeats a member in one object{place}")
            } else {
                format!("is not YAML{place}")
            }
        })
    };
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, read)
            .map_err(|error| format!("no thread could be started: {error}"))?
            .join()
            .unwrap_or_else(|_| Err("its reader failed".to_owned()))
    })
}

/// YAML 1.2, as OpenAPI wants it: `y` and `on` are texts. Vendors' documents are larger than
/// configurations; what an alias may multiply stays bounded.
fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        strict_booleans: true,
        budget: serde_saphyr::budget! {
            max_events: 40_000_000,
            max_nodes: 20_000_000,
            max_total_scalar_bytes: 1 << 30,
            max_depth: DEEPEST + 20,
        },
    }
}

fn depth(value: &Value, above: usize) -> usize {
    if above > DEEPEST {
        return above;
    }
    match value {
        Value::Array(items) => items.iter().map(|item| depth(item, above + 1)).max(),
        Value::Object(fields) => fields.values().map(|field| depth(field, above + 1)).max(),
        _ => None,
    }
    .unwrap_or(above)
}

/// Writes a document as JSON, members sorted, so that equal documents are equal bytes.
pub fn to_json(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text.push('\n');
    text
}

/// Writes a document as YAML.
///
/// # Errors
/// A value that YAML cannot hold. `name` is how the problem names the document.
pub fn to_yaml(value: &Value, name: &str) -> Result<String> {
    serde_saphyr::to_string(value).map_err(|error| {
        Problem::new(
            name,
            "",
            format!("the document cannot be written as YAML: {error}"),
            "write it as JSON",
        )
        .into()
    })
}

/// Sorted by hand: whether `serde_json`'s maps are sorted depends on a feature that any crate of a
/// build may turn on.
fn write(value: &Value, level: usize, out: &mut String) {
    let indent = |level: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", level));
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                indent(level + 1, out);
                write(item, level + 1, out);
            }
            indent(level, out);
            out.push(']');
        }
        Value::Object(fields) if !fields.is_empty() => {
            let mut names: Vec<_> = fields.iter().collect();
            names.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (index, (name, field)) in names.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                indent(level + 1, out);
                out.push_str(&Value::String(name.clone()).to_string());
                out.push_str(": ");
                write(field, level + 1, out);
            }
            indent(level, out);
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_yaml_are_the_same() {
        let json = parse(br#"{"b":[1,{"a":null}],"a":{"x":"\u00e9"}}"#, "d").unwrap();
        let yaml = parse("b:\n  - 1\n  - a: null\na:\n  x: é\n".as_bytes(), "d").unwrap();
        assert_eq!(json, yaml);
        let text = to_json(&json);
        assert_eq!(parse(text.as_bytes(), "d").unwrap(), json);
        assert!(text.find("\"a\"") < text.find("\"b\""));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(110), "]".repeat(110));
        for (bytes, word) in [
            (
                &b"{\"a\":"[..],
                "is not JSON: it ends too early (line 1, column 5)",
            ),
            (
                b"{\"a\":1,\n\"a\":2}",
                "repeats the member \"a\" in one object (line 2",
            ),
            (b"a: 1\na: 2", "repeats a member in one object (line 2"),
            (b"a: [1", "is not YAML"),
            (b"\xff", "is not UTF-8"),
            (deep.as_bytes(), "nested deeper"),
        ] {
            let message = parse(bytes, "specs/x.yaml").unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
            assert!(message.starts_with("specs/x.yaml: "), "{message}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        #[test]
        fn any_bytes(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = parse(&bytes, "d");
        }
    }
}
