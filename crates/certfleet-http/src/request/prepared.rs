//! A request that is ready to be sent.

use crate::{
    api::{Operation, Server},
    secrets::Secret,
};
use bytes::Bytes;
use http::HeaderMap;
use reqwest::Url;
use std::fmt;

/// A request that is ready to be sent. It can be sent more than once.
#[derive(Clone)]
pub struct Request {
    pub(crate) operation: &'static Operation,
    /// The server of its own that the operation has.
    pub(crate) server: Option<&'static Server>,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Secret members of the body.
    pub(crate) secrets: Vec<Secret>,
}

impl Request {
    /// Returns the operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Returns the address, query included. As a transport gets it, it may hold a credential: do not
    /// log it.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the headers, credentials included (marked sensitive).
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body, which is empty if there is none. It may hold secrets.
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl fmt::Debug for Request {
    /// Shows operation and path: query, headers and body may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.id)
            .field("path", &self.url.path())
            .finish_non_exhaustive()
    }
}
