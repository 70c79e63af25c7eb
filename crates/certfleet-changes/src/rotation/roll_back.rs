//! Undoing a rotation.

use super::{Rotation, RotationStep};
use crate::{
    Account, CertificateId, Change, ErrorKind, ReferencePolicy, Replace, Result, Verb, journal::Saved,
};

impl Account {
    /// Puts back what a rotation changed: the old one is in force again wherever it was, the new
    /// one nowhere. The new record stays, out of force. No private key is needed.
    ///
    /// The consequences of switching back have to be acknowledged like any others.
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`]: the old one is removed, or may be: there is nothing to go back
    /// to. [`ErrorKind::Unsupported`]: the vendor cannot attach an old record again. As
    /// [`apply`](Account::apply).
    pub async fn roll_back(&self, mut rotation: Rotation) -> Result<Rotation> {
        self.own(&rotation.spec.old)?;
        if rotation.is_over() {
            return Err(self.refusal(
                ErrorKind::Precondition,
                format!("the rotation {} is over", rotation.id),
            ));
        }
        if rotation.step == RotationStep::Remove {
            let look = self.look(&rotation.spec.introduce).await?;
            if look.find(&rotation.spec.old).is_none() {
                return Err(self.refusal(
                    ErrorKind::Precondition,
                    format!(
                        "{} is removed: there is nothing to go back to",
                        rotation.spec.old
                    ),
                ));
            }
        }
        match (&rotation.new, &rotation.spec.introduce) {
            (None, Change::Replace(_)) if !rotation.saved.is_empty() => {
                self.restore(&rotation).await?;
            }
            // Nothing is known to have come of it; what a lost request may still bring is not in
            // force, and resume finds it.
            (None, _) => {}
            (Some(_), Change::Replace(_)) => self.restore(&rotation).await?,
            (Some(new), _) => {
                let new = new.clone();
                self.switch_back(&rotation, new).await?;
            }
        }
        rotation.step = RotationStep::RolledBack;
        rotation.failed = None;
        self.save(&rotation).await?;
        Ok(rotation)
    }

    async fn switch_back(&self, rotation: &Rotation, new: CertificateId) -> Result<()> {
        if self.capabilities().get(Verb::Activate).is_none() {
            return Err(self
                .refusal(
                    ErrorKind::Unsupported,
                    format!(
                        "{} offers no way to attach {} again: do it on the vendor's own pages, then delete {new}",
                        self.provider(),
                        rotation.spec.old
                    ),
                )
                .with_certificates([rotation.spec.old.clone(), new]));
        }
        // The old one first, so that no moment is without either.
        for scope in &rotation.scopes {
            self.switch(rotation, rotation.spec.old.clone(), scope.clone(), true)
                .await?;
        }
        for scope in &rotation.scopes {
            self.switch(rotation, new.clone(), scope.clone(), false)
                .await?;
        }
        Ok(())
    }

    /// Imports the contents that were saved, those of one content and alias together.
    async fn restore(&self, rotation: &Rotation) -> Result<()> {
        let mut groups: Vec<(&Saved, Vec<_>)> = Vec::new();
        for saved in &rotation.saved {
            let same = groups.iter_mut().find(|(first, _)| {
                first.alias == saved.alias && first.certificate == saved.certificate
            });
            match same {
                Some((_, scopes)) => scopes.push(saved.scope.clone()),
                None => groups.push((saved, vec![saved.scope.clone()])),
            }
        }
        for (saved, scopes) in groups {
            let replace = Replace {
                id: rotation.spec.old.clone(),
                certificate: saved.certificate.clone(),
                scopes,
                alias: saved.alias.clone(),
                description: None,
                references: ReferencePolicy::Keep,
            };
            self.part_of(rotation)
                .apply(Change::Replace(replace))
                .await?;
        }
        Ok(())
    }
}
