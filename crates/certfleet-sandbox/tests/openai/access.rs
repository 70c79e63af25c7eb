//! Keys, rates and paths.

use super::*;

#[tokio::test]
async fn only_the_admin_key_opens_it() {
    let (sandbox, client) = setup();
    let cases = [
        (vec![], 401, Value::Null),
        (
            vec![("authorization", "Bearer nobody".to_owned())],
            401,
            json!("invalid_api_key"),
        ),
        (
            vec![("authorization", "Basic nobody".to_owned())],
            401,
            Value::Null,
        ),
        (
            vec![("authorization", format!("Bearer {OPENAI_PROJECT_KEY}"))],
            403,
            json!("missing_scope"),
        ),
    ];
    for (headers, status, code) in cases {
        assert_eq!(
            refusal(&client.with_headers(headers).get(ALL).await, status)["code"],
            code
        );
    }
    assert_eq!(sandbox.requests().len(), 4);
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back() {
    let (sandbox, client) = setup();
    sandbox.change_behaviour(|behaviour| {
        behaviour.openai.rate_limit = Some(RateLimit {
            requests: 2,
            window: seconds(60),
        });
    });
    client.get(ALL).await.expect(200);
    client.get(ALL).await.expect(200);
    let answer = client.get(ALL).await;
    assert_eq!(refusal(&answer, 429)["code"], "rate_limit_exceeded");
    assert_eq!(answer.header("retry-after"), "60");
    sandbox.change_behaviour(|behaviour| behaviour.openai.retry_after = false);
    assert_eq!(client.get(ALL).await.header("retry-after"), "");
    sandbox.clock().advance(seconds(60));
    client.get(ALL).await.expect(200);
}

#[tokio::test]
async fn paths_are_exact_and_answers_have_ids() {
    let (_, client) = setup();
    for path in [
        "/organization/certificates/",
        "/organization",
        "/organization/certificates/a/b",
        "//organization/certificates",
    ] {
        assert_eq!(
            refusal(&client.get(path).await, 404)["code"],
            "unknown_url",
            "{path}"
        );
    }
    refusal(&client.send(Method::PATCH, ALL, None, "").await, 405);
    refusal(&client.get(&format!("{ALL}/..")).await, 404);
    let (first, second) = (client.get(ALL).await, client.get(ALL).await);
    assert!(first.header("x-request-id").starts_with("req_"));
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    assert_eq!(first.header("date"), "Mon, 01 Jun 2026 09:30:00 GMT");
}
