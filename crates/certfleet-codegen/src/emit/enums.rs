//! `src/enums.rs`: the enums of answers, open to values that are not known yet.

use crate::{references, rust_name, schema};
use serde_json::Value;
use std::collections::BTreeSet;

/// The Rust names of an enum's values, each once.
pub(crate) fn variants(values: &[String]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    values
        .iter()
        .map(|value| {
            rust_name::first_free(&rust_name::variant(value), |name| {
                taken.insert(name.clone())
            })
        })
        .collect()
}

/// The named string enums that requests do not use alone, with their values and what is said of
/// them.
pub(crate) fn open(document: &Value) -> Vec<(String, Vec<String>, Option<String>)> {
    let requests = references::request_only(document);
    schema::named(document)
        .filter(|(name, schema)| {
            schema::is_string_enum(schema)
                && !requests.contains(&format!("/components/schemas/{name}"))
        })
        .map(|(name, schema)| {
            let values = schema["enum"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|value| value.as_str().map(str::to_owned))
                .collect();
            (
                rust_name::pascal(name),
                values,
                schema["description"].as_str().map(str::to_owned),
            )
        })
        .collect()
}

/// The text of `src/enums.rs`: calls of a macro, which no formatter touches.
pub(crate) fn text(enums: &[(String, Vec<String>, Option<String>)]) -> String {
    let enums: Vec<String> = enums
        .iter()
        .map(|(name, values, about)| {
            let about = about
                .clone()
                .unwrap_or_else(|| format!("`{name}` of the vendor's document."));
            let about: String = about
                .trim()
                .lines()
                .map(|line| format!("    /// {line}").trim_end().to_owned() + "\n")
                .collect();
            let variants: String = variants(values)
                .iter()
                .zip(values)
                .map(|(variant, value)| {
                    let about = value.escape_debug();
                    format!("        /// `{about}`.\n        {variant} => {value:?},\n")
                })
                .collect();
            format!(
                "::certfleet_http::open_enum! {{\n{about}    pub enum {name} {{\n{variants}    }}\n}}\n"
            )
        })
        .collect();
    enums.join("\n")
}
