//! An API as data: what the generator reads from a vendor's description, as constants.

use http::{Method, StatusCode};

/// One vendor's API.
#[derive(Debug)]
pub struct Api {
    /// The provider's name in certfleet: `openai`, `cloudflare`, …
    pub provider: &'static str,
    /// `info.title` of the vendor's document.
    pub title: &'static str,
    /// `info.version` of the vendor's document.
    pub version: &'static str,
    /// The vendor's server, without a trailing slash. `None` where every customer has its own.
    pub default_base_url: Option<&'static str>,
    /// Every operation of the client.
    pub operations: &'static [&'static Operation],
    /// The ways to authenticate.
    pub auth: &'static [AuthScheme],
    /// Where the vendor's failures hold their code and message, and how a 2xx response says that it
    /// failed.
    pub shapes: Shapes,
    /// Response headers that hold the vendor's request id, the most specific first.
    pub request_id_headers: &'static [&'static str],
    /// The refusals after which other credentials may be accepted.
    pub unauthenticated: &'static [Unauthenticated],
    /// What the certificate operations can do, and their limits.
    pub capabilities: &'static [Capability],
}

impl Api {
    /// Returns the operation with this generated id.
    pub fn operation(&self, id: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|o| o.id == id).copied()
    }

    /// Returns whether a refusal says that the vendor does not accept the credentials.
    pub(crate) fn refuses_credentials(&self, status: u16, code: Option<&str>) -> bool {
        self.unauthenticated.iter().any(|one| {
            one.status == status
                && (one.codes.is_empty() || code.is_some_and(|code| one.codes.contains(&code)))
        })
    }

    /// Returns the capability with this verb.
    pub fn capability(&self, verb: &str) -> Option<&'static Capability> {
        self.capabilities.iter().find(|c| c.verb == verb)
    }
}

/// A refusal that says, or may say, that the vendor does not accept the credentials.
#[derive(Debug)]
pub struct Unauthenticated {
    /// The status of the answer.
    pub status: u16,
    /// The vendor's codes that say so; where there are none, the status alone does.
    pub codes: &'static [&'static str],
}

/// An address of some operations, beside the one that the others share.
#[derive(Debug)]
pub struct Server {
    /// Its name, which is its own among those of an API.
    pub name: &'static str,
    /// The vendor's address, without a trailing slash. A path is below the host of the shared address.
    pub url: &'static str,
}

/// One operation of an API.
#[derive(Debug)]
pub struct Operation {
    /// The generated method's name: `list_organization_certificates`.
    pub id: &'static str,
    /// The vendor's own `operationId`, where its document has one.
    pub vendor_id: Option<&'static str>,
    /// The HTTP method.
    pub method: Method,
    /// The path template, below the base URL.
    pub path: &'static str,
    /// The effect of repeating the request.
    pub class: Class,
    /// What a success carries.
    pub expect: Expect,
    /// The documented success statuses.
    pub success: &'static [u16],
    /// Every documented status, as the vendor writes it: `200`, `4XX`, `default`.
    pub statuses: &'static [&'static str],
    /// JSON fields and form fields of the request that are secret.
    pub request_secrets: &'static [&'static str],
    /// JSON fields of the response that are always cut out, wherever they stand.
    pub response_secrets: &'static [&'static str],
    /// JSON fields of the response that are cut out unless they plainly hold a public certificate.
    pub response_certificates: &'static [&'static str],
}

impl Operation {
    /// Returns whether a response with this status was carried out: a 2xx, or another status that the
    /// document calls a success.
    pub(crate) fn succeeds_with(&self, status: StatusCode) -> bool {
        status.is_success() || self.success.contains(&status.as_u16())
    }

    /// Returns whether any field of a response is to be cut out.
    pub(crate) fn has_response_secrets(&self) -> bool {
        !self.response_secrets.is_empty() || !self.response_certificates.is_empty()
    }
}

/// The effect of sending a request twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// A request that changes nothing.
    Read,
    /// A request whose repetition changes nothing more.
    Idempotent,
    /// A request whose repetition may create another object, or fail because of the first.
    Create,
}

/// What a success carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expect {
    /// A JSON body.
    Json,
    /// Bytes, kept as received.
    Bytes,
    /// A body that is not read.
    Nothing,
}

/// One way to authenticate, as the vendor's `securitySchemes` say.
#[derive(Debug)]
pub struct AuthScheme {
    /// The name of the generated `Credentials` variant.
    pub name: &'static str,
    /// The secrets that the caller provides, in order.
    pub bindings: &'static [Binding],
}

/// One place of a request that is filled with a credential.
#[derive(Debug)]
pub struct Binding {
    /// Where the credential is sent.
    pub place: Place,
    /// The name of the header, in lower case, of the query parameter or of the cookie.
    pub name: &'static str,
    /// The text before the secret: `Bearer ` or nothing.
    pub prefix: &'static str,
}

/// Where a credential is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In a header.
    Header,
    /// In the query of the address.
    Query,
    /// In a cookie.
    Cookie,
}

/// The places of the interesting parts of a failed response.
#[derive(Debug)]
pub struct Shapes {
    /// JSON pointers to a code. The first that matches counts.
    pub code: &'static [Pointer],
    /// JSON pointers to a message. The first that matches counts.
    pub message: &'static [Pointer],
    /// How a 2xx response says that it failed.
    pub failure: &'static [Failure],
}

/// A JSON pointer (RFC 6901).
pub type Pointer = &'static str;

/// A condition under which a 2xx response failed: the top-level `field` is `equals`.
#[derive(Debug)]
pub struct Failure {
    /// A field of the top level.
    pub field: &'static str,
    /// The field's JSON text when the call failed: `false`, `"FAILURE"`.
    pub equals: &'static str,
    /// A field whose presence means that the response reports on parts and is not a failure.
    pub unless: Option<&'static str>,
}

/// A certificate operation that an API offers, and its limits. The facade reads it, and the table
/// of the README is made from it.
#[derive(Debug, Clone, Copy)]
pub struct Capability {
    /// `list`, `get`, `content`, `upload`, `generate`, `rename`, `activate`, `deactivate`,
    /// `replace`, `delete` or `export`.
    pub verb: &'static str,
    /// The operations that implement the verb.
    pub operations: &'static [&'static str],
    /// What a listing covers.
    pub coverage: Coverage,
    /// How a listing is paged.
    pub paging: Option<Paging>,
    /// The most items in one request.
    pub max_batch: Option<u32>,
    /// The most objects that may exist.
    pub max_objects: Option<u32>,
    /// The most objects that may be created in 24 hours.
    pub max_per_day: Option<u32>,
    /// Where the operation takes effect: `organization`, `project`, `edge`, `connector`,
    /// `environment`.
    pub scopes: &'static [&'static str],
    /// One sentence that the operator must know.
    pub note: Option<&'static str>,
}

/// What a listing covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coverage {
    /// Every certificate of the account.
    Complete,
    /// Only certificates that are attached to something the vendor can list.
    AttachedOnly,
}

/// How a listing is paged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Paging {
    /// One response with everything.
    Single,
    /// Pages that continue after the id of the last item. The number is the largest page size.
    Cursor(u32),
    /// Numbered pages. The number is the largest page size.
    Numbered(u32),
}
