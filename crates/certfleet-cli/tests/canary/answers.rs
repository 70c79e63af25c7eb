//! What vendors may answer that holds what they were sent.

use crate::{
    home::{Secrets, home},
    run::run_all,
    support::{
        canary::escaped,
        server::{Request, Server, Then},
    },
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Runs every command against a server that always does the same.
fn against(
    then: impl Fn(&Request) -> Then + Send + Sync + 'static,
) -> BTreeSet<(&'static str, i32)> {
    let secrets = Secrets::new();
    let server = Server::start(then);
    let place = home(&secrets, |_| server.base());
    let codes = run_all(&place, &secrets, &[]);
    // The secrets did go where they belong: the search had something to find.
    let sent: String = server.seen().iter().map(Request::whole).collect();
    for (name, canary) in &secrets.all()[..4] {
        assert!(canary.found_in(&sent).is_some(), "{name} was never sent");
    }
    codes
}

/// An error body that repeats the whole request, in the place of every vendor's message.
fn echoing(request: &Request) -> Value {
    let all = request.whole();
    let headers: Vec<_> = request
        .headers
        .iter()
        .map(|(_, value)| value.clone())
        .collect();
    let message = format!("cannot take {} of {all}", headers.join(", "));
    json!({
        "error": { "message": message, "type": message, "code": headers.join(" "), "param": all },
        "success": false,
        "status": "FAILURE",
        "errors": [{ "code": 1000, "message": message }],
        "messages": [{ "code": 1000, "message": message }],
        "message": message,
        "resultMessage": message,
        "request": all,
    })
}

/// The headers that a vendor names a request by, with everything it was sent.
pub fn echoing_headers(request: &Request, content_type: &str) -> Vec<(&'static str, String)> {
    let credential = request.header("authorization").unwrap_or_default();
    vec![
        ("content-type", content_type.to_owned()),
        ("x-request-id", credential.to_owned()),
        ("cf-ray", credential.to_owned()),
    ]
}

#[test]
fn refused_with_an_echo() {
    for status in [401, 422, 500] {
        let codes = against(move |request| {
            let body = echoing(request).to_string().into_bytes();
            Then::Answer(status, echoing_headers(request, "application/json"), body)
        });
        assert!(codes.contains(&("list", 5)), "{codes:?}");
    }
}

#[test]
fn refused_with_an_echo_in_other_escapes() {
    let codes = against(|request| {
        let all = escaped(&request.whole());
        let body = format!(
            r#"{{"error":{{"message":"{all}","code":"{all}"}},"success":false,"status":"FAILURE","errors":[{{"code":1,"message":"{all}"}}],"message":"{all}"}}"#
        );
        Then::Answer(
            422,
            echoing_headers(request, "application/json"),
            body.into_bytes(),
        )
    });
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}

#[test]
fn refused_with_a_page() {
    let codes = against(|request| {
        let page = format!("<html><pre>{}</pre>", request.whole()).into_bytes();
        Then::Answer(403, echoing_headers(request, "text/html"), page)
    });
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}

#[test]
fn an_answer_of_another_shape() {
    let codes = against(|request| {
        let all = request.whole();
        let body = json!({
            "object": "list", "success": true, "status": "SUCCESS", "has_more": all, "current_page": all,
            "data": [{ "id": [all], "type": all }],
            "result": all, "id": { "of": all }, "resultList": [all],
        });
        Then::Answer(
            200,
            echoing_headers(request, "application/json"),
            body.to_string().into_bytes(),
        )
    });
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}

#[test]
fn no_json_at_all() {
    let codes = against(|request| {
        Then::Answer(
            200,
            echoing_headers(request, "application/json"),
            request.whole().into_bytes(),
        )
    });
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}

#[test]
fn a_redirect_with_an_echo() {
    let codes = against(|request| {
        let credential = request.header("authorization").unwrap_or_default();
        let mut headers = echoing_headers(request, "text/plain");
        headers.push(("location", format!("http://127.0.0.1:1/{credential}")));
        Then::Answer(302, headers, request.whole().into_bytes())
    });
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}

#[test]
fn a_lost_connection() {
    let codes = against(|_| Then::Close);
    assert!(codes.contains(&("list", 5)), "{codes:?}");
    let codes = against(|request| Then::Break(request.whole().into_bytes()));
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}
