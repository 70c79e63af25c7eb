//! Credentials, headers and rates.

use super::*;

#[tokio::test]
async fn credentials_open_their_accounts() {
    let (sandbox, client) = setup();
    let labs = format!("/accounts/{CLOUDFLARE_LABS}/gateway/certificates");
    let pair = |email: &str, key: &str| {
        vec![
            ("x-auth-email", email.to_owned()),
            ("x-auth-key", key.to_owned()),
        ]
    };
    let token = |value: &str| vec![("authorization", value.to_owned())];
    let cases = [
        (vec![], all(), 400, 9106),
        (
            vec![("x-auth-email", CLOUDFLARE_EMAIL.to_owned())],
            all(),
            400,
            9106,
        ),
        (token("nobody"), all(), 400, 6003),
        (token("Bearer "), all(), 400, 6003),
        (pair("nobody", CLOUDFLARE_KEY), all(), 400, 6003),
        (pair(CLOUDFLARE_EMAIL, ""), all(), 400, 6003),
        (token("Bearer nobody"), all(), 403, 10000),
        (
            token(&format!("Bearer {CLOUDFLARE_POWERLESS_TOKEN}")),
            all(),
            403,
            10000,
        ),
        (pair(CLOUDFLARE_EMAIL, "nothing"), all(), 403, 10000),
        (client.headers.clone(), labs.clone(), 403, 10000),
        (
            client.headers.clone(),
            "/accounts/none/gateway/certificates".to_owned(),
            403,
            10000,
        ),
    ];
    for (headers, path, status, wanted) in cases {
        let answer = client.with_headers(headers.clone()).get(&path).await;
        assert_eq!(code(&answer, status), wanted, "{headers:?}");
        let chain = answer.json()["errors"][0].get("error_chain").is_some();
        assert_eq!(chain, wanted == 6003);
        assert!(answer.json().get("result").is_some());
    }
    let both = client.with_headers(pair(CLOUDFLARE_EMAIL, CLOUDFLARE_KEY));
    assert_eq!(
        result(&both.get(&all()).await, 200)
            .as_array()
            .unwrap()
            .len(),
        7
    );
    assert_eq!(
        result(&both.get(&labs).await, 200)
            .as_array()
            .unwrap()
            .len(),
        4
    );

    sandbox.change_behaviour(|behaviour| behaviour.cloudflare.short_auth_errors = true);
    let answer = client
        .with_headers(token("Bearer nobody"))
        .get(&all())
        .await
        .expect(403);
    assert_eq!(
        answer,
        json!({ "success": false, "errors": [{ "code": 10000, "message": "Authentication error" }] })
    );
}

#[tokio::test]
async fn headers_rates_and_routes() {
    let (sandbox, client) = setup();
    let answer = client.get(&all()).await;
    assert!(answer.header("cf-ray").ends_with("-AMS"));
    assert!(answer.header("ratelimit").starts_with("\"default\";r="));
    assert!(answer.header("ratelimit-policy").contains("q=1200"));
    assert_eq!(code(&client.get(&format!("{}/", all())).await, 404), 7003);
    assert_eq!(code(&client.get("/zones").await, 404), 7003);
    client.send(Method::PUT, &all(), None, "").await.expect(405);

    sandbox.change_behaviour(|behaviour| {
        behaviour.cloudflare.rate_headers = false;
        behaviour.cloudflare.rate_limit = Some(RateLimit {
            requests: 1,
            window: seconds(300),
        });
    });
    assert_eq!(client.get(&all()).await.header("ratelimit"), "");
    sandbox.clock().advance(seconds(10));
    let answer = client.get(&all()).await;
    assert_eq!(
        (code(&answer, 429), answer.header("retry-after")),
        (971, "290")
    );
}
