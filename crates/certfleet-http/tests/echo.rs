//! A vendor that repeats the secrets of a request wherever an answer has a place for text.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "another test uses the rest")]
mod support;

use certfleet_http::{
    Attempt, AuthScheme, Authorization, Binding, BoxFuture, Call, Error, HeaderMap, Observer,
    Place, RawResponse, Reason, Request, Retry, Secret, SendError, Session, SessionBuilder,
    StatusCode, Transport,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use support::{API, CREATE, call};

/// Mixed case, as real ones are, and longer than any word of a message that is shortened.
const TOKEN: &str =
    "CanaryToken-4711-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz-CanaryEnd";

static BEARER: AuthScheme = AuthScheme {
    name: "Token",
    bindings: &[Binding {
        place: Place::Header,
        name: "authorization",
        prefix: "Bearer ",
    }],
};

#[derive(Debug)]
struct Echo(Mutex<Vec<Result<RawResponse, SendError>>>);

impl Transport for Echo {
    fn send<'a>(
        &'a self,
        _: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        let answer = self.0.lock().unwrap().pop().unwrap();
        Box::pin(async move { answer })
    }
}

/// Keeps what an observer is told.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<String>>);

impl Observer for Told {
    fn ended(&self, call: &Call) {
        self.0.lock().unwrap().push(format!("{call:?}"));
    }

    fn attempted(&self, attempt: &Attempt) {
        self.0.lock().unwrap().push(format!("{attempt:?}"));
    }
}

fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> RawResponse {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    RawResponse {
        status: StatusCode::from_u16(status).unwrap(),
        headers: map,
        body: body.to_owned().into(),
    }
}

fn session(answer: Result<RawResponse, SendError>, told: &Arc<Told>) -> Session {
    let authorization = Authorization::new(&BEARER, &[&Secret::new(TOKEN)]);
    SessionBuilder::new(&API, authorization)
        .base_url("http://localhost")
        .transport(Arc::new(Echo(Mutex::new(vec![answer]))))
        .observer(told.clone())
        .retry(Retry::off())
        .build()
        .unwrap()
}

/// No text of an error, of whatever it keeps, and of what is recorded holds a part of the token.
fn check(place: &str, error: &Error, told: &Told) {
    let body = error.body().map(|body| String::from_utf8_lossy(body));
    let texts = [
        error.to_string(),
        format!("{error:?}"),
        error.detail().to_owned(),
        format!("{:?}", error.vendor()),
        format!("{:?}", error.request_id()),
        format!("{:?}", error.headers()),
        format!("{body:?}"),
        told.0.lock().unwrap().join("\n"),
    ];
    for text in texts {
        let text = text.to_lowercase();
        assert!(!text.contains("canary"), "{place}: {text}");
        assert!(!text.contains("abcdefghij"), "{place}: {text}");
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_token_in_any_header_of_any_answer_stays_there() {
    let names = [
        "content-type",
        "content-encoding",
        "x-request-id",
        "location",
        "retry-after",
        "www-authenticate",
        "server",
        "set-cookie",
        "date",
        "x-ratelimit-reset",
        "transfer-encoding",
    ];
    let bodies = [
        "",
        "<p>no</p>",
        r#"{"message":"no","code":"E1"}"#,
        r#"{"success":false}"#,
        r#"{"id":7}"#,
        r#"{"id":"a"}"#,
    ];
    let upper = TOKEN.to_owned();
    for name in names {
        for value in [
            upper.clone(),
            format!("text/{TOKEN}; charset=utf-8"),
            format!("{TOKEN}/html"),
            format!("a b {TOKEN}"),
            format!("x{}", TOKEN),
        ] {
            for status in [
                200, 201, 204, 301, 307, 400, 401, 403, 404, 408, 429, 500, 503,
            ] {
                for body in bodies {
                    let mut headers = vec![(name, value.as_str())];
                    if name != "content-type" {
                        headers.push(JSON);
                    }
                    let told = Arc::default();
                    let session = session(Ok(answer(status, &headers, body)), &told);
                    if let Err(error) = call(&session, &CREATE).await {
                        check(&format!("{name}, {status}, {body}"), &error, &told);
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_token_in_any_text_of_a_body_stays_there() {
    let bodies = [
        format!(r#"{{"message":"{TOKEN}","code":"{TOKEN}"}}"#),
        format!(r#"{{"success":false,"message":"{TOKEN}","code":"{TOKEN}"}}"#),
        format!(r#"{{"{TOKEN}":1,"id":7}}"#),
        format!(r#"{{"id":{{"{TOKEN}":[1]}}}}"#),
        format!(r#"{{"id":"{TOKEN}","success":"{TOKEN}"}}"#),
        format!(r#"["{TOKEN}"]"#),
        format!("<p>{TOKEN}</p>"),
        TOKEN.to_owned(),
    ];
    for body in &bodies {
        for status in [200, 201, 302, 400, 401, 500] {
            for content_type in ["application/json", "text/html"] {
                let told = Arc::default();
                let answer = answer(status, &[("content-type", content_type)], body);
                let session = session(Ok(answer), &told);
                let error = call(&session, &CREATE).await.unwrap_err();
                check(&format!("{status}, {content_type}, {body}"), &error, &told);
            }
        }
    }
}

#[tokio::test]
async fn a_token_in_what_a_transport_says_stays_there() {
    let head = || answer(502, &[("server", TOKEN), ("x-request-id", TOKEN)], TOKEN);
    let failures: [fn(String) -> SendError; 3] = [
        |what| SendError::not_sent(what),
        |what| SendError::maybe_sent(what),
        |what| SendError::maybe_sent(what).because(Reason::TooLarge),
    ];
    for failure in failures {
        for with_head in [false, true] {
            let mut failure = failure(format!("proxy said {TOKEN}"));
            if with_head {
                failure = failure.after(head());
            }
            let told = Arc::default();
            let session = session(Err(failure), &told);
            let error = call(&session, &CREATE).await.unwrap_err();
            check(&format!("{with_head}"), &error, &told);
        }
    }
}

/// An error that is made of a success later, with the vendor's own words.
#[tokio::test]
async fn a_token_in_a_success_that_makes_no_sense_stays_there() {
    let told = Arc::default();
    let answer = answer(
        200,
        &[JSON, ("x-request-id", TOKEN), ("server", TOKEN)],
        &format!(r#"{{"id":"{TOKEN}"}}"#),
    );
    let session = session(Ok(answer), &told);
    let (thing, parts) = call(&session, &CREATE).await.unwrap().into_parts();
    let error = parts.unreadable(format!("its state is {}", thing.id));
    assert!(
        error.detail().ends_with("its state is [redacted]"),
        "{error}"
    );
    check("unreadable", &error, &told);
}
