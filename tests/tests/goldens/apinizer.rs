//! Apinizer's records.

use crate::{base64, der, golden, golden_of, pem, wait};
use certfleet::{Account, CertificateId, ProviderId};
use serde_json::{Value, json};

#[test]
fn apinizer_records() {
    let entry = |environment: &str, more: Value| {
        let mut entry = json!({
            "environmentName": environment, "alias": format!("payments-{environment}"),
            "startDate": "2026-11-17T17:06:40.000Z", "endDate": "2027-12-23T17:06:40Z",
            "subjectDn": "CN=golden", "sha1Thumbprint": "5FB7EE0633E259DBAD0C4C9AE6D38F1A61C7DC25",
        });
        entry
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().cloned().unwrap());
        entry
    };
    let answer = |entries: Value| {
        json!({"status": "SUCCESS", "resultCount": 1, "resultList": [
            {"name": "payments", "description": "Payments", "certificateEnvironmentList": entries},
        ]})
    };
    golden(
        "documented",
        ProviderId::APINIZER,
        &answer(json!([
            entry("production", json!({})),
            entry("test", json!({}))
        ])),
    );
    golden(
        "with_content",
        ProviderId::APINIZER,
        &answer(json!([entry(
            "production",
            json!({"base64EncodedContent": der()})
        )])),
    );
    golden(
        "pem_inside",
        ProviderId::APINIZER,
        &answer(json!([entry(
            "production",
            json!({"base64EncodedContent": base64(pem())})
        )])),
    );
    golden(
        "two_entries_of_one_environment",
        ProviderId::APINIZER,
        &answer(json!([
            entry("test", json!({"sha1Thumbprint": "00"})),
            entry("test", json!({"base64EncodedContent": der()})),
        ])),
    );
    golden(
        "the_older_success",
        ProviderId::APINIZER,
        &json!({"success": true, "resultList": [{"name": "payments"}]}),
    );
    golden(
        "dates_without_zone_and_none",
        ProviderId::APINIZER,
        &answer(json!([entry(
            "test",
            json!({"startDate": "2026-11-17T17:06:40", "endDate": "never"})
        )])),
    );
    golden(
        "nothing",
        ProviderId::APINIZER,
        &json!({"status": "SUCCESS", "resultCount": 0}),
    );
    golden(
        "no_list",
        ProviderId::APINIZER,
        &json!({"status": "SUCCESS"}),
    );
    golden(
        "a_short_list",
        ProviderId::APINIZER,
        &json!({"status": "SUCCESS", "resultCount": 2, "resultList": [{"name": "payments"}]}),
    );
    golden(
        "no_name",
        ProviderId::APINIZER,
        &json!({"status": "SUCCESS", "resultList": [{"description": "x"}]}),
    );
    let other =
        json!({"status": "SUCCESS", "resultCount": 1, "resultList": [{"name": "payments-2"}]});
    let get = |account: &Account| {
        let id = CertificateId::new(ProviderId::APINIZER, "acme", "payments");
        wait(account.get(&id)).map(|one| json!([one]))
    };
    golden_of(
        "get_that_answers_another",
        ProviderId::APINIZER,
        other.clone(),
        get,
        &other,
    );
    golden(
        "a_success_that_failed",
        ProviderId::APINIZER,
        &json!({"status": "FAILURE", "resultMessage": "Internal error!"}),
    );
    golden(
        "an_older_success_that_failed",
        ProviderId::APINIZER,
        &json!({"success": false, "resultMessage": "Internal error!"}),
    );
}
