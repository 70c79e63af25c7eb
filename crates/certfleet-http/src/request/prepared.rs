//! A request that is ready to be sent.

use crate::{
    api::{Operation, Server},
    response::{Reason, SendError},
    secrets::Secret,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use reqwest::Url;
use std::{
    fmt,
    sync::{Mutex, PoisonError},
};
use tokio::time::Instant;

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
    pub(crate) arrival: Arrival,
}

/// When the head of the response arrived. A clone of a request is sent on its own, and begins without.
#[derive(Default)]
pub(crate) struct Arrival(Mutex<Option<Instant>>);

impl Arrival {
    /// Returns the moment and forgets it.
    pub(crate) fn take(&self) -> Option<Instant> {
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for Arrival {
    fn clone(&self) -> Self {
        Self::default()
    }
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

    /// Returns the request in the types of the crate `http`, as a [`Transport`](crate::Transport) over another
    /// HTTP stack sends it. It asks for an answer that is not compressed, because no other one is read.
    ///
    /// # Errors
    /// The address cannot be written in those types. Nothing was sent.
    pub fn to_http(&self) -> Result<http::Request<Bytes>, SendError> {
        let mut request = http::Request::builder()
            .method(self.operation.method.clone())
            .uri(self.url.as_str())
            .body(self.body.clone())
            .map_err(|error| SendError::not_sent(error.to_string()).because(Reason::Setup))?;
        *request.headers_mut() = self.headers.clone();
        let identity = HeaderValue::from_static("identity");
        request
            .headers_mut()
            .insert(header::ACCEPT_ENCODING, identity);
        Ok(request)
    }

    /// Notes that the head of the response has just arrived. A [`Transport`](crate::Transport) calls it
    /// before it reads the body: the `Date` of the response is of that moment
    /// ([`Session::vendor_time`](crate::Session::vendor_time)). Without the call, the moment at which
    /// the transport returns counts, and the vendor's clock seems late by the time of the body.
    pub fn head_arrived(&self) {
        *self.arrival.lock() = Some(Instant::now());
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
