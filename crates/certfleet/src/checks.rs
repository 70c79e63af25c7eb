//! What can be known to be wrong with a change before anything is sent: each vendor's rules as
//! data, and one function that holds a change against them.

use crate::{Change, ProviderKind, References, Replace, Scope, SetActive, Upload};
use certfleet_x509::X509;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a vendor demands of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rules {
    /// Every certificate has to be a CA (`CA:TRUE`).
    pub authority: bool,
    /// Every certificate has to have a subject and an authority key identifier.
    pub key_identifiers: bool,
    /// What every certificate's key usage has to include.
    pub key_usage: &'static [&'static str],
    /// Only one certificate: of several, the vendor keeps the first.
    pub single: bool,
    /// The PEM has to have fewer bytes than this.
    pub below_bytes: Option<usize>,
    /// Every certificate has to be valid for longer than so many hours from now.
    pub hours_left: i64,
    /// It goes live at once, so it has to be valid already.
    pub valid_now: bool,
    /// A private key may go with it.
    pub private_key: bool,
    /// The most characters of a passphrase.
    pub passphrase: usize,
    /// Name, alias and description are needed, in this order.
    pub fields: [Field; 3],
    /// The kinds of place an upload names.
    pub places: Places,
    /// The choices a delete has.
    pub delete_references: &'static [References],
    /// The choices a replacement has.
    pub replace_references: &'static [References],
    /// The most days a generated certificate may be valid.
    pub most_days: Option<u32>,
}

/// Whether an upload carries a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// It has to.
    Required,
    /// It may.
    Optional,
    /// The vendor has none.
    None,
}

/// Which places an upload names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// None, or the one there is.
    Only(&'static Scope),
    /// A connector, or none.
    Connector,
    /// One environment or more.
    Environments,
}

const NOTHING: Rules = Rules {
    authority: false,
    key_identifiers: false,
    key_usage: &[],
    single: false,
    below_bytes: None,
    hours_left: 0,
    valid_now: false,
    private_key: false,
    passphrase: 0,
    fields: [Field::None; 3],
    places: Places::Only(&Scope::Edge),
    delete_references: &[References::Keep],
    replace_references: &[],
    most_days: None,
};

/// OpenAI's help page on mutual TLS lists what it takes; the description says what is left out here.
const OPENAI: Rules = Rules {
    authority: true,
    key_identifiers: true,
    key_usage: &["keyCertSign", "cRLSign"],
    below_bytes: Some(16 * 1024),
    hours_left: 24,
    fields: [Field::Optional, Field::None, Field::None],
    places: Places::Only(&Scope::Organization),
    ..NOTHING
};

/// Cloudflare's description bounds the days in words.
const CLOUDFLARE: Rules = Rules {
    most_days: Some(10_950),
    ..NOTHING
};

/// Patchworks' description bounds the passphrase; what a certificate has to be, it does not say.
const PATCHWORKS: Rules = Rules {
    private_key: true,
    passphrase: 1000,
    places: Places::Connector,
    ..NOTHING
};

/// Apinizer's forms require their fields, and every upload is a deployment.
const APINIZER: Rules = Rules {
    single: true,
    valid_now: true,
    fields: [Field::Required; 3],
    places: Places::Environments,
    delete_references: &[References::Detach, References::Delete],
    replace_references: &[
        References::Keep,
        References::Detach,
        References::UpdateInProject,
        References::UpdateEverywhere,
    ],
    ..NOTHING
};

/// A vendor's rules.
pub fn rules(provider: ProviderKind) -> &'static Rules {
    match provider {
        ProviderKind::OpenAi => &OPENAI,
        ProviderKind::Cloudflare => &CLOUDFLARE,
        ProviderKind::Patchworks => &PATCHWORKS,
        ProviderKind::Apinizer => &APINIZER,
    }
}

/// Something that is wrong with a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Finding {
    /// The rule that it breaks.
    pub rule: Rule,
    /// What is wrong and what to do, for people.
    pub message: String,
}

/// Kinds of rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// There is something to put in place, and it can be read.
    Content,
    /// It is a CA.
    Authority,
    /// It has key identifiers.
    KeyIdentifiers,
    /// Its key may do what the vendor needs.
    KeyUsage,
    /// It is one certificate.
    Single,
    /// It is small enough.
    Size,
    /// It is valid, and long enough.
    Validity,
    /// There is a private key only where one belongs, and no secret is missing.
    Secrets,
    /// A name, alias or description that is needed is there, and none that is not.
    Fields,
    /// The places are such as the vendor has.
    Places,
    /// There is at least one record, and none twice.
    Records,
    /// The choice about references is one the vendor has.
    References,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Everything that is wrong with a change at a vendor at a time; empty where nothing is. Nothing is
