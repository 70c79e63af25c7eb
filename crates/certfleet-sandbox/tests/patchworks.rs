//! Patchworks' operations, rules and shapes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests fail tests"
)]

mod support;

use certfleet_sandbox::behaviour::{
    DateForm, LooseFields, MissingValues, Refusals, SecondCertificate,
};
use certfleet_sandbox::{
    PATCHWORKS_JWT, PATCHWORKS_KEY, PATCHWORKS_POWERLESS_KEY, Provider, RateLimit, Sample, Sandbox,
};
use http::Method;
use serde_json::{Value, json};
use support::{Client, id_of, sandbox, seconds};

const ALL: &str = "/api/v1/certificates";
const CONNECTORS: &str = "/api/v1/connectors";

fn setup() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, "patchworks");
    (sandbox, client)
}

#[tokio::test]
async fn a_certificate_is_created_as_it_was_sent() {
    let (sandbox, client) = setup();
    let pem = sandbox.sample(Sample::ClientChain, "client", 90);
    let sent = json!({ "certificate": pem, "passphrase": "secret", "connector_id": "306" });
    let data = client.post(ALL, sent).await.expect(200)["data"].clone();
    assert_eq!(
        (&data["id"], &data["connector_id"]),
        (&json!(1048), &json!("306"))
    );
    assert_eq!(
        (&data["certificate"], &data["passphrase"]),
        (&json!(pem), &json!("secret"))
    );
    assert_eq!(data["created_at"], "2026-06-01T09:30:00.000000Z");
    assert_eq!(
        (&data["name"], &data["user_id"]),
        (&json!("Certificate 1048"), &json!(17))
    );
    let record = sandbox
        .snapshot()
        .record(Provider::Patchworks, "1048")
        .unwrap()
        .clone();
    assert_eq!(
        (record.placements, record.sha256.len()),
        (vec!["306".to_owned()], 2)
    );

    // Nothing checks what it is.
    let data = client
        .post(ALL, json!({ "certificate": "MIIK base64 of a PKCS#12" }))
        .await
        .expect(200)["data"]
        .clone();
    assert!(data.get("connector_id").is_none() && data.get("passphrase").is_none());
}

#[tokio::test]
async fn shapes_can_be_switched() {
    let (sandbox, client) = setup();
    let client = client.undocumented();
    let create = async || {
        client
            .post(ALL, json!({ "certificate": "x", "passphrase": "p" }))
            .await
            .expect(200)["data"]
            .clone()
    };
    sandbox.change_behaviour(|behaviour| {
        behaviour.patchworks.echoes_passphrase = false;
        behaviour.patchworks.loose_fields = LooseFields::Object;
        behaviour.patchworks.dates = DateForm::Spaced;
        behaviour.patchworks.missing_values = MissingValues::Null;
    });
    let data = create().await;
    assert!(
        data.get("passphrase").is_none() && data["name"].is_object() && data["user_id"].is_object()
    );
    assert_eq!(data["created_at"], "2026-06-01 09:30:00");
    assert_eq!(data.get("connector_id"), Some(&Value::Null));
    sandbox.change_behaviour(|behaviour| behaviour.patchworks.loose_fields = LooseFields::Null);
    assert_eq!(create().await.get("name"), Some(&Value::Null));
    sandbox.change_behaviour(|behaviour| behaviour.patchworks.loose_fields = LooseFields::Absent);
    assert_eq!(create().await.get("name"), None);
}

