//! OpenAI's certificates and rules.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;

use super::accounts::{OPENAI_ORGANIZATION, OPENAI_PROJECTS};
use super::behaviour::OpenAiBehaviour;
use super::certificate::Certificate;
use super::refusal::Refusal;
use crate::certificates::Certificate as X509;
use crate::moment::Moment;
use crate::rate::Window;
use crate::{Provider, Record};

/// How many certificates an organization can have.
const MOST_CERTIFICATES: usize = 50;
/// How many ids a toggle takes.
const MOST_TOGGLED: usize = 10;
/// The largest upload.
const LARGEST_UPLOAD: usize = 16 * 1024;

/// The organization.
pub(crate) struct State {
    /// By time of creation.
    certificates: Vec<Certificate>,
    uploads: u64,
    pub(crate) requests: Window,
}

/// A page of a list.
pub(crate) struct Page<'a> {
    pub(crate) certificates: Vec<&'a Certificate>,
    pub(crate) has_more: bool,
}

impl State {
    pub(crate) fn new(mut certificates: Vec<Certificate>) -> Self {
        certificates.sort_by_key(|certificate| certificate.created_at);
        Self {
            certificates,
            uploads: 0,
            requests: Window::default(),
        }
    }

    /// The certificates behind the cursor, in order.
    pub(crate) fn page(
        &self,
        limit: usize,
        ascending: bool,
        after: Option<&str>,
        behaviour: &OpenAiBehaviour,
    ) -> Result<Page<'_>, Refusal> {
        let mut ordered: Vec<&Certificate> = self.certificates.iter().collect();
        if !ascending {
            ordered.reverse();
        }
        let start = match after {
            None => 0,
            Some(id) => match ordered.iter().position(|certificate| certificate.id == id) {
                Some(position) => position + 1,
                None => return Err(unknown(id).status(behaviour.unknown_cursor).param("after")),
            },
        };
        let has_more = ordered.len() > start + limit;
        Ok(Page {
            certificates: ordered.into_iter().skip(start).take(limit).collect(),
            has_more,
        })
    }

    pub(crate) fn get(&self, id: &str) -> Result<&Certificate, Refusal> {
        self.certificates
            .iter()
            .find(|certificate| certificate.id == id)
            .ok_or_else(|| unknown(id))
    }

    pub(crate) fn rename(
        &mut self,
        id: &str,
        name: Option<String>,
    ) -> Result<&Certificate, Refusal> {
        let found = self
            .certificates
            .iter_mut()
            .find(|certificate| certificate.id == id);
        let certificate = found.ok_or_else(|| unknown(id))?;
        if let Some(name) = name {
            certificate.name = Some(name);
        }
        Ok(certificate)
    }

    pub(crate) fn upload(
        &mut self,
        name: Option<String>,
        pem: &str,
        behaviour: &OpenAiBehaviour,
        moment: Moment,
    ) -> Result<&Certificate, Refusal> {
        if self.certificates.len() >= MOST_CERTIFICATES {
            let text = format!("Organizations can upload up to {MOST_CERTIFICATES} certificates.");
            return Err(Refusal::invalid(text).code("certificate_limit_exceeded"));
        }
        let chain = accepted(pem, behaviour, moment.now).map_err(|text| {
            let field = if behaviour.upload_field_is_content {
                "content"
            } else {
                "certificate"
            };
            Refusal::invalid(text)
                .param(field)
                .code("invalid_certificate")
        })?;
        let first = chain
            .first()
            .ok_or_else(|| Refusal::invalid("The certificate is empty."))?;
        let same = |other: &Certificate| {
            other
                .chain
                .first()
                .is_some_and(|other| other.der == first.der)
        };
        if behaviour.refuses_duplicates && self.certificates.iter().any(same) {
            return Err(
                Refusal::invalid("This certificate has already been uploaded.")
                    .code("duplicate_certificate"),
            );
        }
        self.uploads += 1;
        let certificate = Certificate {
            id: format!(
                "cert_{}",
                moment
                    .seed
                    .hex(&format!("openai upload {}", self.uploads), 24)
            ),
            name,
            created_at: moment.now,
            pem: pem.to_owned(),
            valid_at: first.not_before,
            expires_at: first.not_after,
            chain,
            active: false,
            projects: BTreeSet::new(),
        };
        // After everything of the same second, and in order whatever the clock was set to.
        let position = self
            .certificates
            .partition_point(|other| other.created_at <= certificate.created_at);
        self.certificates.insert(position, certificate);
        self.certificates
            .get(position)
            .ok_or_else(|| Refusal::invalid("The certificate is gone."))
    }

    /// Switches all of them, or none: at the organization, or at this project.
    pub(crate) fn toggle(
        &mut self,
        ids: &[String],
        project: Option<&str>,
        activate: bool,
    ) -> Result<Vec<&Certificate>, Refusal> {
        let count = ids.len();
        if count == 0 || count > MOST_TOGGLED {
            let text =
                format!("'certificate_ids' must have 1 to {MOST_TOGGLED} items, and has {count}.");
            return Err(Refusal::invalid(text)
                .param("certificate_ids")
                .code("invalid_array_length"));
        }
        for id in ids {
            self.get(id)?;
        }
        for certificate in self
            .certificates
            .iter_mut()
            .filter(|certificate| ids.contains(&certificate.id))
        {
            match project {
                None => certificate.active = activate,
                Some(project) if activate => {
                    certificate.projects.insert(project.to_owned());
                }
                Some(project) => {
                    certificate.projects.remove(project);
                }
            }
        }
        ids.iter().map(|id| self.get(id)).collect()
    }

    pub(crate) fn delete(&mut self, id: &str) -> Result<(), Refusal> {
        let certificate = self.get(id)?;
        if certificate.active {
            let text = format!(
                "Certificate '{id}' is active for the organization. Deactivate it before deleting it."
            );
            return Err(Refusal::invalid(text).code("certificate_active"));
        }
        if let Some(project) = certificate.projects.first() {
            let text = format!(
                "Certificate '{id}' is active for project '{project}'. Deactivate it before deleting it."
            );
            return Err(Refusal::invalid(text).code("certificate_active"));
        }
        self.certificates.retain(|certificate| certificate.id != id);
        Ok(())
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        let record = |certificate: &Certificate| {
            let organization = certificate.active.then(|| "organization".to_owned());
            Record {
                provider: Provider::OpenAi,
                account: OPENAI_ORGANIZATION.to_owned(),
                id: certificate.id.clone(),
                name: certificate.name.clone(),
                placements: organization
                    .into_iter()
                    .chain(certificate.projects.iter().cloned())
                    .collect(),
                sha256: certificate.chain.iter().map(|one| one.sha256()).collect(),
            }
        };
        self.certificates.iter().map(record).collect()
    }
}

