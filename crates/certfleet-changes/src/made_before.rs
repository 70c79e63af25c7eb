//! What another client, or the same one, has done already: the journal tells.

use crate::{
    journal::{Contents, Ending, Event, OperationId, Position},
    plan::Prepared,
    writer::Writer,
};
use certfleet::{Applied, CertificateId, Change, How};

/// The same change, as it was made before.
pub(crate) struct MadeBefore {
    /// Who made it and when, in words.
    pub(crate) note: String,
    /// The records it made.
    pub(crate) certificates: Vec<CertificateId>,
    /// The rotation that it was a part of.
    pub(crate) rotation: Option<OperationId>,
}

impl Writer {
    /// The result of a change that reading does not show to be made, and that the journal shows to be: a
    /// certificate was made since, or a record that cannot be listed was deleted.
    pub(crate) fn made_already(
        &self,
        prepared: &Prepared,
        contents: &Contents,
        since: Position,
    ) -> Option<Applied> {
        if let Some(made) = self.made_since(prepared, contents, since) {
            return Some(made);
        }
        let Prepared { plan, snapshot } = prepared;
        // Where not everything can be listed, only the journal tells that it is gone.
        let mut ids = plan.change.ids().iter();
        if ids.any(|id| snapshot.find(id).is_some()) {
            return None;
        }
        self.removed_before(&plan.change, contents)
    }

    /// The result of making a certificate that another client made after this one was first looked at, and
    /// that reading alone does not show to be the same.
    fn made_since(
        &self,
        prepared: &Prepared,
        contents: &Contents,
        since: Position,
    ) -> Option<Applied> {
        let Prepared { plan, snapshot } = prepared;
        if plan.unchanged || !matches!(plan.change, Change::Upload(_) | Change::Generate(_)) {
            return None;
        }
        let made = self.made_by(&plan.change, contents, since)?;
        let found: Vec<_> = made
            .certificates
            .iter()
            .filter_map(|id| snapshot.find(id))
            .cloned()
            .collect();
        if found.is_empty() && snapshot.is_complete() {
            // It is gone again.
            return None;
        }
        Some(Applied::new(How::Unchanged, found).with_note(made.note))
    }

    /// The result of deleting what another client has deleted already.
    pub(crate) fn removed_before(&self, change: &Change, contents: &Contents) -> Option<Applied> {
        if !matches!(change, Change::Delete(_)) {
            return None;
        }
        let made = self.made_by(change, contents, Position(0))?;
        Some(Applied::new(How::Unchanged, Vec::new()).with_note(made.note))
    }

    /// The same change, where it was made after a position in the journal.
    pub(crate) fn made_by(
        &self,
        change: &Change,
        contents: &Contents,
        since: Position,
    ) -> Option<MadeBefore> {
        let entries = contents.entries.get(since.0..).unwrap_or_default();
        entries.iter().rev().find_map(|end| {
            let Event::Ended(ending) = &end.event else {
                return None;
            };
            let Ending::Applied {
                certificates, how, ..
            } = &**ending
            else {
                return None;
            };
            // A deletion that was accepted, and not seen to be done, can be asked for again.
            let counts = match how {
                How::Unchanged => false,
                How::Accepted => !matches!(change, Change::Delete(_)),
                _ => ending.is_final(),
            };
            if !counts {
                return None;
            }
            let begun = contents.entries.iter().find(|begun| {
                begun.operation == end.operation && matches!(begun.event, Event::Begun(_))
            })?;
            let Event::Begun(intent) = &begun.event else {
                return None;
            };
            let of_this = begun.provider == self.account().provider()
                && begun.account == self.account().name();
            // What two uploads hold cannot always be compared; that they are of one plan can.
            let of_this_plan = intent.plan.is_some() && intent.plan.as_ref() == self.plan_id();
            let is_same = is_same(&intent.change, change);
            let of_this_plan = of_this_plan && intent.change.verb() == change.verb();
            if !of_this || !of_this_plan && !is_same {
                return None;
            }
            let who = intent
                .asked_by
                .as_ref()
                .map_or_else(String::new, |asked| format!("{asked} "));
            let when = end.at.format("%Y-%m-%d %H:%M:%S UTC");
            let note = if is_same {
                format!(
                    "{who}made the same change at {when} (journal entry {})",
                    end.operation
                )
            } else {
                format!(
                    "{who}applied this plan at {when} (journal entry {}); what a PKCS#12 file holds cannot be compared: plan again to upload another one",
                    end.operation
                )
            };
            Some(MadeBefore {
                note,
                certificates: certificates.clone(),
                rotation: intent.rotation.clone(),
            })
        })
    }
}

/// Whether two changes leave the same behind. Uploads that cannot be told apart are not the same.
pub(crate) fn is_same(one: &Change, other: &Change) -> bool {
    match (one, other) {
        (Change::Upload(one), Change::Upload(other)) => {
            !one.certificate.is_empty()
                && one.certificate == other.certificate
                && one.name == other.name
                && one.scopes == other.scopes
        }
        (Change::Generate(one), Change::Generate(other)) => one == other,
        (Change::Rename(one), Change::Rename(other)) => one == other,
        (Change::Activate(one), Change::Activate(other))
        | (Change::Deactivate(one), Change::Deactivate(other)) => {
            one.scope == other.scope && one.ids == other.ids
        }
        (Change::Replace(one), Change::Replace(other)) => {
            one.id == other.id && one.certificate == other.certificate && one.scopes == other.scopes
        }
        (Change::Delete(one), Change::Delete(other)) => one.id == other.id,
        _ => false,
    }
}