#[tokio::test]
async fn bad_fields_are_refused_by_name() {
    let (sandbox, client) = setup();
    let cases = [
        (json!({}), vec!["certificate"]),
        (json!({ "certificate": null }), vec!["certificate"]),
        (json!({ "certificate": " " }), vec!["certificate"]),
        (json!({ "certificate": 1 }), vec!["certificate"]),
        (
            json!({ "certificate": "x", "connector_id": 301 }),
            vec!["connector_id"],
        ),
        (
            json!({ "certificate": "x", "connector_id": "999" }),
            vec!["connector_id"],
        ),
        (
            json!({ "certificate": "x", "passphrase": "p".repeat(1001) }),
            vec!["passphrase"],
        ),
        (
            json!({ "certificate": "x", "passphrase": 1 }),
            vec!["passphrase"],
        ),
        (
            json!({ "connector_id": "999", "passphrase": 1 }),
            vec!["certificate", "connector_id", "passphrase"],
        ),
    ];
    for (body, fields) in cases {
        let refused = client.post(ALL, body.clone()).await.expect(422);
        let named: Vec<&String> = refused["errors"].as_object().unwrap().keys().collect();
        assert_eq!(named, fields, "{body}");
        let more = refused["message"]
            .as_str()
            .unwrap()
            .contains("(and 2 more errors)");
        assert_eq!(more, fields.len() == 3);
    }
    // What is not JSON has no fields.
    client
        .send(
            Method::POST,
            ALL,
            Some("text/plain"),
            r#"{"certificate":"x"}"#,
        )
        .await
        .expect(422);
    client
        .send(Method::POST, ALL, Some("application/json"), "{")
        .await
        .expect(422);
    let huge = vec![b' '; 8 * 1024 * 1024 + 1];
    client
        .send(Method::POST, ALL, Some("application/json"), huge)
        .await
        .expect(413);
    assert_eq!(sandbox.snapshot().count(Provider::Patchworks), 7);
    client
        .post(
            ALL,
            json!({ "certificate": "x", "passphrase": "é".repeat(1000) }),
        )
        .await
        .expect(200);
}

#[tokio::test]
async fn deleting_is_for_good() {
    let (sandbox, client) = setup();
    let id = id_of(&sandbox, Provider::Patchworks, "sap-s4-client");
    assert!(client.delete(&format!("{ALL}/{id}")).await.expect(200)["message"].is_string());
    for id in [id.as_str(), "abc", "-1", ".."] {
        let message = client.delete(&format!("{ALL}/{id}")).await.expect(404)["message"].clone();
        assert_eq!(
            message,
            format!("No query results for model [Certificate] {id}")
        );
    }
    client.delete(&format!("{ALL}/")).await.expect(404);
    let made = client
        .post(ALL, json!({ "certificate": "x" }))
        .await
        .expect(200);
    assert_eq!(made["data"]["id"], 1048, "ids are not used twice");
}

