//! What every generated certfleet client stands on.
//!
//! A generated client describes an operation ([`Operation`]) and its parameters; everything that
//! can go wrong on a network happens here, once:
//!
//! * [`Session`] is the one place that sends: it adds credentials and the User-Agent, holds the
//!   deadline, refuses redirects and foreign encodings, sends again what is safe to ([`Retry`]), and
//!   writes the [`Call`] and [`Attempt`] records. [`Session::settle`] looks whether a write whose answer
//!   was lost was carried out.
//! * [`Transport`] carries one request to one answer. [`Network`] does it with `reqwest`; a test
//!   or the sandbox brings its own.
//! * [`Response`] keeps status, headers, request id and body of every success beside the typed
//!   value; [`Error`] keeps them of everything else, and says what is known of the
//!   [effect](Error::effect) of a write.
//! * Secrets are [`Secret`]s: never printed, never serialised outside a request, cut out of what a
//!   vendor echoes.
#![doc = include_str!("../README.md")]

mod answer;
mod api;
mod attempt;
mod auth;
mod backoff;
mod base_url;
mod budget;
mod call;
mod classify;
mod clock;
mod credentials;
mod deadline;
mod encoding;
mod erase;
mod error;
mod http_date;
mod integer;
mod json;
mod judge;
mod multipart;
mod network;
mod objects;
mod open_enum;
mod pace;
mod policy;
mod ratelimit;
mod redact;
mod request;
mod response;
mod retry;
mod retry_after;
mod secret;
mod segment;
mod session;
mod session_builder;
mod settle;
mod skew;
mod timestamp;
mod transport;
mod urlencoded;

pub use answer::Answer;
pub use api::{
    Api, AuthScheme, Binding, Capability, Class, Coverage, Expect, Failure, Operation, Paging,
    Pointer, Shapes,
};
pub use auth::Authorization;
pub use base_url::BaseUrl;
pub use call::{Attempt, Call, Observer};
pub use clock::{Clock, SystemClock};
pub use credentials::CredentialsSource;
pub use deadline::Deadline;
pub use error::{Effect, Error, ErrorKind, VendorError};
pub use integer::Integer;
pub use multipart::{FilePart, Form};
pub use network::Network;
pub use policy::{Limits, Retry};
pub use redact::REDACTED;
pub use request::{Request, RequestBuilder};
pub use response::{Received, Response, Verdict};
pub use secret::Secret;
pub use session::Session;
pub use session_builder::SessionBuilder;
pub use settle::Settled;
pub use timestamp::{Timestamp, UnixSeconds};
pub use transport::{BoxFuture, Reason, SendError, Sent, Transport};
pub use urlencoded::FieldStyle;

pub use bytes::Bytes;
pub use http::{HeaderMap, Method, StatusCode};
pub use reqwest::Url;

/// A result whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
