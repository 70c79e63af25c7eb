//! Cloudflare's operations, rules and shapes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests fail tests"
)]

mod support;

use certfleet_sandbox::{
    CLOUDFLARE_CORP, CLOUDFLARE_EMAIL, CLOUDFLARE_KEY, CLOUDFLARE_LABS, CLOUDFLARE_POWERLESS_TOKEN,
    RateLimit, Sandbox, Vendor,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Answer, Client, sandbox, seconds};

fn all() -> String {
    format!("/accounts/{CLOUDFLARE_CORP}/gateway/certificates")
}

fn setup() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let client = Client::of(&sandbox, "cloudflare-corp");
    (sandbox, client)
}

fn code(answer: &Answer, status: u16) -> u64 {
    let body = answer.expect(status);
    assert_eq!(body["success"], false);
    body["errors"][0]["code"].as_u64().unwrap()
}

fn result(answer: &Answer, status: u16) -> Value {
    let body = answer.expect(status);
    assert_eq!(
        (&body["success"], &body["errors"], &body["messages"]),
        (&json!(true), &json!([]), &json!([]))
    );
    body["result"].clone()
}

async fn find(client: &Client, wanted: impl Fn(&Value) -> bool) -> String {
    let list = result(&client.get(&all()).await, 200);
    let found = list
        .as_array()
        .unwrap()
        .iter()
        .find(|one| wanted(one))
        .unwrap();
    found["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn lists_everything_at_once() {
    let (sandbox, client) = setup();
    let body = client.get(&all()).await.expect(200);
    let list = body["result"].as_array().unwrap();
    assert_eq!(list.len(), 7);
    assert_eq!(body["result_info"]["total_count"], 7);
    let count = |key: &str, value: Value| list.iter().filter(|one| one[key] == value).count();
    assert_eq!(count("in_use", json!(true)), 1);
    assert_eq!(
        (
            count("type", json!("custom")),
            count("type", json!("gateway_managed"))
        ),
        (2, 5)
    );
    assert_eq!(count("binding_status", json!("pending_deployment")), 1);
    assert_eq!(count("binding_status", json!("available")), 3);
    assert_eq!(count("binding_status", json!("inactive")), 3);
    assert_eq!(count("uploaded_on", json!("0001-01-01T00:00:00Z")), 5);
    assert_eq!(count("expires_on", json!("9999-12-31T23:59:59Z")), 1);
    assert!(
        list.iter()
            .all(|one| one["fingerprint"].as_str().unwrap().len() == 32 * 3 - 1)
    );
    assert_eq!(
        list[0]["issuer_raw"],
        "O=Cloudflare, Inc.,L=San Francisco,ST=California,C=US"
    );
    assert_eq!(list[0]["issuer_org"], "Cloudflare, Inc.");
    let literal = list
        .iter()
        .filter(|one| !one["certificate"].as_str().unwrap().contains('\n'))
        .count();
    assert_eq!(literal, 1);

    sandbox.change_behaviour(|behaviour| {
        behaviour.cloudflare.result_info = false;
        behaviour.cloudflare.live_extras = false;
        behaviour.cloudflare.says_active = true;
        behaviour.cloudflare.short_fingerprint_groups = true;
    });
    let body = client.undocumented().get(&all()).await.expect(200);
    assert!(body.get("result_info").is_none() && body["result"][0].get("qs_pack_id").is_none());
    assert!(body["result"][0].get("uploaded_on").is_none());
    assert_eq!(body["result"][0]["binding_status"], "active");
    let groups: Vec<&str> = body["result"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["fingerprint"].as_str().unwrap().split(':'))
        .collect();
    assert!(!groups.contains(&"00"));
}

#[tokio::test]
async fn a_certificate_lives_its_life() {
    let (sandbox, client) = setup();
    let made = result(
        &client
            .post(&all(), json!({ "validity_period_days": 30 }))
            .await,
        200,
    );
    assert_eq!(
        (&made["binding_status"], &made["in_use"], &made["type"]),
        (&json!("inactive"), &json!(false), &json!("gateway_managed"))
    );
    assert_eq!(made["expires_on"], "2026-07-01T15:30:00Z");
    let path = format!("{}/{}", all(), made["id"].as_str().unwrap());
    let status = async || {
        result(&client.get(&path).await, 200)["binding_status"]
            .as_str()
            .unwrap()
            .to_owned()
    };

    let empty = client
        .send(Method::POST, &format!("{path}/activate"), None, "")
        .await;
    assert_eq!(result(&empty, 202)["binding_status"], "pending_deployment");
    sandbox.clock().advance(seconds(2));
    assert_eq!(status().await, "pending_deployment");
    assert_eq!(code(&client.delete(&path).await, 400), 2118);
    sandbox.clock().advance(seconds(1));
    assert_eq!(status().await, "available");
    let again = client.post(&format!("{path}/activate"), json!({})).await;
    assert_eq!(result(&again, 202)["binding_status"], "available");
    assert_eq!(code(&client.delete(&path).await, 400), 2118);

    let off = client.post(&format!("{path}/deactivate"), json!({})).await;
    assert_eq!(result(&off, 201)["binding_status"], "pending_deletion");
    assert_eq!(code(&client.delete(&path).await, 400), 2118);
    sandbox.clock().advance(seconds(3));
    assert_eq!(status().await, "inactive");
    assert_eq!(
        result(
            &client.post(&format!("{path}/deactivate"), json!({})).await,
            201
        )["binding_status"],
        "inactive"
    );
    assert_eq!(result(&client.delete(&path).await, 200)["id"], made["id"]);
    assert_eq!(code(&client.get(&path).await, 404), 2027);
}

#[tokio::test]
async fn settling_takes_as_long_as_it_is_told() {
    let (sandbox, client) = setup();
    sandbox.change_behaviour(|behaviour| behaviour.cloudflare.settles_after = seconds(60));
    let id = find(&client, |one| {
        one["type"] == "custom" && one["binding_status"] == "inactive"
    })
    .await;
    client
        .post(&format!("{}/{id}/activate", all()), json!({}))
        .await
        .expect(202);
    let placements = || {
        sandbox
            .snapshot()
            .record(Vendor::Cloudflare, &id)
            .unwrap()
            .placements
            .clone()
    };
    sandbox.clock().advance(seconds(59));
    assert_eq!(placements(), ["pending_deployment"]);
    sandbox.clock().advance(seconds(1));
    assert_eq!(placements(), ["available"]);
}

#[tokio::test]
async fn three_creations_a_day_and_deleting_gives_none_back() {
    let (sandbox, client) = setup();
    let create = async || client.send(Method::POST, &all(), None, "").await;
    for _ in 0..3 {
        let made = result(&create().await, 200);
        client
            .delete(&format!("{}/{}", all(), made["id"].as_str().unwrap()))
            .await
            .expect(200);
        sandbox.clock().advance(seconds(60));
    }
    let refused = create().await.expect(400);
    assert_eq!(
        refused["errors"][0]["message"],
        "Up to 3 certificates may be created in a 24 hour period"
    );
    // The other account has its own.
    let labs = Client::of(&sandbox, "cloudflare-labs");
    labs.post(
        &format!("/accounts/{CLOUDFLARE_LABS}/gateway/certificates"),
        json!({}),
    )
    .await
    .expect(200);
    sandbox.clock().advance(seconds(24 * 3600 - 181));
    create().await.expect(400);
    sandbox.clock().advance(seconds(1));
    create().await.expect(200);
    create().await.expect(400);
}

#[tokio::test]
async fn bad_creations_cost_nothing() {
    let (sandbox, client) = setup();
    for days in [
        json!(0),
        json!(10951),
        json!(-1),
        json!("30"),
        json!(1.5),
        Value::Null,
    ] {
        client
            .post(&all(), json!({ "validity_period_days": days }))
            .await
            .expect(400);
    }
    assert_eq!(
        code(&client.send(Method::POST, &all(), None, "{").await, 400),
        6007
    );
    assert_eq!(
        code(&client.send(Method::POST, &all(), None, "[]").await, 400),
        6007
    );
    assert_eq!(sandbox.snapshot().count(Vendor::Cloudflare), 11);
    for days in [1, 10950] {
        client
            .post(&all(), json!({ "validity_period_days": days }))
            .await
            .expect(200);
    }
    let default = result(&client.post(&all(), json!({})).await, 200);
    assert_eq!(default["expires_on"], "2031-05-31T15:30:00Z");
}

#[tokio::test]
async fn what_is_in_use_stays() {
    let (sandbox, client) = setup();
    let path = format!(
        "{}/{}",
        all(),
        find(&client, |one| one["in_use"] == true).await
    );
    assert_eq!(
        code(
            &client.post(&format!("{path}/deactivate"), json!({})).await,
            400
        ),
        2118
    );
    assert_eq!(code(&client.delete(&path).await, 400), 2118);
    sandbox.change_behaviour(|behaviour| {
        behaviour.cloudflare.in_the_way = StatusCode::INTERNAL_SERVER_ERROR
    });
    assert_eq!(code(&client.delete(&path).await, 500), 2118);
}

#[tokio::test]
async fn ten_are_available_at_once() {
    let (sandbox, client) = setup();
    sandbox.change_behaviour(|behaviour| behaviour.cloudflare.most_available = 4);
    let id = find(&client, |one| one["binding_status"] == "inactive").await;
    client
        .post(&format!("{}/{id}/activate", all()), json!({}))
        .await
        .expect(400);
    sandbox.change_behaviour(|behaviour| behaviour.cloudflare.most_available = 5);
    client
        .post(&format!("{}/{id}/activate", all()), json!({}))
        .await
        .expect(202);
}

#[tokio::test]
async fn unknown_ids_and_bodies_are_refused() {
    let (sandbox, client) = setup();
    let none = format!("{}/00000000-0000-4000-8000-000000000000", all());
    for answer in [
        client.get(&none).await,
        client.delete(&none).await,
        client.post(&format!("{none}/activate"), json!({})).await,
        client.post(&format!("{none}/deactivate"), json!({})).await,
    ] {
        assert_eq!(code(&answer, 404), 2027);
    }
    sandbox.change_behaviour(|behaviour| behaviour.cloudflare.unknown_id = StatusCode::BAD_REQUEST);
    assert_eq!(code(&client.get(&none).await, 400), 2027);
    let id = find(&client, |one| one["binding_status"] == "inactive").await;
    let path = format!("{}/{id}", all());
    client
        .post(&format!("{path}/activate"), json!({ "force": true }))
        .await
        .expect(400);
    client
        .send(
            Method::POST,
            &format!("{path}/deactivate"),
            Some("application/json"),
            "[]",
        )
        .await
        .expect(400);
    client
        .send(Method::DELETE, &path, Some("application/json"), "{}")
        .await
        .expect(200);
}

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
