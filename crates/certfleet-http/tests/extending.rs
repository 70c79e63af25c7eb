//! The doors for a caller's own: headers, settings of the HTTP client, and another transport.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use certfleet_http::{
    Api, Authorization, Bytes, Effect, ErrorKind, Network, Reason, Retry, Secret, ServiceTransport,
    Session, SessionBuilder, Shapes, reqwest,
};
use server::{Server, Then, response};
use std::{io, sync::Arc, task::Poll};
use support::{BEARER, CREATE, READ, TOKEN, builder, call};
use tower::{Service, ServiceBuilder, service_fn};

const JSON: &str = "content-type: application/json\r\n";

async fn answering() -> Server {
    Server::new(Then::Write(response("200 OK", JSON, r#"{"id":"x"}"#))).await
}

fn to(server: &Server, builder: SessionBuilder) -> Session {
    builder
        .base_url(format!("http://{}", server.address))
        .retry(Retry::off())
        .build()
        .unwrap()
}

#[tokio::test]
async fn headers_are_added() {
    let server = answering().await;
    let session = to(&server, builder().header("X-Team", "certificates"));
    let traced = session.with_header("traceparent", "00-4bf9").unwrap();
    let other = traced.with_header("Traceparent", "00-aaaa").unwrap();
    for session in [&session, &traced, &other] {
        call(session, &READ).await.unwrap();
    }
    // What the operation sends itself is not overwritten.
    let operation = session
        .with_header("x-version", "caller")
        .unwrap()
        .request(&READ)
        .path("id", "x")
        .header("x-version", &"operation")
        .build()
        .unwrap();
    let caller = session.with_header("x-version", "caller").unwrap();
    caller.nothing(operation).await.unwrap();

    let seen = server.seen();
    let lines = |request: &str| -> Vec<String> {
        let mut lines: Vec<_> = request
            .lines()
            .filter(|line| {
                ["x-team", "traceparent", "x-version", "authorization"]
                    .iter()
                    .any(|name| line.to_lowercase().starts_with(name))
            })
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    let bearer = format!("authorization: Bearer {TOKEN}");
    let team = "x-team: certificates".to_owned();
    for (request, added) in seen.iter().zip([
        None,
        Some("traceparent: 00-4bf9"),
        Some("traceparent: 00-aaaa"),
        Some("x-version: operation"),
    ]) {
        let mut expected = vec![bearer.clone(), team.clone()];
        expected.extend(added.map(str::to_owned));
        expected.sort();
        assert_eq!(lines(request), expected);
    }
    assert_eq!(seen.len(), 4);
}

#[test]
fn headers_that_certfleet_sets_are_refused() {
    static KEYED: Api = Api {
        provider: "acme",
        title: "Acme",
        version: "1",
        operations: &[],
        shapes: Shapes {
            code: &[],
            message: &[],
            failure: &[],
        },
        request_id_headers: &[],
        unauthenticated: &[],
        capabilities: &[],
        auth: &[certfleet_http::AuthScheme {
            name: "Key",
            bindings: &[certfleet_http::Binding {
                place: certfleet_http::Place::Header,
                name: "x-api-key",
                prefix: "",
            }],
        }],
        default_base_url: Some("https://vendor.example"),
    };
    let builder =
        || SessionBuilder::new(&KEYED, Authorization::new(&BEARER, &[&Secret::new(TOKEN)]));
    let session = builder().build().unwrap();
    for (name, value, why) in [
        ("Authorization", "Bearer x", "certfleet sets it itself"),
        ("X-Api-Key", "x", "certfleet sets it itself"),
        ("content-LENGTH", "1", "certfleet sets it itself"),
        ("user-agent", "me", "certfleet sets it itself"),
        ("two words", "x", "not a valid header name"),
        ("", "x", "not a valid header name"),
        ("x-a", "line\nbreak", "no header can carry"),
    ] {
        for error in [
            session.with_header(name, value).unwrap_err(),
            builder().header(name, value).build().unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Config);
            let text = error.to_string();
            assert!(
                text.contains(why) && !text.contains("break"),
                "{name}: {text}"
            );
        }
    }
}

/// A caller's settings reach both clients, and none of the rules is among them.
#[tokio::test]
async fn the_http_client_is_configured() {
    let moved = response("302 Found", "location: /elsewhere\r\n", "");
    let server = Server::new(Then::Write(moved)).await;
    let network = Network::new().configure(|client| {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("x-client", reqwest::header::HeaderValue::from_static("own"));
        client
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::limited(5))
    });
    let session = to(&server, builder().transport(Arc::new(network)));
    for operation in [&READ, &CREATE] {
        let error = call(&session, operation).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), 302);
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|request| request.contains("x-client: own")));
}

