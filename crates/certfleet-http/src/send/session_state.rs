//! What the clones of a session share.

use super::{
    backoff::Backoff,
    budget::Budget,
    credentials::Credentials,
    policy::{Limits, Retry},
    throttle::Throttle,
};
use crate::{
    api::Api,
    request::BaseUrl,
    response::Observer,
    time::{Clock, Skew},
    transport::Transport,
};
use http::HeaderValue;
use std::sync::Arc;

/// The settings of a session, and what its calls learn for each other.
pub(crate) struct SessionState {
    pub(crate) api: &'static Api,
    pub(crate) base: BaseUrl,
    pub(crate) credentials: Credentials,
    pub(crate) user_agent: HeaderValue,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) limits: Limits,
    pub(crate) retry: Retry,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) backoff: Backoff,
    pub(crate) budget: Budget,
    pub(crate) throttle: Throttle,
    pub(crate) skew: Skew,
}
