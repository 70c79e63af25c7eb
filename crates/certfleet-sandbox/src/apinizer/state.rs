//! Apinizer's certificates, environments and JWKs, and their rules.

use super::accounts::{APINIZER_ENVIRONMENTS, APINIZER_PROJECTS};
use super::behaviour::{ApinizerBehaviour, UpdateRule};
use super::certificate::Certificate;
use super::refusal::Refusal;
use crate::{Jwk, Provider, Record};

/// What becomes of the JWKs an update's certificate was the source of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JwkUpdate {
    Nullify,
    UpdateInProject,
    UpdateEverywhere,
}

/// What becomes of the JWKs a deleted certificate was the source of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JwkDelete {
    Nullify,
    Delete,
}

/// The installation.
pub(crate) struct State {
    certificates: Vec<Certificate>,
    jwks: Vec<Jwk>,
}

impl State {
    pub(crate) fn new(certificates: Vec<Certificate>, jwks: Vec<Jwk>) -> Self {
        Self { certificates, jwks }
    }

    /// A project's certificates.
    pub(crate) fn list(&self, project: &str) -> Vec<&Certificate> {
        self.certificates
            .iter()
            .filter(|certificate| certificate.project == project)
            .collect()
    }

    pub(crate) fn find(&self, project: &str, name: &str) -> Option<&Certificate> {
        self.certificates
            .iter()
            .find(|certificate| certificate.project == project && certificate.name == name)
    }

    pub(crate) fn get(&self, project: &str, name: &str) -> Result<&Certificate, Refusal> {
        self.find(project, name)
            .ok_or_else(|| Refusal::bad(format!("Certificate (name: {name}) is not found!")))
    }

    fn get_mut(&mut self, project: &str, name: &str) -> Option<&mut Certificate> {
        self.certificates
            .iter_mut()
            .find(|certificate| certificate.project == project && certificate.name == name)
    }

    pub(crate) fn create(&mut self, certificate: Certificate) -> Result<(), Refusal> {
        if self.find(&certificate.project, &certificate.name).is_some() {
            return Err(Refusal::bad(format!(
                "Certificate (name: {}) is already exist!",
                certificate.name
            )));
        }
        self.check_aliases(&certificate)?;
        self.certificates.push(certificate);
        Ok(())
    }

    /// Gives a certificate a new description and new entries.
    pub(crate) fn update(
        &mut self,
        new: Certificate,
        jwks: JwkUpdate,
        behaviour: &ApinizerBehaviour,
    ) -> Result<(), Refusal> {
        self.get(&new.project, &new.name)?;
        self.check_aliases(&new)?;
        self.update_jwks(&new, jwks);
        if let Some(old) = self.get_mut(&new.project, &new.name) {
            old.description = new.description;
            if behaviour.update == UpdateRule::Replaces {
                old.entries.clear();
            }
            old.entries.extend(new.entries);
        }
        Ok(())
    }

    /// Puts entries in place of those of the same environments, and leaves the others.
    pub(crate) fn import(
        &mut self,
        new: Certificate,
        has_description: bool,
    ) -> Result<(), Refusal> {
        self.check_aliases(&new)?;
        match self.get_mut(&new.project, &new.name) {
            None => self.certificates.push(new),
            Some(old) => {
                if has_description {
                    old.description = new.description;
                }
                old.entries.retain(|entry| {
                    !new.entries
                        .iter()
                        .any(|other| other.environment == entry.environment)
                });
                old.entries.extend(new.entries);
            }
        }
        Ok(())
    }

    pub(crate) fn delete(
        &mut self,
        project: &str,
        name: &str,
        jwks: JwkDelete,
    ) -> Result<Certificate, Refusal> {
        let certificate = self.get(project, name)?.clone();
        self.certificates
            .retain(|other| !(other.project == project && other.name == name));
        let refers = |jwk: &Jwk| refers_to(jwk, &certificate);
        match jwks {
            JwkDelete::Delete => self.jwks.retain(|jwk| !refers(jwk)),
            JwkDelete::Nullify => {
                self.jwks
                    .iter_mut()
                    .filter(|jwk| refers(jwk))
                    .for_each(|jwk| jwk.certificate = None);
            }
        }
        Ok(certificate)
    }

    /// An alias is taken when another certificate has it in the same environment, whatever the project.
    fn check_aliases(&self, new: &Certificate) -> Result<(), Refusal> {
        let others = self
            .certificates
            .iter()
            .filter(|other| !(other.project == new.project && other.name == new.name));
        for entry in others.flat_map(|other| &other.entries) {
            if new
                .entries
                .iter()
                .any(|own| own.environment == entry.environment && own.alias == entry.alias)
            {
                let text = format!(
                    "Alias ({}) is already used for another certificate, try changing this value!",
                    entry.alias
                );
                return Err(Refusal::bad(text));
            }
        }
        Ok(())
    }

    fn update_jwks(&mut self, certificate: &Certificate, update: JwkUpdate) {
        for jwk in self
            .jwks
            .iter_mut()
            .filter(|jwk| refers_to(jwk, certificate))
        {
            match update {
                JwkUpdate::Nullify => jwk.certificate = None,
                JwkUpdate::UpdateInProject if jwk.project != certificate.project => {}
                JwkUpdate::UpdateInProject | JwkUpdate::UpdateEverywhere => jwk.updates += 1,
            }
        }
    }

    pub(crate) fn jwks(&self) -> Vec<Jwk> {
        self.jwks.clone()
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        let record = |certificate: &Certificate| Record {
            provider: Provider::Apinizer,
            account: certificate.project.clone(),
            id: certificate.name.clone(),
            name: Some(certificate.name.clone()),
            placements: certificate
                .entries
                .iter()
                .map(|entry| entry.environment.clone())
                .collect(),
            sha256: certificate
                .entries
                .iter()
                .map(|entry| entry.x509.sha256())
                .collect(),
        };
        self.certificates.iter().map(record).collect()
    }
}

fn refers_to(jwk: &Jwk, certificate: &Certificate) -> bool {
    jwk.certificate
        .as_ref()
        .is_some_and(|(project, name)| *project == certificate.project && *name == certificate.name)
}

/// Whether the installation has this project.
pub(crate) fn project(name: &str, behaviour: &ApinizerBehaviour) -> Result<(), Refusal> {
    if APINIZER_PROJECTS.contains(&name) {
        return Ok(());
    }
    let text =
        format!("Project({name}) was not found or user does not have privilege to access it!");
    Err(Refusal::new(behaviour.unknown_project, text))
}

/// Whether the installation has this environment.
pub(crate) fn environment(name: &str) -> Result<(), Refusal> {
    if APINIZER_ENVIRONMENTS.contains(&name) {
        return Ok(());
    }
    Err(Refusal::bad(format!(
        "Environment ({name}) is not found or user does not have privilege to access it!"
    )))
}
