//! Memory that held a secret: overwritten when the secret is dropped. Looks into this process's own memory, as
//! Linux shows it; the only test of its binary, so that nothing else is going on.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml only knows #[test] functions, not what they share"
)]

use certfleet_http::{
    BoxFuture, Class, Expect, FieldStyle, Form, Method, Operation, RawResponse, Request,
    RequestBuilder, Secret, SendError, Session, Transport,
};
use certfleet_patchworks::{Client, Credentials};
use certfleet_tests::Reply;
use serde::Serialize;
use std::{fs, os::unix::fs::FileExt, sync::Arc, time::Duration};

/// How many characters the made-up secret has.
const LENGTH: usize = 48;

/// What its characters are mixed with here, so that this program holds it in no other place.
const MASK: u8 = 0xa5;

/// The character of this number, mixed.
fn mixed(index: usize) -> u8 {
    (b'a' + (index * 7 % 26) as u8) ^ MASK
}

/// A new copy of the secret, with room for so many characters more.
fn made(room: usize) -> String {
    let mut text = String::with_capacity(LENGTH + room);
    text.extend((0..LENGTH).map(|index| char::from(mixed(index) ^ MASK)));
    text
}

/// Looks through the memory that this process can write to, but for its own buffer: what is read is a copy too.
struct Search(Vec<u8>);

impl Search {
    /// How often the secret stands there.
    fn copies(&mut self) -> usize {
        let buffer = &mut self.0;
        let own = buffer.as_ptr().addr();
        let own = own..own + buffer.len();
        let memory = fs::File::open("/proc/self/mem").unwrap();
        let mut found = 0;
        for line in fs::read_to_string("/proc/self/maps").unwrap().lines() {
            let mut words = line.split_whitespace();
            let (range, rights) = (words.next().unwrap(), words.next().unwrap());
            if !rights.starts_with("rw") {
                continue;
            }
            let (from, to) = range.split_once('-').unwrap();
            let number = |text| usize::from_str_radix(text, 16).unwrap();
            let (mut at, end) = (number(from), number(to));
            while at + LENGTH <= end {
                let size = buffer.len().min(end - at);
                let Ok(read) = memory.read_at(&mut buffer[..size], at as u64) else {
                    break;
                };
                let is_it = |part: &[u8]| (0..LENGTH).all(|i| part[i] ^ MASK == mixed(i));
                let parts = buffer[..read].windows(LENGTH).enumerate();
                found += parts
                    .filter(|(offset, part)| is_it(part) && !own.contains(&(at + offset)))
                    .count();
                buffer[..read].fill(0);
                if read < LENGTH {
                    break;
                }
                // What lies across two parts is seen once.
                at += read - (LENGTH - 1);
            }
        }
        found
    }
}

/// Answers everything with a success.
#[derive(Debug)]
struct Fine;

impl Transport for Fine {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        assert!(request.body().len() > LENGTH);
        Box::pin(async { Ok(Reply::json(200, r#"{"data":{"id":1}}"#).answer()) })
    }
}

/// A body whose secret stands before so much else that memory for it would have to grow.
#[derive(Serialize)]
struct Body {
    passphrase: Secret,
    rest: String,
}

#[derive(Serialize)]
struct Outer {
    key: Body,
}

/// The secret at the end of a text: the allocator writes into the beginning of memory that is given back.
fn behind() -> String {
    let mut text = String::with_capacity(LENGTH * 2);
    text.extend(std::iter::repeat_n('-', LENGTH));
    text.extend((0..LENGTH).map(|index| char::from(mixed(index) ^ MASK)));
    text
}

fn body() -> Body {
    Body {
        passphrase: Secret::new(behind()),
        rest: "x".repeat(5_000),
    }
}

static CREATE: Operation = Operation {
    id: "create",
    vendor_id: None,
    method: Method::POST,
    path: "/things",
    class: Class::Create,
    expect: Expect::Json,
    success: &[200],
    statuses: &["200"],
    request_secrets: &["passphrase"],
    response_secrets: &[],
    response_certificates: &[],
};

type Fill = fn(RequestBuilder) -> RequestBuilder;

/// Every way to write a body.
const BODIES: [(&str, Fill); 6] = [
    ("JSON", |request| request.json(&body())),
    ("pairs", |request| request.urlencoded(&body(), &[])),
    ("brackets", |request| {
        request.urlencoded(&Outer { key: body() }, &[("key", FieldStyle::Brackets)])
    }),
    ("commas", |request| {
        request.urlencoded(&Outer { key: body() }, &[("key", FieldStyle::Commas)])
    }),
    ("JSON in a form", |request| {
        request.urlencoded(&Outer { key: body() }, &[("key", FieldStyle::Json)])
    }),
    ("parts", |request| {
        let body = body();
        request.form(
            &Form::new()
                .text("passphrase", behind())
                .text("rest", body.rest),
        )
    }),
];

async fn sent(session: &Session, fill: Fill) {
    let request = fill(session.request(&CREATE)).build().unwrap();
    session.json::<serde_json::Value>(request).await.unwrap();
}

async fn called(client: &Client) {
    let call = client.create_certificate();
    let call = call.body_map(|body| {
        body.certificate("public")
            .passphrase(Some(Secret::new(made(0))))
    });
    call.send().await.unwrap();
}

#[test]
fn secrets_do_not_outlive_their_use() {
    let mut search = Search(vec![0; 1 << 20]);
    assert_eq!(search.copies(), 0, "the secret is somewhere else too");
    let plain = made(0);
    assert_eq!(search.copies(), 1, "the search does not find it");
    drop(Secret::new(plain));
    assert_eq!(search.copies(), 0);

    // However they came by their memory, and however many.
    let many: Vec<_> = (0..1_000).map(|room| Secret::new(made(room))).collect();
    let more = many.clone();
    assert_eq!(search.copies(), 2_000);
    drop(many);
    assert_eq!(search.copies(), 1_000);
    drop(more);
    assert_eq!(search.copies(), 0);

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let session = Client::builder(&Credentials::ApiKey("another".into()))
        .transport(Arc::new(Fine))
        .build()
        .unwrap();
    for (name, fill) in BODIES {
        runtime.block_on(sent(&session, fill));
        assert_eq!(search.copies(), 0, "{name} leaves copies");
    }

    let credentials = Credentials::ApiKey(Secret::new(made(0)));
    let builder = Client::builder(&credentials).transport(Arc::new(Fine));
    drop(credentials);
    let client = Client::from(builder.build().unwrap());
    let held = search.copies();
    runtime.block_on(called(&client));
    // The credential stands in a header, which is the HTTP stack's: one copy may be left, and the next call uses
    // its memory again.
    let after_one = search.copies();
    assert!(after_one <= held + 1, "{held} before, {after_one} after");
    for _ in 0..1_000 {
        runtime.block_on(called(&client));
    }
    assert_eq!(search.copies(), after_one, "calls leave copies");
    drop(client);
    assert!(search.copies() < after_one);
}
