//! Forms: what is sent, and that their secrets are cut out of what a vendor repeats.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "another test uses the rest")]
mod support;

use certfleet_http::{
    BoxFuture, Bytes, FieldStyle, FilePart, Form, HeaderMap, RawResponse, Request, RequestBuilder,
    SendError, StatusCode, Transport,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use support::{CREATE, PASSPHRASE};

/// Refuses everything, with what was sent in its response.
#[derive(Debug, Default)]
struct Echo(Mutex<Vec<(String, Bytes)>>);

impl Transport for Echo {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        let media_type = request.headers()["content-type"].to_str().unwrap();
        self.0
            .lock()
            .unwrap()
            .push((media_type.to_owned(), request.body().clone()));
        let said = String::from_utf8(request.body().to_vec()).unwrap();
        let response = RawResponse {
            status: StatusCode::BAD_REQUEST,
            headers: HeaderMap::new(),
            body: format!("you sent {PASSPHRASE} in {said}").into(),
        };
        Box::pin(async move { Ok(response) })
    }
}

/// What was sent, and what is kept of a response that repeats it.
async fn sent(fill: impl FnOnce(RequestBuilder) -> RequestBuilder) -> (String, String, String) {
    let echo = Arc::new(Echo::default());
    let session = support::builder()
        .base_url("https://api.example.com")
        .transport(echo.clone())
        .build()
        .unwrap();
    let request = fill(session.request(&CREATE).path("id", "x"))
        .build()
        .unwrap();
    let error = session.json::<support::Thing>(request).await.unwrap_err();
    let kept = format!(
        "{error} {error:?} {}",
        String::from_utf8_lossy(error.body().expect("a body"))
    );
    let (media_type, body) = echo.0.lock().unwrap().remove(0);
    (
        media_type,
        String::from_utf8_lossy(&body).into_owned(),
        kept,
    )
}

#[tokio::test]
async fn secrets_of_forms_are_cut_out() {
    let plain = serde_json::json!({"passphrase": PASSPHRASE, "name": "n"});
    let nested = serde_json::json!({"key": {"passphrase": PASSPHRASE}});
    let beside = serde_json::json!({"key": {"passphrase": PASSPHRASE, "size": 1}});
    let multipart = Form::new()
        .text("name", "n".to_owned())
        .text("passphrase", PASSPHRASE.to_owned());
    let file = Form::new().file(
        "passphrase",
        FilePart::new("key.txt", format!("{PASSPHRASE}\n")),
    );
    let pairs = "application/x-www-form-urlencoded";
    for (media_type, (as_type, body, kept)) in [
        (pairs, sent(|request| request.urlencoded(&plain, &[])).await),
        (
            pairs,
            sent(|request| request.urlencoded(&nested, &[("key", FieldStyle::Brackets)])).await,
        ),
        (
            pairs,
            sent(|request| request.urlencoded(&beside, &[("key", FieldStyle::Commas)])).await,
        ),
        (
            pairs,
            sent(|request| request.urlencoded(&beside, &[("key", FieldStyle::Json)])).await,
        ),
        (
            pairs,
            sent(|request| request.urlencoded(&plain, &[("passphrase", FieldStyle::Json)])).await,
        ),
        (
            "application/json",
            sent(|request| request.json(&beside)).await,
        ),
        (
            "multipart/form-data",
            sent(|request| request.form(&multipart)).await,
        ),
        (
            "multipart/form-data",
            sent(|request| request.form(&file)).await,
        ),
    ] {
        assert!(as_type.starts_with(media_type), "{as_type}");
        assert!(body.contains(PASSPHRASE), "{body}");
        assert!(kept.contains("you sent [redacted]"), "{kept}");
        assert!(!kept.contains("canary"), "{kept}");
    }
}

#[tokio::test]
async fn bytes_are_sent_as_they_are() {
    let (media_type, body, _) =
        sent(|request| request.bytes("text/plain; charset=utf-8", &Bytes::from("a=b&c"))).await;
    assert_eq!(
        (&*media_type, &*body),
        ("text/plain; charset=utf-8", "a=b&c")
    );
}

#[test]
fn what_no_form_holds_is_no_request() {
    let session = support::builder()
        .base_url("https://api.example.com")
        .build()
        .unwrap();
    let error = session
        .request(&CREATE)
        .path("id", "x")
        .urlencoded(&serde_json::json!({"a": {"passphrase": PASSPHRASE}}), &[])
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("a is nested"), "{error}");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
}
