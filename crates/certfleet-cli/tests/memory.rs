//! Hostile answers of every kind: the command's memory stays bounded, and it says what was wrong.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::process::ExitStatusExt as _,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};
use support::{
    Place, Ran,
    server::{Server, Then},
};

/// The most address space of the command, in KiB: 256 MiB.
const MOST: usize = 256 * 1024;

/// Lists an OpenAI account at a port with no more memory than [`MOST`].
fn list(port: u16, settings: &str, arguments: &[&str]) -> Ran {
    let place = Place::new();
    place.write(
        "config.toml",
        &format!(
            "[[account]]\nprovider = \"openai\"\nbase_url = \"http://127.0.0.1:{port}\"\nadmin_key = \"cmd:echo x\"\n{settings}"
        ),
    );
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -v {MOST} && exec \"$@\""), "sh"])
        .arg(env!("CARGO_BIN_EXE_certfleet"))
        .args(["--config", "config.toml", "list"])
        .args(arguments)
        .current_dir(place.0.path())
        .env("HOME", place.0.path())
        .env_remove("CERTFLEET_CONFIG")
        .env_remove("RUST_LOG")
        .output()
        .unwrap();
    assert_eq!(output.status.signal(), None, "{output:?}");
    output.into()
}

fn failed(ran: &Ran, why: &str) {
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert!(ran.stderr.contains(why), "{}", ran.stderr);
}

/// A page of OpenAI's that names the next, of so many records, each with a name of so many bytes.
fn page(number: usize, records: usize, name: usize) -> String {
    let name = "n".repeat(name);
    let records: Vec<_> = (0..records)
        .map(|record| {
            format!(
                r#"{{"object":"x","id":"cert_{number}_{record}","name":"{name}","active":true,"created_at":1,"certificate_details":{{}}}}"#
            )
        })
        .collect();
    let records = records.join(",");
    format!(r#"{{"object":"list","data":[{records}],"has_more":true,"last_id":"p{number}"}}"#)
}

fn endless_pages(records: usize, name: usize) -> Server {
    let number = AtomicUsize::new(0);
    Server::start(move |_| {
        Then::json(
            200,
            page(number.fetch_add(1, Ordering::SeqCst), records, name),
        )
    })
}

#[test]
fn a_huge_failure() {
    let server = Server::start(|_| Then::json(400, format!("[{}0]", "[0],".repeat(15_000_000))));
    failed(&list(server.port, "", &[]), "answered 400");
}

#[test]
fn a_huge_page() {
    for body in [
        format!("[{}0]", "0,".repeat(30_000_000)),
        format!(
            r#"{{"object":"list","has_more":false,"data":[{}{{}}]}}"#,
            "{},".repeat(20_000_000)
        ),
        format!(
            r#"{{"object":"list","has_more":false,"data":[{}0]}}"#,
            "[],".repeat(20_000_000)
        ),
    ] {
        let server = Server::start(move |_| Then::json(200, body.clone()));
        failed(&list(server.port, "", &[]), "JSON values");
    }
    // As many odd records as are read at all.
    let body = format!(
        r#"{{"object":"list","has_more":false,"data":[{}{{}}]}}"#,
        "{},".repeat(130_000)
    );
    let server = Server::start(move |_| Then::json(200, body.clone()));
    failed(
        &list(server.port, "", &[]),
        "could not be read whole: 130001 records",
    );
}

/// What a listing may take in all is bounded by the account's limits, here lower than the default ones: an
/// unoptimised build reads slowly.
#[test]
fn endless_pages_end_by_their_sum() {
    for form in ["ndjson", "table"] {
        let large = endless_pages(100, 20_000);
        failed(
            &list(
                large.port,
                "listing_bytes = 20000000\n",
                &["--output", form],
            ),
            "more than 20000000 bytes in all",
        );
    }
    let small = endless_pages(1_000, 1);
    failed(
        &list(small.port, "listing_records = 20000\n", &[]),
        "more than 20000 records in all",
    );
}

/// More informational answers than would fit. That without an end they end by the deadline is tested in
/// certfleet-http.
#[test]
fn informational_answers_without_an_answer() {
    let piece = b"HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n".repeat(1_000);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4096]);
            for _ in 0..200 {
                if stream.write_all(&piece).is_err() {
                    break;
                }
            }
        }
    });
    failed(&list(port, "", &[]), "the connection broke");
}
