//! Patchworks' certificates and connectors.

use super::accounts::PATCHWORKS_CONNECTORS;
use super::behaviour::{PatchworksBehaviour, SecondCertificate};
use super::certificate::{Certificate, New};
use super::refusal::Refusal;
use crate::certificates::Certificate as X509;
use crate::moment::Moment;
use crate::rate::Window;
use crate::{Provider, Record};

/// The id the first certificate has.
const FIRST_ID: u64 = 1041;

/// The company.
pub(crate) struct State {
    certificates: Vec<Certificate>,
    next_id: u64,
    pub(crate) requests: Window,
}

impl State {
    pub(crate) fn new(certificates: Vec<New>) -> Self {
        let mut state = Self {
            certificates: Vec::new(),
            next_id: FIRST_ID,
            requests: Window::default(),
        };
        for new in certificates {
            state.add(new);
        }
        state
    }

    fn add(&mut self, new: New) -> Certificate {
        let id = self.next_id;
        self.next_id += 1;
        let certificate = Certificate {
            id,
            name: new.name.unwrap_or_else(|| format!("Certificate {id}")),
            connector: new.connector,
            content: new.content,
            passphrase: new.passphrase,
            created_at: new.created_at,
            updated_at: new.created_at,
        };
        self.certificates.push(certificate.clone());
        certificate
    }

    pub(crate) fn create(
        &mut self,
        new: New,
        behaviour: &PatchworksBehaviour,
        moment: Moment,
    ) -> Result<Certificate, Refusal> {
        if let Some(connector) = new.connector {
            let attached = self
                .certificates
                .iter_mut()
                .filter(|other| other.connector == Some(connector));
            for other in attached {
                if behaviour.second_certificate == SecondCertificate::Refused {
                    return Err(Refusal::field(
                        "connector_id",
                        "The connector id has already been taken.",
                    ));
                }
                other.connector = None;
                other.updated_at = moment.now;
            }
        }
        Ok(self.add(new))
    }

    /// Deletes the certificate the path names.
    pub(crate) fn delete(&mut self, id: &str) -> Result<(), Refusal> {
        let number: Option<u64> = id.parse().ok();
        let before = self.certificates.len();
        self.certificates
            .retain(|certificate| Some(certificate.id) != number);
        if self.certificates.len() == before {
            return Err(Refusal::not_found(format!(
                "No query results for model [Certificate] {id}"
            )));
        }
        Ok(())
    }

    /// The certificate attached to a connector.
    pub(crate) fn attached(&self, connector: u64) -> Option<&Certificate> {
        self.certificates
            .iter()
            .find(|certificate| certificate.connector == Some(connector))
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        let record = |certificate: &Certificate| Record {
            provider: Provider::Patchworks,
            account: "patchworks".to_owned(),
            id: certificate.id.to_string(),
            name: Some(certificate.name.clone()),
            placements: certificate.connector.iter().map(u64::to_string).collect(),
            sha256: X509::from_any(certificate.content.as_bytes())
                .map(|chain| chain.iter().map(|one| one.sha256()).collect())
                .unwrap_or_default(),
        };
        self.certificates.iter().map(record).collect()
    }
}

/// The connector of this id.
pub(crate) fn connector(id: &str) -> Option<u64> {
    let id: u64 = id.parse().ok()?;
    PATCHWORKS_CONNECTORS
        .iter()
        .any(|(known, _)| *known == id)
        .then_some(id)
}
