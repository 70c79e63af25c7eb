//! CPU time of listing 10,000 certificates through the facade, against a loop written by hand on the
//! same HTTP stack, in the same run. `cargo bench -p certfleet` prints medians and their ratio.
//!
//! The vendor is a process of its own, so that its time does not count. CPU time is read from
//! `/proc/self/schedstat`, so this runs on Linux only.
//!
//! `cargo bench -p certfleet -- once facade` runs once whatever has that in its name, to be counted from outside: under
//! `valgrind --tool=callgrind`, whose instructions do not depend on what else the machine does.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark"
)]

use certfleet::{Connection, ContentFetch, ListOptions, adapter::Provider, cloudflare, openai};
use futures_util::TryStreamExt;
use serde::Deserialize;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const CERTIFICATES: usize = 10_000;
const PAGE: usize = 100;
const ROUNDS: usize = 15;

/// A certificate that every record of Cloudflare's list carries.
const PEM: &str = include_str!("certificate.pem");

fn main() {
    if std::env::args().any(|argument| argument == "serve") {
        return serve();
    }
    let mut server = Server(
        Command::new(std::env::current_exe().unwrap())
            .arg("serve")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut base = String::new();
    BufReader::new(server.0.stdout.take().unwrap())
        .read_line(&mut base)
        .unwrap();
    measure(base.trim());
}

/// The vendor's process, ended with the benchmark however that ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn measure(base: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // Without a provider reqwest builds no client, not even one that never speaks TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .http1_only()
        .tls_certs_only([])
        .build();
    let client = client.unwrap();
    let connection = || Connection::default().base_url(base);
    let openai = openai::OpenAi::new(
        "bench",
        openai::Credentials::AdminKey("key".into()),
        vec![],
        connection(),
    )
    .unwrap();
    let cloudflare = cloudflare::Cloudflare::new(
        "bench",
        cloudflare::Credentials::ApiToken("token".into()),
        "account",
        connection(),
    )
    .unwrap();
    let listed = |provider: &dyn Provider, content| {
        runtime.block_on(async {
            let mut certificates = provider.list(ListOptions::content(content));
            let mut count = 0;
            while certificates.try_next().await.unwrap().is_some() {
                count += 1;
            }
            assert_eq!(count, CERTIFICATES);
        });
    };

    let by_hand_openai = || runtime.block_on(by_hand_openai(&client, base));
    let by_hand_cloudflare = || runtime.block_on(by_hand_cloudflare(&client, base));
    compare(
        "OpenAI, 100 pages",
        &by_hand_openai,
        &[("facade", &|| listed(&openai, ContentFetch::Included))],
    );
    compare(
        "Cloudflare, one answer with PEM",
        &by_hand_cloudflare,
        &[
            ("facade, contents left unread", &|| {
                listed(&cloudflare, ContentFetch::Skip)
            }),
            ("facade, X.509 of each read", &|| {
                listed(&cloudflare, ContentFetch::Included)
            }),
        ],
    );
}

type Run<'a> = &'a dyn Fn();

/// Runs the floor and its rivals by turns and prints medians.
fn compare(name: &str, floor: Run<'_>, rivals: &[(&str, Run<'_>)]) {
    if let Some(only) = std::env::args().skip_while(|word| word != "once").nth(1) {
        for (rival, run) in std::iter::once(&("by hand", floor)).chain(rivals) {
            if format!("{name}: {rival}").contains(&only) {
                run();
            }
        }
        return;
    }
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); rivals.len() + 1];
    floor();
    for _ in 0..ROUNDS {
        for (times, run) in times
            .iter_mut()
            .zip(std::iter::once(floor).chain(rivals.iter().map(|(_, run)| *run)))
        {
            let before = cpu_seconds();
            run();
            times.push(cpu_seconds() - before);
        }
    }
    let mut medians = times.iter_mut().map(|times| {
        times.sort_by(f64::total_cmp);
        times.get(ROUNDS / 2).copied().unwrap_or_default()
    });
    let floor = medians.next().unwrap_or_default();
    println!("{name}: {CERTIFICATES} certificates, medians of {ROUNDS} rounds");
    println!("  by hand: {:.1} ms CPU", floor * 1e3);
    for ((rival, _), median) in rivals.iter().zip(medians) {
        println!(
            "  {rival}: {:.1} ms CPU, {:.2} of by hand",
            median * 1e3,
            median / floor
        );
    }
}

