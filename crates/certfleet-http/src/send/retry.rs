//! Whether a call that failed may be sent again.

use crate::{
    api::Class,
    response::{Error, ErrorKind, Reason},
};
use std::mem;

/// The attempts of one call so far.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    /// The number of attempts.
    pub(crate) attempts: u32,
    /// Whether it was sent again with other credentials.
    pub(crate) refreshed: bool,
    lookup: bool,
    cut_short: bool,
}

impl Tried {
    pub(crate) fn new(attempts: u32) -> Self {
        Self {
            attempts,
            ..Self::default()
        }
    }

    /// Returns whether another attempt is safe and may end differently.
    ///
    /// A write is repeated only if it provably was not carried out. After any other failure the caller
    /// has to look at the vendor's state first: [`Session::recover`](crate::Session::recover).
    pub(crate) fn may_repeat(&mut self, class: Class, error: &Error) -> bool {
        let is_read = class == Class::Read;
        match error.kind() {
            ErrorKind::NotSent => match error.reason() {
                Some(Reason::Connect | Reason::Timeout) => true,
                // A name that is wrong stays wrong; a resolver that was busy answers the second time.
                Some(Reason::Dns) => !mem::replace(&mut self.lookup, true),
                // A bad certificate stays bad, and so does a proxy's refusal.
                _ => false,
            },
            ErrorKind::Status => match error.status().map(|status| status.as_u16()) {
                Some(429) => true,
                Some(408) => class != Class::Create,
                Some(status) => is_read && is_passing(status),
                None => false,
            },
            ErrorKind::Interrupted | ErrorKind::Deadline => is_read,
            ErrorKind::Unreadable => {
                is_read && error.is_cut_short() && !mem::replace(&mut self.cut_short, true)
            }
            _ => false,
        }
    }
}

/// Returns whether it is unknown if a write was carried out, so that sending it again is worth it
/// after a look that found it undone.
pub(crate) fn is_open(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Interrupted | ErrorKind::Deadline => error.status().is_none(),
        ErrorKind::Status => error
            .status()
            .is_some_and(|status| is_passing(status.as_u16())),
        _ => false,
    }
}

/// Returns whether a failure of the vendor may pass. 501 and 505 do not.
fn is_passing(status: u16) -> bool {
    status >= 500 && !matches!(status, 501 | 505)
}
