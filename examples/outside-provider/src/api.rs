//! Lantern's API as data. certfleet's session sends what is described here: it decides by it what may be
//! repeated, what is a success, where an error holds its message and which fields are secret. Inside
//! certfleet's workspace such a file is generated from the vendor's OpenAPI document.

use certfleet::http::{
    Api, AuthScheme, Binding, Capability, Class, Coverage, Expect, Method, Operation, Paging,
    Place, Shapes, Unauthenticated,
};

/// How many records come on one page. Small, so that the example has several.
pub(crate) const PAGE: u32 = 2;

/// Describes an operation: what repeating it does (`class`), what its success carries and which status it has.
const fn operation(
    id: &'static str,
    method: Method,
    path: &'static str,
    class: Class,
    expect: Expect,
    success: &'static [u16],
) -> Operation {
    Operation {
        id,
        vendor_id: None,
        method,
        path,
        class,
        expect,
        success,
        statuses: &["2XX", "4XX"],
        request_secrets: &[],
        response_secrets: &[],
        // Cut out unless it plainly is a certificate: no private key gets further than this.
        response_certificates: &["pem"],
    }
}

pub(crate) static LIST: Operation = operation(
    "list",
    Method::GET,
    "/v1/certificates",
    Class::Read,
    Expect::Json,
    &[200],
);

pub(crate) static GET: Operation = operation(
    "get",
    Method::GET,
    "/v1/certificates/{id}",
    Class::Read,
    Expect::Json,
    &[200],
);

/// A repetition might make a second record, so certfleet never repeats it blindly.
pub(crate) static UPLOAD: Operation = operation(
    "upload",
    Method::POST,
    "/v1/certificates",
    Class::Create,
    Expect::Json,
    &[201],
);

pub(crate) static DELETE: Operation = operation(
    "delete",
    Method::DELETE,
    "/v1/certificates/{id}",
    Class::Idempotent,
    Expect::Nothing,
    &[204],
);

pub(crate) static BEARER: AuthScheme = AuthScheme {
    name: "Token",
    bindings: &[Binding {
        place: Place::Header,
        name: "authorization",
        prefix: "Bearer ",
    }],
};

/// What the API can do with certificates: what is not listed here, certfleet refuses before anything is sent.
const fn capability(verb: &'static str, operations: &'static [&'static str]) -> Capability {
    Capability {
        verb,
        operations,
        coverage: Coverage::Complete,
        paging: None,
        max_batch: None,
        max_objects: None,
        max_per_day: None,
        scopes: &[],
        note: None,
    }
}

pub(crate) static API: Api = Api {
    provider: "lantern",
    title: "Lantern",
    version: "1",
    default_base_url: Some("https://api.lantern.example"),
    operations: &[&LIST, &GET, &UPLOAD, &DELETE],
    auth: &[AuthScheme {
        name: BEARER.name,
        bindings: BEARER.bindings,
    }],
    shapes: Shapes {
        code: &["/error/code"],
        message: &["/error/message"],
        // Lantern's successes never say that they failed.
        failure: &[],
    },
    request_id_headers: &["x-request-id"],
    unauthenticated: &[Unauthenticated {
        status: 401,
        codes: &[],
    }],
    capabilities: &[
        Capability {
            paging: Some(Paging::Cursor(PAGE)),
            ..capability("list", &["list"])
        },
        capability("get", &["get"]),
        capability("content", &["list", "get"]),
        Capability {
            scopes: &["listener"],
            ..capability("upload", &["upload"])
        },
        capability("delete", &["delete"]),
    ],
};
