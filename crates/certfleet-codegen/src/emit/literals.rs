//! Rust literals, and the names of constants.

use heck::ToShoutySnakeCase;

/// The name of the constant of an operation in `src/api.rs`.
pub(super) fn constant(operation_id: &str) -> String {
    operation_id.to_shouty_snake_case()
}

/// A Rust string literal.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// `&["a", "b"]`.
pub(super) fn literals<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(literal).collect();
    format!("&[{}]", texts.join(", "))
}

/// `Some("a")` or `None`.
pub(super) fn optional(text: Option<&str>) -> String {
    text.map_or("None".to_owned(), |text| format!("Some({})", literal(text)))
}
