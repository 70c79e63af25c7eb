//! Cloudflare's certificates and rules.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::behaviour::CloudflareBehaviour;
use super::certificate::{Binding, Certificate};
use super::refusal::Refusal;
use super::seed::Seeded;
use super::settings::{Change, Settings};
use crate::clock::later;
use crate::moment::Moment;
use crate::rate::Window;
use crate::{Provider, Record};

/// One account.
#[derive(Debug, Default)]
pub(crate) struct AccountState {
    pub(crate) certificates: Vec<Certificate>,
    /// When certificates were created; deleting one takes nothing away here.
    pub(crate) creations: Vec<DateTime<Utc>>,
    pub(crate) made: u64,
    pub(crate) settings: Settings,
}

/// Both accounts.
pub(crate) struct State {
    accounts: BTreeMap<&'static str, AccountState>,
    pub(crate) requests: Window,
}

impl State {
    pub(crate) fn new(seeded: BTreeMap<&'static str, Seeded>) -> Self {
        let account = |seeded: Seeded| AccountState {
            certificates: seeded.certificates,
            settings: Settings::inspecting(&seeded.in_use),
            ..AccountState::default()
        };
        let accounts = seeded
            .into_iter()
            .map(|(id, seeded)| (id, account(seeded)))
            .collect();
        Self {
            accounts,
            requests: Window::default(),
        }
    }

    /// The account of this id; the caller has checked that the credential opens it.
    pub(crate) fn account(&mut self, id: &'static str) -> &mut AccountState {
        self.accounts.entry(id).or_default()
    }

    pub(crate) fn records(&self, now: DateTime<Utc>) -> Vec<Record> {
        let record = |account: &str, certificate: &Certificate, in_use: bool| {
            let mut placements = vec![certificate.binding.at(now).text().to_owned()];
            placements.extend(in_use.then(|| "in_use".to_owned()));
            Record {
                provider: Provider::Cloudflare,
                account: account.to_owned(),
                id: certificate.id.clone(),
                name: None,
                placements,
                sha256: vec![certificate.x509.sha256()],
            }
        };
        let of = |(id, state): (&&'static str, &AccountState)| -> Vec<Record> {
            state
                .certificates
                .iter()
                .map(|certificate| record(id, certificate, state.settings.uses(&certificate.id)))
                .collect()
        };
        self.accounts.iter().flat_map(of).collect()
    }
}

impl AccountState {
    pub(crate) fn get(
        &mut self,
        id: &str,
        behaviour: &CloudflareBehaviour,
    ) -> Result<&mut Certificate, Refusal> {
        let found = self
            .certificates
            .iter_mut()
            .find(|certificate| certificate.id == id);
        found.ok_or_else(|| {
            Refusal::new(
                behaviour.unknown_id,
                2027,
                "Certificate not found in SSL store",
            )
        })
    }

    /// Whether one more may be created; counts it when it may.
    pub(crate) fn spend_creation(
        &mut self,
        behaviour: &CloudflareBehaviour,
        now: DateTime<Utc>,
    ) -> Result<u64, Refusal> {
        let day = TimeDelta::hours(24);
        self.creations
            .retain(|&created| now.signed_duration_since(created) < day);
        let most = behaviour.creations_a_day;
        if self.creations.len() >= most {
            let text = format!("Up to {most} certificates may be created in a 24 hour period");
            return Err(Refusal::bad(2026, text));
        }
        self.creations.push(now);
        self.made += 1;
        Ok(self.made)
    }

    pub(crate) fn activate(
        &mut self,
        id: &str,
        behaviour: &CloudflareBehaviour,
        moment: Moment,
    ) -> Result<&Certificate, Refusal> {
        let now = moment.now;
        let deployed = |one: &&Certificate| {
            matches!(
                one.binding.at(now),
                Binding::Available | Binding::Deploying(_)
            )
        };
        let full = self.certificates.iter().filter(deployed).count() >= behaviour.most_available;
        let certificate = self.get(id, behaviour)?;
        if matches!(
            certificate.binding.at(now),
            Binding::Inactive | Binding::Removing(_)
        ) {
            if full {
                let text = format!(
                    "Up to {} certificates may be available at once",
                    behaviour.most_available
                );
                return Err(Refusal::bad(2119, text));
            }
            certificate.binding = Binding::Deploying(transition_end(behaviour, now));
            certificate.updated_at = now;
        }
        Ok(certificate)
    }

    pub(crate) fn deactivate(
        &mut self,
        id: &str,
        behaviour: &CloudflareBehaviour,
        moment: Moment,
    ) -> Result<&Certificate, Refusal> {
        let now = moment.now;
        let in_use = self.settings.uses(id);
        let certificate = self.get(id, behaviour)?;
        if in_use {
            return Err(Refusal::new(
                behaviour.in_the_way,
                2118,
                "The certificate is in use",
            ));
        }
        if matches!(
            certificate.binding.at(now),
            Binding::Available | Binding::Deploying(_)
        ) {
            certificate.binding = Binding::Removing(transition_end(behaviour, now));
            certificate.updated_at = now;
        }
        Ok(certificate)
    }

    /// Changes the settings.
    pub(crate) fn change_settings(
        &mut self,
        change: Change,
        behaviour: &CloudflareBehaviour,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        if let Some(id) = &change.certificate
            && !Settings::is_vendors_own(id)
        {
            let certificate = self.certificates.iter().find(|one| one.id == *id);
            // Which codes the vendor has for these is not known.
            let certificate =
                certificate.ok_or_else(|| Refusal::bad(2027, "Certificate not found"))?;
            if certificate.binding.at(now) != Binding::Available {
                return Err(Refusal::bad(2212, "The certificate is not available"));
            }
        }
        self.settings.change(change, behaviour, now)
    }

    pub(crate) fn delete(
        &mut self,
        id: &str,
        behaviour: &CloudflareBehaviour,
        moment: Moment,
    ) -> Result<Certificate, Refusal> {
        let certificate = self.get(id, behaviour)?.clone();
        if certificate.binding.at(moment.now) != Binding::Inactive {
            return Err(Refusal::new(
                behaviour.in_the_way,
                2118,
                "The certificate is active",
            ));
        }
        self.certificates.retain(|other| other.id != id);
        Ok(certificate)
    }
}

fn transition_end(behaviour: &CloudflareBehaviour, now: DateTime<Utc>) -> DateTime<Utc> {
    later(
        now,
        TimeDelta::from_std(behaviour.settles_after).unwrap_or(TimeDelta::MAX),
    )
}
