//! How an account is reached.

use crate::{Error, ErrorKind, Result};
use certfleet_http::{Session, SessionBuilder, Transport};
use std::{sync::Arc, time::Duration};

/// How an account is reached, where it differs from the vendor's own address and the real network.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    base_url: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    deadline: Option<Duration>,
}

impl Connection {
    /// Another address: `https`, or `http` to the loopback interface. Apinizer has no default.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Another transport: the sandbox, a test double, a [`Network`](crate::Network) shared by
    /// several accounts or with further roots.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// The longest a call may take in all; 30 seconds unless said otherwise.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The session of a client. Nothing is sent.
    pub(crate) fn session(&self, mut builder: SessionBuilder) -> Result<Session> {
        if let Some(base_url) = &self.base_url {
            builder = builder.base_url(base_url);
        }
        if let Some(transport) = &self.transport {
            builder = builder.transport(Arc::clone(transport));
        }
        if let Some(deadline) = self.deadline {
            builder = builder.deadline(deadline);
        }
        builder
            .build()
            .map_err(|error| Error::new(ErrorKind::Config, error.to_string()))
    }
}
