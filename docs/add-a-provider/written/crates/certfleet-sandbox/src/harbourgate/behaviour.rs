//! Choices Harbourgate leaves.

use crate::RateLimit;

/// What Harbourgate's sandbox does where the document is silent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HarbourgateBehaviour {
    /// Lists carry the certificates too. Default: no.
    pub content_in_lists: bool,
    /// Answers 429 beyond this. Documented are 300 a minute. Default: none.
    pub rate_limit: Option<RateLimit>,
}
