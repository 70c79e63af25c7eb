//! What can be known to be wrong with a change before anything is sent: a change held against what its
//! provider's adapter states ([`Rules`]).

use certfleet::{
    Change, ProviderId, Scope, Upload,
    adapter::{Field, Rules, UploadScopes},
    change::{ReferencePolicy, Replace, SetActive},
    x509::X509,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

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
    /// The scopes are such as the vendor has.
    #[serde(alias = "places")]
    Scopes,
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

/// Checks a change against a provider's rules at a time, and returns everything that is wrong with it.
/// Nothing is sent.
pub fn check(
    provider: ProviderId,
    rules: &Rules,
    change: &Change,
    now: DateTime<Utc>,
) -> Vec<Finding> {
    let mut checked = Checked {
        provider,
        rules,
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
        other => checked.ensure(false, Rule::Content, || {
            format!(
                "this version cannot check to {} a certificate",
                other.verb()
            )
        }),
    }
    checked.findings
}

struct Checked<'a> {
    provider: ProviderId,
    rules: &'a Rules,
    findings: Vec<Finding>,
}

impl Checked<'_> {
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
        self.ensure(upload.missing_secrets().is_none(), Rule::Secrets, || {
            format!(
                "{} is not part of a saved change: give it again",
                upload.missing_secrets().unwrap_or_default()
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
        if rules.name_is_address {
            self.address(upload.name.as_deref().unwrap_or_default());
        }
        self.scopes(&upload.scopes);
    }

    fn replace(&mut self, replace: &Replace, change: &Change, now: DateTime<Utc>) {
        self.content(change, &replace.certificate, now);
        self.scopes(&replace.scopes);
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
        let subject = &certificate.display_name();
        self.ensure(!rules.authority || certificate.is_ca, Rule::Authority, || {
            format!("{subject} is not a CA (CA:TRUE), which {provider} needs: give the CA that issues the client certificates")
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
        let (Some(begin), Some(end)) = (certificate.not_before, certificate.not_after) else {
            self.ensure(false, Rule::Validity, || {
                format!("the validity of {subject} cannot be read")
            });
            return;
        };
        let left = end.signed_duration_since(now);
        self.ensure(left > TimeDelta::zero(), Rule::Validity, || {
            format!("{subject} has expired on {end}")
        });
        self.ensure(
            left <= TimeDelta::zero() || left > TimeDelta::hours(rules.hours_left),
            Rule::Validity,
            || {
                format!(
                    "{subject} expires on {end}; {provider} needs more than {} hours",
                    rules.hours_left
                )
            },
        );
        self.ensure(!rules.valid_now || begin <= now, Rule::Validity, || {
            format!("{subject} is valid only from {begin}, and {provider} deploys it at once")
        });
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

    fn scopes(&mut self, scopes: &[Scope]) {
        let provider = self.provider;
        for (index, scope) in scopes.iter().enumerate() {
            self.ensure(
                !scopes.iter().take(index).any(|other| other == scope),
                Rule::Scopes,
                || format!("{scope} is named twice"),
            );
        }
        match self.rules.upload_scopes {
            UploadScopes::Fixed(only) => self.ensure(
                scopes.iter().all(|scope| scope == only),
                Rule::Scopes,
                || format!("{provider} puts certificates at the {only} and nowhere else"),
            ),
            UploadScopes::Optional(kind) => self.ensure(
                scopes.len() <= 1 && scopes.iter().all(|scope| scope.kind() == kind),
                Rule::Scopes,
                || format!("{provider} attaches a certificate to one {kind} or to none"),
            ),
            UploadScopes::Required(kind, separator) => {
                let is_named = |scope: &Scope| {
                    let name = scope.name().unwrap_or_default();
                    scope.kind() == kind && !name.trim().is_empty() && !name.contains(separator)
                };
                let named = scopes.iter().all(is_named) && !scopes.is_empty();
                self.ensure(named, Rule::Scopes, || {
                    format!(
                        "{provider} needs at least one {kind}, by its name (without {separator:?})"
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

    fn references(&mut self, references: ReferencePolicy, choices: &[ReferencePolicy]) {
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
