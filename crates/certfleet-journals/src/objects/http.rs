//! How requests to an object store are sent: over the same TLS as those to providers.

use async_trait::async_trait;
use certfleet::{Error, ErrorKind, Result};
use certfleet_http::{reqwest, server_verifier};
use http_body_util::BodyExt as _;
use object_store::{
    ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    },
};
use rustls::ClientConfig;
use std::{sync::Arc, time::Duration};

/// How long a connection, and a whole request, may take.
const CONNECT: Duration = Duration::from_secs(5);
const REQUEST: Duration = Duration::from_secs(10);

/// Sends requests to an object store over the same TLS as those to providers: the system's roots, rustls. For the
/// builders of `object_store`.
#[derive(Clone, Debug)]
pub struct Connector(reqwest::Client);

impl Connector {
    /// Returns a connector with a client of its own.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: the system has no roots.
    pub fn new() -> Result<Self> {
        let failed = |why: &dyn std::fmt::Display| {
            Error::new(
                ErrorKind::Journal,
                format!("TLS to the journal cannot be set up: {why}"),
            )
        };
        let verifier = server_verifier(&[]).map_err(|why| failed(&why))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|why| failed(&why))?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(REQUEST)
            .build();
        Ok(Self(client.map_err(|why| failed(&why))?))
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Connector {
    async fn call(&self, request: HttpRequest) -> std::result::Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let url = parts.uri.to_string();
        let url = url
            .parse()
            .map_err(|why| HttpError::new(HttpErrorKind::Request, InvalidUrl(format!("{why}"))))?;
        let mut request = reqwest::Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        let body = body.collect().await?.to_bytes();
        if !body.is_empty() {
            *request.body_mut() = Some(body.into());
        }
        let response = self.0.execute(request).await.map_err(failed)?;
        let mut answer = http::Response::builder().status(response.status());
        if let Some(headers) = answer.headers_mut() {
            *headers = response.headers().clone();
        }
        let bytes = response.bytes().await.map_err(failed)?;
        answer
            .body(bytes.into())
            .map_err(|why| HttpError::new(HttpErrorKind::Decode, why))
    }
}

#[derive(Debug)]
struct InvalidUrl(String);

impl std::fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidUrl {}

/// Every request here can be repeated: what was lost is sent again.
fn failed(why: reqwest::Error) -> HttpError {
    let kind = if why.is_timeout() {
        HttpErrorKind::Timeout
    } else if why.is_connect() {
        HttpErrorKind::Connect
    } else {
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind, why)
}