/// sent.
pub fn check(provider: ProviderKind, change: &Change, now: DateTime<Utc>) -> Vec<Finding> {
    let mut checked = Checked {
        provider,
        rules: rules(provider),
        findings: Vec::new(),
    };
    match change {
        Change::Upload(upload) => checked.upload(upload, change, now),
        Change::Generate(generate) => {
            let most = checked.rules.most_days.unwrap_or(u32::MAX);
            let days = generate.validity_days.map_or(1, u32::from);
            checked.ensure(days <= most, Rule::Validity, || {
                format!("{days} days are more than the {most} that {provider} allows")
            });
        }
        Change::Rename(rename) => {
            checked.ensure(!rename.name.trim().is_empty(), Rule::Fields, || {
                "the new name is empty".to_owned()
            });
        }
        Change::Activate(set) | Change::Deactivate(set) => checked.set_active(set),
        Change::Replace(replace) => checked.replace(replace, change, now),
        Change::Delete(delete) => {
            checked.references(delete.references, checked.rules.delete_references);
        }
    }
    checked.findings
}

struct Checked {
    provider: ProviderKind,
    rules: &'static Rules,
    findings: Vec<Finding>,
}

impl Checked {
    fn ensure(&mut self, kept: bool, rule: Rule, message: impl FnOnce() -> String) {
        if !kept {
            self.findings.push(Finding {
                rule,
                message: message(),
            });
        }
    }

    fn upload(&mut self, upload: &Upload, change: &Change, now: DateTime<Utc>) {
        let (provider, rules) = (self.provider, self.rules);
        self.ensure(rules.private_key || !upload.with_key, Rule::Secrets, || {
            format!("{provider} takes certificates only: leave the private key out")
        });
        self.ensure(
            rules.private_key || !upload.with_passphrase,
            Rule::Secrets,
            || format!("{provider} takes no passphrase"),
        );
        self.ensure(upload.missing().is_none(), Rule::Secrets, || {
            format!(
                "{} is not part of a saved change: give it again",
                upload.missing().unwrap_or_default()
            )
        });
        let length = upload
            .secret_passphrase()
            .map_or(0, |text| text.expose().chars().count());
        self.ensure(
            length <= rules.passphrase || !rules.private_key,
            Rule::Secrets,
            || {
                format!(
                    "the passphrase is longer than the {} characters that {provider} takes",
                    rules.passphrase
                )
            },
        );
        self.ensure(
            upload.with_key || !upload.certificate.is_empty(),
            Rule::Content,
            || "there is no certificate to upload".to_owned(),
        );
        self.content(change, &upload.certificate, now);
        for ((name, value), field) in [
            ("name", &upload.name),
            ("alias", &upload.alias),
            ("description", &upload.description),
        ]
        .into_iter()
        .zip(rules.fields)
        {
            let given = value.as_deref().is_some_and(|text| !text.trim().is_empty());
            self.ensure(given || field != Field::Required, Rule::Fields, || {
                format!("{provider} needs the certificate's {name}: give one")
            });
            self.ensure(
                value.is_none() || field != Field::None,
                Rule::Fields,
                || format!("{provider} keeps no {name} of a certificate: leave it out"),
            );
        }
        if rules.places == Places::Environments {
            self.address(upload.name.as_deref().unwrap_or_default());
        }
        self.places(&upload.scopes);
    }

    fn replace(&mut self, replace: &Replace, change: &Change, now: DateTime<Utc>) {
        self.content(change, &replace.certificate, now);
        self.places(&replace.scopes);
        self.references(replace.references, self.rules.replace_references);
    }

    fn content(&mut self, change: &Change, pem: &str, now: DateTime<Utc>) {
        let (provider, rules) = (self.provider, self.rules);
        let certificates = match change.certificates() {
            Ok(certificates) => certificates,
            Err(error) => {
                return self.ensure(false, Rule::Content, || error.to_string());
            }
        };
        let bytes = pem.len();
        let below = rules.below_bytes.unwrap_or(usize::MAX);
        self.ensure(bytes < below, Rule::Size, || {
            format!("the certificate has {bytes} bytes as PEM; {provider} takes fewer than {below}")
        });
        let count = certificates.len();
        self.ensure(!rules.single || count <= 1, Rule::Single, || {
            format!(
                "there are {count} certificates, and {provider} would keep only the first: give one"
            )
        });
        for certificate in &certificates {
            self.certificate(certificate, now);
        }
    }

