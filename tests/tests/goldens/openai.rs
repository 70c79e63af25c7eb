//! OpenAI's records.

use crate::{golden, golden_of, pem, wait};
use certfleet::{Account, CertificateId, ProviderId};
use serde_json::{Value, json};

fn openai(records: Value) -> Value {
    json!({"object": "list", "data": records, "first_id": "cert_a", "last_id": "cert_a", "has_more": false})
}

#[test]
fn openai_records() {
    let record = |more: Value| {
        let mut record = json!({
            "object": "organization.certificate", "id": "cert_a", "name": "payments", "created_at": 1_790_000_000,
            "active": true, "certificate_details": {"valid_at": 1_780_000_000, "expires_at": 1_820_000_000},
        });
        record
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().cloned().unwrap());
        record
    };
    golden(
        "documented",
        ProviderId::OPENAI,
        &openai(json!([record(json!({}))])),
    );
    golden(
        "inactive_without_a_name",
        ProviderId::OPENAI,
        &openai(json!([record(json!({"name": null, "active": false}))])),
    );
    golden(
        "no_dates",
        ProviderId::OPENAI,
        &openai(json!([record(json!({"certificate_details": {}}))])),
    );
    golden(
        "dates_beyond_the_calendar",
        ProviderId::OPENAI,
        &openai(json!([record(json!({
            "created_at": -1, "certificate_details": {"valid_at": 1_800_000_000_000_i64, "expires_at": 253_402_300_799_i64},
        }))])),
    );
    golden(
        "whole_numbers_as_fractions",
        ProviderId::OPENAI,
        &openai(json!([record(json!({"created_at": 1_790_000_000.0}))])),
    );
    golden(
        "a_new_object_and_fields",
        ProviderId::OPENAI,
        &openai(json!([record(
            json!({"object": "certificate.v2", "tags": ["a"]})
        )])),
    );
    golden(
        "an_old_list_without_ids",
        ProviderId::OPENAI,
        &json!({"object": "list", "data": [record(json!({}))], "has_more": false}),
    );
    golden(
        "more_without_more",
        ProviderId::OPENAI,
        &json!({"object": "list", "data": [], "has_more": true}),
    );
    golden(
        "data_null",
        ProviderId::OPENAI,
        &json!({"object": "list", "data": null, "has_more": false}),
    );
    let whole = json!({
        "object": "certificate", "id": "cert_a", "name": "payments", "created_at": 1_790_000_000,
        "certificate_details": {"valid_at": 1_794_935_200, "expires_at": 1_829_581_600, "content": pem()},
    });
    let get = |account: &Account| {
        let id = CertificateId::new(ProviderId::OPENAI, "acme", "cert_a");
        wait(account.get(&id)).map(|one| json!([one]))
    };
    let mut shown = whole.clone();
    shown["certificate_details"]["content"] = json!("(PEM)");
    golden_of("with_content", ProviderId::OPENAI, whole, get, &shown);
}
