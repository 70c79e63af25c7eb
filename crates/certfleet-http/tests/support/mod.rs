//! An API of one thing, and a session for it.

use certfleet_http::{
    Api, AuthScheme, Authorization, Binding, Class, Error, Expect, Failure, InBandFailure, Method,
    Operation, Request, Response, Secret, Session, SessionBuilder, Shapes, Unauthenticated,
};
use serde::Deserialize;

pub(crate) const TOKEN: &str = "token-canary-4711";
pub(crate) const PASSPHRASE: &str = "passphrase-canary-0815";

pub(crate) static BEARER: AuthScheme = AuthScheme {
    name: "Token",
    bindings: &[Binding {
        place: certfleet_http::Place::Header,
        name: "authorization",
        prefix: "Bearer ",
    }],
};

const fn operation(id: &'static str, method: Method, class: Class) -> Operation {
    Operation {
        id,
        vendor_id: None,
        method,
        path: "/things/{id}",
        class,
        expect: Expect::Json,
        success: &[200],
        statuses: &["200", "4XX"],
        request_secrets: &["passphrase"],
        response_secrets: &["passphrase"],
        response_certificates: &[],
    }
}

pub(crate) static READ: Operation = operation("read", Method::GET, Class::Read);
pub(crate) static CREATE: Operation = operation("create", Method::POST, Class::Create);
pub(crate) static SET: Operation = operation("set", Method::PUT, Class::Idempotent);

pub(crate) static API: Api = Api {
    provider: "acme",
    title: "Acme",
    version: "1",
    default_base_url: None,
    operations: &[&READ, &CREATE, &SET],
    auth: &[],
    shapes: Shapes {
        code: &["/code"],
        message: &["/message"],
        failure: &[Failure {
            field: "success",
            equals: "false",
            unless: None,
        }],
    },
    request_id_headers: &["x-request-id"],
    unauthenticated: &[
        Unauthenticated {
            status: 401,
            codes: &[],
        },
        Unauthenticated {
            status: 403,
            codes: &["9106", "expired"],
        },
    ],
    capabilities: &[],
};

#[derive(Debug, Deserialize)]
pub(crate) struct Thing {
    pub(crate) id: String,
    pub(crate) success: Option<bool>,
}

impl InBandFailure for Thing {
    fn refused(&self) -> bool {
        self.success == Some(false)
    }
}

pub(crate) fn builder() -> SessionBuilder {
    SessionBuilder::new(&API, Authorization::new(&BEARER, &[&Secret::new(TOKEN)]))
}

fn request(session: &Session, operation: &'static Operation) -> Request {
    let builder = session.request(operation).path("id", "x");
    let builder = if operation.class == Class::Read {
        builder
    } else {
        builder.json(&serde_json::json!({"passphrase": PASSPHRASE}))
    };
    builder.build().unwrap()
}

pub(crate) async fn call(
    session: &Session,
    operation: &'static Operation,
) -> Result<Response<Thing>, Error> {
    session.json(request(session, operation)).await
}
