//! The first step of a rotation: putting the new certificate in place, once, whatever happened to an
//! attempt before.

use super::Rotation;
use crate::{
    journal::{AccountLock, Ending, Event},
    journalled::replaced,
    recovery::is_repeatable,
    writer::Writer,
};
use certfleet::{
    Applied, CertificateId, Change, Effect, EffectReport, ErrorKind, Result,
    change::{ItemOutcome, ItemResult},
};

impl Writer {
    /// Puts the new one in place, or finds what an attempt before a crash brought.
    pub(super) async fn introduce(
        &self,
        rotation: &mut Rotation,
        turn: &AccountLock,
    ) -> Result<()> {
        let before = self.introduced(rotation, turn).await?;
        // What a replacement has brought is read off the record itself: a scope that failed gets it
        // again.
        if let Some(id) = before
            && !matches!(rotation.spec.introduce, Change::Replace(_))
        {
            rotation.new = Some(id);
            return Ok(());
        }
        // What an attempt before had to say is over.
        rotation.notes.clear();
        let writer = self.part_of(&rotation.id);
        let contents = self.journal().read().await?;
        let change = rotation.spec.introduce.clone();
        let prepared = writer.prepare(change, &contents).await?;
        if matches!(prepared.plan.change, Change::Replace(_)) && rotation.saved.is_empty() {
            // On the disk before anything is replaced.
            rotation.saved = replaced(&prepared.plan.change, &prepared.snapshot);
            self.save(rotation, turn).await?;
        }
        let applied = writer.carry_out(prepared, &contents, turn).await?;
        let first = applied.certificates.first().ok_or_else(|| {
            self.refusal(
                ErrorKind::InvalidResponse,
                "the new certificate is there, but its id is not known",
            )
            .with_effect(Effect::Applied)
        })?;
        rotation.new = Some(first.id.clone());
        self.report_items(rotation, &applied)
    }

    /// What the journal knows of an attempt of this rotation to put the new one in place.
    async fn introduced(
        &self,
        rotation: &Rotation,
        turn: &AccountLock,
    ) -> Result<Option<CertificateId>> {
        let verb = rotation.spec.introduce.verb();
        let contents = self.journal().read().await?;
        let mut mine = contents
            .entries
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::Begun(intent)
                    if intent.rotation.as_ref() == Some(&rotation.id)
                        && intent.change.verb() == verb =>
                {
                    Some(&entry.operation)
                }
                _ => None,
            });
        let Some(operation) = mine.next_back().cloned() else {
            return Ok(None);
        };
        let pending = contents.pending();
        if pending.iter().any(|one| one.begun.operation == operation) {
            let resumed = self.resolve_pending(turn).await?;
            let mine = resumed.into_iter().find(|one| one.operation == operation);
            return match mine.map(|one| (one.settled, one.ending, one.message)) {
                Some((true, Ending::Applied { certificates, .. }, _)) => {
                    Ok(certificates.into_iter().next())
                }
                Some((true, ..)) | None => Ok(None),
                // It is not there, and sending it once more leaves what sending it once does.
                Some((false, ending, _))
                    if is_lost(&ending) && is_repeatable(&rotation.spec.introduce) =>
                {
                    Ok(None)
                }
                Some((false, _, message)) => Err(self
                    .refusal(
                        ErrorKind::Precondition,
                        format!("whether the new certificate is there is not known yet: {message}"),
                    )
                    .with_effect(Effect::Unknown)),
            };
        }
        Ok(match contents.ending(&operation) {
            Some((_, Ending::Applied { certificates, .. })) => certificates.first().cloned(),
            _ => None,
        })
    }

    /// A scope that failed stops the rotation, to be gone on with once that is mended.
    fn report_items(&self, rotation: &mut Rotation, applied: &Applied) -> Result<()> {
        let words = |item: &ItemResult| match &item.message {
            Some(message) => format!("{}: {message}", item.scope),
            None => item.scope.to_string(),
        };
        let of = |outcome| -> Vec<String> {
            let items = applied.items.iter().filter(|item| item.outcome == outcome);
            items.map(words).collect()
        };
        for note in applied
            .notes
            .iter()
            .cloned()
            .chain(of(ItemOutcome::Unknown))
        {
            if !rotation.notes.contains(&note) {
                rotation.notes.push(note);
            }
        }
        let failed = of(ItemOutcome::Failed);
        if failed.is_empty() {
            return Ok(());
        }
        Err(self
            .refusal(
                ErrorKind::Provider,
                format!(
                    "the new certificate is stored, but not deployed everywhere: {}. Mend that and go on, or roll back",
                    failed.join("; ")
                ),
            )
            .with_effect(Effect::Applied))
    }
}

/// Whether what became of a request is not known because its answer was lost.
fn is_lost(ending: &Ending) -> bool {
    matches!(ending, Ending::Failed { error, .. } if error.effect == EffectReport::Unknown)
}