/// CPU time of this thread, which is the only one that works.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let nanoseconds: f64 = text.split(' ').next().unwrap().parse().unwrap();
    nanoseconds / 1e9
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded for the time it takes")]
struct CursorPage {
    data: Vec<OpenAiCertificate>,
    has_more: bool,
    last_id: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded for the time it takes")]
struct OpenAiCertificate {
    object: String,
    id: String,
    name: Option<String>,
    active: bool,
    created_at: i64,
    certificate_details: Validity,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded for the time it takes")]
struct Validity {
    valid_at: Option<i64>,
    expires_at: Option<i64>,
}

async fn by_hand_openai(client: &reqwest::Client, base: &str) {
    let mut after = String::new();
    let mut count = 0;
    loop {
        let url = format!("{base}/organization/certificates?limit=100{after}");
        let body = client
            .get(url)
            .header("authorization", "Bearer key")
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        let page: CursorPage = serde_json::from_slice(&body).unwrap();
        count += page.data.len();
        if !page.has_more {
            break;
        }
        after = format!("&after={}", page.last_id.unwrap());
    }
    assert_eq!(count, CERTIFICATES);
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded for the time it takes")]
struct Envelope {
    success: bool,
    result: Vec<GatewayCertificate>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded for the time it takes")]
struct GatewayCertificate {
    id: String,
    binding_status: String,
    certificate: String,
    created_at: chrono::DateTime<chrono::Utc>,
    expires_on: chrono::DateTime<chrono::Utc>,
    fingerprint: String,
    in_use: bool,
    issuer_org: String,
    issuer_raw: String,
    r#type: String,
    updated_at: chrono::DateTime<chrono::Utc>,
    uploaded_on: chrono::DateTime<chrono::Utc>,
}

async fn by_hand_cloudflare(client: &reqwest::Client, base: &str) {
    let url = format!("{base}/accounts/account/gateway/certificates");
    let body = client
        .get(url)
        .header("authorization", "Bearer token")
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let page: Envelope = serde_json::from_slice(&body).unwrap();
    assert_eq!(page.result.len(), CERTIFICATES);
}

/// The vendor: prints its address, then answers until it is killed.
fn serve() {
    let pages: Vec<String> = (0..CERTIFICATES / PAGE).map(openai_page).collect();
    let gateway = gateway();
    let (pages, gateway): (&'static [String], &'static str) = (pages.leak(), gateway.leak());
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            println!("http://{}", listener.local_addr().unwrap());
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // Head and body are two writes: without this each page waits 40 ms for an acknowledgement.
                stream.set_nodelay(true).unwrap();
                tokio::spawn(connection(stream, pages, gateway));
            }
        });
}

async fn connection(
    mut stream: tokio::net::TcpStream,
    pages: &'static [String],
    gateway: &'static str,
) {
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(read) if read > 0 => request.extend(chunk.iter().take(read)),
            _ => return,
        }
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        let line = String::from_utf8_lossy(&request).into_owned();
        let line = line.lines().next().unwrap_or_default();
        let body = if line.contains("/gateway/") {
            gateway
        } else {
            // Ids are numbered, so the last of a page says which comes next.
            let next = line
                .split("after=cert_")
                .nth(1)
                .and_then(|rest| {
                    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                    digits.parse::<usize>().ok()
                })
                .map_or(0, |last| (last + 1) / PAGE);
            pages.get(next).map_or("", String::as_str)
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: r\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        if stream.write_all(head.as_bytes()).await.is_err()
            || stream.write_all(body.as_bytes()).await.is_err()
        {
            return;
        }
        request.clear();
    }
}

fn openai_page(number: usize) -> String {
    let items: Vec<String> = (number * PAGE..(number + 1) * PAGE)
        .map(|id| {
            format!(
                r#"{{"object":"organization.certificate","id":"cert_{id:024}","name":"certificate {id}","active":true,"created_at":1790000000,"certificate_details":{{"valid_at":1790000000,"expires_at":1820000000}}}}"#
            )
        })
        .collect();
    let last = (number + 1) * PAGE - 1;
    format!(
        r#"{{"object":"list","data":[{}],"first_id":"cert_{:024}","last_id":"cert_{last:024}","has_more":{}}}"#,
        items.join(","),
        number * PAGE,
        last + 1 < CERTIFICATES
    )
}

fn gateway() -> String {
    let pem = serde_json::to_string(PEM).unwrap();
    let items: Vec<String> = (0..CERTIFICATES)
        .map(|id| {
            format!(
                r#"{{"id":"{id:036}","binding_status":"available","certificate":{pem},"created_at":"2026-01-01T00:00:00.12345Z","expires_on":"2036-01-01T00:00:00Z","fingerprint":"","in_use":false,"issuer_org":"Example","issuer_raw":"O=Example,L=Berlin,C=DE","type":"gateway_managed","updated_at":"2026-01-01T00:00:00.12345Z","uploaded_on":"2026-01-01T00:00:00.12345Z"}}"#
            )
        })
        .collect();
    format!(
        r#"{{"success":true,"errors":[],"messages":[],"result":[{}]}}"#,
        items.join(",")
    )
}
