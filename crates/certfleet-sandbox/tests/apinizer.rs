//! Apinizer's operations, rules and shapes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests fail tests"
)]

mod support;

use std::io::{Cursor, Read as _, Write as _};

use certfleet_sandbox::behaviour::{ContentForm, ErrorShape, SuccessShape, UpdateRule};
use certfleet_sandbox::{APINIZER_POWERLESS_TOKEN, Sample, Sandbox, Vendor};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Answer, Client, Form, sandbox};

const ALL: &str = "/apiops/projects/Payments/certificates/";
const PARTNERS: &str = "/apiops/projects/Partners/certificates/";

fn setup() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let client = Client::of(&sandbox, "apinizer-payments");
    (sandbox, client)
}

fn form(sandbox: &Sandbox) -> Form {
    Form::default()
        .text("certificateName", "new")
        .text("alias", "new-alias")
        .text("certificateDescription", "a new one")
        .text("environmentList", "production, test")
        .file("pemEncodedFile", sandbox.sample(Sample::Client, "new", 90))
}

fn import(sandbox: &Sandbox) -> Form {
    Form::default()
        .text("certificateName", "payments-api")
        .text("alias", "imported")
        .text("environmentList", "test")
        .file(
            "certificateFile",
            sandbox.sample(Sample::Client, "imported", 90),
        )
}

fn text(answer: &Answer, status: u16) -> String {
    let body = answer.expect(status);
    let text = body.get("error_description").or(body.get("resultMessage"));
    text.and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no text: {body}"))
        .to_owned()
}

fn entries(sandbox: &Sandbox, name: &str) -> Vec<String> {
    sandbox
        .snapshot()
        .record(Vendor::Apinizer, name)
        .unwrap()
        .placements
        .clone()
}

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
    assert!(sandbox.snapshot().record(Vendor::Apinizer, "new").is_none());
}

#[tokio::test]
async fn an_import_leaves_what_is_in_a_failing_environment() {
    let (sandbox, client) = setup();
    let contents = || {
        let snapshot = sandbox.snapshot();
        let record = snapshot.record(Vendor::Apinizer, "payments-api").unwrap();
        record.sha256.clone()
    };
    let before = contents();
    sandbox.change_behaviour(|behaviour| {
        behaviour
            .apinizer
            .failing_environments
            .insert("test".to_owned());
    });
    let path = format!("{ALL}import-file/");
    let form = import(&sandbox);
    let send = || client.form(Method::POST, &path, &form);
    let answer = send().await.expect(200);
    let left_out = answer["unresolvedReferences"][0].as_str().unwrap();
    assert!(left_out.contains("Environment (test)"), "{left_out}");
    assert_eq!(contents(), before);
    sandbox.change_behaviour(|behaviour| behaviour.apinizer.failing_environments.clear());
    assert!(send().await.expect(200)["unresolvedReferences"].is_null());
    assert_ne!(contents(), before);
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

#[tokio::test]
async fn an_export_can_be_imported() {
    let (sandbox, client) = setup();
    let answer = client.get(&format!("{ALL}payments-api/export/")).await;
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"payments-api-certificates.zip\""
    );
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.body.clone())).unwrap();
    assert_eq!(archive.len(), 3);
    let mut der = Vec::new();
    archive
        .by_name("payments-api-dev.cer")
        .unwrap()
        .read_to_end(&mut der)
        .unwrap();
    assert_eq!(der[0], 0x30);
    // Two entries for one environment are one file.
    let twice = client
        .get(&format!("{PARTNERS}contoso-logistics/export/"))
        .await;
    assert_eq!(
        zip::ZipArchive::new(Cursor::new(twice.body)).unwrap().len(),
        1
    );

    let before = sandbox
        .snapshot()
        .record(Vendor::Apinizer, "payments-api")
        .unwrap()
        .clone();
    client
        .delete(&format!("{ALL}payments-api/"))
        .await
        .expect(200);
    let upload = Form::default()
        .text("certificateName", "payments-api")
        .text("alias", "back")
        .file("certificateFile", answer.body.to_vec());
    assert_eq!(
        client
            .form(Method::POST, &format!("{ALL}import-file/"), &upload)
            .await
            .expect(200),
        json!({ "status": "SUCCESS" })
    );
    let after = sandbox
        .snapshot()
        .record(Vendor::Apinizer, "payments-api")
        .unwrap()
        .clone();
    assert_eq!(
        (after.placements, after.sha256),
        (before.placements, before.sha256)
    );

    let mapped = upload
        .text("environmentMapping", r#"{"dev":"","test":"production"}"#)
        .replace("certificateName", "payments-api");
    let body = client
        .form(Method::POST, &format!("{ALL}import-file/"), &mapped)
        .await
        .expect(200);
    assert_eq!(
        body["unresolvedReferences"],
        json!(["Environment (dev) was deliberately left out by the caller's mapping."])
    );
}

