//! OpenAI's operations, rules and shapes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests fail tests"
)]

mod support;

use certfleet_sandbox::behaviour::EmptyPageIds;
use certfleet_sandbox::{OPENAI_PROJECT_KEY, RateLimit, Sample, Sandbox, Vendor};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Answer, Client, id_of, sandbox, seconds};

const ALL: &str = "/organization/certificates";
const CHECKOUT: &str = "/organization/projects/proj_sandboxcheckout/certificates";

fn setup() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let client = Client::of(&sandbox, "openai");
    (sandbox, client)
}

fn id(sandbox: &Sandbox, name: &str) -> String {
    id_of(sandbox, Vendor::OpenAi, name)
}

fn refusal(answer: &Answer, status: u16) -> Value {
    let error = answer.expect(status)["error"].clone();
    for key in ["message", "type", "param", "code"] {
        assert!(error.get(key).is_some(), "{key} is missing: {error}");
    }
    assert!(error["message"].is_string() && error["type"].is_string());
    error
}

#[tokio::test]
async fn lists_the_organization_newest_first() {
    let (_, client) = setup();
    let body = client.get(ALL).await.expect(200);
    let data = body["data"].as_array().unwrap();
    assert_eq!(
        (
            body["object"].as_str(),
            body["has_more"].as_bool(),
            data.len()
        ),
        (Some("list"), Some(false), 15)
    );
    assert_eq!(
        (&body["first_id"], &body["last_id"]),
        (&data[0]["id"], &data[14]["id"])
    );
    let times: Vec<i64> = data
        .iter()
        .map(|one| one["created_at"].as_i64().unwrap())
        .collect();
    assert!(times.is_sorted_by(|a, b| a >= b));
    for one in data {
        assert_eq!(one["object"], "organization.certificate");
        assert!(one["active"].is_boolean());
        assert!(one["certificate_details"].get("content").is_none());
        assert!(one["certificate_details"]["expires_at"].is_i64());
    }
    assert_eq!(data.iter().filter(|one| one["name"].is_null()).count(), 1);
}

#[tokio::test]
async fn pages_are_complete_in_both_orders() {
    let (_, client) = setup();
    for order in ["asc", "desc"] {
        for limit in [1, 4, 14, 15, 100] {
            let mut ids = Vec::new();
            let mut after = String::new();
            loop {
                let body = client
                    .get(&format!("{ALL}?limit={limit}&order={order}{after}"))
                    .await
                    .expect(200);
                ids.extend(
                    body["data"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|one| one["id"].as_str().unwrap().to_owned()),
                );
                if !body["has_more"].as_bool().unwrap() {
                    break;
                }
                after = format!("&after={}", body["last_id"].as_str().unwrap());
            }
            assert_eq!(ids.len(), 15);
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), 15);
        }
    }
}

