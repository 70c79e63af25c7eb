//! What a plan shows of the certificates that it is about: read for the plan, and for nothing else.

use super::{
    Plan,
    certificates::{PlannedContent, PlannedPart},
    warnings::{self, PlanWarning},
};
use crate::{snapshot::Snapshot, writer::Writer};
use certfleet::{Certificate, CertificateId, Change, Role, Verb};

impl Writer {
    /// Finds what a plan shows of the certificates of a change: what is there, then what is put in place.
    pub(crate) async fn contents_of(
        &self,
        change: &Change,
        snapshot: &Snapshot,
    ) -> Vec<PlannedContent> {
        let (part, scopes) = match change {
            Change::Replace(replace) => (PlannedPart::Old, Some(replace.scopes.as_slice())),
            _ => (PlannedPart::Subject, None),
        };
        let mut all = Vec::new();
        let mut name = None;
        for id in change.ids() {
            let one = self.whole(id, snapshot).await;
            name = one.name.clone();
            all.extend(PlannedContent::of_record(&one, part, scopes));
        }
        all.extend(PlannedContent::introduced(change, name.as_deref()));
        all
    }

    /// A record with its content, where the vendor gives it. What is only shown may stay unknown.
    pub(crate) async fn whole(&self, id: &CertificateId, snapshot: &Snapshot) -> Certificate {
        let found = snapshot.find(id).cloned();
        let mut one = found.unwrap_or_else(|| Certificate::new(id.clone(), Role::ClientIdentity));
        let is_read = |one: &Certificate| {
            !one.contents.is_empty() && one.contents.iter().all(|held| held.x509.is_some())
        };
        if !is_read(&one)
            && self.account().capabilities().get(Verb::Get).is_some()
            && let Ok(contents) = self.contents(self.account(), id).await
        {
            one.contents = contents;
        }
        one
    }

    /// Adds to a plan what it shows of certificates.
    pub(super) async fn add_contents(&self, plan: &mut Plan, snapshot: &Snapshot) {
        plan.contents = self.contents_of(&plan.change, snapshot).await;
        if plan.unchanged {
            return;
        }
        let into_force = matches!(plan.change, Change::Activate(_));
        plan.warnings = warnings::of_contents(&plan.contents, into_force, self.now());
        plan.warnings
            .extend(self.name_taken(&plan.change, snapshot, plan.change.ids()));
    }

    /// Returns a warning where another record has the name that a change gives.
    pub(crate) fn name_taken(
        &self,
        change: &Change,
        snapshot: &Snapshot,
        except: &[CertificateId],
    ) -> Option<PlanWarning> {
        let name = match change {
            // Where the name is the address, what is there already decides more than a warning.
            Change::Upload(_) if self.account().rules().name_is_address => None,
            Change::Upload(upload) => upload.name.as_deref(),
            Change::Rename(rename) => Some(rename.name.as_str()),
            _ => None,
        }?;
        warnings::of_name(name, &snapshot.certificates, except)
    }
}
