//! Where secrets come from.

use crate::{ReferenceContext, Result, SecretRef};
use certfleet_http::Secret;
use futures_util::future::BoxFuture;

/// Where secrets come from. [`FollowReferences`] follows each reference; a program with a store of its own, or a
/// test, answers otherwise.
pub trait SecretSource: Send + Sync {
    /// Fetches the secret that a reference leads to.
    fn fetch<'a>(
        &'a self,
        reference: &'a SecretRef,
        context: &'a ReferenceContext<'a>,
    ) -> BoxFuture<'a, Result<Secret>>;
}

/// Follows each reference: reads the variable or file, or runs the command.
#[derive(Clone, Copy, Debug, Default)]
pub struct FollowReferences;

impl SecretSource for FollowReferences {
    fn fetch<'a>(
        &'a self,
        reference: &'a SecretRef,
        context: &'a ReferenceContext<'a>,
    ) -> BoxFuture<'a, Result<Secret>> {
        Box::pin(reference.resolve(context))
    }
}
