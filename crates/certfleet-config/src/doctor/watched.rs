//! A transport that remembers what the vendor's answers say of its limits.

use certfleet_http::{
    BoxFuture, RateLimit, RawResponse, Request, Secret, SendError, Transport, rate_limits,
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A transport that remembers what the last answer said of the vendor's limits. It keeps numbers only: headers may
/// repeat what was sent.
#[derive(Debug)]
pub(super) struct Watched {
    transport: Arc<dyn Transport>,
    limits: Mutex<Vec<RateLimit>>,
}

impl Watched {
    pub(super) fn new(transport: Arc<dyn Transport>) -> Self {
        Self {
            transport,
            limits: Mutex::default(),
        }
    }

    pub(super) fn limits(&self) -> Vec<RateLimit> {
        let limits = self.limits.lock();
        limits.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Transport for Watched {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        Box::pin(async move {
            let answer = self.transport.send(request, body_limit, deadline).await;
            if let Ok(answer) = &answer {
                let found = rate_limits(&answer.headers);
                if !found.is_empty() {
                    *self.limits.lock().unwrap_or_else(PoisonError::into_inner) = found;
                }
            }
            answer
        })
    }

    fn secrets(&self) -> &[Secret] {
        self.transport.secrets()
    }
}
