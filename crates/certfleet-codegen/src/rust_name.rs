//! Names in Rust, as progenitor and typify make them of the vendor's.

use heck::{ToPascalCase, ToSnakeCase, ToUpperCamelCase};
use unicode_ident::{is_xid_continue, is_xid_start};

/// What typify does not take for a name.
const KEYWORDS: &[&str] = &[
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The name of a parameter or a method.
pub(crate) fn snake(name: &str) -> String {
    let cased = match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => plain(name).to_snake_case(),
    };
    valid(cased, "x", "_")
}

/// The name of a type.
pub(crate) fn pascal(name: &str) -> String {
    let cased = match name {
        "+1" => "Plus1".to_owned(),
        "-1" => "Minus1".to_owned(),
        _ => plain(name).to_pascal_case(),
    };
    valid(cased, "X", "X")
}

/// The name of a value of an open enum.
pub(crate) fn variant(value: &str) -> String {
    let spaced = value.replace(|character: char| !character.is_alphanumeric(), " ");
    let name = spaced.to_upper_camel_case();
    match name.chars().next() {
        None => "Empty".to_owned(),
        Some(first) if first.is_numeric() => format!("N{name}"),
        Some(_) if name == "Unknown" || name == "Self" => format!("{name}Value"),
        Some(_) => name,
    }
}

/// The first of `name`, `name2`, `name3`, … that is free.
pub(crate) fn first_free(name: &str, is_free: impl FnMut(&String) -> bool) -> String {
    first_free_after(name, "", is_free)
}

/// The first of `name`, `name` with the separator and `2`, … that is free.
pub(crate) fn first_free_after(
    name: &str,
    separator: &str,
    is_free: impl FnMut(&String) -> bool,
) -> String {
    (1_u32..)
        .map(|number| match number {
            1 => name.to_owned(),
            _ => format!("{name}{separator}{number}"),
        })
        .find(is_free)
        .unwrap_or_else(|| name.to_owned())
}

fn plain(name: &str) -> String {
    name.replace('\'', "")
        .replace(|character| !is_xid_continue(character), "-")
}

fn valid(cased: String, empty: &str, before: &str) -> String {
    let name = match cased.chars().next() {
        None => empty.to_owned(),
        Some(first) if is_xid_start(first) => cased,
        Some(_) => format!("{before}{cased}"),
    };
    if KEYWORDS.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, in_snake, in_pascal) in [
            ("certificate_id", "certificate_id", "CertificateId"),
            ("include[]", "include", "Include"),
            ("filter[status]", "filter_status", "FilterStatus"),
            ("X-Request-ID", "x_request_id", "XRequestId"),
            ("type", "type_", "Type"),
            ("self", "self_", "Self_"),
            ("2fa", "_2fa", "X2fa"),
            ("", "x", "X"),
            ("$$", "x", "X"),
            ("größe", "größe", "Größe"),
            ("don't", "dont", "Dont"),
            ("+1", "plus1", "Plus1"),
        ] {
            assert_eq!(snake(name), in_snake);
            assert_eq!(pascal(name), in_pascal);
        }
    }
}
