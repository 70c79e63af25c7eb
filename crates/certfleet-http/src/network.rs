//! The real network, through `reqwest`. The one place that builds HTTP clients.

use crate::{Answer, BoxFuture, Request, SendError, Sent, Transport};
use bytes::{Bytes, BytesMut};
use std::{
    error::Error as StdError,
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// How long connecting may take, TLS included. Shorter than any deadline, so that a request that
/// was never sent is known to be one.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a server may pause within an answer.
const IDLE: Duration = Duration::from_secs(15);

/// HTTP/1.1 over rustls with the operating system's roots. Reads share pooled connections; a write
/// gets a connection of its own, because a pooled one may have been closed by the peer, which
/// cannot be told from a request that arrived. No redirects, no retries, no decompression, no
/// `Referer`. The system's proxy settings are not used.
#[derive(Default)]
pub struct Network {
    reads: OnceLock<Result<reqwest::Client, String>>,
    writes: OnceLock<Result<reqwest::Client, String>>,
    extra_roots: Vec<Bytes>,
}

impl Network {
    /// The network with the operating system's roots.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts one more issuer, as DER: for a gateway with a certificate of its owner's own.
    #[must_use]
    pub fn trust(mut self, der: impl Into<Bytes>) -> Self {
        self.extra_roots.push(der.into());
        self
    }

    /// The client for a kind of request, built when first used.
    fn client(&self, is_read: bool) -> Result<&reqwest::Client, SendError> {
        let (cell, idle) = if is_read {
            (&self.reads, usize::MAX)
        } else {
            (&self.writes, 0)
        };
        cell.get_or_init(|| build(idle, &self.extra_roots))
            .as_ref()
            .map_err(|why| SendError::not_sent(format!("TLS could not be set up: {why}")))
    }
}

fn build(idle_connections: usize, extra_roots: &[Bytes]) -> Result<reqwest::Client, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = extra_roots
        .iter()
        .map(|der| rustls::pki_types::CertificateDer::from(der.to_vec()));
    let verifier =
        rustls_platform_verifier::Verifier::new_with_extra_roots(roots, Arc::clone(&provider))
            .map_err(|error| error.to_string())?;
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .http1_only()
        .connect_timeout(CONNECT)
        .read_timeout(IDLE)
        .pool_max_idle_per_host(idle_connections)
        .build()
        .map_err(|error| chain(&error))
}

impl Transport for Network {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<Answer, SendError>> {
        Box::pin(async move {
            let is_read = request.operation.class == crate::Class::Read;
            let client = self.client(is_read)?;
            let mut sent =
                reqwest::Request::new(request.operation.method.clone(), request.url.clone());
            *sent.headers_mut() = request.headers.clone();
            if !request.body.is_empty() {
                *sent.body_mut() = Some(request.body.clone().into());
            }
            *sent.timeout_mut() = Some(deadline);
            let response = client
                .execute(sent)
                .await
                .map_err(|error| failure(&error))?;
            read(response, body_limit).await
        })
    }
}

/// Reads the body up to the limit.
async fn read(mut response: reqwest::Response, limit: usize) -> Result<Answer, SendError> {
    let declared = response.content_length();
    let mut answer = Answer {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: Bytes::new(),
    };
    let too_large = |answer: Answer| SendError {
        too_large: true,
        head: Some(Box::new(answer)),
        ..SendError::maybe_sent("body over the limit")
    };
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(too_large(answer));
    }
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => return Err(too_large(answer)),
            // One chunk is the common case of a short answer, and needs no copy.
            Ok(Some(chunk)) if body.is_empty() && declared == Some(chunk.len() as u64) => {
                answer.body = chunk;
                return Ok(answer);
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => {
                answer.body = body.freeze();
                return Ok(answer);
            }
            Err(error) => {
                return Err(SendError {
                    head: Some(Box::new(answer)),
                    sent: Sent::Maybe,
                    ..failure(&error)
                });
            }
        }
    }
}

/// What a failure of reqwest says about whether the request left.
fn failure(error: &reqwest::Error) -> SendError {
    // Building and connecting, which includes name lookup and the TLS handshake, come before the
    // first byte of a request.
    let sent = if error.is_builder() || error.is_connect() {
        Sent::No
    } else {
        Sent::Maybe
    };
    SendError {
        sent,
        what: chain(error),
        head: None,
        too_large: false,
        timeout: error.is_timeout(),
    }
}

/// The innermost cause, which names what happened; reqwest's own message only names the URL.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("extra_roots", &self.extra_roots.len())
            .finish_non_exhaustive()
    }
}
