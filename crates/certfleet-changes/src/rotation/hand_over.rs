//! Scopes where exactly one certificate is active: another one is activated in its place, and none beside it.

use super::{Rotation, RotationOptions};
use crate::{journal::AccountLock, writer::Writer};
use certfleet::{CertificateId, ErrorKind, Result, Scope, State};

impl Writer {
    /// Returns the scopes, of some, where a certificate is activated beside another one.
    pub(super) fn switched_beside(&self, scopes: &[Scope]) -> Vec<Scope> {
        let rules = self.account().rules();
        let beside = scopes
            .iter()
            .filter(|scope| !rules.hands_over(scope.kind()));
        beside.cloned().collect()
    }

    /// Activates a certificate in the place of another one, and waits until that one is out of force there. The turn is
    /// kept meanwhile, so that no other change comes between this and what follows from it.
    pub(super) async fn hand_over(
        &self,
        rotation: &Rotation,
        (from, to): (&CertificateId, &CertificateId),
        scope: &Scope,
        options: RotationOptions,
        turn: &AccountLock,
    ) -> Result<()> {
        self.switch(rotation, to.clone(), scope.clone(), true, turn)
            .await?;
        let scopes = std::slice::from_ref(scope);
        self.wait_in(
            std::slice::from_ref(from),
            scopes,
            State::Inactive,
            options.wait,
            |_| (),
        )
        .await
        .map(drop)
    }

    /// Puts the old one back where the new one has taken its place.
    pub(super) async fn hand_back(
        &self,
        rotation: &Rotation,
        new: &CertificateId,
        options: RotationOptions,
        turn: &AccountLock,
    ) -> Result<()> {
        let (account, old) = (self.account(), &rotation.spec.old);
        let rules = account.rules();
        for scope in &rotation.scopes {
            let Some(rules) = rules.scope(scope.kind()).filter(|rules| rules.hands_over) else {
                continue;
            };
            let mut needed = account.scopes().unwrap_or_default();
            needed.retain(|other| rules.needs == Some(other.kind()));
            if !needed.is_empty() {
                let ids = std::slice::from_ref(old);
                self.wait_in(ids, &needed, State::Active, options.wait, |_| ())
                    .await?;
            }
            let handed = self.hand_over(rotation, (new, old), scope, options, turn);
            match handed.await {
                // An attempt before has deleted it already.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                handed => handed?,
            }
        }
        Ok(())
    }
}
