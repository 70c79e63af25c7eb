//! Every operation against Prism, which knows the documents and nothing of this workspace. Run by
//! scripts/prism.sh.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "test code outside #[test] functions, which are all that clippy.toml knows"
)]

use certfleet_http::{Answer, BoxFuture, Network, Request, SendError, Transport};
use certfleet_sandbox::Provider;
use certfleet_tests::{
    Clients, Keys,
    contract::{generate, operations},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// Notes what Prism found wrong with a request: it says so in a header, or as problem+json.
#[derive(Debug)]
struct Watched(Network, Arc<Mutex<Vec<String>>>);

impl Transport for Watched {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<Answer, SendError>> {
        Box::pin(async move {
            let answer = self.0.send(request, body_limit, deadline).await?;
            let header = |name: &str| {
                answer
                    .headers
                    .get(name)
                    .and_then(|value| value.to_str().ok())
            };
            let problem = header("content-type").is_some_and(|kind| kind.contains("problem+json"));
            if let Some(found) = header("sl-violations").or(problem.then_some("problem+json")) {
                let body = String::from_utf8_lossy(&answer.body);
                self.1
                    .lock()
                    .unwrap()
                    .push(format!("{request:?}: {found} {body}"));
            }
            Ok(answer)
        })
    }
}

#[tokio::test]
#[ignore = "needs Prism: run scripts/prism.sh"]
async fn no_violations() {
    let Ok(urls) = std::env::var("CERTFLEET_PRISM") else {
        return;
    };
    let url = |provider: &str| {
        let named = |one: &&str| one.starts_with(&format!("{provider}="));
        urls.split_whitespace()
            .find(named)
            .and_then(|one| one.split_once('='))
            .expect("an address")
            .1
            .to_owned()
    };
    let violations = Arc::new(Mutex::new(Vec::new()));
    let mut called = 0;
    for client in operations::TABLE {
        let transport = Watched(Network::new(), violations.clone());
        // Prism serves paths without those of the documents' servers.
        let clients = Clients::at(&url(client.provider), |_| "", Arc::new(transport), &keys());
        let outcome = client
            .call(&clients, &generate::plain(client.documented()))
            .await;
        match outcome {
            Ok(answered) => println!("{client:?}: {}", answered.status),
            Err(error) => violations
                .lock()
                .unwrap()
                .push(format!("{client:?}: {error}")),
        }
        called += 1;
    }
    let violations = violations.lock().unwrap();
    println!(
        "prism: {called} operations, {} violations",
        violations.len()
    );
    assert!(violations.is_empty(), "{violations:#?}");
}

fn keys() -> Keys {
    Keys::all(|vendor: Provider| format!("test-key-{vendor}"))
}
