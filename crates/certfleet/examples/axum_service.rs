//! A web service over a fleet: one handler returns an inventory, another one streams records as they arrive (NDJSON).
//! The requests are answered in process here; `axum::serve(listener, service(fleet))` puts it on a port.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{Request, StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use certfleet::{Fleet, FleetItem, Inventory, ListOptions};
use certfleet_sandbox::Sandbox;
use futures_util::StreamExt;
use tower::ServiceExt;

fn service(fleet: Fleet) -> Router {
    Router::new()
        .route("/inventory", get(inventory))
        .route("/records", get(records))
        .with_state(fleet)
}

/// Everything at once. What could not be read is in the accounts' reports.
async fn inventory(State(fleet): State<Fleet>) -> Result<impl IntoResponse, StatusCode> {
    let inventory = fleet.inventory(ListOptions::default()).await;
    let body = serde_json::to_vec(&inventory).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(CONTENT_TYPE, "application/json")], body))
}

/// A line for each record and each account's end. The listing owns what it reads, so it can be the body, and ends
/// when the client goes away.
async fn records(State(fleet): State<Fleet>) -> impl IntoResponse {
    let lines = fleet.list(ListOptions::default()).map(|item| line(&item));
    let body = Body::from_stream(lines);
    ([(CONTENT_TYPE, "application/x-ndjson")], body)
}

fn line(item: &FleetItem) -> serde_json::Result<String> {
    let text = match item {
        FleetItem::Certificate(certificate) => serde_json::to_string(certificate)?,
        FleetItem::Ended(report) => serde_json::to_string(report)?,
        _ => return Ok(String::new()),
    };
    Ok(format!("{text}\n"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = service(Sandbox::new().fleet()?);
    let mut bodies = Vec::new();
    for path in ["/inventory", "/records"] {
        let request = Request::get(path).body(Body::empty())?;
        let answer = service.clone().oneshot(request).await?;
        println!("GET {path}: {} {:?}", answer.status(), answer.headers());
        bodies.push(to_bytes(answer.into_body(), 1 << 20).await?);
    }
    let inventory: Inventory = serde_json::from_slice(&bodies.remove(0))?;
    let (records, accounts) = (inventory.certificates.len(), inventory.accounts.len());
    let lines = bodies.remove(0).split(|byte| *byte == b'\n').count() - 1;
    println!("{records} certificates of {accounts} accounts, {lines} lines");
    assert!(inventory.is_complete() && records > 0);
    assert_eq!(lines, records + accounts);
    Ok(())
}
