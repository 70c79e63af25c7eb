//! `provider.toml`: facts that a vendor's document does not state, and names of the generated client.

use crate::problem::{Problem, Result};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};

/// One provider's `provider.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The provider's name: the folder's and the crate's.
    pub name: String,
    /// The vendored document, in the same folder.
    pub document: String,
    /// How people name the API.
    pub title: String,
    /// Two sentences for the crate's front page.
    pub about: String,
    /// Whether all customers share the document's server. `false` if every customer has their own.
    pub shared_server: bool,
    /// A prefix of the vendor's schema names, which generated types do not have.
    #[serde(default)]
    pub schema_prefix: Option<String>,
    /// Answer headers with the vendor's request id.
    pub request_id_headers: Vec<String>,
    /// The refusals that say that the vendor does not accept the credentials; a 401 unless said otherwise.
    #[serde(default = "unauthorized")]
    pub unauthenticated: Vec<Unauthenticated>,
    /// The operations that are kept, by the generated method's name.
    pub operations: BTreeMap<String, OperationChoice>,
    /// The ways to authenticate, by the name of the generated variant.
    pub auth: BTreeMap<String, Auth>,
    /// Secret fields.
    #[serde(default)]
    pub secrets: Secrets,
    /// Where failures keep code and message.
    pub errors: Errors,
    /// How a 2xx answer says that it failed.
    #[serde(default)]
    pub failure: Vec<Failure>,
    /// Whether this was inferred. What a document leaves open is then decided with a note; otherwise it is a
    /// problem, for the author of provider.toml to decide.
    #[serde(skip)]
    pub inferred: bool,
    /// What the operations mean for certificates.
    pub capability: Vec<Capability>,
}

/// A refusal after which other credentials may be accepted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unauthenticated {
    /// The status of the answer.
    pub status: u16,
    /// The vendor's codes that say so; where there are none, the status alone does.
    #[serde(default)]
    pub codes: Vec<String>,
}

/// What says so at nearly every vendor.
pub(crate) fn unauthorized() -> Vec<Unauthenticated> {
    vec![Unauthenticated {
        status: 401,
        codes: Vec::new(),
    }]
}

/// One kept operation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationChoice {
    /// Method and path: `GET /organization/certificates`.
    pub call: String,
    /// `read`, `idempotent` or `create`.
    pub class: Class,
    /// Which success the client returns, where the document has several of different shapes.
    #[serde(default)]
    pub success: Option<String>,
    /// The path parameters that may hold slashes, which are sent as `%2F`. Others refuse them, unless the
    /// document says that they are URL-encoded.
    #[serde(default)]
    pub slashes: Vec<String>,
}

/// The effect of repeating a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Changes nothing.
    Read,
    /// The second time changes nothing more.
    Idempotent,
    /// The second time may create another object.
    Create,
}

/// One way to authenticate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// One sentence for its documentation.
    pub about: String,
    /// The document's security schemes that it fills, with the generated fields' names.
    pub schemes: Vec<AuthField>,
}

/// One security scheme of the document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthField {
    /// The field that the caller fills.
    pub field: String,
    /// The name under `components.securitySchemes`.
    pub scheme: String,
}

/// Secret fields, by name, wherever they stand.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Secrets {
    /// Of requests.
    pub request: Vec<String>,
    /// Of answers, always removed.
    pub response: Vec<String>,
    /// Of answers, removed unless they plainly hold a public certificate.
    pub certificates: Vec<String>,
}

/// JSON pointers into a failure's body.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errors {
    /// To the code; the first that matches counts.
    pub code: Vec<String>,
    /// To the message; the first that matches counts.
    pub message: Vec<String>,
}

/// A 2xx answer failed when `field` is `equals`, `unless` there is another field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// A field of the top level.
    pub field: String,
    /// Its value when the call failed.
    pub equals: FailureValue,
    /// A field whose presence says that the answer is a report on parts.
    #[serde(default)]
    pub unless: Option<String>,
}

/// A value that says that a call failed.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum FailureValue {
    /// A boolean.
    Flag(bool),
    /// A text.
    Text(String),
}

/// One thing the provider can do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// `list`, `get`, `content`, `upload`, …
    pub verb: String,
    /// The operations that do it.
    pub operations: Vec<String>,
    /// Whether a listing covers only what is attached to something.
    #[serde(default)]
    pub attached_only: bool,
    /// How a listing comes.
    #[serde(default)]
    pub paging: Option<Paging>,
    /// The most items in one request.
    #[serde(default)]
    pub max_batch: Option<Bound>,
    /// The most objects that may exist.
    #[serde(default)]
    pub max_objects: Option<u32>,
    /// The most objects that may be made in 24 hours.
    #[serde(default)]
    pub max_per_day: Option<u32>,
    /// Where it takes effect.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// One sentence that a user has to know.
    #[serde(default)]
    pub note: Option<String>,
}

/// How a listing comes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// Its kind.
    pub kind: PagingKind,
    /// The query parameter whose `maximum` in the document is the largest page.
    #[serde(default)]
    pub size: Option<String>,
}

/// The kinds of listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PagingKind {
    /// One answer.
    Single,
    /// Pages that follow the id of the last item.
    Cursor,
    /// Numbered pages.
    Numbered,
}

/// A bound that the document states: the `maxItems` of a property of a named schema.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// The schema.
    pub schema: String,
    /// The property.
    pub property: String,
}

impl Provider {
    /// Reads a `provider.toml`. `name` is how problems name it.
    pub fn read(path: &Path, name: &str) -> Result<Self> {
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

    /// The chosen names by their calls.
    pub(crate) fn calls(&self) -> BTreeMap<&str, &str> {
        self.operations
            .iter()
            .map(|(name, choice)| (choice.call.as_str(), name.as_str()))
            .collect()
    }
}
