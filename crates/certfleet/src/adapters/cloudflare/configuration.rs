//! Which certificate intercepts: one block of the account's Gateway configuration.
//!
//! The other blocks are the account's whole inspection of traffic. They are not sent: the vendor leaves them, and they
//! are compared before and after.

use super::{Cloudflare, error};
use crate::{Applied, CertificateId, Error, How, Placement, Result, Scope, State};
use bytes::Bytes;
use certfleet_cloudflare::types::{
    GatewayAccountSettings, GatewayAccountSettingsSettings,
    GatewayAccountSettingsSettingsCertificate,
};
use certfleet_http::Nullable;
use serde_json::Value;
use std::collections::BTreeMap;

/// The blocks that say which certificate intercepts, the second one in older accounts.
const CHANGED: [&str; 2] = ["certificate", "custom_certificate"];

/// Members that the vendor alone writes, or that tell a block's version.
const NOT_SET: [&str; 5] = [
    "read_only",
    "source_account",
    "version",
    "binding_status",
    "updated_at",
];

impl Cloudflare {
    /// Makes a certificate the one that intercepts.
    pub(super) async fn intercept_with(&self, id: &CertificateId) -> Result<Applied> {
        // That they cannot be read does not stop a switch: the request leaves them as they are.
        let before = self.blocks().await;
        let settings = GatewayAccountSettingsSettings {
            certificate: Nullable::Value(GatewayAccountSettingsSettingsCertificate {
                id: id.native.clone(),
            }),
        };
        let answer = self
            .client
            .update_configuration()
            .account_id(&self.account_id)
            .body(GatewayAccountSettings {
                settings: Some(settings),
            })
            .send()
            .await;
        let (answer, received) = answer.map_err(error)?.into_parts();
        let settings = answer.result.and_then(|result| result.settings);
        let set = settings.and_then(|settings| settings.certificate);
        let set = set
            .map(|set| set.id)
            .or_else(|| of_older_account(received.body()));
        if set.as_ref() != Some(&id.native) {
            return Err(Error::invalid_response(
                self.profile.provider,
                &received,
                format_args!("it does not name {id} as the certificate"),
            ));
        }
        let mut applied = self.as_it_is_now(id).await;
        let note = self.changed_beside(before, received.body()).await;
        applied.notes.extend(note);
        Ok(applied)
    }

    /// The result, with the record as far as it can be read.
    async fn as_it_is_now(&self, id: &CertificateId) -> Applied {
        match self.one(id).await {
            Ok(mut one) => {
                if one.in_use != Some(true) {
                    // The record follows the configuration in its own time.
                    one.placements.retain(|at| at.scope != Scope::Gateway);
                    let on_its_way = Placement::new(Scope::Gateway, State::Activating);
                    one.placements.push(on_its_way);
                    one = one.summarise();
                }
                Applied::new(How::Confirmed, vec![one])
            }
            Err(error) => Applied::new(How::Confirmed, Vec::new())
                .with_note(format!("{id} could not be read afterwards: {error}")),
        }
    }

    /// What a reader should know where other settings are not as they were.
    async fn changed_beside(&self, before: Result<Blocks>, answer: &Bytes) -> Option<String> {
        let not_read = |error| {
            Some(format!(
                "only the certificate was sent; that the other Gateway settings are as they were was not checked, because they could not be read: {error}"
            ))
        };
        let before = match before {
            Ok(before) if blocks(answer) == before => return None,
            Ok(before) => before,
            Err(error) => return not_read(error),
        };
        // An answer to a change can show more than the settings hold.
        match self.blocks().await {
            Ok(after) => {
                let changed = difference(&before, &after);
                (!changed.is_empty()).then(|| {
                    format!(
                        "other Gateway settings are not as they were before: {}. Only the certificate was sent; another client may have changed them meanwhile. Look at them",
                        changed.join(", ")
                    )
                })
            }
            Err(error) => not_read(error),
        }
    }

    /// The settings that are left as they are.
    async fn blocks(&self) -> Result<Blocks> {
        let answer = self
            .client
            .get_configuration()
            .account_id(&self.account_id)
            .send()
            .await;
        Ok(blocks(answer.map_err(error)?.body()))
    }
}

