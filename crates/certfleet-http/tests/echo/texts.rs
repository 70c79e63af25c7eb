//! What is said in a header, in a body and by a transport.

use crate::{
    repeated::{READERS, TOKEN, answer, check, read_as, session},
    support::{CREATE, call},
};
use certfleet_http::{Reason, SendError};
use std::sync::Arc;

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

/// Whichever way a success is read, what is not a success, or cannot be read as one, holds no token.
#[tokio::test]
async fn a_token_stays_there_whichever_way_a_success_is_read() {
    for reader in READERS {
        for status in [200, 201, 204, 302, 400, 401, 500] {
            for content_type in ["application/json", "text/html", TOKEN] {
                for coding in ["identity", TOKEN] {
                    let said = format!(r#"{{"id":7,"success":false,"message":"{TOKEN}"}}"#);
                    let headers = [
                        ("content-type", content_type),
                        ("content-encoding", coding),
                        ("location", TOKEN),
                        ("x-request-id", TOKEN),
                    ];
                    let told = Arc::default();
                    let session = session(Ok(answer(status, &headers, &said)), &told);
                    let place = format!("{reader}, {status}, {content_type}, {coding}");
                    match read_as(reader, &session).await {
                        Err(error) => check(&place, &error, &told),
                        Ok(id) => {
                            assert_eq!(id.as_deref(), Some("[redacted]"), "{place}");
                            assert_eq!((status, coding), (200, "identity"), "{place}");
                            assert!(["bytes", "nothing"].contains(&reader), "{place}");
                        }
                    }
                }
            }
        }
    }
}