#[tokio::test]
async fn connectors_show_what_is_attached() {
    let (sandbox, client) = setup();
    let body = client.get(CONNECTORS).await.expect(200);
    assert_eq!(
        (
            body["data"].as_array().unwrap().len(),
            body["data"][0].get("certificate")
        ),
        (6, None)
    );
    let body = client
        .get(&format!(
            "{CONNECTORS}?include=certificate,certificateExists,certificate_count"
        ))
        .await
        .expect(200);
    let with: Vec<&Value> = body["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one.get("certificate").is_some())
        .collect();
    assert_eq!(with.len(), 5);
    assert_eq!(
        (&with[1]["certificate"]["connector_id"], &with[1]["id"]),
        (&json!("302"), &json!(302))
    );
    assert_eq!(
        with[1]["certificate"]["passphrase"],
        "sandbox-passphrase-sepa"
    );
    assert_eq!(
        with[1]["certificate"]["certificate"]
            .as_str()
            .unwrap()
            .matches("BEGIN")
            .count(),
        3
    );
    assert_eq!(
        (
            &body["data"][5]["certificate_exists"],
            &body["data"][5]["certificate_count"]
        ),
        (&json!(false), &json!(0))
    );
    sandbox.change_behaviour(|behaviour| behaviour.patchworks.missing_values = MissingValues::Null);
    let body = client
        .undocumented()
        .get(&format!("{CONNECTORS}?include=certificate"))
        .await
        .expect(200);
    assert_eq!(body["data"][5].get("certificate"), Some(&Value::Null));
}

#[tokio::test]
async fn connectors_come_in_pages() {
    let (_, client) = setup();
    let mut seen = 0;
    for page in 1..=2 {
        let body = client
            .get(&format!("{CONNECTORS}?per_page=4&page={page}"))
            .await
            .expect(200);
        seen += body["data"].as_array().unwrap().len();
        assert_eq!(
            (&body["meta"]["current_page"], &body["meta"]["last_page"]),
            (&json!(page), &json!(2))
        );
        assert_eq!(body["links"]["next"].is_null(), page == 2);
        assert_eq!(body["links"]["prev"].is_null(), page == 1);
        assert_eq!(
            (&body["meta"]["total"], &body["meta"]["to"]),
            (&json!(6), &json!(seen))
        );
    }
    let body = client
        .get(&format!("{CONNECTORS}?page=3"))
        .await
        .expect(200);
    assert_eq!(
        (&body["data"], &body["meta"]["from"]),
        (&json!([]), &Value::Null)
    );
    let bad = ["page=0", "page=x", "per_page=0", "per_page=101"];
    for query in bad {
        client
            .get(&format!("{CONNECTORS}?{query}"))
            .await
            .expect(422);
    }
    client
        .get(&format!("{CONNECTORS}?include=everything"))
        .await
        .expect(400);
}

#[tokio::test]
async fn a_connector_has_one_certificate() {
    let (sandbox, client) = setup();
    let old = id_of(&sandbox, Provider::Patchworks, "sap-s4-client");
    let new = json!({ "certificate": "x", "connector_id": "301" });
    client.post(ALL, new.clone()).await.expect(200);
    assert!(
        sandbox
            .snapshot()
            .record(Provider::Patchworks, &old)
            .unwrap()
            .placements
            .is_empty()
    );
    sandbox.change_behaviour(|behaviour| {
        behaviour.patchworks.second_certificate = SecondCertificate::Refused
    });
    client.post(ALL, new).await.expect(422);
}

#[tokio::test]
async fn the_key_goes_raw_or_as_a_bearer() {
    let (sandbox, client) = setup();
    let with = |value: &str| {
        client.with_headers(vec![
            ("authorization", value.to_owned()),
            ("accept", "application/json".to_owned()),
        ])
    };
    for (value, status) in [
        (PATCHWORKS_KEY.to_owned(), 200),
        (format!("Bearer {PATCHWORKS_JWT}"), 200),
        (format!("Bearer {PATCHWORKS_KEY}"), 401),
        (PATCHWORKS_JWT.to_owned(), 401),
        ("nobody".to_owned(), 401),
        (PATCHWORKS_POWERLESS_KEY.to_owned(), 403),
    ] {
        assert_eq!(with(&value).get(CONNECTORS).await.status, status, "{value}");
    }
    sandbox.change_behaviour(|behaviour| behaviour.patchworks.refusals = Refusals::Empty);
    let answer = with("nobody").get(CONNECTORS).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (401, 0));
    let answer = client
        .with_headers(vec![("accept", "*/*".to_owned())])
        .get(CONNECTORS)
        .await;
    assert!(answer.header("content-type").starts_with("text/html"));
    sandbox.change_behaviour(|behaviour| {
        behaviour.patchworks.html_without_accept = false;
        behaviour.patchworks.refusals = Refusals::Message;
    });
    client
        .with_headers(vec![])
        .get(CONNECTORS)
        .await
        .expect(401);
}

#[tokio::test]
async fn rates_and_routes() {
    let (sandbox, client) = setup();
    client.get("/api/v1/flows").await.expect(404);
    client.get(ALL).await.expect(405);
    assert!(
        !client
            .get(CONNECTORS)
            .await
            .header("x-request-id")
            .is_empty()
    );
    sandbox.change_behaviour(|behaviour| {
        behaviour.patchworks.rate_limit = Some(RateLimit {
            requests: 1,
            window: seconds(60),
        });
    });
    client.get(CONNECTORS).await.expect(200);
    let answer = client.get(CONNECTORS).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (429, "60")
    );
}
