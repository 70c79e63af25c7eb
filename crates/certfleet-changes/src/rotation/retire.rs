//! The end of a rotation: taking the old one out of force, and removing it.

use super::{Rotation, RotationOptions, steps::new};
use crate::{
    journal::{AccountLock, Event},
    snapshot::Snapshot,
    writer::Writer,
};
use certfleet::{Applied, CertificateId, Change, ErrorKind, How, Result, Verb, change::Delete};

impl Writer {
    /// Takes the old one out of force everywhere, the new one being in force there first: what is active
    /// in a scope that others inherit from hides their switches until it is deactivated. Where the new one takes
    /// its place, it does so before anything else.
    pub(super) async fn retire(
        &self,
        rotation: &mut Rotation,
        options: RotationOptions,
        turn: &AccountLock,
    ) -> Result<()> {
        let account = self.account();
        if account.capabilities().get(Verb::Deactivate).is_none() {
            return Ok(());
        }
        let old = rotation.spec.old.clone();
        let mut scopes = account.scopes().unwrap_or_default();
        scopes.sort_by_key(|scope| !account.rules().hands_over(scope.kind()));
        let in_force = |snapshot: &Snapshot| {
            let mut scopes = scopes.iter();
            scopes.find(|scope| snapshot.in_force(&old, scope) == Some(true))
        };
        // One round for each scope is enough; one more finds nothing left.
        for _ in 0..=scopes.len() {
            let journal = self.journal().read().await?;
            // What is known already may name a scope; that none is left, only a look says.
            let known = self.known(&journal);
            let snapshot = match known.filter(|known| in_force(known).is_some()) {
                Some(known) => known,
                None => self.snapshot_now(None, &journal).await?,
            };
            self.ensure_readable(&snapshot, &old)?;
            let Some(scope) = in_force(&snapshot) else {
                return Ok(());
            };
            if !rotation.scopes.contains(scope) {
                // On the disk before it is changed, so that it can be put back.
                rotation.scopes.push(scope.clone());
                self.save(rotation, turn).await?;
            }
            let new = new(rotation)?;
            if account.rules().hands_over(scope.kind()) {
                self.hand_over(rotation, (&old, &new), scope, options, turn)
                    .await?;
                continue;
            }
            // Where that is hidden, setting it once more does no harm.
            if snapshot.in_force(&new, scope) != Some(true) {
                self.switch(rotation, new, scope.clone(), true, turn)
                    .await?;
            }
            self.switch(rotation, old.clone(), scope.clone(), false, turn)
                .await?;
        }
        Ok(())
    }

    /// Ensures that where a record is in force can be told: what cannot be read is not out of force.
    pub(super) fn ensure_readable(&self, snapshot: &Snapshot, id: &CertificateId) -> Result<()> {
        match snapshot.find(id) {
            Some(one) if one.is_unreadable() => Err(self.refusal(
                ErrorKind::Precondition,
                format!("the vendor's record of {id} cannot be read, so that where it is in force cannot be told. Nothing was sent"),
            )
            .with_advice("Look at the vendor's own pages")),
            None if snapshot.lists_all() && !snapshot.is_complete() => Err(snapshot.missing(id)),
            _ => Ok(()),
        }
    }

    pub(super) async fn remove(&self, rotation: &Rotation, turn: &AccountLock) -> Result<()> {
        if rotation.keeps_old_record() {
            return Ok(());
        }
        let change = Change::Delete(Delete {
            id: rotation.spec.old.clone(),
            references: rotation.spec.references,
        });
        match self.apply_part(rotation, change, turn).await {
            // It is gone, as it should be; an attempt before a crash may have done it.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            applied => {
                applied?;
            }
        }
        self.close_removals(rotation, turn).await
    }

    /// Ends what an attempt before a crash left pending: the old one is gone, which not every vendor can
    /// be asked about.
    async fn close_removals(&self, rotation: &Rotation, turn: &AccountLock) -> Result<()> {
        for pending in self.journal().pending().await? {
            let Some(intent) = pending.intent() else {
                continue;
            };
            if intent.rotation.as_ref() == Some(&rotation.id)
                && matches!(&intent.change, Change::Delete(delete) if delete.id == rotation.spec.old)
            {
                let applied = Applied::new(How::Recovered, Vec::new());
                let ending = Event::Ended(Box::new(crate::journalled::ending(&applied)));
                self.record(&pending.begun.operation, ending, turn).await?;
            }
        }
        Ok(())
    }
}