/// The blocks of the settings, by their names.
type Blocks = BTreeMap<String, Value>;

/// The certificate that the block of older accounts names, where it is in force.
fn of_older_account(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let block = answer.pointer("/result/settings/custom_certificate")?;
    let is_enabled = block.get("enabled")?.as_bool()?;
    is_enabled.then(|| block.get("id")?.as_str().map(str::to_owned))?
}

fn blocks(body: &[u8]) -> Blocks {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let settings = answer
        .pointer("/result/settings")
        .and_then(Value::as_object);
    let left = settings.into_iter().flatten();
    let left = left.filter(|(name, _)| !CHANGED.contains(&name.as_str()));
    left.filter_map(|(name, value)| Some((name.clone(), as_set(value)?)))
        .collect()
}

/// A setting without what says nothing, or is not for a client to set; `None` where nothing is left. The vendor answers
/// what is not set with null, false, an empty text, or not at all, now this way and now that.
fn as_set(value: &Value) -> Option<Value> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) if text.is_empty() => None,
        Value::Object(members) => {
            let members = members
                .iter()
                .filter(|(name, _)| !NOT_SET.contains(&name.as_str()));
            let left: serde_json::Map<_, _> = members
                .filter_map(|(name, value)| Some((name.clone(), as_set(value)?)))
                .collect();
            (!left.is_empty()).then_some(Value::Object(left))
        }
        value => Some(value.clone()),
    }
}

/// The names of the blocks that differ.
fn difference<'a>(before: &'a Blocks, after: &'a Blocks) -> Vec<&'a str> {
    let mut names: Vec<&str> = before
        .iter()
        .chain(after)
        .filter(|(name, _)| before.get(*name) != after.get(*name))
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings(settings: &Value) -> Blocks {
        blocks(
            json!({"result": {"settings": settings}})
                .to_string()
                .as_bytes(),
        )
    }

    #[test]
    fn what_is_not_set_makes_no_difference() {
        let plain = settings(&json!({
            "certificate": {"id": "a"},
            "tls_decrypt": {"enabled": true},
            "block_page": {"name": "Northwind", "enabled": true},
        }));
        let talkative = settings(&json!({
            "certificate": {"id": "b"},
            "custom_certificate": {"enabled": true, "id": "b", "binding_status": "available"},
            "tls_decrypt": {"enabled": true},
            "block_page": {"name": "Northwind", "enabled": true, "footer_text": "", "version": 7, "read_only": false},
            "antivirus": null,
            "sandbox": {"enabled": false, "fallback_action": null},
        }));
        assert_eq!(difference(&plain, &talkative), [""; 0]);
    }

    #[test]
    fn what_is_set_makes_one() {
        let before = settings(
            &json!({"tls_decrypt": {"enabled": true}, "fips": {"tls": true}, "max_ttl_secs": 30}),
        );
        let after = settings(
            &json!({"tls_decrypt": {"enabled": false}, "max_ttl_secs": 30, "sandbox": {"enabled": true}}),
        );
        assert_eq!(
            difference(&before, &after),
            ["fips", "sandbox", "tls_decrypt"]
        );
    }

    #[test]
    fn an_older_account_names_it_in_a_block_of_its_own() {
        let block = |block: Value| {
            let body = json!({"result": {"settings": {"custom_certificate": block}}});
            of_older_account(body.to_string().as_bytes())
        };
        let set = json!({"enabled": true, "id": "a", "binding_status": "available"});
        assert_eq!(block(set).as_deref(), Some("a"));
        for other in [
            json!({"enabled": false, "id": "a"}),
            json!({"id": "a"}),
            json!(null),
        ] {
            assert_eq!(block(other.clone()), None, "{other}");
        }
    }

    #[test]
    fn an_answer_of_another_shape_has_none() {
        for body in ["", "[]", "{}", r#"{"result":{"settings":[1]}}"#] {
            assert!(blocks(body.as_bytes()).is_empty(), "{body}");
        }
    }
}
