//! Which certificate intercepts, and what stands beside it.

use super::*;

fn configuration() -> String {
    format!("/accounts/{CLOUDFLARE_CORP}/gateway/configuration")
}

async fn change(client: &Client, body: &Value) -> Answer {
    let json = Some("application/json");
    client
        .send(Method::PATCH, &configuration(), json, body.to_string())
        .await
}

async fn switch(client: &Client, id: &str) -> Answer {
    change(client, &json!({"settings": {"certificate": {"id": id}}})).await
}

async fn settings(client: &Client) -> Value {
    result(&client.get(&configuration()).await, 200)["settings"].clone()
}

fn standby(one: &Value) -> bool {
    one["binding_status"] == "available"
        && one["in_use"] == false
        && one["type"] == "gateway_managed"
}

#[tokio::test]
async fn the_certificate_in_use_is_switched_and_then_retired() {
    let (sandbox, client) = setup();
    let old = find(&client, |one| one["in_use"] == true).await;
    let new = find(&client, standby).await;
    assert_eq!(settings(&client).await["certificate"]["id"], old.as_str());
    let off = format!("{}/{old}/deactivate", all());
    assert_eq!(code(&client.post(&off, json!({})).await, 400), 2118);

    let before = settings(&client).await;
    let answer = result(&switch(&client, &new).await, 200);
    assert_eq!(answer["settings"]["certificate"]["id"], new.as_str());
    let mut after = settings(&client).await;
    after["certificate"] = before["certificate"].clone();
    assert_eq!(after, before, "something else was touched");
    assert_eq!(find(&client, |one| one["in_use"] == true).await, new);

    result(&client.post(&off, json!({})).await, 201);
    sandbox.clock().advance(seconds(3));
    result(&client.delete(&format!("{}/{old}", all())).await, 200);
}

#[tokio::test]
async fn only_what_is_available_can_intercept() {
    let (_, client) = setup();
    let inactive = find(&client, |one| one["binding_status"] == "inactive").await;
    assert_eq!(code(&switch(&client, &inactive).await, 400), 2212);
    assert_eq!(code(&switch(&client, "no-such-id").await, 400), 2027);
    let vendors_own = "00000000-0000-0000-0000-000000000000";
    assert_eq!(code(&switch(&client, vendors_own).await, 400), 2211);
    let off = json!({"settings": {"tls_decrypt": {"enabled": false}, "certificate": {"id": vendors_own}}});
    result(&change(&client, &off).await, 200);
    let body = client.get(&all()).await.expect(200);
    let list = body["result"].as_array().unwrap();
    assert!(list.iter().all(|one| one["in_use"] == false));
}

#[tokio::test]
async fn given_blocks_are_replaced_whole_and_null_is_ignored() {
    let (_, client) = setup();
    let before = settings(&client).await;
    let given =
        json!({"settings": {"block_page": {"enabled": false, "read_only": true}, "fips": null}});
    result(&change(&client, &given).await, 200);
    let after = settings(&client).await;
    assert_eq!(after["block_page"], json!({"enabled": false}));
    for left in ["fips", "antivirus", "certificate", "tls_decrypt"] {
        assert_eq!(after[left], before[left], "{left}");
    }
    for wrong in [
        json!({"settings": 1}),
        json!({"settings": {"fips": true}}),
        json!({"settings": {"certificate": {}}}),
    ] {
        assert_eq!(code(&change(&client, &wrong).await, 400), 2001, "{wrong}");
    }
    let put = client.undocumented();
    let put = put
        .send(
            Method::PUT,
            &configuration(),
            Some("application/json"),
            "{}",
        )
        .await;
    assert_eq!(code(&put, 405), 7001);
}

#[tokio::test]
async fn records_can_be_behind_and_answers_can_say_more() {
    let (sandbox, client) = setup();
    sandbox.change_behaviour(|behaviour| {
        behaviour.cloudflare.in_use_follows_after = seconds(5);
        behaviour.cloudflare.older_settings = true;
        behaviour.cloudflare.shows_unset_settings = true;
    });
    let old = find(&client, |one| one["in_use"] == true).await;
    let new = find(&client, standby).await;
    let answer = result(&switch(&client, &new).await, 200);
    assert!(answer["settings"].get("inspection").is_some());
    let read = settings(&client).await;
    assert!(read.get("inspection").is_none());
    assert_eq!(read["custom_certificate"]["id"], new.as_str());
    assert_eq!(find(&client, |one| one["in_use"] == true).await, old);
    sandbox.clock().advance(seconds(5));
    assert_eq!(find(&client, |one| one["in_use"] == true).await, new);
}
