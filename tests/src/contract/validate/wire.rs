//! A request as it stands on the wire.

use certfleet_http::{HeaderMap, Request};

/// What a request is, as far as a server could tell.
#[derive(Debug, Clone)]
pub struct Wire<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// The path as sent, still encoded.
    pub path: &'a str,
    /// The query as sent, without its question mark.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a [u8],
}

impl<'a> Wire<'a> {
    /// A client's request, as it stands on the wire.
    pub fn from_request(request: &'a Request) -> Self {
        Self {
            method: request.operation().method.as_str(),
            path: request.url().path(),
            query: request.url().query(),
            headers: request.headers(),
            body: request.body(),
        }
    }
}
