//! `provider.toml`: what a vendor's document does not say, and how the generated client is named.

use crate::problem::{Problem, Result};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};

/// One provider's `provider.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Provider {
    /// The provider's name: the folder's and the crate's.
    pub(crate) name: String,
    /// The vendored document, in the same folder.
    pub(crate) document: String,
    /// How people name the API.
    pub(crate) title: String,
    /// Two sentences for the crate's front page.
    pub(crate) about: String,
    /// Whether the document's server is everybody's. `false` where every customer has their own.
    pub(crate) shared_server: bool,
    /// What the vendor's schema names begin with and generated types do not.
    #[serde(default)]
    pub(crate) schema_prefix: Option<String>,
    /// Answer headers with the vendor's request id.
    pub(crate) request_id_headers: Vec<String>,
    /// The operations that are kept, by the generated method's name.
    pub(crate) operations: BTreeMap<String, OperationChoice>,
    /// The ways to authenticate, by the name of the generated variant.
    pub(crate) auth: BTreeMap<String, Auth>,
    /// Secret fields.
    #[serde(default)]
    pub(crate) secrets: Secrets,
    /// Where failures keep code and message.
    pub(crate) errors: Errors,
    /// How a 2xx answer says that it failed.
    #[serde(default)]
    pub(crate) failure: Vec<Failure>,
    /// What the operations mean for certificates.
    pub(crate) capability: Vec<Capability>,
}

/// One kept operation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationChoice {
    /// Method and path: `GET /organization/certificates`.
    pub(crate) call: String,
    /// `read`, `idempotent` or `create`.
    pub(crate) class: Class,
    /// Which success the client returns, where the document has several of different shapes.
    #[serde(default)]
    pub(crate) success: Option<String>,
}

/// What repeating a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Class {
    Read,
    Idempotent,
    Create,
}

/// One way to authenticate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Auth {
    /// One sentence for its documentation.
    pub(crate) about: String,
    /// The document's security schemes that it fills, with the generated fields' names.
    pub(crate) schemes: Vec<AuthField>,
}

/// One security scheme of the document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthField {
    /// The field that the caller fills.
    pub(crate) field: String,
    /// The name under `components.securitySchemes`.
    pub(crate) scheme: String,
}

/// Secret fields, by name, wherever they stand.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Secrets {
    /// Of requests.
    pub(crate) request: Vec<String>,
    /// Of answers, always removed.
    pub(crate) response: Vec<String>,
    /// Of answers, removed unless they plainly hold a public certificate.
    pub(crate) certificates: Vec<String>,
}

/// JSON pointers into a failure's body.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Errors {
    pub(crate) code: Vec<String>,
    pub(crate) message: Vec<String>,
}

/// A 2xx answer failed when `field` is `equals`, `unless` there is another field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failure {
    pub(crate) field: String,
    pub(crate) equals: FailureValue,
    #[serde(default)]
    pub(crate) unless: Option<String>,
}

/// A value that says that a call failed.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum FailureValue {
    Flag(bool),
    Text(String),
}

/// One thing the provider can do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Capability {
    pub(crate) verb: String,
    pub(crate) operations: Vec<String>,
    #[serde(default)]
    pub(crate) attached_only: bool,
    #[serde(default)]
    pub(crate) paging: Option<Paging>,
    #[serde(default)]
    pub(crate) max_batch: Option<Bound>,
    #[serde(default)]
    pub(crate) max_objects: Option<u32>,
    #[serde(default)]
    pub(crate) max_per_day: Option<u32>,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) note: Option<String>,
}

/// How a listing comes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    pub(crate) kind: PagingKind,
    /// The query parameter whose `maximum` in the document is the largest page.
    #[serde(default)]
    pub(crate) size: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PagingKind {
    Single,
    Cursor,
    Numbered,
}

/// A bound that the document states: the `maxItems` of a property of a named schema.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bound {
    pub(crate) schema: String,
    pub(crate) property: String,
}

impl Provider {
    /// Reads a `provider.toml`. `name` is how problems name it.
    pub(crate) fn read(path: &Path, name: &str) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Problem::new(
                name,
                "",
                format!("cannot be read: {error}"),
                "restore it: `git checkout -- specs`",
            )
        })?;
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map(|span| {
                text.get(..span.start)
                    .unwrap_or_default()
                    .lines()
                    .count()
                    .max(1)
            });
            let at = line.map_or(String::new(), |line| format!(" (line {line})"));
            Problem::new(
                name,
                "",
                format!("is not understood{at}: {}", error.message()),
                "compare it with another provider's provider.toml",
            )
            .into()
        })
    }

    /// The chosen name of a call, if it is kept.
    pub(crate) fn operation_of(&self, call: &str) -> Option<(&str, &OperationChoice)> {
        self.operations
            .iter()
            .find(|(_, choice)| choice.call == call)
            .map(|(name, choice)| (name.as_str(), choice))
    }
}
