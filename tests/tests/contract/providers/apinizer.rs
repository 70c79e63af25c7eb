//! Apinizer.

use super::{Failure, Provider, Way, list, number, with, word};
use crate::sandbox::{Watched, record};
use certfleet::ErrorKind as Facade;
use certfleet_apinizer::Credentials;
use certfleet_sandbox::{
    APINIZER_PROJECTS, Credential, Sample, Sandbox,
    behaviour::{ContentForm, ErrorShape, SuccessShape, UpdateRule},
};
use certfleet_tests::Keys;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const PROVIDER: Provider = Provider {
    provider: "apinizer",
    credential,
    other_ways: &[],
    known,
    live,
    limited: None,
    ways: WAYS,
    said,
    failures,
    whole,
};

const WAYS: &[Way] = &[
    ("old errors", |b| b.apinizer.errors = ErrorShape::Old, ""),
    ("new errors", |b| b.apinizer.errors = ErrorShape::New, ""),
    (
        "old successes",
        |b| b.apinizer.successes = SuccessShape::Old,
        "",
    ),
    (
        "new successes",
        |b| b.apinizer.successes = SuccessShape::New,
        "",
    ),
    (
        "an update replaces",
        |b| b.apinizer.update = UpdateRule::Replaces,
        "",
    ),
    (
        "no content in lists",
        |b| b.apinizer.content_in_lists = false,
        "",
    ),
    ("PEM inside", |b| b.apinizer.content = ContentForm::Pem, ""),
    ("whole seconds", |b| b.apinizer.milliseconds = false, ""),
    (
        "a failing environment",
        |b| b.apinizer.failing_environments = BTreeSet::from(["test".to_owned()]),
        "",
    ),
];

fn credential(keys: &mut Keys, credential: Credential) {
    if let Credential::Bearer(token) = credential {
        keys.apinizer = Credentials::AccessToken(token.into());
    }
}

fn known(sandbox: &Sandbox) -> Vec<(&'static str, Value)> {
    let project = APINIZER_PROJECTS[0];
    vec![
        ("projectName", json!(project)),
        (
            "certificateName",
            record(sandbox, "apinizer", Some(project)),
        ),
    ]
}

fn live(watched: &Watched) {
    let pem = watched
        .sandbox
        .sample(Sample::Authority, "contract-ca", 400);
    let apinizer = |name: &str, more: Value, body: Option<Value>| {
        let parameters = with(json!({"projectName": APINIZER_PROJECTS[0]}), more);
        watched.call(&format!("apinizer.{name}"), parameters, body)
    };
    let parts = |more: Value| {
        let parts = json!({
            "alias": "contract", "certificateDescription": "made by a test", "environmentList": "production,test",
        });
        Some(with(parts, more))
    };
    let named = || json!({"certificateName": "contract"});
    let made = apinizer(
        "create_certificate",
        json!({}),
        parts(json!({"certificateName": "contract", "pemEncodedFile": pem})),
    );
    if watched.as_usual {
        assert_eq!(made["success"], true);
    }
    let got = apinizer("get_certificate", named(), None);
    assert_eq!(got["resultList"].as_array().map(Vec::len), Some(1));
    apinizer("list_certificates", json!({}), None);
    let update = json!({"certificateName": "contract", "jwkUpdateAction": "UPDATE", "updateScope": "ALL_PROJECTS"});
    apinizer(
        "update_certificate",
        update,
        parts(json!({"alias": "contract-2", "pemEncodedFile": pem})),
    );
    let project = json!({"projectName": APINIZER_PROJECTS[0]});
    let exported = watched.answer("apinizer.export_certificate", with(project, named()), None);
    assert!(exported.body.starts_with(b"PK"), "the export is not a ZIP");
    let import = json!({"certificateName": "contract-imported", "alias": "contract-3", "certificateFile": pem});
    apinizer("import_certificate", json!({}), parts(import));
    let deleted = apinizer(
        "delete_certificate",
        json!({"certificateName": "contract", "jwkDeleteAction": "DELETE"}),
        None,
    );
    assert!(deleted["deploymentResult"].is_object());
    let listed = apinizer("list_certificates", json!({}), None);
    let mut listed = listed["resultList"].as_array().unwrap().iter();
    assert!(listed.all(|one| one["name"] != "contract"));
    watched.saw("apinizer", 7);
}

fn said(body: &Value) -> (Option<String>, Option<String>) {
    (
        word(&body["error"]),
        word(&body["error_description"])
            .or(word(&body["resultMessage"]))
            .or(word(&body["message"])),
    )
}

fn failures() -> Vec<Failure> {
    let apinizer = |text: &str| json!({"error": "bad_request", "error_description": text});
    let newer = |text: &str| json!({"status": "FAILURE", "resultMessage": text});
    vec![
        (
            400,
            apinizer("Certificate (name: x) is not found!"),
            Some("bad_request"),
            Facade::NotFound,
        ),
        (
            400,
            newer("Certificate (name: x) is not found!"),
            None,
            Facade::NotFound,
        ),
        (
            400,
            apinizer("Certificate (name: x) is already exist!"),
            Some("bad_request"),
            Facade::AlreadyExists,
        ),
        (
            400,
            newer("User does not have required permission (SECRETS + MANAGE) in the project!"),
            None,
            Facade::PermissionDenied,
        ),
        (
            401,
            newer("Token is not valid!"),
            None,
            Facade::Unauthenticated,
        ),
        (200, newer("Something else"), None, Facade::Provider),
        (
            200,
            json!({"success": false, "resultMessage": "Something else"}),
            None,
            Facade::Provider,
        ),
    ]
}

fn whole(mut body: Value, gets: bool) -> (Value, Vec<Value>) {
    for member in ["success", "status", "resultCount"] {
        body.as_object_mut().map(|body| body.remove(member));
    }
    let mut records = list(&mut body["resultList"]);
    if gets && records.is_empty() {
        records.push(json!({}));
    }
    number(&mut records, "name", |index| json!(format!("name-{index}")));
    body["resultList"] = json!(records);
    records.truncate(if gets { 1 } else { usize::MAX });
    (body, records)
}
