//! What holds of all records.

use crate::{answering, der, list, patchworks::patchworks, pem};
use certfleet::{Certificate, ProviderId};
use certfleet_tests::{
    contract::{Contract, Operation, generate},
    scripted_account,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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

/// An empty text states nothing, wherever it stands: not a name, not a date, not another fingerprint.
#[test]
fn empty_texts_are_absent_ones() {
    for blank in ["", "  "] {
        for (kind, body) in [
            (
                ProviderId::OPENAI,
                json!({"object": "list", "has_more": false, "data": [
                {"object": "organization.certificate", "id": "cert_a", "active": true, "created_at": 1_790_000_000,
                 "certificate_details": {}, "name": blank}]}),
            ),
            (
                ProviderId::CLOUDFLARE,
                json!({"success": true, "errors": [], "messages": [], "result": [
                {"id": "a", "certificate": pem(), "fingerprint": blank, "issuer_raw": blank, "issuer_org": blank,
                 "binding_status": blank, "type": blank, "created_at": blank, "updated_at": blank,
                 "uploaded_on": blank, "expires_on": blank}]}),
            ),
            (
                ProviderId::CLOUDFLARE,
                json!({"success": true, "errors": [], "messages": [], "result": [
                {"id": "a", "certificate": blank}]}),
            ),
            (
                ProviderId::PATCHWORKS,
                patchworks(json!({"id": 17, "certificate": blank, "name": blank,
                 "created_at": blank, "updated_at": blank})),
            ),
            (
                ProviderId::APINIZER,
                json!({"status": "SUCCESS", "resultList": [
                {"name": "payments", "description": blank, "certificateEnvironmentList": [
                    {"environmentName": "test", "alias": blank, "startDate": blank, "endDate": blank,
                     "subjectDn": blank, "sha1Thumbprint": blank, "base64EncodedContent": blank}]}]}),
            ),
            (
                ProviderId::APINIZER,
                json!({"status": "SUCCESS", "resultList": [
                {"name": "payments", "description": blank, "certificateEnvironmentList": [
                    {"environmentName": "test", "alias": blank, "startDate": blank, "endDate": blank,
                     "subjectDn": blank, "sha1Thumbprint": blank, "base64EncodedContent": der()}]}]}),
            ),
        ] {
            let read = |body| list(&scripted_account(kind, answering(kind, body))).unwrap();
            let mut absent = body.clone();
            without(&mut absent, blank);
            assert_ne!(absent, body, "{kind}");
            let found = read(body);
            assert!(
                found.iter().all(|one| one.warnings.is_empty()),
                "{kind}: {found:?}"
            );
            assert_eq!(found, read(absent), "{kind}");
            assert_eq!(found.len(), 1);
        }
    }
}

/// Writes null for this text.
fn without(value: &mut Value, text: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|one| without(one, text)),
        Value::Object(members) => members.values_mut().for_each(|one| without(one, text)),
        Value::String(one) if one == text => *value = Value::Null,
        _ => {}
    }
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
