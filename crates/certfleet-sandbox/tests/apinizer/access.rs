//! Tokens, projects and paths.

use super::*;

#[tokio::test]
async fn tokens_and_projects() {
    let (sandbox, client) = setup();
    let with = |headers| client.with_headers(headers);
    let cases: [Vec<(&'static str, String)>; 3] = [
        vec![],
        vec![("authorization", "Bearer nobody".to_owned())],
        vec![("authorization", "sandbox-apinizer-token".to_owned())],
    ];
    for headers in cases {
        let body = with(headers).get(ALL).await.expect(401);
        assert_eq!(
            body,
            json!({ "status": "FAILURE", "resultMessage": "Token is not valid!" })
        );
    }
    sandbox.change_behaviour(|behaviour| behaviour.apinizer.errors = ErrorShape::Old);
    assert_eq!(
        with(vec![]).get(ALL).await.expect(401)["error"],
        "unauthorized_client"
    );
    let powerless = with(vec![(
        "authorization",
        format!("Bearer {APINIZER_POWERLESS_TOKEN}"),
    )]);
    assert!(text(&powerless.get(ALL).await, 400).contains("does not have required permission"));
    let nowhere = "/apiops/projects/Nowhere/certificates/";
    assert!(text(&client.get(nowhere).await, 400).starts_with("Project(Nowhere) was not found"));
    sandbox
        .change_behaviour(|behaviour| behaviour.apinizer.unknown_project = StatusCode::NOT_FOUND);
    assert_eq!(client.get(nowhere).await.expect(404)["error"], "not_found");
}

#[tokio::test]
async fn the_trailing_slash_is_part_of_the_path() {
    let (_, client) = setup();
    for path in [
        &ALL[..ALL.len() - 1],
        &format!("{ALL}payments-api"),
        &format!("{ALL}payments-api/export"),
        &format!("{ALL}/"),
    ] {
        let body = client.get(path).await.expect(404);
        assert_eq!(
            (&body["error"], &body["status"]),
            (&json!("Not Found"), &json!(404)),
            "{path}"
        );
    }
    client.delete(ALL).await.expect(405);
    // Dot segments are names, whatever they look like.
    for name in ["..", "%2e%2e", "."] {
        assert!(text(&client.get(&format!("{ALL}{name}/")).await, 400).contains("is not found!"));
    }
    assert!(!client.get(ALL).await.header("x-correlation-id").is_empty());
}