#[tokio::test]
async fn projects_show_what_they_inherit() {
    let (sandbox, client) = setup();
    let active = |body: Value| -> usize {
        body["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["active"] == true)
            .count()
    };
    let body = client.get(CHECKOUT).await.expect(200);
    assert_eq!(
        body["data"][0]["object"],
        "organization.project.certificate"
    );
    assert_eq!(active(body), 5);
    sandbox.change_behaviour(|behaviour| behaviour.openai.projects_show_inherited = false);
    assert_eq!(active(client.get(CHECKOUT).await.expect(200)), 3);
    refusal(
        &client
            .get("/organization/projects/proj_none/certificates")
            .await,
        404,
    );
}

#[tokio::test]
async fn bad_queries_are_refused() {
    let (sandbox, client) = setup();
    let one = id(&sandbox, "payments-mtls-2027");
    let cases = [
        (format!("{ALL}?limit=0"), 400, "limit"),
        (format!("{ALL}?limit=101"), 400, "limit"),
        (format!("{ALL}?limit=ten"), 400, "limit"),
        (format!("{CHECKOUT}?limit=-1"), 400, "limit"),
        (format!("{ALL}?order=up"), 400, "order"),
        (format!("{ALL}?after=cert_none"), 404, "after"),
        (format!("{ALL}?page=2"), 400, "page"),
        (format!("{ALL}/{one}?include=content"), 400, "include"),
        (
            format!("{ALL}/{one}?include[]=everything"),
            400,
            "include[]",
        ),
    ];
    for (path, status, param) in cases {
        assert_eq!(
            refusal(&client.get(&path).await, status)["param"],
            param,
            "{path}"
        );
    }
    sandbox.change_behaviour(|behaviour| {
        behaviour.openai.refuses_unknown_parameters = false;
        behaviour.openai.unknown_cursor = StatusCode::BAD_REQUEST;
    });
    client.get(&format!("{ALL}?page=2")).await.expect(200);
    refusal(&client.get(&format!("{ALL}?after=cert_none")).await, 400);
}

#[tokio::test]
async fn get_gives_the_content_only_when_asked() {
    let (sandbox, client) = setup();
    let one = id(&sandbox, "payments-mtls-2027");
    let body = client.get(&format!("{ALL}/{one}")).await.expect(200);
    assert_eq!(
        (body["object"].as_str(), body.get("active")),
        (Some("certificate"), None)
    );
    assert!(body["certificate_details"].get("content").is_none());
    for brackets in ["[]", "%5B%5D"] {
        let body = client
            .get(&format!("{ALL}/{one}?include{brackets}=content"))
            .await
            .expect(200);
        let pem = body["certificate_details"]["content"].as_str().unwrap();
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"));
    }
    let one_line = id(&sandbox, "legacy-console-import");
    let body = client
        .get(&format!("{ALL}/{one_line}?include[]=content"))
        .await
        .expect(200);
    assert!(
        !body["certificate_details"]["content"]
            .as_str()
            .unwrap()
            .contains('\n')
    );
    let chain = id(&sandbox, "contoso-partner-chain");
    let body = client
        .get(&format!("{ALL}/{chain}?include[]=content"))
        .await
        .expect(200);
    assert_eq!(
        body["certificate_details"]["content"]
            .as_str()
            .unwrap()
            .matches("BEGIN")
            .count(),
        2
    );
    let error = refusal(&client.get(&format!("{ALL}/cert_none")).await, 404);
    assert_eq!(error["code"], "certificate_not_found");
}

#[tokio::test]
async fn an_uploaded_certificate_is_there_and_inactive() {
    let (sandbox, client) = setup();
    let pem = sandbox.sample(Sample::Authority, "New CA", 400);
    for text in [
        pem.clone(),
        pem.replace('\n', "\\n"),
        pem.replace('\n', "\r\n"),
        pem.replace('\n', " "),
    ] {
        let body = client
            .post(ALL, json!({ "name": "new", "certificate": text }))
            .await
            .expect(200);
        assert_eq!(
            (&body["object"], &body["name"]),
            (&json!("certificate"), &json!("new"))
        );
        assert_eq!(body["created_at"], support::start().timestamp());
        let record = sandbox
            .snapshot()
            .record(Vendor::OpenAi, body["id"].as_str().unwrap())
            .unwrap()
            .clone();
        assert!(record.placements.is_empty());
    }
    let body = client
        .post(ALL, json!({ "certificate": pem }))
        .await
        .expect(200);
    assert!(body["name"].is_null());
    sandbox.change_behaviour(|behaviour| behaviour.openai.refuses_duplicates = true);
    let error = refusal(&client.post(ALL, json!({ "certificate": pem })).await, 400);
    assert_eq!(error["code"], "duplicate_certificate");
}

#[tokio::test]
async fn bad_uploads_are_refused() {
    let (sandbox, client) = setup();
    let good = sandbox.sample(Sample::Authority, "CA", 100);
    let large = format!("{}{good}", "x".repeat(16 * 1024));
    let cases = [
        (json!({}), "certificate"),
        (json!({ "name": "x" }), "certificate"),
        (json!({ "certificate": null }), "certificate"),
        (json!({ "certificate": 7 }), "certificate"),
        (json!({ "certificate": good, "name": 7 }), "name"),
        (json!({ "certificate": "" }), "certificate"),
        (json!({ "certificate": "hello" }), "certificate"),
        (
            json!({ "certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }),
            "certificate",
        ),
        (
            json!({ "certificate": sandbox.sample(Sample::Client, "leaf", 100) }),
            "certificate",
        ),
        (
            json!({ "certificate": sandbox.sample(Sample::ClientChain, "leaf", 100) }),
            "certificate",
        ),
        (
            json!({ "certificate": sandbox.sample(Sample::Authority, "short", 0) }),
            "certificate",
        ),
        (
            json!({ "certificate": sandbox.sample(Sample::Authority, "old", -5) }),
            "certificate",
        ),
        (
            json!({ "certificate": format!("{good}-----BEGIN PRIVATE KEY-----") }),
            "certificate",
        ),
        (json!({ "certificate": large }), "certificate"),
        (json!({ "content": good }), "content"),
        (json!({ "certificate": good, "active": true }), "active"),
    ];
    for (body, param) in cases {
        assert_eq!(
            refusal(&client.post(ALL, body.clone()).await, 400)["param"],
            param,
            "{body}"
        );
    }
    refusal(
        &client
            .send(Method::POST, ALL, Some("text/plain"), "{}")
            .await,
        400,
    );
    refusal(
        &client
            .send(Method::POST, ALL, Some("application/json"), "{")
            .await,
        400,
    );
    refusal(
        &client
            .send(Method::POST, ALL, Some("application/json"), "[]")
            .await,
        400,
    );
    refusal(
        &client
            .send(Method::POST, ALL, Some("application/json"), "")
            .await,
        400,
    );
    let huge = vec![b' '; 8 * 1024 * 1024 + 1];
    refusal(
        &client
            .send(Method::POST, ALL, Some("application/json"), huge)
            .await,
        413,
    );
    assert_eq!(sandbox.snapshot().count(Vendor::OpenAi), 15);

    sandbox.change_behaviour(|behaviour| behaviour.openai.strict_upload = false);
    let old = sandbox.sample(Sample::Authority, "old", -5);
    client
        .post(ALL, json!({ "certificate": old }))
        .await
        .expect(200);
    sandbox.change_behaviour(|behaviour| behaviour.openai.upload_field_is_content = true);
    client
        .post(ALL, json!({ "content": good }))
        .await
        .expect(200);
}

#[tokio::test]
async fn fifty_are_the_most() {
    let (sandbox, client) = setup();
    let pem = sandbox.sample(Sample::Authority, "CA", 100);
    for _ in 15..50 {
        client
            .post(ALL, json!({ "certificate": pem }))
            .await
            .expect(200);
    }
    refusal(&client.post(ALL, json!({ "certificate": pem })).await, 400);
    let free = id(&sandbox, "retired-vpn-ca");
    client.delete(&format!("{ALL}/{free}")).await.expect(200);
    client
        .post(ALL, json!({ "certificate": pem }))
        .await
        .expect(200);
    let first = client.get(&format!("{ALL}?limit=20")).await.expect(200);
    assert_eq!(first["has_more"], true);
}

#[tokio::test]
async fn only_the_name_changes() {
    let (sandbox, client) = setup();
    let path = format!("{ALL}/{}", id(&sandbox, "payments-mtls-2027"));
    let before = client.get(&path).await.expect(200);
    let after = client
        .post(&path, json!({ "name": "payments" }))
        .await
        .expect(200);
    assert_eq!(after["name"], "payments");
    let mut same = after.clone();
    same["name"] = before["name"].clone();
    assert_eq!(same, before);
    assert_eq!(client.post(&path, json!({})).await.expect(200), after);
    refusal(
        &client.post(&path, json!({ "certificate": "x" })).await,
        400,
    );
    refusal(&client.post(&path, json!({ "name": ["x"] })).await, 400);
    refusal(
        &client
            .post(&format!("{ALL}/cert_none"), json!({ "name": "x" }))
            .await,
        404,
    );
}

#[tokio::test]
async fn toggles_are_idempotent_and_say_what_they_did() {
    let (sandbox, client) = setup();
    let (one, two) = (
        id(&sandbox, "device-fleet-root"),
        id(&sandbox, "edge-trust-anchor-2029"),
    );
    for (base, object) in [(ALL, "organization"), (CHECKOUT, "organization.project")] {
        for (verb, noun, active) in [
            ("activate", "activation", true),
            ("deactivate", "deactivation", false),
        ] {
            for _ in 0..2 {
                let body = client
                    .post(
                        &format!("{base}/{verb}"),
                        json!({ "certificate_ids": [two, one] }),
                    )
                    .await;
                let body = body.expect(200);
                assert_eq!(body["object"], format!("{object}.certificate.{noun}"));
                assert_eq!(
                    (&body["data"][0]["id"], &body["data"][1]["id"]),
                    (&json!(two), &json!(one))
                );
                for shown in body["data"].as_array().unwrap() {
                    assert_eq!(
                        (&shown["object"], &shown["active"]),
                        (&json!(format!("{object}.certificate")), &json!(active))
                    );
                }
            }
        }
    }
    sandbox.change_behaviour(|behaviour| behaviour.openai.toggles_answer_list = true);
    let body = client
        .post(
            &format!("{ALL}/activate"),
            json!({ "certificate_ids": [one] }),
        )
        .await
        .expect(200);
    assert_eq!(body["object"], "list");
}

#[tokio::test]
async fn bad_toggles_change_nothing() {
    let (sandbox, client) = setup();
    let one = id(&sandbox, "device-fleet-root");
    let eleven: Vec<String> = std::iter::repeat_n(one.clone(), 11).collect();
    let cases = [
        (json!({ "data": [one] }), 400, "data"),
        (json!({}), 400, "certificate_ids"),
        (json!({ "certificate_ids": [] }), 400, "certificate_ids"),
        (json!({ "certificate_ids": eleven }), 400, "certificate_ids"),
        (json!({ "certificate_ids": one }), 400, "certificate_ids"),
        (
            json!({ "certificate_ids": [one, 7] }),
            400,
            "certificate_ids",
        ),
    ];
    let before = sandbox.snapshot();
    for base in [ALL, CHECKOUT] {
        for verb in ["activate", "deactivate"] {
            for (body, status, param) in &cases {
                let answer = client.post(&format!("{base}/{verb}"), body.clone()).await;
                assert_eq!(refusal(&answer, *status)["param"], *param, "{body}");
            }
            let answer = client
                .post(
                    &format!("{base}/{verb}"),
                    json!({ "certificate_ids": [one, "cert_none"] }),
                )
                .await;
            refusal(&answer, 404);
        }
    }
    assert_eq!(sandbox.snapshot(), before);
    let nowhere = "/organization/projects/proj_none/certificates/activate";
    refusal(
        &client
            .post(nowhere, json!({ "certificate_ids": [one] }))
            .await,
        404,
    );
}

#[tokio::test]
async fn delete_needs_it_inactive_everywhere() {
    let (sandbox, client) = setup();
    let ids = |name| json!({ "certificate_ids": [id(&sandbox, name)] });
    let (org, project) = (
        id(&sandbox, "payments-mtls-2026"),
        id(&sandbox, "checkout-service-ca-previous"),
    );
    refusal(&client.delete(&format!("{ALL}/{org}")).await, 400);
    refusal(&client.delete(&format!("{ALL}/{project}")).await, 400);
    client
        .post(&format!("{ALL}/deactivate"), ids("payments-mtls-2026"))
        .await
        .expect(200);
    client
        .post(
            &format!("{CHECKOUT}/deactivate"),
            ids("checkout-service-ca-previous"),
        )
        .await
        .expect(200);
    for id in [org, project] {
        let body = client.delete(&format!("{ALL}/{id}")).await.expect(200);
        assert_eq!(body, json!({ "object": "certificate.deleted", "id": id }));
        refusal(&client.delete(&format!("{ALL}/{id}")).await, 404);
    }
}

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
async fn an_empty_page_has_no_ids() {
    let sandbox = Sandbox::builder().without_certificates().build();
    let client = Client::of(&sandbox, "openai");
    let body = client.get(ALL).await.expect(200);
    assert_eq!(
        body,
        json!({ "object": "list", "data": [], "first_id": null, "last_id": null, "has_more": false })
    );
    sandbox.change_behaviour(|behaviour| behaviour.openai.empty_page_ids = EmptyPageIds::Absent);
    let body = client.get(ALL).await.expect(200);
    assert_eq!(
        body,
        json!({ "object": "list", "data": [], "has_more": false })
    );
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
