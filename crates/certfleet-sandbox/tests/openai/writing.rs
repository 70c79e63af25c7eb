//! Uploads, names, toggles and deletions.

use super::*;

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
            .record(Provider::OpenAi, body["id"].as_str().unwrap())
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
    assert_eq!(sandbox.snapshot().count(Provider::OpenAi), 15);

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
