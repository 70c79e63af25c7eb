//! Media types, and which of them generated code can send and read.

/// JSON under its plain name.
pub(crate) const JSON: &str = "application/json";

/// A form of files and texts.
pub(crate) const MULTIPART: &str = "multipart/form-data";

/// A form of pairs.
pub(crate) const URLENCODED: &str = "application/x-www-form-urlencoded";

/// Bytes of no stated type.
pub(crate) const OCTETS: &str = "application/octet-stream";

/// Any media type.
pub(crate) const ANYTHING: &str = "*/*";

/// A media type without its parameters, lower case.
pub(crate) fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Whether it is JSON: `application/json`, `application/problem+json; charset=utf-8`, …
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == JSON || essence == "text/json" || essence.ends_with("+json")
}

/// Whether a header can state it: `image/png`, not `image/*`.
pub(crate) fn is_plain(media_type: &str) -> bool {
    media_type.contains('/')
        && !media_type.contains('*')
        && media_type
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic())
}
