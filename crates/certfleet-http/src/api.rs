//! An API as data: what the generator reads out of a vendor's description, as constants.

use http::Method;

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
    /// Where the vendor's failures keep their code and message, and how a 2xx says it failed.
    pub shapes: Shapes,
    /// Response headers that hold the vendor's request id, the most specific first.
    pub request_id_headers: &'static [&'static str],
    /// What the certificate operations can do, and within which limits.
    pub capabilities: &'static [Capability],
}

impl Api {
    /// The operation with this generated id.
    pub fn operation(&self, id: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|o| o.id == id).copied()
    }

    /// The capability with this verb.
    pub fn capability(&self, verb: &str) -> Option<&'static Capability> {
        self.capabilities.iter().find(|c| c.verb == verb)
    }
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
    /// What repeating the request does.
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

/// What happens when a request is sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Changes nothing.
    Read,
    /// The second time changes nothing more.
    Idempotent,
    /// The second time may create another object, or fail because of the first.
    Create,
}

/// What a success carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expect {
    /// A JSON body.
    Json,
    /// Bytes, kept as they come.
    Bytes,
    /// Nothing that is read.
    Nothing,
}

/// One way to authenticate, as the vendor's `securitySchemes` say.
#[derive(Debug)]
pub struct AuthScheme {
    /// The name of the generated `Credentials` variant.
    pub name: &'static str,
    /// What the caller has to bring, in order.
    pub bindings: &'static [Binding],
}

/// One header that credentials fill.
#[derive(Debug)]
pub struct Binding {
    /// The header's name, lower case.
    pub header: &'static str,
    /// What stands before the secret: `Bearer ` or nothing.
    pub prefix: &'static str,
}

/// Where a failed response keeps what matters.
#[derive(Debug)]
pub struct Shapes {
    /// JSON pointers to a code, the first that matches counts.
    pub code: &'static [Pointer],
    /// JSON pointers to a message, the first that matches counts.
    pub message: &'static [Pointer],
    /// How a 2xx response says that it failed.
    pub failure: &'static [Failure],
}

/// A JSON pointer (RFC 6901).
pub type Pointer = &'static str;

/// A 2xx response failed when `field` of its top level is `equals`.
#[derive(Debug)]
pub struct Failure {
    /// A field of the top level.
    pub field: &'static str,
    /// Its JSON text when the call failed: `false`, `"FAILURE"`.
    pub equals: &'static str,
    /// A field whose presence says that the response is a report on parts, not a failure.
    pub unless: Option<&'static str>,
}

/// What an API can do with certificates, and within which limits. The facade reads it; the README's
/// table is made of it.
#[derive(Debug, Clone, Copy)]
pub struct Capability {
    /// `list`, `get`, `content`, `upload`, `generate`, `rename`, `activate`, `deactivate`,
    /// `replace`, `delete` or `export`.
    pub verb: &'static str,
    /// The operations that do it.
    pub operations: &'static [&'static str],
    /// What a listing covers.
    pub coverage: Coverage,
    /// How a listing comes.
    pub paging: Option<Paging>,
    /// The most items in one request.
    pub max_batch: Option<u32>,
    /// The most objects that may exist.
    pub max_objects: Option<u32>,
    /// The most objects that may be made in 24 hours.
    pub max_per_day: Option<u32>,
    /// Where it takes effect: `organization`, `project`, `edge`, `connector`, `environment`.
    pub scopes: &'static [&'static str],
    /// One sentence that a user has to know.
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

/// How a listing comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Paging {
    /// One response.
    Single,
    /// Pages that follow the id of the last item, of at most so many items.
    Cursor(u32),
    /// Numbered pages of at most so many items.
    Numbered(u32),
}
