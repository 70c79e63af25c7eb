//! Listings in pages: complete or an error, never short, never endless.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "test code outside #[test] functions, which are all that clippy.toml knows"
)]

use certfleet::{
    Certificate, Connection, ErrorKind, ListOptions, Result,
    adapter::Provider,
    apinizer::{self, Apinizer},
    cloudflare::{self, Cloudflare},
    openai::{self, OpenAi},
    patchworks::{self, Patchworks},
};
use certfleet_tests::Scripted;
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use std::sync::Arc;

fn connection(script: &Scripted) -> Connection {
    Connection::default()
        .base_url("http://localhost")
        .transport(Arc::new(script.clone()))
}

async fn listed(provider: impl Provider) -> Result<Vec<Certificate>> {
    provider.list(ListOptions::default()).try_collect().await
}

fn openai(script: &Scripted) -> OpenAi {
    OpenAi::new(
        "a",
        openai::Credentials::AdminKey("k".into()),
        vec![],
        connection(script),
    )
    .unwrap()
}

fn patchworks(script: &Scripted) -> Patchworks {
    Patchworks::new(
        "a",
        patchworks::Credentials::ApiKey("k".into()),
        connection(script),
    )
    .unwrap()
}

/// A page of OpenAI certificates with these ids.
fn cursor_page(ids: &[&str], has_more: bool, last_id: Value) -> String {
    let data: Vec<Value> = ids
        .iter()
        .map(|id| {
            json!({"object": "organization.certificate", "id": id, "name": null, "active": true,
                   "created_at": 1, "certificate_details": {}})
        })
        .collect();
    json!({"object": "list", "data": data, "has_more": has_more, "first_id": null, "last_id": last_id}).to_string()
}

/// A page of Patchworks connectors, each with a certificate of the same id.
fn numbered_page(ids: &[i64], meta: Value) -> String {
    let data: Vec<Value> = ids
        .iter()
        .map(|id| json!({"id": id, "certificate": {"id": id, "name": "n"}}))
        .collect();
    json!({"data": data, "meta": meta}).to_string()
}

#[tokio::test]
async fn cursor_pages_are_followed_to_their_end() {
    let script = Scripted::new(|number, _| {
        (
            200,
            match number {
                0 => cursor_page(&["a", "b"], true, json!("b")),
                // Without a last_id the page goes on behind its last item; a repeated item counts once.
                1 => cursor_page(&["b", "c"], true, Value::Null),
                _ => cursor_page(&["d"], false, json!("d")),
            },
        )
    });
    let ids: Vec<String> = listed(openai(&script))
        .await
        .unwrap()
        .into_iter()
        .map(|c| c.id.native)
        .collect();
    assert_eq!(ids, ["a", "b", "c", "d"]);
    assert_eq!(
        script.asked(),
        [
            "GET /organization/certificates?limit=100",
            "GET /organization/certificates?after=b&limit=100",
            "GET /organization/certificates?after=c&limit=100",
        ]
    );
}

