//! `provenance.toml`: where a vendored document came from.

use crate::{Problem, workspace::sha256};
use serde::Serialize;
use serde_json::Value;

/// What `provenance.toml` holds.
#[derive(Serialize)]
pub(crate) struct Provenance {
    pub(crate) title: String,
    pub(crate) upstream: String,
    pub(crate) retrieved: toml::value::Datetime,
    pub(crate) upstream_version: String,
    pub(crate) upstream_sha256: String,
    pub(crate) openapi: String,
    pub(crate) licence: String,
    pub(crate) file: String,
    pub(crate) sha256: String,
    pub(crate) operations: usize,
    pub(crate) tool: String,
    pub(crate) notes: Vec<String>,
}

impl Provenance {
    /// What a document itself tells, retrieved today: `upstream` are the bytes as they came,
    /// `vendored` is the text that is kept.
    pub(crate) fn from_document(document: &Value, upstream: &[u8], vendored: &str) -> Self {
        Self {
            title: member(document, "/info/title"),
            upstream: String::new(),
            retrieved: today(),
            upstream_version: member(document, "/info/version"),
            upstream_sha256: sha256(upstream),
            openapi: member(document, "/openapi"),
            licence: member(document, "/info/license/name"),
            file: String::new(),
            sha256: sha256(vendored.as_bytes()),
            operations: 0,
            tool: concat!("xtask ", env!("CARGO_PKG_VERSION")).to_owned(),
            notes: Vec::new(),
        }
    }

    /// The file's text. `name` is how problems name it.
    pub(crate) fn to_toml(&self, name: &str) -> Result<String, Problem> {
        toml::to_string(self).map_err(|error| {
            Problem::new(
                name,
                "",
                format!("cannot be written: {error}"),
                "report it: this is a fault of xtask",
            )
        })
    }
}

fn member(document: &Value, pointer: &str) -> String {
    document
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Today, in UTC.
fn today() -> toml::value::Datetime {
    use chrono::Datelike;
    let today = chrono::Utc::now().date_naive();
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    toml::value::Datetime {
        date: Some(toml::value::Date {
            year: u16::try_from(today.year()).unwrap_or_default(),
            month: small(today.month()),
            day: small(today.day()),
        }),
        time: None,
        offset: None,
    }
}
