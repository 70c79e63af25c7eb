//! How one request becomes one response.

use crate::{
    request::Request,
    response::{RawResponse, SendError},
    secrets::Secret,
};
use std::{fmt, future::Future, pin::Pin, time::Duration};

/// A boxed future, so that [`Transport`] can be a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A transport carries one request to one response. Implement it for another HTTP stack, a proxy or
/// a test double. [`Request::to_http`] and `RawResponse::from` convert between its types and those of
/// the crate [`http`].
///
/// An implementation sends exactly once, follows no redirect and reads at most `body_limit` bytes. Of
/// a failure's body no more than 64 KiB are kept, so it may stop reading there. It says of every
/// failure whether the request can have reached the vendor ([`SendError::sent`]): a request that ended
/// with [`Sent::No`](crate::Sent::No) may be sent again, a create too. It calls
/// [`Request::head_arrived`] before it reads a body.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends `request` once. `deadline` is the time limit; the caller also enforces it, a moment
    /// later, so that an implementation can still say how far it came ([`SendError::head`]).
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>>;

    /// Returns secrets of its own, a proxy's password for instance: they are cut out of what is kept
    /// of an answer or a failure, as those of the request are.
    fn secrets(&self) -> &[Secret] {
        &[]
    }
}