/// `reqwest` as a tower service, below a layer.
fn over_reqwest() -> ServiceTransport<
    impl Service<
        http::Request<Bytes>,
        Response = http::Response<reqwest::Body>,
        Error = reqwest::Error,
        Future: Send,
    > + Clone
    + Send,
> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .tls_backend_preconfigured(no_roots())
        .build()
        .unwrap();
    let service = ServiceBuilder::new()
        .map_request(|mut request: http::Request<Bytes>| {
            let layer = http::HeaderValue::from_static("passed");
            request.headers_mut().insert("x-layer", layer);
            reqwest::Request::try_from(request).unwrap()
        })
        .map_response(http::Response::<reqwest::Body>::from)
        .service(client);
    ServiceTransport::new(service)
}

/// TLS that is not used here.
fn no_roots() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

#[tokio::test]
async fn a_tower_service_carries_the_requests() {
    let server = answering().await;
    let session = to(&server, builder().transport(Arc::new(over_reqwest())));
    let thing = call(&session, &CREATE).await.unwrap();
    assert_eq!(thing.id, "x");
    let seen = server.seen();
    for line in ["x-layer: passed", "accept-encoding: identity", TOKEN] {
        assert!(seen[0].contains(line), "{line}: {}", seen[0]);
    }

    let long = format!(r#"{{"id":"{}"}}"#, "x".repeat(2000));
    let server = Server::new(Then::Write(response("200 OK", JSON, &long))).await;
    let small = builder()
        .transport(Arc::new(over_reqwest()))
        .body_limit(1024);
    let error = call(&to(&server, small), &READ).await.unwrap_err();
    assert_eq!(error.reason(), Some(Reason::TooLarge));

    let server = Server::new(Then::Reset).await;
    let session = to(&server, builder().transport(Arc::new(over_reqwest())));
    let error = call(&session, &CREATE).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);

    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let session = builder()
        .base_url(format!("http://{address}"))
        .transport(Arc::new(over_reqwest()))
        .retry(Retry::off())
        .build()
        .unwrap();
    let error = call(&session, &CREATE).await.unwrap_err();
    assert_eq!(
        (error.effect(), error.reason()),
        (Effect::None, Some(Reason::Connect))
    );
}

/// Whether a failed request may have arrived: what each failure of a service means for a create.
#[tokio::test(start_paused = true)]
async fn what_a_service_says_of_its_failures() {
    use certfleet_http::SendError;
    type BoxError = Box<dyn std::error::Error + Send + Sync>;

    /// Fails before it takes a request, or never becomes ready.
    #[derive(Clone)]
    struct Unready(bool);

    impl Service<http::Request<Bytes>> for Unready {
        type Response = http::Response<String>;
        type Error = BoxError;
        type Future = std::future::Pending<Result<Self::Response, BoxError>>;

        fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<Result<(), BoxError>> {
            if self.0 {
                Poll::Ready(Err("the circuit is open".into()))
            } else {
                Poll::Pending
            }
        }

        fn call(&mut self, _: http::Request<Bytes>) -> Self::Future {
            std::future::pending()
        }
    }

    async fn failing(error: BoxError) -> Result<http::Response<String>, BoxError> {
        Err(error)
    }
    let session = |transport: Arc<dyn certfleet_http::Transport>| {
        builder()
            .base_url("https://vendor.example")
            .transport(transport)
            .retry(Retry::off())
            .build()
            .unwrap()
    };
    let unready = session(Arc::new(ServiceTransport::new(Unready(true))));
    let waiting = session(Arc::new(ServiceTransport::new(Unready(false))));
    let broken = session(Arc::new(ServiceTransport::new(service_fn(|_| {
        failing(io::Error::other("a pipe broke").into())
    }))));
    let told = session(Arc::new(ServiceTransport::new(service_fn(|_| {
        failing(SendError::not_sent("no route").because(Reason::Dns).into())
    }))));
    for (session, effect, reason, word) in [
        (
            &unready,
            Effect::None,
            Reason::Broken,
            "the circuit is open",
        ),
        (&waiting, Effect::None, Reason::Timeout, "not ready in time"),
        (&broken, Effect::Unknown, Reason::Broken, "a pipe broke"),
        (&told, Effect::None, Reason::Dns, "no route"),
    ] {
        let error = call(session, &CREATE).await.unwrap_err();
        assert_eq!((error.effect(), error.reason()), (effect, Some(reason)));
        assert!(error.to_string().contains(word), "{error}");
    }
}