#[tokio::test]
async fn cursor_pages_that_do_not_end() {
    type Page = fn(usize) -> String;
    let rows: [(&str, Page, usize, &str); 6] = [
        (
            "the same page",
            |_| cursor_page(&["a"], true, json!("a")),
            2,
            "leads back",
        ),
        (
            "a circle of three",
            |n| {
                let id = ["a", "b", "c"][n % 3];
                cursor_page(&[id], true, json!(id))
            },
            4,
            "leads back",
        ),
        (
            "an empty page",
            |_| cursor_page(&[], true, json!("a")),
            1,
            "nothing new",
        ),
        (
            "the same items behind ever new cursors",
            |n| cursor_page(&["a"], true, json!(format!("c{n}"))),
            2,
            "nothing new",
        ),
        (
            "no cursor",
            |_| cursor_page(&["a"], true, json!("")),
            1,
            "not where",
        ),
        (
            "ever new pages",
            |n| {
                let id = format!("c{n}");
                cursor_page(&[&id], true, json!(id))
            },
            1000,
            "there are more",
        ),
    ];
    for (name, page, asked, word) in rows {
        let script = Scripted::new(move |number, _| (200, page(number)));
        let error = listed(openai(&script)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{name}: {error}");
        assert!(error.to_string().contains(word), "{name}: {error}");
        assert_eq!(script.asked().len(), asked, "{name}");
    }
}

#[tokio::test]
async fn a_page_that_fails_ends_the_listing_with_its_error() {
    let script = Scripted::new(|number, _| match number {
        0 => (200, cursor_page(&["a"], true, json!("a"))),
        _ => (
            500,
            r#"{"error":{"message":"broken","type":"server_error","code":null,"param":null}}"#
                .to_owned(),
        ),
    });
    let adapter = openai(&script);
    let mut certificates = adapter.list(ListOptions::default());
    assert!(certificates.try_next().await.unwrap().is_some());
    let error = certificates.try_next().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Provider, Some(500))
    );
    assert_eq!(
        (error.code(), error.request_id()),
        (Some("server_error"), Some("req_test"))
    );
    assert!(certificates.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn numbered_pages() {
    let script = Scripted::new(|number, _| {
        let meta = json!({"current_page": number + 1, "last_page": 3, "total": 5});
        (
            200,
            match number {
                0 => numbered_page(&[1, 2], meta),
                1 => numbered_page(&[3, 4], meta),
                _ => numbered_page(&[5], meta),
            },
        )
    });
    assert_eq!(listed(patchworks(&script)).await.unwrap().len(), 5);
    assert_eq!(
        script.asked()[2],
        "GET /api/v1/connectors?include=certificate&page=3&per_page=100"
    );

    for (name, pages, word) in [
        (
            "fewer than announced",
            vec![numbered_page(&[1], json!({"last_page": 1, "total": 2}))],
            "2 were announced and 1 came",
        ),
        (
            "an empty page before the last",
            vec![numbered_page(&[], json!({"last_page": 2}))],
            "nothing new",
        ),
        (
            "the same page under every number",
            vec![numbered_page(&[1, 2], json!({"last_page": 5}))],
            "page 2 has nothing new",
        ),
        (
            "no data",
            vec![json!({"data": null}).to_string()],
            "no data",
        ),
    ] {
        let script =
            Scripted::new(move |number, _| (200, pages[number.min(pages.len() - 1)].clone()));
        let error = listed(patchworks(&script)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{name}: {error}");
        assert!(error.to_string().contains(word), "{name}: {error}");
    }
}

#[tokio::test]
async fn without_counts_a_full_page_is_not_the_last() {
    let script = Scripted::new(|number, _| {
        let ids: Vec<i64> = match number {
            0 => (0..100).collect(),
            _ => (100..130).collect(),
        };
        (200, numbered_page(&ids, Value::Null))
    });
    assert_eq!(listed(patchworks(&script)).await.unwrap().len(), 130);
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test]
async fn lists_in_one_answer() {
    let cloudflare = |body: &str| {
        Cloudflare::new(
            "a",
            cloudflare::Credentials::ApiToken("k".into()),
            "acc",
            connection(&Scripted::always(200, body)),
        )
        .unwrap()
    };
    let apinizer = |body: &str| {
        Apinizer::new(
            "a",
            apinizer::Credentials::AccessToken("k".into()),
            "p",
            connection(&Scripted::always(200, body)),
        )
        .unwrap()
    };
    let envelope = |rest: &str| format!(r#"{{"success":true,"errors":[],"messages":[]{rest}}}"#);
    for (name, result, word) in [
        ("cloudflare: no result", listed(cloudflare(&envelope(""))).await, "has no result"),
        ("cloudflare: short", listed(cloudflare(&envelope(r#","result":[{"id":"a"}],"result_info":{"total_count":2}"#))).await, "is short"),
        ("cloudflare: failed", listed(cloudflare(r#"{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}"#)).await, "Authentication error (code 10000)"),
        ("apinizer: no list", listed(apinizer(r#"{"status":"SUCCESS"}"#)).await, "no resultList"),
        ("apinizer: short", listed(apinizer(r#"{"status":"SUCCESS","resultList":[{"name":"a"}],"resultCount":2}"#)).await, "is short"),
        ("apinizer: failed", listed(apinizer(r#"{"status":"FAILURE","resultMessage":"Project (name: p) is not found!"}"#)).await, "is not found!"),
    ] {
        let error = result.expect_err(name);
        assert!(error.to_string().contains(word), "{name}: {error}");
    }
    for (name, result, count) in [
        (
            "cloudflare: null",
            listed(cloudflare(&envelope(r#","result":null"#))).await,
            0,
        ),
        (
            "cloudflare: empty",
            listed(cloudflare(&envelope(r#","result":[]"#))).await,
            0,
        ),
        (
            "apinizer: empty",
            listed(apinizer(
                r#"{"status":"SUCCESS","resultList":[],"resultCount":0}"#,
            ))
            .await,
            0,
        ),
        (
            "apinizer: empty, left out",
            listed(apinizer(r#"{"success":true,"resultCount":0}"#)).await,
            0,
        ),
        (
            "apinizer: one",
            listed(apinizer(r#"{"success":true,"resultList":[{"name":"a"}]}"#)).await,
            1,
        ),
    ] {
        assert_eq!(result.expect(name).len(), count, "{name}");
    }
}

/// What has no address is counted and described, and the rest is listed.
#[tokio::test]
async fn records_without_an_address() {
    async fn unread(provider: impl Provider) -> (usize, Vec<String>) {
        let listing = provider.list(ListOptions::default());
        let notes = listing.notes();
        let listed: Vec<_> = listing.try_collect().await.unwrap();
        let warnings = notes.warnings().into_iter();
        assert_eq!(notes.unidentified(), warnings.len());
        (listed.len(), warnings.map(|one| one.message).collect())
    }
    let of_patchworks = |page: Value| patchworks(&Scripted::always(200, &page.to_string()));
    let token = cloudflare::Credentials::ApiToken("k".into());
    let body = r#"{"success":true,"errors":[],"messages":[],"result":[{"id":"a"},{}]}"#;
    let of_cloudflare =
        Cloudflare::new("a", token, "acc", connection(&Scripted::always(200, body))).unwrap();
    let token = apinizer::Credentials::AccessToken("k".into());
    let body = r#"{"status":"SUCCESS","resultList":[{"description":"d"}]}"#;
    let of_apinizer =
        Apinizer::new("a", token, "p", connection(&Scripted::always(200, body))).unwrap();
    for ((count, messages), listed, message) in [
        (
            unread(of_patchworks(json!({"data": [{"name": "x"}]}))).await,
            0,
            "page 1: data[0] could not be read: the connector has no id",
        ),
        (
            unread(of_patchworks(
                json!({"data": [{"id": 1, "certificate": {"name": "x"}}]}),
            ))
            .await,
            0,
            "page 1: data[0].certificate could not be read: it has no id",
        ),
        (
            unread(of_cloudflare).await,
            1,
            "result[1] could not be read: it has no id",
        ),
        (
            unread(of_apinizer).await,
            0,
            "resultList[0] could not be read: it has no name",
        ),
    ] {
        assert_eq!((count, messages), (listed, vec![message.to_owned()]));
    }
}
