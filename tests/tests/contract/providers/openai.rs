//! OpenAI.

use super::{Failure, Provider, Way, list, number, word};
use crate::sandbox::{Watched, record};
use certfleet::ErrorKind as Facade;
use certfleet_openai::Credentials;
use certfleet_sandbox::{Credential, Sample, Sandbox, behaviour::EmptyPageIds};
use certfleet_tests::Keys;
use serde_json::{Value, json};

pub(super) const PROVIDER: Provider = Provider {
    provider: "openai",
    credential,
    other_ways: &[],
    known,
    live,
    limited: Some((
        |behaviour, limit| behaviour.openai.rate_limit = Some(limit),
        "list_organization_certificates",
    )),
    ways: WAYS,
    said,
    failures,
    whole,
};

const WAYS: &[Way] = &[
    (
        "toggles answer list",
        |b| b.openai.toggles_answer_list = true,
        "",
    ),
    (
        "no ids on an empty page",
        |b| b.openai.empty_page_ids = EmptyPageIds::Absent,
        "",
    ),
    ("any upload", |b| b.openai.strict_upload = false, ""),
    (
        "projects show their own",
        |b| b.openai.projects_show_inherited = false,
        "",
    ),
];

fn credential(keys: &mut Keys, credential: Credential) {
    if let Credential::Bearer(key) = credential {
        keys.openai = Credentials::AdminKey(key.into());
    }
}

fn known(sandbox: &Sandbox) -> Vec<(&'static str, Value)> {
    vec![
        ("project_id", json!("proj_sandboxstaging")),
        ("certificate_id", record(sandbox, "openai", None)),
    ]
}

fn live(watched: &Watched) {
    let pem = watched
        .sandbox
        .sample(Sample::Authority, "contract-ca", 400);
    let openai = |name: &str, parameters: Value, body: Option<Value>| {
        watched.call(&format!("openai.{name}"), parameters, body)
    };
    let all_are = |active: bool, listed: &Value| {
        let data = listed["data"].as_array().unwrap();
        data.iter().all(|one| one["active"] == active)
    };
    let uploaded = watched.answer(
        "openai.upload_certificate",
        json!({}),
        Some(json!({"certificate": pem, "name": "contract"})),
    );
    assert!(uploaded.request_id.is_some());
    let made = uploaded.value.unwrap();
    let id = &made["id"];
    let named = || json!({"certificate_id": id});
    let project = || json!({"project_id": "proj_sandboxresearch"});
    let toggled = || Some(json!({"certificate_ids": [id]}));
    let renamed = openai(
        "modify_certificate",
        named(),
        Some(json!({"name": "renamed"})),
    );
    assert_eq!(renamed["name"], "renamed");
    openai("get_certificate", named(), None);
    let whole = openai(
        "get_certificate",
        json!({"certificate_id": id, "include[]": ["content"]}),
        None,
    );
    assert!(whole["certificate_details"]["content"].is_string());
    let page = watched.answer(
        "openai.list_organization_certificates",
        json!({"limit": 1, "order": "asc"}),
        None,
    );
    // What was answered is kept byte for byte.
    let raw: Value = serde_json::from_slice(&page.body).unwrap();
    let value = page.value.unwrap();
    for page in [&raw, &value] {
        assert_eq!(page["data"].as_array().map(Vec::len), Some(1));
    }
    assert_eq!(value["has_more"], true);
    assert!(page.headers.contains_key("x-request-id"));
    openai("list_organization_certificates", json!({"after": id}), None);
    for (verb, active) in [("activate", true), ("deactivate", false)] {
        let name = format!("{verb}_organization_certificates");
        assert!(all_are(active, &openai(&name, json!({}), toggled())));
    }
    let on = openai("activate_project_certificates", project(), toggled());
    assert!(all_are(true, &on));
    let listed = openai("list_project_certificates", project(), None);
    let mut listed = listed["data"].as_array().unwrap().iter();
    assert!(listed.any(|one| one["id"] == *id && one["active"] == true));
    openai("deactivate_project_certificates", project(), toggled());
    assert_eq!(openai("delete_certificate", named(), None)["id"], *id);
    watched.saw("openai", 10);
}

fn said(body: &Value) -> (Option<String>, Option<String>) {
    let error = &body["error"];
    (
        word(&error["code"]).or(word(&error["type"])),
        word(&error["message"]),
    )
}

fn failures() -> Vec<Failure> {
    let openai = |code: Value, kind: &str| json!({"error": {"message": "No.", "type": kind, "param": null, "code": code}});
    vec![
        (
            401,
            openai(json!("invalid_api_key"), "invalid_request_error"),
            Some("invalid_api_key"),
            Facade::Unauthenticated,
        ),
        (
            403,
            openai(Value::Null, "insufficient_permissions"),
            Some("insufficient_permissions"),
            Facade::PermissionDenied,
        ),
        (
            404,
            openai(json!("not_found"), "invalid_request_error"),
            Some("not_found"),
            Facade::NotFound,
        ),
        (
            429,
            openai(json!("rate_limit_exceeded"), "requests"),
            Some("rate_limit_exceeded"),
            Facade::RateLimited,
        ),
        (
            500,
            openai(Value::Null, "server_error"),
            Some("server_error"),
            Facade::Provider,
        ),
    ]
}

fn whole(mut body: Value, gets: bool) -> (Value, Vec<Value>) {
    if gets {
        let record = body.clone();
        return (body, vec![record]);
    }
    body["has_more"] = json!(false);
    let mut records = list(&mut body["data"]);
    number(&mut records, "id", |index| json!(format!("cert_{index}")));
    body["data"] = json!(records);
    (body, records)
}
