//! One generated client alone, without the facade, over an HTTP client of your own: any tower service will do.
//! Here the innermost service is the sandbox's router; a layer above it notes what is sent.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use axum::body::Body;
use certfleet_openai::{
    Client, Credentials,
    http::{Bytes, ServiceTransport, http::Request},
};
use certfleet_sandbox::{OPENAI_ADMIN_KEY, Provider, Sandbox};
use std::{
    num::NonZeroU64,
    sync::{Arc, mpsc},
};
use tower::ServiceBuilder;

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (noted, requests) = mpsc::channel();
    let service = ServiceBuilder::new()
        .map_request(move |request: Request<Bytes>| {
            let trace = request.headers().get("traceparent").cloned();
            // The receiver may be gone by then, which must not fail the request.
            let _ = noted.send((request.uri().path().to_owned(), trace));
            request.map(Body::from)
        })
        .service(Sandbox::new().router());
    let session = Client::builder(&Credentials::AdminKey(OPENAI_ADMIN_KEY.into()))
        .base_url(format!("http://localhost{}", Provider::OpenAi.base_path()))
        .transport(Arc::new(ServiceTransport::new(service)))
        .build()?;
    let client = Client::from(session).with_header("traceparent", TRACE)?;

    let five = NonZeroU64::new(5).ok_or("five is not zero")?;
    let page = client
        .list_organization_certificates()
        .limit(five)
        .send()
        .await?;
    println!(
        "{}, request {}",
        page.status(),
        page.request_id().unwrap_or("without an id")
    );
    for one in &page.data {
        println!(
            "{} {}",
            one.id,
            one.name.as_deref().unwrap_or("without a name")
        );
    }
    for (path, trace) in requests.try_iter() {
        println!("sent to {path}");
        assert_eq!(path, "/openai/v1/organization/certificates");
        assert_eq!(trace.ok_or("no traceparent")?, TRACE);
    }
    assert_eq!(page.data.len(), 5);
    Ok(())
}
