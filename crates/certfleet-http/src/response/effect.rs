//! What went wrong, and its effect on the vendor's state.

use crate::api::{Class, Operation};
use http::StatusCode;

/// The kind of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A parameter cannot be sent: an identifier that would address another resource, a missing
    /// field, a value that cannot be written as JSON.
    InvalidRequest,
    /// The session cannot be set up: a base URL, a credential, TLS.
    Config,
    /// No connection was made: refused, name not found, TLS handshake.
    /// [`Error::reason`](crate::Error::reason) says which.
    NotSent,
    /// The connection broke after the request may have been sent.
    Interrupted,
    /// The deadline passed. [`Error::effect`](crate::Error::effect) says whether the request may
    /// have been sent.
    Deadline,
    /// A complete response with a status other than the documented successes.
    Status,
    /// A 2xx response that says it failed.
    Refused,
    /// A 2xx response that is not what the operation returns: another content type or encoding, or
    /// JSON of another shape.
    Unreadable,
    /// A response longer than the session allows.
    TooLarge,
    /// A redirect. The session follows none.
    Redirect,
}

/// The effect of a failed call on the vendor's state.
///
/// ```
/// use certfleet_http::{Effect, Error};
///
/// fn may_be_sent_again(error: &Error) -> bool {
///     // After `Unknown`, look at the vendor's state first.
///     error.effect() == Effect::None
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing was changed.
    None,
    /// The change was made, although its response could not be read.
    Applied,
    /// Whether anything was changed cannot be known from this call.
    Unknown,
}

/// Returns the effect of a failure on the vendor's state.
pub(crate) fn effect(kind: ErrorKind, operation: &Operation, status: Option<StatusCode>) -> Effect {
    if operation.class == Class::Read {
        return Effect::None;
    }
    let of_status = match status {
        None => Effect::Unknown,
        Some(status) if operation.succeeds_with(status) => Effect::Applied,
        Some(status) => match status.as_u16() {
            // "See other" is what follows a request that was carried out.
            303 => Effect::Unknown,
            // The vendor does not know how: "not implemented", "version not supported".
            501 | 505 => Effect::None,
            500.. => Effect::Unknown,
            // 408 too: the vendor did not get the whole request.
            _ => Effect::None,
        },
    };
    match kind {
        ErrorKind::InvalidRequest | ErrorKind::Config | ErrorKind::NotSent | ErrorKind::Refused => {
            Effect::None
        }
        ErrorKind::Deadline
        | ErrorKind::Interrupted
        | ErrorKind::TooLarge
        | ErrorKind::Unreadable
        | ErrorKind::Status
        | ErrorKind::Redirect => of_status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Expect;

    /// An operation that calls a redirect to what it made a success.
    fn operation(class: Class) -> Operation {
        Operation {
            id: "create",
            vendor_id: None,
            method: http::Method::POST,
            path: "/c",
            class,
            expect: Expect::Json,
            success: &[201, 302],
            statuses: &["201", "302"],
            request_secrets: &[],
            response_secrets: &[],
            response_certificates: &[],
        }
    }

    #[test]
    fn effects() {
        use {Class::*, ErrorKind::*};
        for (kind, class, status, expected) in [
            (Status, Read, Some(500), Effect::None),
            (Interrupted, Read, None, Effect::None),
            (NotSent, Create, None, Effect::None),
            (Interrupted, Create, None, Effect::Unknown),
            (Interrupted, Create, Some(200), Effect::Applied),
            (Interrupted, Create, Some(400), Effect::None),
            (Deadline, Idempotent, None, Effect::Unknown),
            (Status, Create, Some(400), Effect::None),
            (Status, Create, Some(429), Effect::None),
            (Status, Create, Some(408), Effect::None),
            (Status, Create, Some(501), Effect::None),
            (Status, Create, Some(505), Effect::None),
            (Status, Create, Some(503), Effect::Unknown),
            (Status, Create, Some(502), Effect::Unknown),
            (Unreadable, Create, Some(200), Effect::Applied),
            (TooLarge, Idempotent, Some(202), Effect::Applied),
            (Refused, Create, Some(200), Effect::None),
            (Redirect, Create, Some(307), Effect::None),
            (Redirect, Create, Some(303), Effect::Unknown),
            (Unreadable, Create, Some(302), Effect::Applied),
            (TooLarge, Create, Some(302), Effect::Applied),
            (Interrupted, Idempotent, Some(302), Effect::Applied),
            (Deadline, Read, Some(302), Effect::None),
        ] {
            let status = status.map(|s| StatusCode::from_u16(s).unwrap());
            assert_eq!(
                effect(kind, &operation(class), status),
                expected,
                "{kind:?} {class:?} {status:?}"
            );
        }
    }
}
