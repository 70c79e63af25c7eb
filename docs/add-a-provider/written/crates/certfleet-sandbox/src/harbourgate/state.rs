//! Harbourgate's certificates.

use http::StatusCode;

use super::certificate::{Certificate, New};
use super::refusal::Refusal;
use crate::rate::Window;
use crate::{Record, Provider};

/// The account.
#[derive(Default)]
pub(crate) struct State {
    certificates: Vec<Certificate>,
    next: u32,
    pub(crate) requests: Window,
}

impl State {
    pub(crate) fn new(certificates: Vec<New>) -> Self {
        let mut state = Self::default();
        for new in certificates {
            // The seeded names are different ones.
            let _ = state.add(new);
        }
        state
    }

    pub(crate) fn all(&self) -> &[Certificate] {
        &self.certificates
    }

    pub(crate) fn add(&mut self, new: New) -> Result<Certificate, Refusal> {
        if self.certificates.iter().any(|one| one.name == new.name) {
            return Err(Refusal::new(
                StatusCode::CONFLICT,
                "name_taken",
                "There is a certificate of this name.",
            ));
        }
        self.next += 1;
        let certificate = Certificate {
            id: format!("hg_{}", self.next),
            name: new.name,
            certificate: new.certificate,
            created_at: new.created_at,
        };
        self.certificates.push(certificate.clone());
        Ok(certificate)
    }

    pub(crate) fn get(&self, id: &str) -> Result<&Certificate, Refusal> {
        let found = self.certificates.iter().find(|one| one.id == id);
        found.ok_or_else(|| Refusal::not_found("There is no such certificate."))
    }

    pub(crate) fn delete(&mut self, id: &str) -> Result<(), Refusal> {
        self.get(id)?;
        self.certificates.retain(|one| one.id != id);
        Ok(())
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        let record = |one: &Certificate| Record {
            provider: Provider::Harbourgate,
            account: "harbourgate".to_owned(),
            id: one.id.clone(),
            name: Some(one.name.clone()),
            placements: vec!["trusted".to_owned()],
            sha256: vec![one.certificate.sha256()],
        };
        self.certificates.iter().map(record).collect()
    }
}
