//! What is true of the sandbox as a whole.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests fail tests"
)]

mod support;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use certfleet_sandbox::{
    Clock, Credential, OPENAI_ADMIN_KEY, Provider, Sample, Sandbox, Scope, operations,
};
use http::{Method, Request};
use serde_json::Value;
use support::{Client, sandbox, start};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Everything that can be read, as bytes.
async fn everything(sandbox: &Sandbox) -> Vec<Bytes> {
    let mut all = Vec::new();
    for account in sandbox.accounts() {
        let client = Client::new(sandbox, account.name);
        let lists = match account.scope {
            Scope::Organization { projects, .. } => {
                let project = |(id, _): &(&str, &str)| {
                    format!("/organization/projects/{id}/certificates?limit=100")
                };
                projects
                    .iter()
                    .map(project)
                    .chain(["/organization/certificates?limit=100".to_owned()])
                    .collect()
            }
            Scope::Account { id } => vec![format!("/accounts/{id}/gateway/certificates")],
            Scope::Company { .. } => vec!["/api/v1/connectors?include=certificate".to_owned()],
            Scope::Project { name, .. } => vec![format!("/apiops/projects/{name}/certificates/")],
            // new-provider: paths of all reads
            other => panic!("unknown scope {other:?}"),
        };
        for list in lists {
            let answer = client.get(&list).await;
            answer.expect(200);
            all.push(answer.body);
        }
    }
    for record in sandbox.snapshot().of(Provider::OpenAi) {
        let client = Client::new(sandbox, "openai");
        all.push(
            client
                .get(&format!(
                    "/organization/certificates/{}?include[]=content",
                    record.id
                ))
                .await
                .body,
        );
    }
    all
}

#[tokio::test]
async fn the_same_seed_and_time_give_the_same_bytes() {
    let one = everything(&sandbox()).await;
    assert_eq!(one, everything(&sandbox()).await);
    let other = Sandbox::builder()
        .seed(8)
        .clock(Clock::fixed(start()))
        .build();
    assert_ne!(one, everything(&other).await);
}

/// The vendors whose numbers are stated here.
const FOUR: [Provider; 4] = [
    Provider::OpenAi,
    Provider::Cloudflare,
    Provider::Patchworks,
    Provider::Apinizer,
];

#[test]
fn operations_have_their_own_ids() {
    let all = operations();
    let distinct: BTreeSet<_> = all
        .iter()
        .map(|operation| (operation.provider, operation.id))
        .collect();
    assert_eq!(distinct.len(), all.len());
    let count = |provider| {
        all.iter()
            .filter(|operation| operation.provider == provider)
            .count()
    };
    assert_eq!(FOUR.map(count), [10, 8, 3, 7]);
}

#[test]
fn the_fleet_has_what_it_promises() {
    let snapshot = sandbox().snapshot();
    assert_eq!(
        FOUR.map(|provider| snapshot.count(provider)),
        [15, 11, 7, 8]
    );
    // One certificate is at three vendors.
    let anchor = &snapshot
        .record(Provider::Apinizer, "edge-trust-anchor")
        .unwrap()
        .sha256[0];
    let holders: BTreeSet<Provider> = snapshot
        .records
        .iter()
        .filter(|record| record.sha256.contains(anchor))
        .map(|record| record.provider)
        .collect();
    assert_eq!(holders.len(), 3);
    let unreadable: Vec<_> = snapshot
        .records
        .iter()
        .filter(|record| record.sha256.is_empty())
        .collect();
    assert_eq!(unreadable.len(), 1);
    assert_eq!(unreadable[0].name.as_deref(), Some("warehouse-sftp-client"));
    let chains = snapshot
        .of(Provider::OpenAi)
        .filter(|record| record.sha256.len() == 2)
        .count();
    assert_eq!(chains, 1);
    // Otherwise every content is its own.
    let ids: BTreeSet<_> = snapshot
        .records
        .iter()
        .map(|record| (record.provider, &record.id))
        .collect();
    assert_eq!(ids.len(), snapshot.records.len());
}

#[tokio::test]
async fn something_always_expires_soon() {
    for time in [
        "2024-02-29T23:59:59Z",
        "2026-06-01T09:30:00Z",
        "2037-12-31T12:00:00Z",
        "2052-01-01T00:00:00Z",
    ] {
        let clock = Clock::fixed(time.parse().unwrap());
        let sandbox = Sandbox::builder().clock(clock.clone()).build();
        let snapshot = sandbox.snapshot();
        let counts = FOUR.map(|provider| snapshot.count(provider));
        assert_eq!(counts, [15, 11, 7, 8], "{time}");
        let body = Client::new(&sandbox, "openai")
            .get("/organization/certificates")
            .await
            .expect(200);
        let left = |one: &Value| {
            one["certificate_details"]["expires_at"].as_i64().unwrap() - clock.now().timestamp()
        };
        let days: Vec<i64> = body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| left(one).div_euclid(86_400))
            .collect();
        assert!(
            days.iter().filter(|days| (0..30).contains(*days)).count() >= 3,
            "{days:?}"
        );
        assert!(
            days.iter().filter(|days| **days < 0).count() >= 2,
            "{days:?}"
        );
    }
}

