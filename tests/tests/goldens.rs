//! What the facade makes of each vendor's records, old and new shapes and every odd form, as
//! reviewed snapshots; and what holds of all of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "test code outside #[test] functions, which are all that clippy.toml knows"
)]

use certfleet::{Account, Certificate, CertificateId, ContentFetch, ListOptions, ProviderId};
use certfleet_sandbox::Sample;
use certfleet_tests::{
    Scripted,
    contract::{Contract, Operation, generate},
    sandbox, scripted_account,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A certificate's PEM, the same in every run.
fn pem() -> String {
    sandbox().sample(Sample::Authority, "golden", 400)
}

fn der() -> String {
    pem()
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect()
}

fn list(account: &Account) -> certfleet::Result<Vec<Certificate>> {
    wait(
        account
            .list(ListOptions::content(ContentFetch::Included))
            .try_collect(),
    )
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

/// The normalised form of a native answer, beside what it was made of.
fn golden(name: &str, kind: ProviderId, answer: &Value) {
    golden_of(name, kind, answer.clone(), list, answer);
}

fn golden_of(
    name: &str,
    kind: ProviderId,
    answer: Value,
    ask: impl Fn(&Account) -> certfleet::Result<Vec<Certificate>>,
    described: &Value,
) {
    let account = scripted_account(kind, answering(kind, answer));
    let normalised = match ask(&account) {
        Ok(certificates) => serde_json::to_value(certificates).unwrap(),
        Err(error) => json!({ "error": error.report() }),
    };
    let text = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    insta::with_settings!({ description => text(described), omit_expression => true }, {
        insta::assert_snapshot!(format!("{kind}__{name}"), text(&normalised));
    });
}

/// Answers an operation; OpenAI's projects have nothing.
fn answering(kind: ProviderId, answer: Value) -> Scripted {
    Scripted::new(move |_, request| {
        let other =
            kind == ProviderId::OPENAI && request.operation().id == "list_project_certificates";
        let empty = json!({"object": "list", "data": [], "has_more": false});
        (
            200,
            if other {
                empty.to_string()
            } else {
                answer.to_string()
            },
        )
    })
}

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
        wait(account.get(&id)).map(|one| vec![one])
    };
    let mut shown = whole.clone();
    shown["certificate_details"]["content"] = json!("(PEM)");
    golden_of("with_content", ProviderId::OPENAI, whole, get, &shown);
}

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

fn patchworks(certificate: Value) -> Value {
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
        wait(account.get(&id)).map(|one| vec![one])
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

fn base64(text: String) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) as usize & 63;
            out.push(if place <= chunk.len() {
                DIGITS[digit] as char
            } else {
                '='
            });
        }
    }
    out
}

/// The operations that list certificates; OpenAI's answers for its projects too.
fn listings() -> impl Iterator<Item = (ProviderId, &'static Operation)> {
    [
        (ProviderId::OPENAI, "/organization/certificates"),
        (
            ProviderId::CLOUDFLARE,
            "/accounts/{account_id}/gateway/certificates",
        ),
        (ProviderId::PATCHWORKS, "/api/v1/connectors"),
        (
            ProviderId::APINIZER,
            "/apiops/projects/{projectName}/certificates/",
        ),
    ]
    .into_iter()
    .map(|(kind, path)| {
        let operations = &Contract::get().document(kind.as_str()).operations;
        (
            kind,
            operations
                .iter()
                .find(|one| one.method == "GET" && one.path == path)
                .unwrap(),
        )
    })
}

/// Runs a check on what the facade makes of generated listings.
fn of_any_listing(check: impl Fn(&Value, &Certificate) -> Result<(), String>) {
    for (kind, operation) in listings() {
        let schema = operation.success().schema.as_ref().unwrap();
        generate::run(
            &operation.key(),
            &generate::values(schema, generate::Side::Answer),
            150,
            |mut body| {
                if kind == ProviderId::OPENAI {
                    body["has_more"] = json!(false);
                }
                if let Some(members) = body.as_object_mut() {
                    members.retain(|name, _| {
                        !["meta", "links", "result_info", "resultCount"].contains(&name.as_str())
                    });
                }
                let account = scripted_account(kind, answering(kind, body.clone()));
                // What is no listing is refused, and that is not the matter here.
                for certificate in list(&account).into_iter().flatten() {
                    check(&body, &certificate)?;
                }
                Ok(())
            },
        );
    }
}

#[test]
fn no_date_is_invented() {
    of_any_listing(|body, certificate| {
        let mut stated = BTreeSet::new();
        visit(body, &mut |_, value| stated.extend(instant(value)));
        let mut strange = None;
        visit(
            &serde_json::to_value(certificate).unwrap(),
            &mut |name, value| {
                let date = [
                    "created_at",
                    "updated_at",
                    "uploaded_at",
                    "not_before",
                    "not_after",
                ]
                .contains(&name);
                if date
                    && !value.is_null()
                    && !instant(value).is_some_and(|at| stated.contains(&at))
                {
                    strange = Some(format!("{name} is {value}"));
                }
            },
        );
        strange.map_or(Ok(()), Err)
    });
}

fn visit(value: &Value, see: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                see(name, member);
                visit(member, see);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, see)),
        _ => {}
    }
}

fn instant(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Number(number) => {
            let seconds = number
                .as_i64()
                .or(number.as_f64().map(|seconds| seconds as i64))?;
            DateTime::from_timestamp(seconds, 0)
        }
        Value::String(text) => text
            .parse::<DateTime<Utc>>()
            .ok()
            .or_else(|| {
                NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S")
                    .ok()
                    .map(|at| at.and_utc())
            })
            .or_else(|| {
                NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
                    .ok()
                    .map(|at| at.and_utc())
            }),
        _ => None,
    }
}

#[test]
fn no_native_field_is_lost() {
    of_any_listing(|body, certificate| {
        let native = certificate.native.to_value();
        let mut there = false;
        visit(&json!({ "": body }), &mut |_, value| {
            let records = value.as_array().into_iter().flatten().chain([value]);
            there = there || records.into_iter().any(|one| bare(one) == bare(&native));
        });
        if there {
            Ok(())
        } else {
            Err(format!("{native} did not come"))
        }
    });
}

/// A value with everything in it that may be cut out written alike.
fn bare(value: &Value) -> Value {
    let mut value = value.clone();
    fn cut(value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if ["passphrase", "certificate"].contains(&name.as_str()) && member.is_string()
                    {
                        *member = json!("");
                    }
                    cut(member);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(cut),
            _ => {}
        }
    }
    cut(&mut value);
    value
}

#[test]
fn no_secret_is_shown() {
    let key = "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n";
    for certificate in [
        key.to_owned(),
        format!("{}{key}", pem()),
        "canary".to_owned(),
        "MIIJqQIBAzCanary".to_owned(),
    ] {
        for passphrase in [
            json!("canary"),
            json!(["canary"]),
            json!({"value": "canary"}),
        ] {
            for name in ["passphrase", "Passphrase", "PASSPHRASE"] {
                let record = json!({
                    "id": 17, "certificate": certificate, name: passphrase, "user": {name: passphrase, "list": [{name: passphrase}]},
                });
                let account = scripted_account(
                    ProviderId::PATCHWORKS,
                    answering(ProviderId::PATCHWORKS, patchworks(record)),
                );
                for certificate in list(&account).unwrap() {
                    let json = serde_json::to_string(&certificate).unwrap();
                    let shown = format!("{certificate:?} {json} {}", certificate.native.as_str());
                    assert!(!shown.to_lowercase().contains("canary"), "{shown}");
                }
            }
        }
    }
}
