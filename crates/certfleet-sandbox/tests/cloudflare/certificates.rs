//! What is there, and how it changes.

use super::*;

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
            .record(Provider::Cloudflare, &id)
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