/// Whether the organization has this project.
pub(crate) fn project(id: &str) -> Result<(), Refusal> {
    if OPENAI_PROJECTS.iter().any(|(known, _)| *known == id) {
        return Ok(());
    }
    Err(
        Refusal::invalid(format!("No project found with id '{id}'."))
            .status(StatusCode::NOT_FOUND)
            .code("not_found"),
    )
}

fn unknown(id: &str) -> Refusal {
    let text = format!("No certificate found with id '{id}'.");
    Refusal::invalid(text)
        .status(StatusCode::NOT_FOUND)
        .code("certificate_not_found")
}

fn accepted(
    pem: &str,
    behaviour: &OpenAiBehaviour,
    now: DateTime<Utc>,
) -> Result<Vec<X509>, &'static str> {
    if pem.len() >= LARGEST_UPLOAD {
        return Err("The certificate must be smaller than 16 kB.");
    }
    if pem.contains("PRIVATE KEY") {
        return Err("The certificate must not contain a private key.");
    }
    let chain = X509::from_pem(pem).map_err(|_| "The certificate is not valid PEM.")?;
    for certificate in &chain {
        let authority = certificate.authority;
        if !authority.is_ca {
            return Err("The certificate must be a CA certificate (CA:TRUE).");
        }
        if !behaviour.strict_upload {
            continue;
        }
        if !(authority.subject_key_identifier && authority.authority_key_identifier) {
            return Err(
                "The certificate must have a subject key identifier and an authority key identifier.",
            );
        }
        if !(authority.signs_certificates && authority.signs_revocations) {
            return Err("The certificate's key usage must include keyCertSign and cRLSign.");
        }
        if certificate.not_after.signed_duration_since(now) <= TimeDelta::days(1) {
            return Err("The certificate must be valid for more than one day.");
        }
    }
    Ok(chain)
}
