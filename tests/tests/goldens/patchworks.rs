//! Patchworks's records.

use crate::{golden, pem};
use certfleet::ProviderId;
use serde_json::{Value, json};

pub(crate) fn patchworks(certificate: Value) -> Value {
    json!({"data": [{"id": 301, "name": "SAP", "certificate": certificate}], "meta": {"current_page": 1, "last_page": 1, "total": 1}})
}

#[test]
fn patchworks_records() {
    golden(
        "documented",
        ProviderId::PATCHWORKS,
        &patchworks(json!({
            "id": 17, "connector_id": "301", "certificate": pem(), "name": "acme-client", "user_id": 3,
            "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-16T09:30:00.000000Z",
        })),
    );
    golden(
        "nothing_attached",
        ProviderId::PATCHWORKS,
        &patchworks(Value::Null),
    );
    golden(
        "one_at_two_connectors",
        ProviderId::PATCHWORKS,
        &json!({"data": [
            {"id": 301, "certificate": {"id": 17, "certificate": pem()}},
            {"id": 302, "certificate": {"id": 17, "certificate": pem()}},
            {"id": 303},
        ]}),
    );
    golden(
        "objects_and_spaced_dates",
        ProviderId::PATCHWORKS,
        &patchworks(json!({
            "id": 17, "name": {"value": "acme"}, "connector_id": 301, "user": {"id": 3}, "created_at": "2026-01-15 09:30:00", "updated_at": null,
        })),
    );
    golden(
        "a_key_and_a_passphrase",
        ProviderId::PATCHWORKS,
        &patchworks(json!({
            "id": 17, "name": "keyed", "passphrase": "canary-passphrase", "certificate": format!("{}-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n", pem()),
        })),
    );
    golden(
        "a_pkcs12_in_base64",
        ProviderId::PATCHWORKS,
        &patchworks(
            json!({"id": 17, "certificate": "MIIJqQIBAzCCCW8GCSqGSIb3DQEHAaCCCWAEgglcMIIJWDCC"}),
        ),
    );
    golden(
        "no_id",
        ProviderId::PATCHWORKS,
        &patchworks(json!({"certificate": pem()})),
    );
    golden("data_null", ProviderId::PATCHWORKS, &json!({"data": null}));
    golden(
        "a_short_list",
        ProviderId::PATCHWORKS,
        &json!({"data": [{"id": 301}], "meta": {"current_page": 1, "last_page": 1, "total": 2}}),
    );
}
