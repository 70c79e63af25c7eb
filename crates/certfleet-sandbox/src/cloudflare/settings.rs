//! The Gateway configuration of an account: which certificate intercepts, beside much else.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::behaviour::CloudflareBehaviour;
use super::refusal::Refusal;
use crate::clock::later;

/// Stands for the vendor's own certificate.
const VENDORS_OWN: &str = "00000000-0000-0000-0000-000000000000";

/// When the vendor made the configuration.
const MADE: &str = "2024-05-14T08:00:00Z";

/// Members that an answer has, and a change leaves out.
const READ_ONLY: [&str; 5] = [
    "read_only",
    "source_account",
    "version",
    "binding_status",
    "updated_at",
];

/// The configuration of one account.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Every block but that of the certificate.
    blocks: Map<String, Value>,
    certificate: String,
    /// What the certificates still say of their use, and until when.
    before: Option<(String, DateTime<Utc>)>,
    updated_at: Option<DateTime<Utc>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            blocks: Map::from_iter([("tls_decrypt".to_owned(), json!({"enabled": false}))]),
            certificate: VENDORS_OWN.to_owned(),
            before: None,
            updated_at: None,
        }
    }
}

/// What a change of the settings asks for.
pub(crate) struct Change {
    pub(crate) blocks: Map<String, Value>,
    pub(crate) certificate: Option<String>,
}

impl Settings {
    /// The settings of an account that inspects traffic.
    pub(crate) fn inspecting(certificate: &str) -> Self {
        let blocks = [
            ("activity_log", json!({"enabled": true})),
            (
                "antivirus",
                json!({
                    "enabled_download_phase": true, "enabled_upload_phase": false, "fail_closed": false,
                    "notification_settings": {"enabled": true, "msg": "Northwind scans downloads", "support_url": ""},
                }),
            ),
            (
                "block_page",
                json!({
                    "enabled": true, "name": "Northwind", "footer_text": "", "mailto_address": "ops@northwind.example",
                    "read_only": false, "version": 4,
                }),
            ),
            ("body_scanning", json!({"inspection_mode": "deep"})),
            ("custom_certificate", Value::Null),
            ("fips", json!({"tls": true})),
            ("max_ttl_secs", Value::Null),
            ("protocol_detection", json!({"enabled": true})),
            ("tls_decrypt", json!({"enabled": true})),
        ];
        Self {
            blocks: blocks
                .into_iter()
                .map(|(name, block)| (name.to_owned(), block))
                .collect(),
            certificate: certificate.to_owned(),
            ..Self::default()
        }
    }

    /// Whether interception uses a certificate.
    pub(crate) fn uses(&self, id: &str) -> bool {
        self.certificate == id
    }

    /// The certificate whose record says that it is in use.
    pub(crate) fn said_to_be_used(&self, now: DateTime<Utc>) -> &str {
        match &self.before {
            Some((before, until)) if now < *until => before,
            _ => &self.certificate,
        }
    }

    /// Replaces the blocks that are given, each as a whole.
    pub(crate) fn change(
        &mut self,
        change: Change,
        behaviour: &CloudflareBehaviour,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let mut blocks = self.blocks.clone();
        for (name, block) in change.blocks {
            blocks.insert(name, settable(block));
        }
        let certificate = change.certificate.as_ref().unwrap_or(&self.certificate);
        let decrypts = blocks
            .get("tls_decrypt")
            .and_then(|block| block.get("enabled"));
        if decrypts == Some(&Value::Bool(true)) && certificate == VENDORS_OWN {
            let text = "TLS decryption cannot be enabled without a certificate";
            return Err(Refusal::bad(2211, text));
        }
        if let Some(certificate) = change.certificate
            && certificate != self.certificate
        {
            let lag = TimeDelta::from_std(behaviour.in_use_follows_after);
            let until = later(now, lag.unwrap_or(TimeDelta::MAX));
            let before = std::mem::replace(&mut self.certificate, certificate);
            self.before = Some((before, until));
        }
        self.blocks = blocks;
        self.updated_at = Some(now);
        Ok(())
    }

    /// Whether an id stands for the vendor's own certificate.
    pub(crate) fn is_vendors_own(id: &str) -> bool {
        id == VENDORS_OWN
    }

    /// The `result` of an answer.
    pub(crate) fn shown(&self, behaviour: &CloudflareBehaviour, is_change: bool) -> Value {
        let mut settings = self.blocks.clone();
        settings.insert("certificate".to_owned(), json!({"id": self.certificate}));
        if behaviour.older_settings {
            let older =
                json!({"enabled": true, "id": self.certificate, "binding_status": "available"});
            settings.insert("custom_certificate".to_owned(), older);
        }
        if is_change && behaviour.shows_unset_settings {
            settings.insert("inspection".to_owned(), json!({"mode": "static"}));
        }
        let updated_at = self.updated_at.map_or_else(
            || MADE.to_owned(),
            |at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        );
        json!({ "settings": settings, "created_at": MADE, "updated_at": updated_at })
    }
}

/// A block without what only answers have.
fn settable(block: Value) -> Value {
    match block {
        Value::Object(mut members) => {
            members.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
            Value::Object(members)
        }
        other => other,
    }
}
