//! How many can be created, and be available.

use super::*;

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
    let labs = Client::new(&sandbox, "cloudflare-labs");
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
    assert_eq!(sandbox.snapshot().count(Provider::Cloudflare), 11);
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
