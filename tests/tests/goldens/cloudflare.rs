//! Cloudflare's records.

use crate::{golden, pem};
use certfleet::ProviderId;
use serde_json::{Value, json};

fn cloudflare(records: Value) -> Value {
    json!({"success": true, "errors": [], "messages": [], "result": records})
}

#[test]
fn cloudflare_records() {
    let record = |more: Value| {
        let mut record = json!({
            "id": "f174e90a-fafe-4643-bbbc-4a0ed4fc8415", "binding_status": "available", "type": "gateway_managed",
            "in_use": true, "created_at": "2026-01-01T05:20:00.12345Z", "updated_at": "2026-02-01T05:20:00Z",
            "uploaded_on": "2026-01-01T05:20:00Z", "expires_on": "2031-01-01T05:20:00Z",
            "issuer_org": "Example Inc.", "issuer_raw": "O=Example Inc.,L=California,ST=San Francisco,C=US",
            "fingerprint": "E9:19:49:AA:DD:D8:1E:C1:20:2A:D8:22:BF:A5:F8:FC:1A:F7:10:9F:C7:5B:69:AB:0:31:91:8B:61:B4:BF:1C",
        });
        record
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().cloned().unwrap());
        record
    };
    golden(
        "documented",
        ProviderId::CLOUDFLARE,
        &cloudflare(json!([record(json!({}))])),
    );
    golden(
        "only_an_id",
        ProviderId::CLOUDFLARE,
        &cloudflare(json!([{"id": "a"}])),
    );
    for status in [
        "active",
        "pending_deployment",
        "pending_deletion",
        "inactive",
        "quantum",
    ] {
        golden(
            &format!("status_{status}"),
            ProviderId::CLOUDFLARE,
            &cloudflare(json!([{"id": "a", "binding_status": status}])),
        );
    }
    golden(
        "custom_with_live_extras",
        ProviderId::CLOUDFLARE,
        &cloudflare(json!([record(json!({
            "type": "custom", "in_use": false, "qs_pack_id": "x", "updated_at": "0001-01-01T00:00:00Z",
            "uploaded_on": "0001-01-01T00:00:00Z",
        }))])),
    );
    golden(
        "a_type_of_tomorrow",
        ProviderId::CLOUDFLARE,
        &cloudflare(json!([{"id": "a", "type": "hsm"}])),
    );
    golden(
        "odd_dates",
        ProviderId::CLOUDFLARE,
        &cloudflare(
            json!([{"id": "a", "expires_on": "soon", "created_at": "2026-01-01 05:20:00", "uploaded_on": "2026-01-01T05:20:00+14:00"}]),
        ),
    );
    golden(
        "another_content",
        ProviderId::CLOUDFLARE,
        &cloudflare(json!([record(json!({"certificate": pem()}))])),
    );
    golden(
        "a_pem_with_escaped_line_breaks",
        ProviderId::CLOUDFLARE,
        &cloudflare(json!([{"id": "a", "certificate": pem().replace('\n', "\\n")}])),
    );
    golden(
        "an_unreadable_content",
        ProviderId::CLOUDFLARE,
        &cloudflare(
            json!([{"id": "a", "certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}]),
        ),
    );
    golden(
        "no_id",
        ProviderId::CLOUDFLARE,
        &cloudflare(json!([{"binding_status": "available"}])),
    );
    golden(
        "result_null",
        ProviderId::CLOUDFLARE,
        &cloudflare(Value::Null),
    );
    golden(
        "a_short_list",
        ProviderId::CLOUDFLARE,
        &json!({"success": true, "errors": [], "messages": [], "result": [{"id": "a"}], "result_info": {"total_count": 2}}),
    );
    golden(
        "a_success_that_failed",
        ProviderId::CLOUDFLARE,
        &json!({"success": false, "errors": [{"code": 1004, "message": "Failed"}], "messages": [], "result": null}),
    );
}
