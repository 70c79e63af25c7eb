//! Patchworks.

use super::{Failure, Provider, Way, list, number, word};
use crate::sandbox::{Watched, record};
use certfleet::ErrorKind as Facade;
use certfleet_patchworks::Credentials;
use certfleet_sandbox::{
    Credential, Sample, Sandbox,
    behaviour::{DateForm, LooseFields, MissingValues, Refusals, SecondCertificate},
};
use certfleet_tests::Keys;
use serde_json::{Value, json};

pub(super) const PROVIDER: Provider = Provider {
    provider: "patchworks",
    credential,
    other_ways: &[|keys| keys.patchworks = Credentials::Bearer("s3cret-token".into())],
    known,
    live,
    limited: Some((
        |behaviour, limit| behaviour.patchworks.rate_limit = Some(limit),
        "list_connectors",
    )),
    ways: WAYS,
    said,
    failures,
    whole,
};

const WAYS: &[Way] = &[
    ("no echo", |b| b.patchworks.echoes_passphrase = false, ""),
    (
        "objects",
        |b| b.patchworks.loose_fields = LooseFields::Object,
        "",
    ),
    (
        "nulls",
        |b| b.patchworks.loose_fields = LooseFields::Null,
        "",
    ),
    (
        "absent",
        |b| b.patchworks.loose_fields = LooseFields::Absent,
        "",
    ),
    (
        "missing is null",
        |b| b.patchworks.missing_values = MissingValues::Null,
        "certificate\": value is not of type \"object\"",
    ),
    (
        "dates with a space",
        |b| b.patchworks.dates = DateForm::Spaced,
        "is not a \"date-time\"",
    ),
    (
        "empty refusals",
        |b| b.patchworks.refusals = Refusals::Empty,
        "",
    ),
    (
        "a second is refused",
        |b| b.patchworks.second_certificate = SecondCertificate::Refused,
        "",
    ),
];

fn credential(keys: &mut Keys, credential: Credential) {
    keys.patchworks = match credential {
        Credential::Key { key, .. } => Credentials::ApiKey(key.into()),
        Credential::Bearer(token) => Credentials::Bearer(token.into()),
        other => panic!("{other:?}"),
    };
}

fn known(sandbox: &Sandbox) -> Vec<(&'static str, Value)> {
    vec![("certificate", record(sandbox, "patchworks", None))]
}

fn live(watched: &Watched) {
    let leaf = watched
        .sandbox
        .sample(Sample::Client, "contract-client", 90);
    for more in [
        json!({}),
        json!({"connector_id": "306", "passphrase": "s3cret-passphrase"}),
    ] {
        let mut body = more;
        body["certificate"] = json!(leaf);
        let made = watched.answer("patchworks.create_certificate", json!({}), Some(body));
        let kept = String::from_utf8_lossy(&made.body);
        assert!(!kept.contains("s3cret"), "the echoed passphrase is kept");
        let made = made.value.unwrap();
        let connectors = watched.call(
            "patchworks.list_connectors",
            json!({"include": "certificate"}),
            None,
        );
        let mut connectors = connectors["data"].as_array().unwrap().iter();
        assert!(connectors.any(|one| one["certificate"].is_object()));
        for parameters in [json!({"page": 2, "per_page": 2}), json!({"page": 99})] {
            watched.call("patchworks.list_connectors", parameters, None);
        }
        let id = made["data"]["id"].to_string();
        let deleted = watched.call(
            "patchworks.delete_certificate",
            json!({"certificate": id}),
            None,
        );
        assert!(deleted["message"].is_string());
    }
    watched.saw("patchworks", 3);
}

fn said(body: &Value) -> (Option<String>, Option<String>) {
    (None, word(&body["message"]))
}

fn failures() -> Vec<Failure> {
    vec![
        (
            401,
            json!({"message": "Unauthenticated."}),
            None,
            Facade::Unauthenticated,
        ),
        (
            403,
            json!({"message": "This action is unauthorized."}),
            None,
            Facade::PermissionDenied,
        ),
        (
            422,
            json!({"message": "No.", "errors": {"page": ["too small"]}}),
            None,
            Facade::InvalidInput,
        ),
    ]
}

fn whole(mut body: Value, _: bool) -> (Value, Vec<Value>) {
    for paging in ["meta", "links"] {
        body.as_object_mut().map(|body| body.remove(paging));
    }
    let mut records = list(&mut body["data"]);
    number(&mut records, "id", |index| json!(index));
    for (index, record) in records.iter_mut().enumerate() {
        if record["certificate"].is_object() {
            record["certificate"]["id"] = json!(100 + index);
        }
    }
    body["data"] = json!(records);
    // Only what is attached is seen.
    records.retain(|record| record["certificate"].is_object());
    (body, records)
}
