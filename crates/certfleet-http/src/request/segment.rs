//! Identifiers in paths.

use crate::percent::UNRESERVED;
use percent_encoding::utf8_percent_encode;

/// The longest identifier that is sent, in bytes.
const LONGEST: usize = 256;

/// Encodes an identifier as one path segment, or says why it cannot be one.
///
/// Encoding alone is not enough: URL parsers fold `.` and `..` (and their `%2e` forms) and treat
/// `\` as `/`, and many servers decode `%2F` before they route. Such a value would address another
/// resource than the caller named, so it is refused.
pub(crate) fn encode(value: &str) -> Result<String, &'static str> {
    let undotted = value.replace("%2e", ".").replace("%2E", ".");
    if value.is_empty() {
        Err("is empty")
    } else if undotted == "." || undotted == ".." {
        Err("is a path of dots")
    } else if value.contains(['/', '\\']) {
        Err("holds a slash or a backslash")
    } else if value.chars().any(char::is_control) {
        Err("holds a control character")
    } else if value.len() > LONGEST {
        Err("is longer than 256 bytes")
    } else {
        Ok(utf8_percent_encode(value, UNRESERVED).to_string())
    }
}

/// The longest path that is sent as one segment, in bytes.
const LONGEST_PATH: usize = 2048;

/// Encodes a path as one path segment: its slashes are `%2F`, also those that are written so already. Every
/// step of it has to be an identifier that [`encode`] accepts.
pub(crate) fn encode_path(value: &str) -> Result<String, &'static str> {
    if value.len() > LONGEST_PATH {
        return Err("is longer than 2048 bytes");
    }
    let steps: Vec<String> = value
        .replace("%2f", "/")
        .replace("%2F", "/")
        .split('/')
        .map(encode)
        .collect::<Result<_, _>>()?;
    Ok(steps.join("%2F"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths() {
        for (value, encoded) in [
            ("42", Some("42")),
            ("group/project", Some("group%2Fproject")),
            ("group%2Fproject", Some("group%2Fproject")),
            ("group%2fsub/pro ject", Some("group%2Fsub%2Fpro%20ject")),
            ("100%25", Some("100%2525")),
            ("", None),
            ("/a", None),
            ("a/", None),
            ("a//b", None),
            ("a/../b", None),
            ("a/%2e%2E/b", None),
            ("a%2F..", None),
            ("a\\b", None),
        ] {
            assert_eq!(encode_path(value).ok().as_deref(), encoded, "{value}");
        }
        assert!(encode_path(&"x/".repeat(1025)).is_err());
    }

    #[test]
    fn refused() {
        for value in [
            "", ".", "..", "%2e", "%2E%2e", ".%2e", "a/b", "..\\x", "a\nb", "a\0",
        ] {
            assert!(encode(value).is_err(), "{value:?}");
        }
        assert!(encode(&"x".repeat(257)).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn an_accepted_value_is_exactly_one_segment(value in any::<String>()) {
            if let Ok(encoded) = encode(&value) {
                let url = reqwest::Url::parse(&format!("https://h.example/a/{encoded}/z")).unwrap();
                let segments: Vec<_> = url.path_segments().unwrap().collect();
                prop_assert_eq!(segments.len(), 3);
                prop_assert_eq!((segments[0], segments[2]), ("a", "z"));
                let decoded = percent_encoding::percent_decode_str(segments[1]).decode_utf8().unwrap();
                prop_assert_eq!(decoded, value);
            }
        }

        #[test]
        fn dots_and_slashes_never_pass(value in "[.%2eE/\\\\]{0,8}") {
            if let Ok(encoded) = encode(&value) {
                let url = reqwest::Url::parse(&format!("https://h.example/a/{encoded}/z")).unwrap();
                prop_assert_eq!(url.path_segments().unwrap().count(), 3);
            }
        }
    }
}