#[tokio::test]
async fn the_log_tells_what_was_sent() {
    let sandbox = sandbox();
    assert!(sandbox.requests().is_empty());
    let client = Client::new(&sandbox, "openai");
    client.get("/organization/certificates?limit=2").await;
    client.get("/nothing").await;
    let outside = sandbox
        .handle(Request::get("/elsewhere").body(Bytes::new()).unwrap())
        .await;
    assert_eq!(outside.status(), 404);
    let seen = sandbox.requests();
    assert_eq!(
        (seen[0].number, seen[0].operation, seen[0].status.as_u16()),
        (1, Some("listOrganizationCertificates"), 200)
    );
    assert_eq!(
        (seen[0].method.clone(), seen[0].path.as_str()),
        (Method::GET, "/openai/v1/organization/certificates?limit=2")
    );
    assert_eq!(
        (seen[1].operation, seen[1].provider, seen[1].status.as_u16()),
        (None, Some(Provider::OpenAi), 404)
    );
    assert_eq!(seen[2].provider, None);
    sandbox.forget_requests();
    assert!(sandbox.clone().requests().is_empty());
}

#[tokio::test]
async fn every_account_opens_with_each_of_its_credentials() {
    let sandbox = sandbox();
    for account in sandbox.accounts() {
        let client = Client::new(&sandbox, account.name);
        let path = match account.scope {
            Scope::Organization { .. } => "/organization/certificates".to_owned(),
            Scope::Account { id } => format!("/accounts/{id}/gateway/certificates"),
            Scope::Company { .. } => "/api/v1/connectors".to_owned(),
            Scope::Project { name, .. } => format!("/apiops/projects/{name}/certificates/"),
            // new-provider: path of a read
            other => panic!("unknown scope {other:?}"),
        };
        for credential in account.credentials {
            client
                .with_headers(credential.headers())
                .get(&path)
                .await
                .expect(200);
        }
        let refused = client
            .with_headers(account.powerless.headers())
            .get(&path)
            .await
            .status;
        assert!([400, 403].contains(&refused.as_u16()));
        assert!(!matches!(account.powerless, Credential::EmailAndKey { .. }));
    }
}

#[test]
fn clocks_stand_run_and_jump() {
    let fixed = Clock::fixed(start());
    fixed.advance(Duration::from_secs(90));
    assert_eq!((fixed.now() - start()).num_seconds(), 90);
    fixed.advance(Duration::MAX);
    let real = Clock::real();
    let before = real.now();
    real.advance(Duration::from_secs(3600));
    assert!((real.now() - before).num_seconds() >= 3600);
    real.set(start());
    assert_eq!(real.now(), start());
}

#[test]
fn samples_are_made_whatever_is_asked() {
    let sandbox = sandbox();
    for sample in [Sample::Authority, Sample::Client, Sample::ClientChain] {
        for days in [i64::MIN, -800_000, -1, 0, 1, 3_000_000, i64::MAX] {
            let pem = sandbox.sample(sample, "x", days);
            assert_eq!(
                pem.matches("BEGIN").count(),
                if sample == Sample::ClientChain { 2 } else { 1 },
                "{days}"
            );
        }
        assert_eq!(
            sandbox.sample(sample, "x", 9),
            sandbox.sample(sample, "x", 9)
        );
        assert_ne!(
            sandbox.sample(sample, "x", 9),
            sandbox.sample(sample, "y", 9)
        );
    }
}

/// One request over a socket.
async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn it_is_served_on_a_loopback_port() {
    let sandbox = sandbox();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = sandbox.serve(any).await.unwrap();
    let address = server.address();
    assert_eq!(
        server.base_url(Provider::Cloudflare),
        format!("http://{address}/cloudflare/client/v4")
    );
    let request = format!(
        "GET /openai/v1/organization/certificates?limit=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         authorization: Bearer {OPENAI_ADMIN_KEY}\r\n\r\n"
    );
    let answer = exchange(address, &request).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\"object\":\"list\""), "{answer}");
    // Paths arrive as they were sent.
    let request = "GET /apinizer/apiops/projects/Payments/certificates/../ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                   authorization: Bearer sandbox-apinizer-token\r\n\r\n";
    assert!(
        exchange(address, request)
            .await
            .contains("Certificate (name: ..) is not found!")
    );
    // Environments can be made to fail from outside.
    for (names, failing) in [("test, dev", &["dev", "test"][..]), ("", &[])] {
        let request = format!(
            "PUT /control/failing-environments HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{names}",
            names.len()
        );
        let answer = exchange(address, &request).await;
        assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
        let now = sandbox.behaviour().apinizer.failing_environments;
        assert!(now.iter().eq(failing), "{now:?}");
    }
    assert_eq!(sandbox.requests().len(), 2);
    server.stop().await;
    assert!(TcpStream::connect(address).await.is_err());

    let refused = sandbox.serve(SocketAddr::from(([0, 0, 0, 0], 0))).await;
    assert_eq!(
        refused.unwrap_err().kind(),
        std::io::ErrorKind::InvalidInput
    );
}

#[tokio::test]
async fn what_is_received_is_carried_out_before_its_slow_answer() {
    let sandbox = sandbox();
    sandbox.change_behaviour(|behaviour| behaviour.latency = Duration::from_secs(3600));
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = sandbox.serve(any).await.unwrap();
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!(
        "GET /openai/v1/organization/certificates?limit=1 HTTP/1.1\r\nhost: x\r\n\
         authorization: Bearer {OPENAI_ADMIN_KEY}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    while sandbox.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    // A later request is answered before it.
    sandbox.change_behaviour(|behaviour| behaviour.latency = Duration::ZERO);
    let later = request.replace("host: x", "host: x\r\nconnection: close");
    assert!(exchange(server.address(), &later).await.contains("200 OK"));
    let answer = tokio::time::timeout(Duration::ZERO, stream.read_u8()).await;
    assert!(answer.is_err(), "{answer:?}");
}

#[tokio::test]
async fn a_dropped_server_stops() {
    let server = sandbox()
        .serve(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap();
    let address = server.address();
    drop(server);
    // The task ends at its next turn.
    for _ in 0..1000 {
        if TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{address} is still there");
}
