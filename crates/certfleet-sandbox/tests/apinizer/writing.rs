//! Creations, updates and deletions.

use super::*;

#[tokio::test]
async fn creating_deploys_to_each_environment() {
    let (sandbox, client) = setup();
    let body = client
        .form(Method::POST, ALL, &form(&sandbox))
        .await
        .expect(200);
    assert_eq!(
        (&body["success"], &body["deploymentResult"]["success"]),
        (&json!(true), &json!(true))
    );
    let results = body["deploymentResult"]["environmentResults"]
        .as_array()
        .unwrap();
    assert_eq!(results.len(), 2);
    assert_eq!(
        results[1],
        json!({ "environmentName": "test", "success": true, "message": "Deployed successfully" })
    );
    assert_eq!(entries(&sandbox, "new"), ["production", "test"]);
    let again = client.form(Method::POST, ALL, &form(&sandbox)).await;
    assert_eq!(
        text(&again, 400),
        "Certificate (name: new) is already exist!"
    );
    // The same name in another project is another certificate, which needs another alias.
    let other = form(&sandbox).replace("alias", "other-alias");
    client
        .form(Method::POST, PARTNERS, &other)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_failing_environment_fails_in_a_success() {
    let (sandbox, client) = setup();
    sandbox.change_behaviour(|behaviour| {
        behaviour
            .apinizer
            .failing_environments
            .insert("test".to_owned());
    });
    for (answer, count) in [
        (client.form(Method::POST, ALL, &form(&sandbox)).await, 2),
        (
            client
                .form(Method::PUT, &format!("{ALL}new/"), &form(&sandbox))
                .await,
            2,
        ),
        (client.delete(&format!("{ALL}new/")).await, 2),
    ] {
        let result = answer.expect(200)["deploymentResult"].clone();
        assert_eq!(result["success"], false);
        let each: Vec<bool> = result["environmentResults"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["success"].as_bool().unwrap())
            .collect();
        assert_eq!(each, [true, false]);
        assert_eq!(each.len(), count);
    }
    assert!(
        sandbox
            .snapshot()
            .record(Provider::Apinizer, "new")
            .is_none()
    );
}

#[tokio::test]
async fn bad_forms_are_refused() {
    let (sandbox, client) = setup();
    let good = form(&sandbox);
    let put = format!("{ALL}payments-api/");
    let shared = [
        (
            good.clone().without("alias"),
            "alias value can not be empty!",
        ),
        (
            good.clone().without("certificateDescription"),
            "certificateDescription value can not be empty!",
        ),
        (
            good.clone().without("environmentList"),
            "environmentList value can not be empty!",
        ),
        (
            good.clone().replace("environmentList", " , "),
            "environmentList value can not be empty!",
        ),
        (
            good.clone().without("pemEncodedFile"),
            "pemEncodedFile value can not be empty!",
        ),
        (
            good.clone()
                .without("pemEncodedFile")
                .file("pemEncodedFile", ""),
            "pemEncodedFile value can not be empty!",
        ),
        (
            good.clone().replace("pemEncodedFile", "not a file"),
            "pemEncodedFile value can not be empty!",
        ),
        (
            good.clone()
                .without("pemEncodedFile")
                .file("pemEncodedFile", "hello"),
            "pemEncodedFile is not a valid PEM encoded certificate!",
        ),
        (
            good.clone().replace("environmentList", "production,moon"),
            "Environment (moon) is not found or user does not have privilege to access it!",
        ),
        (
            good.clone().replace("alias", "edge-anchor"),
            "Alias (edge-anchor) is already used for another certificate, try changing this value!",
        ),
        // Of another project, in the same environment.
        (
            good.clone().replace("alias", "contoso-bank"),
            "Alias (contoso-bank) is already used for another certificate, try changing this value!",
        ),
    ];
    let before = sandbox.snapshot();
    for (form, wanted) in &shared {
        assert_eq!(
            text(&client.form(Method::POST, ALL, form).await, 400),
            *wanted
        );
        assert_eq!(
            text(&client.form(Method::PUT, &put, form).await, 400),
            *wanted
        );
    }
    let unnamed = good.clone().without("certificateName");
    assert_eq!(
        text(&client.form(Method::POST, ALL, &unnamed).await, 400),
        "certificateName value can not be empty!"
    );
    text(
        &client
            .form(Method::PUT, &format!("{ALL}none/"), &good)
            .await,
        400,
    );
    text(
        &client
            .send(Method::POST, ALL, Some("application/json"), "{}")
            .await,
        415,
    );
    text(
        &client
            .send(
                Method::POST,
                ALL,
                Some("multipart/form-data; boundary=B"),
                "--B\r\nhalf",
            )
            .await,
        400,
    );
    assert_eq!(sandbox.snapshot(), before);
    // The alias is free in an environment where nobody has it.
    let elsewhere = good
        .replace("alias", "edge-anchor")
        .replace("environmentList", "dev");
    client.form(Method::POST, ALL, &elsewhere).await.expect(200);
}

#[tokio::test]
async fn updating_adds_or_replaces() {
    let (sandbox, client) = setup();
    let path = format!("{ALL}payments-api/");
    let new = form(&sandbox).replace("environmentList", "production");
    client.form(Method::PUT, &path, &new).await.expect(200);
    assert_eq!(
        entries(&sandbox, "payments-api"),
        ["production", "test", "dev", "production"]
    );
    let body = client.get(&path).await.expect(200);
    assert_eq!(body["resultList"][0]["description"], "a new one");
    sandbox.change_behaviour(|behaviour| behaviour.apinizer.update = UpdateRule::Replaces);
    client.form(Method::PUT, &path, &new).await.expect(200);
    assert_eq!(entries(&sandbox, "payments-api"), ["production"]);
}

#[tokio::test]
async fn jwks_follow_the_choice() {
    let cases = [
        (Method::PUT, "", [(false, 0), (false, 0)]),
        (
            Method::PUT,
            "?jwkUpdateAction=NULLIFY",
            [(false, 0), (false, 0)],
        ),
        (
            Method::PUT,
            "?jwkUpdateAction=UPDATE&updateScope=SAME_PROJECT",
            [(true, 1), (true, 0)],
        ),
        (
            Method::PUT,
            "?jwkUpdateAction=UPDATE&updateScope=ALL_PROJECTS",
            [(true, 1), (true, 1)],
        ),
        (Method::DELETE, "", [(false, 0), (false, 0)]),
        (
            Method::DELETE,
            "?jwkDeleteAction=NULLIFY",
            [(false, 0), (false, 0)],
        ),
    ];
    for (method, query, wanted) in cases {
        let (sandbox, client) = setup();
        let path = format!("{ALL}token-signing-2028/{query}");
        let answer = match method {
            Method::PUT => client.form(method, &path, &form(&sandbox)).await,
            _ => client.delete(&path).await,
        };
        answer.expect(200);
        let jwks = sandbox.snapshot().jwks;
        let got: Vec<(bool, u32)> = jwks
            .iter()
            .take(2)
            .map(|jwk| (jwk.certificate.is_some(), jwk.updates))
            .collect();
        assert_eq!(
            (got.as_slice(), jwks.len()),
            (wanted.as_slice(), 3),
            "{query}"
        );
    }
    let (sandbox, client) = setup();
    let path = format!("{ALL}token-signing-2028/");
    for query in [
        "jwkUpdateAction=X",
        "jwkUpdateAction=UPDATE",
        "jwkUpdateAction=UPDATE&updateScope=X",
    ] {
        text(
            &client
                .form(Method::PUT, &format!("{path}?{query}"), &form(&sandbox))
                .await,
            400,
        );
    }
    text(
        &client.delete(&format!("{path}?jwkDeleteAction=X")).await,
        400,
    );
    client
        .delete(&format!("{path}?jwkDeleteAction=DELETE"))
        .await
        .expect(200);
    assert_eq!(sandbox.snapshot().jwks.len(), 1);
    assert_eq!(
        text(&client.delete(&path).await, 400),
        "Certificate (name: token-signing-2028) is not found!"
    );
}
