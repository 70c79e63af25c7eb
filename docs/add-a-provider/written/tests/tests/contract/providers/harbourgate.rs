//! Harbourgate.

use super::{Failure, Provider, Way, list, number, word};
use crate::sandbox::{Watched, record};
use certfleet::ErrorKind as Facade;
use certfleet_harbourgate::Credentials;
use certfleet_sandbox::{Credential, Sample, Sandbox};
use certfleet_tests::Keys;
use serde_json::{Value, json};

pub(super) const PROVIDER: Provider = Provider {
    provider: "harbourgate",
    credential,
    other_ways: &[|keys| keys.harbourgate = Credentials::Token("s3cret-token".into())],
    known,
    live,
    limited: Some((
        |behaviour, limit| behaviour.harbourgate.rate_limit = Some(limit),
        "list_certificates",
    )),
    ways: WAYS,
    said,
    failures,
    whole,
};

const WAYS: &[Way] = &[(
    "content in lists",
    |b| b.harbourgate.content_in_lists = true,
    "",
)];

fn credential(keys: &mut Keys, credential: Credential) {
    keys.harbourgate = match credential {
        Credential::Key { key, .. } => Credentials::ApiKey(key.into()),
        Credential::Bearer(token) => Credentials::Token(token.into()),
        other => panic!("{other:?}"),
    };
}

fn known(sandbox: &Sandbox) -> Vec<(&'static str, Value)> {
    vec![("certificateId", record(sandbox, "harbourgate", None))]
}

fn live(watched: &Watched) {
    let pem = watched
        .sandbox
        .sample(Sample::Authority, "contract-ca", 400);
    let call = |name: &str, parameters: Value, body: Option<Value>| {
        watched.call(&format!("harbourgate.{name}"), parameters, body)
    };
    let form = json!({"name": "contract", "file": pem});
    let made = call("upload_certificate", json!({}), Some(form));
    let named = || json!({"certificateId": made["id"]});
    assert!(call("get_certificate", named(), None)["pem"].is_string());
    for parameters in [
        json!({}),
        json!({"page": 2, "per_page": 2}),
        json!({"page": 99}),
    ] {
        call("list_certificates", parameters, None);
    }
    call("delete_certificate", named(), None);
    watched.saw("harbourgate", 4);
}

fn said(body: &Value) -> (Option<String>, Option<String>) {
    let error = &body["error"];
    (word(&error["code"]), word(&error["message"]))
}

fn failures() -> Vec<Failure> {
    let failure = |code: &str| json!({"error": {"code": code, "message": "No."}});
    vec![
        (
            401,
            failure("unauthorized"),
            Some("unauthorized"),
            Facade::Unauthenticated,
        ),
        (
            403,
            failure("forbidden"),
            Some("forbidden"),
            Facade::PermissionDenied,
        ),
        (
            404,
            failure("not_found"),
            Some("not_found"),
            Facade::NotFound,
        ),
        (
            429,
            failure("too_many_requests"),
            Some("too_many_requests"),
            Facade::RateLimited,
        ),
    ]
}

fn whole(mut body: Value, gets: bool) -> (Value, Vec<Value>) {
    if gets {
        let record = body.clone();
        return (body, vec![record]);
    }
    let mut records = list(&mut body["items"]);
    number(&mut records, "id", |index| json!(format!("hg_{index}")));
    for number in ["page", "pages"] {
        body[number] = json!(1);
    }
    body["total"] = json!(records.len());
    body["items"] = json!(records);
    (body, records)
}