#[tokio::test]
async fn importing_replaces_what_it_names() {
    let (sandbox, client) = setup();
    let path = format!("{ALL}import-file/");
    let before = sandbox
        .snapshot()
        .record(Vendor::Apinizer, "payments-api")
        .unwrap()
        .clone();
    client
        .form(Method::POST, &path, &import(&sandbox))
        .await
        .expect(200);
    let after = sandbox
        .snapshot()
        .record(Vendor::Apinizer, "payments-api")
        .unwrap()
        .clone();
    assert_eq!(after.placements, ["production", "dev", "test"]);
    assert_eq!(
        (&after.sha256[0], &after.sha256[1]),
        (&before.sha256[0], &before.sha256[2])
    );
    let new = import(&sandbox)
        .replace("certificateName", "imported")
        .replace("alias", "fresh");
    client.form(Method::POST, &path, &new).await.expect(200);
    assert_eq!(entries(&sandbox, "imported"), ["test"]);
    // DER, and base64 without armour.
    let pem = sandbox.sample(Sample::Client, "imported", 90);
    let bare: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let bare = new.without("certificateFile").file("certificateFile", bare);
    client.form(Method::POST, &path, &bare).await.expect(200);
}

#[tokio::test]
async fn bad_imports_are_refused_in_the_new_shape() {
    let (sandbox, client) = setup();
    let path = format!("{ALL}import-file/");
    let good = import(&sandbox);
    let zip = |name: &str| {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(b"hello").unwrap();
        archive.finish().unwrap().into_inner()
    };
    let with_file = |content: Vec<u8>| {
        good.clone()
            .without("certificateFile")
            .file("certificateFile", content)
    };
    let cases = [
        (
            good.clone().without("certificateName"),
            "certificateName value can not be empty!",
        ),
        (
            good.clone().without("alias"),
            "alias value can not be empty!",
        ),
        (
            good.clone().without("environmentList"),
            "environmentList value can not be empty!",
        ),
        (
            with_file(Vec::new()),
            "certificateFile value can not be empty!",
        ),
        (
            with_file(b"hello".to_vec()),
            "certificateFile is not a valid certificate!",
        ),
        (
            with_file(b"PK\x03\x04broken".to_vec()),
            "certificateFile is not a valid archive!",
        ),
        (
            with_file(zip("README.txt")),
            "This archive holds no importable material for certificate (payments-api)! Entries must be named \
             <certificateName>-<environmentName>.cer, as the export writes them.",
        ),
        (
            with_file(zip("a")).text("environmentMapping", "{"),
            "environmentMapping is not a valid JSON object!",
        ),
        (
            good.clone().replace("environmentList", "Staging"),
            "Environment (Staging) is not found or user does not have privilege to access it!",
        ),
        (
            good.clone().replace("alias", "northwind-root"),
            "Alias (northwind-root) is already used for another certificate, try changing this value!",
        ),
    ];
    let before = sandbox.snapshot();
    for (form, wanted) in cases {
        let body = client.form(Method::POST, &path, &form).await.expect(400);
        assert_eq!(
            body,
            json!({ "status": "FAILURE", "resultMessage": wanted })
        );
    }
    assert_eq!(sandbox.snapshot(), before);
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
