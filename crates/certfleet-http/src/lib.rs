//! The HTTP layer under every generated certfleet client.
//!
//! A generated client describes an operation ([`Operation`]) and its parameters. Everything that
//! can go wrong on a network is handled here, once:
//!
//! * [`Session`] is the only place that sends. It adds credentials and the User-Agent, enforces the
//!   deadline, refuses redirects and foreign encodings, retries when that is safe ([`Retry`]), and
//!   writes the [`Call`] and [`Attempt`] records. [`Session::recover`] finds out whether a write whose
//!   response was lost was carried out.
//! * [`Transport`] carries one request to one response. [`Network`] does it with `reqwest`; a test
//!   or the sandbox brings its own.
//! * [`Response`] keeps status, headers, request id and body of every success beside the typed
//!   value. [`Error`] keeps them of everything else, and says what is known of the
//!   [effect](Error::effect) of a write.
//! * A [`Secret`] is never printed, never serialised outside a request, and cut out of whatever a
//!   vendor echoes.
#![doc = include_str!("../README.md")]

mod api;
mod percent;
mod request;
mod response;
mod secrets;
mod send;
mod time;
mod transport;
mod values;

pub use api::{
    Api, AuthScheme, Binding, Capability, Class, Coverage, Expect, Failure, Operation, Paging,
    Place, Pointer, Server, Shapes, Unauthenticated,
};
pub use request::{Authorization, BaseUrl, FieldStyle, FilePart, Form, Request, RequestBuilder};
pub use response::{
    Attempt, ByStatus, Call, Effect, Error, ErrorKind, InBandFailure, Observer, RateLimit,
    RawResponse, Reason, Response, ResponseParts, SendError, Sent, VendorError, rate_limits,
    read_json,
};
pub use secrets::{REDACTED, Secret, redact};
pub use send::{
    CredentialsSource, Limits, Look, RecoverableError, Recovered, Recovery, Retry, Session,
    SessionBuilder,
};
pub use time::{Clock, Deadline, SystemClock};
pub use transport::{
    BoxFuture, Network, Proxy, ServiceTransport, Transport, server_verifier, tls_failure,
};
pub use values::{Integer, Nullable, Timestamp, UnixSeconds, choice};

pub use bytes::Bytes;
pub use http::{self, HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
pub use reqwest::{self, Url};

/// A result whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
