//! What went wrong, in a word.

use crate::model::open_enum;
use certfleet_http::ErrorKind as HttpKind;

open_enum! {
    /// What went wrong, the same for every provider.
    ///
    /// ```
    /// use certfleet::ErrorKind;
    ///
    /// let kind: ErrorKind = serde_json::from_str("\"quota_exceeded\"")?;
    /// assert_eq!(kind, ErrorKind::QuotaExceeded);
    /// assert_eq!(kind.as_str(), "quota_exceeded");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub enum ErrorKind {
        /// The provider cannot do it. Nothing was sent.
        Unsupported => "unsupported",
        /// A parameter cannot be sent, or the vendor finds it invalid.
        InvalidInput => "invalid_input",
        /// The account cannot be set up: address, credentials, TLS.
        Config => "config",
        /// The vendor does not accept the credentials.
        Unauthenticated => "unauthenticated",
        /// The credentials may not do it.
        PermissionDenied => "permission_denied",
        /// There is no such record.
        NotFound => "not_found",
        /// There is such a record already.
        AlreadyExists => "already_exists",
        /// The record is not in the state it would have to be in.
        Precondition => "precondition",
        /// A limit of the vendor is reached.
        QuotaExceeded => "quota_exceeded",
        /// Too many requests.
        RateLimited => "rate_limited",
        /// The deadline passed.
        Timeout => "timeout",
        /// The vendor could not be reached, or the connection broke.
        Network => "network",
        /// The vendor failed.
        Provider => "provider",
        /// The vendor's answer cannot be understood.
        InvalidResponse => "invalid_response",
        /// A write ended with more than one record where one was wanted: the error
        /// names them.
        Duplicate => "duplicate",
        /// The change has consequences that were not acknowledged. Nothing was sent.
        NotAcknowledged => "not_acknowledged",
        /// The journal could not be read or written. Nothing was sent.
        Journal => "journal",
        /// None of these.
        Unexpected => "unexpected",
    }
}

/// The kind that status and transport alone tell.
pub(super) fn kind_of(error: &certfleet_http::Error) -> ErrorKind {
    match error.kind() {
        HttpKind::InvalidRequest => ErrorKind::InvalidInput,
        HttpKind::Config | HttpKind::Redirect => ErrorKind::Config,
        HttpKind::NotSent | HttpKind::Interrupted => ErrorKind::Network,
        HttpKind::Deadline => ErrorKind::Timeout,
        HttpKind::Unreadable | HttpKind::TooLarge => ErrorKind::InvalidResponse,
        HttpKind::Refused => ErrorKind::Provider,
        HttpKind::Status => match error.status().map(|status| status.as_u16()) {
            Some(400 | 413 | 415 | 422) => ErrorKind::InvalidInput,
            Some(401) => ErrorKind::Unauthenticated,
            Some(403) => ErrorKind::PermissionDenied,
            Some(404 | 410) => ErrorKind::NotFound,
            Some(408) => ErrorKind::Timeout,
            Some(409 | 412) => ErrorKind::Precondition,
            Some(429) => ErrorKind::RateLimited,
            Some(500..) => ErrorKind::Provider,
            Some(200..=299) => ErrorKind::InvalidResponse,
            _ => ErrorKind::Unexpected,
        },
        _ => ErrorKind::Unexpected,
    }
}
