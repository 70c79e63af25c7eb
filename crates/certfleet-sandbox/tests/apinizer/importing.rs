//! Imports, and exports that are imported.

use super::*;

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

#[tokio::test]
async fn an_import_leaves_what_is_in_a_failing_environment() {
    let (sandbox, client) = setup();
    let contents = || {
        let snapshot = sandbox.snapshot();
        let record = snapshot.record(Provider::Apinizer, "payments-api").unwrap();
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
        .record(Provider::Apinizer, "payments-api")
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
        .record(Provider::Apinizer, "payments-api")
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
        .record(Provider::Apinizer, "payments-api")
        .unwrap()
        .clone();
    client
        .form(Method::POST, &path, &import(&sandbox))
        .await
        .expect(200);
    let after = sandbox
        .snapshot()
        .record(Provider::Apinizer, "payments-api")
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
