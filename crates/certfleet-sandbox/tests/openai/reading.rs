//! Lists and single certificates.

use super::*;

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
async fn an_empty_page_has_no_ids() {
    let sandbox = Sandbox::builder().without_certificates().build();
    let client = Client::new(&sandbox, "openai");
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