    fn certificate(&mut self, certificate: &X509, now: DateTime<Utc>) {
        let (provider, rules) = (self.provider, self.rules);
        let subject = &certificate.subject;
        self.ensure(!rules.authority || certificate.is_ca, Rule::Authority, || {
            format!("{subject} is no CA (CA:TRUE), which {provider} needs: give the CA that issues the client certificates")
        });
        let identified =
            certificate.subject_key_id.is_some() && certificate.authority_key_id.is_some();
        self.ensure(!rules.key_identifiers || identified, Rule::KeyIdentifiers, || {
            format!("{subject} has no subject or no authority key identifier, and {provider} needs both")
        });
        let usage = certificate.key_usage.as_deref().unwrap_or_default();
        let missing: Vec<_> = rules
            .key_usage
            .iter()
            .filter(|needed| !usage.contains(needed))
            .copied()
            .collect();
        self.ensure(missing.is_empty(), Rule::KeyUsage, || {
            format!(
                "the key usage of {subject} lacks {}, which {provider} needs",
                missing.join(" and ")
            )
        });
        let left = certificate.not_after.signed_duration_since(now);
        self.ensure(left > TimeDelta::zero(), Rule::Validity, || {
            format!("{subject} has expired on {}", certificate.not_after)
        });
        self.ensure(
            left <= TimeDelta::zero() || left > TimeDelta::hours(rules.hours_left),
            Rule::Validity,
            || {
                format!(
                    "{subject} expires on {}; {provider} needs more than {} hours",
                    certificate.not_after, rules.hours_left
                )
            },
        );
        self.ensure(
            !rules.valid_now || certificate.not_before <= now,
            Rule::Validity,
            || {
                format!(
                    "{subject} is valid only from {}, and {provider} deploys it at once",
                    certificate.not_before
                )
            },
        );
    }

    fn set_active(&mut self, set: &SetActive) {
        self.ensure(!set.ids.is_empty(), Rule::Records, || {
            "no certificate is named".to_owned()
        });
        for (index, id) in set.ids.iter().enumerate() {
            self.ensure(
                !set.ids.iter().take(index).any(|other| other == id),
                Rule::Records,
                || format!("{id} is named twice"),
            );
        }
    }

    fn places(&mut self, scopes: &[Scope]) {
        let provider = self.provider;
        for (index, scope) in scopes.iter().enumerate() {
            self.ensure(
                !scopes.iter().take(index).any(|other| other == scope),
                Rule::Places,
                || format!("{scope} is named twice"),
            );
        }
        match self.rules.places {
            Places::Only(only) => self.ensure(
                scopes.iter().all(|scope| scope == only),
                Rule::Places,
                || format!("{provider} puts certificates at the {only} and nowhere else"),
            ),
            Places::Connector => self.ensure(
                matches!(scopes, [] | [Scope::Connector { .. }]),
                Rule::Places,
                || format!("{provider} attaches a certificate to one connector or to none"),
            ),
            Places::Environments => {
                let named = scopes.iter().all(|scope| {
                    // The vendor takes the names as one text with commas between.
                    matches!(scope, Scope::Environment { name }
                        if !name.trim().is_empty() && !name.contains(','))
                });
                self.ensure(named && !scopes.is_empty(), Rule::Places, || {
                    format!(
                        "{provider} needs at least one environment, by its name (without a comma)"
                    )
                });
            }
        }
    }

    /// A name that becomes part of an address has to be able to.
    fn address(&mut self, name: &str) {
        let usable = !matches!(name, "." | "..")
            && name.len() <= 256
            && !name
                .chars()
                .any(|character| matches!(character, '/' | '\\' | '%') || character.is_control());
        self.ensure(usable, Rule::Fields, || {
            format!("the name {name:?} could not be addressed afterwards: use one without slashes, percent signs and dots alone")
        });
    }

    fn references(&mut self, references: References, choices: &[References]) {
        let provider = self.provider;
        self.ensure(choices.contains(&references), Rule::References, || {
            let choices: Vec<_> = choices.iter().map(|choice| choice.as_str()).collect();
            format!(
                "{provider} cannot do {} with what refers to the certificate: say {}",
                references.as_str(),
                choices.join(" or ")
            )
        });
    }
}
