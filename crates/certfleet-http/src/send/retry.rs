//! Whether a call that failed may be sent again.

use crate::{
    api::Class,
    response::{Error, ErrorKind, Reason},
};
use std::mem;

/// What has been tried of one call.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    /// How often it was tried to send it.
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

    /// Whether sending again cannot do what the first time may have done, and may end otherwise.
    ///
    /// A write is repeated only after what provably was not carried out. After anything else somebody has to
    /// look first: [`Session::recover`](crate::Session::recover).
    pub(crate) fn may_repeat(&mut self, class: Class, error: &Error) -> bool {
        let is_read = class == Class::Read;
        match error.kind() {
            ErrorKind::NotSent => match error.reason() {
                Some(Reason::Connect | Reason::Timeout) => true,
                // A name that is wrong stays wrong; a resolver that was busy answers the second time.
                Some(Reason::Dns) => !mem::replace(&mut self.lookup, true),
                // Neither a certificate nor a proxy's refusal passes by itself.
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

/// Whether a write's end leaves open if it was carried out, so that after a look that finds it was not,
/// sending it again is worth it.
pub(crate) fn is_open(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Interrupted | ErrorKind::Deadline => error.status().is_none(),
        ErrorKind::Status => error
            .status()
            .is_some_and(|status| is_passing(status.as_u16())),
        _ => false,
    }
}

/// Failures of the vendor that may pass; 501 and 505 say that it never knows how.
fn is_passing(status: u16) -> bool {
    status >= 500 && !matches!(status, 501 | 505)
}
