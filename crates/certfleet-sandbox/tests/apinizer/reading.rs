//! Lists, single certificates and the shapes of answers.

use super::*;

#[tokio::test]
async fn lists_and_gets() {
    let (sandbox, client) = setup();
    let body = client.get(ALL).await.expect(200);
    assert_eq!(
        (
            &body["status"],
            &body["resultCount"],
            body["resultList"].as_array().unwrap().len()
        ),
        (&json!("SUCCESS"), &json!(5), 5)
    );
    assert_eq!(client.get(PARTNERS).await.expect(200)["resultCount"], 3);
    let body = client.get(&format!("{ALL}payments-api/")).await.expect(200);
    let entries = body["resultList"][0]["certificateEnvironmentList"]
        .as_array()
        .unwrap();
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[0]["environmentName"], "production");
    assert_eq!(entries[0]["endDate"], "2026-07-11T15:30:00.000Z");
    assert_eq!(
        entries[0]["subjectDn"],
        "CN=api.northwind.example, O=Northwind Traders, L=Rotterdam, C=NL"
    );
    assert_eq!(entries[0]["sha1Thumbprint"].as_str().unwrap().len(), 40);
    assert!(
        entries[0]["base64EncodedContent"]
            .as_str()
            .unwrap()
            .starts_with("MII")
    );
    assert_ne!(
        entries[0]["base64EncodedContent"],
        entries[1]["base64EncodedContent"]
    );
    assert_eq!(
        text(&client.get(&format!("{ALL}none/")).await, 400),
        "Certificate (name: none) is not found!"
    );

    sandbox.change_behaviour(|behaviour| {
        behaviour.apinizer.content_in_lists = false;
        behaviour.apinizer.content = ContentForm::Pem;
        behaviour.apinizer.milliseconds = false;
        behaviour.apinizer.successes = SuccessShape::Old;
    });
    let body = client.get(ALL).await.expect(200);
    assert_eq!(
        (
            body.get("status"),
            body.get("resultCount"),
            &body["success"]
        ),
        (None, None, &json!(true))
    );
    assert!(
        body["resultList"][0]["certificateEnvironmentList"][0]
            .get("base64EncodedContent")
            .is_none()
    );
    let body = client.get(&format!("{ALL}payments-api/")).await.expect(200);
    let entry = &body["resultList"][0]["certificateEnvironmentList"][0];
    assert_eq!(entry["endDate"], "2026-07-11T15:30:00Z");
    assert!(
        entry["base64EncodedContent"]
            .as_str()
            .unwrap()
            .starts_with("LS0tLS1CRUdJTi")
    );
}

#[tokio::test]
async fn shapes_can_be_switched() {
    let (sandbox, client) = setup();
    let none = format!("{ALL}none/");
    let old = json!({ "error": "bad_request", "error_description": "Certificate (name: none) is not found!" });
    let new =
        json!({ "status": "FAILURE", "resultMessage": "Certificate (name: none) is not found!" });
    for (shape, wanted) in [
        (ErrorShape::AsDocumented, &old),
        (ErrorShape::Old, &old),
        (ErrorShape::New, &new),
    ] {
        sandbox.change_behaviour(|behaviour| behaviour.apinizer.errors = shape);
        assert_eq!(client.delete(&none).await.expect(400), *wanted);
    }
    sandbox.change_behaviour(|behaviour| behaviour.apinizer.successes = SuccessShape::New);
    let body = client
        .form(Method::POST, ALL, &form(&sandbox))
        .await
        .expect(200);
    assert_eq!(
        (&body["status"], body.get("success")),
        (&json!("SUCCESS"), None)
    );
}
