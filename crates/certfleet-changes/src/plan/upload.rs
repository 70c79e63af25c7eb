//! What an upload would do.

use super::{
    Plan,
    planner::{Planner, names},
};
use crate::ConsequenceKind;
use crate::snapshot::{holds, state_in};
use certfleet::{Certificate, ErrorKind, Result, Upload, x509::Sha256};

impl Planner<'_> {
    pub(super) fn upload(
        &self,
        upload: &Upload,
        sha256: Option<Sha256>,
        plan: &mut Plan,
    ) -> Result<()> {
        self.already_there(upload, sha256, plan)?;
        if let Some(most) = self.capability.max_objects
            && self.snapshot.certificates.len() + self.snapshot.unidentified() >= most as usize
            && !plan.unchanged
        {
            return Err(self.refuse(
                ErrorKind::QuotaExceeded,
                format!(
                    "there are {most} certificates, the most that there can be: delete one first"
                ),
            ));
        }
        self.consequences(upload, plan);
        self.unreadable(upload, sha256, plan);
        let scopes = names(&upload.scopes);
        plan.step(
            self.operation(None),
            format!(
                "upload {}{}",
                sha256.map_or_else(
                    || "a PKCS#12 file".to_owned(),
                    |one| format!("SHA-256 {one}")
                ),
                if scopes.is_empty() {
                    String::new()
                } else {
                    format!(" to {scopes}")
                }
            ),
        );
        Ok(())
    }

    /// Whether the certificate is there already, or something else is at its address.
    fn already_there(
        &self,
        upload: &Upload,
        sha256: Option<Sha256>,
        plan: &mut Plan,
    ) -> Result<()> {
        let records = &self.snapshot.certificates;
        if self.account.rules().name_is_address {
            let name = upload.name.as_deref().unwrap_or_default();
            let Some(one) = records.iter().find(|one| one.id.native == name) else {
                return Ok(());
            };
            let everywhere = upload
                .scopes
                .iter()
                .all(|scope| holds(one, Some(scope), sha256) == Some(true));
            if one.is_unreadable() {
                return Err(self
                    .refuse(
                        ErrorKind::AlreadyExists,
                        format!("there is a certificate {}, and the vendor's record of it cannot be read: give another name, or delete it first", one.id),
                    )
                    .with_certificates([one.id.clone()]));
            }
            if !everywhere {
                return Err(self
                    .refuse(
                        ErrorKind::AlreadyExists,
                        format!(
                            "there is a certificate {} with another content or in other {}s: replace its content instead",
                            one.id,
                            upload.scopes.first().map_or("scope", |scope| scope.kind())
                        ),
                    )
                    .with_certificates([one.id.clone()]));
            }
            plan.unchanged = true;
        } else if !upload.with_key {
            let is_there = |one: &&Certificate| {
                holds(one, None, sha256) == Some(true)
                    && upload
                        .scopes
                        .iter()
                        .all(|scope| state_in(one, scope).is_some())
            };
            if let Some(one) = records.iter().find(is_there) {
                plan.unchanged = true;
                plan.notes.push(format!("{} has this content", one.id));
            }
        }
        Ok(())
    }

    /// Says which records cannot be read, where one of them may be the certificate already.
    fn unreadable(&self, upload: &Upload, sha256: Option<Sha256>, plan: &mut Plan) {
        // What has another name is another record, where the name is the address.
        let may_be = |one: &Certificate| {
            !self.account.rules().name_is_address && holds(one, None, sha256).is_none()
        };
        if let (false, Some(unread)) = (upload.with_key, self.snapshot.unread(may_be)) {
            plan.consequence(
                ConsequenceKind::RecordsUnreadable,
                None,
                format!("whether the certificate is there already cannot be told, because this could not be read: {unread}. It may then be there twice"),
            );
        }
    }

    fn consequences(&self, upload: &Upload, plan: &mut Plan) {
        if upload.scopes.is_empty() && self.account.rules().upload_deploys {
            plan.consequence(
                ConsequenceKind::Deploys,
                None,
                "the certificate goes live at once",
            );
        }
        for scope in &upload.scopes {
            let rules = self.scope_rules(scope, plan);
            if rules.deploys {
                plan.consequence(
                    ConsequenceKind::Deploys,
                    Some(scope),
                    format!("the certificate goes live in {scope} at once"),
                );
            }
            let there = self.snapshot.certificates.iter();
            let there = there.filter(|other| state_in(other, scope).is_some());
            for other in there.filter(|_| rules.holds_one) {
                plan.consequence(
                    ConsequenceKind::Displaces,
                    Some(scope),
                    format!("{} is attached to {scope} and may lose its place; it can then no longer be listed", other.id),
                );
            }
        }
        if !self.snapshot.lists_all() && upload.scopes.is_empty() {
            plan.consequence(
                ConsequenceKind::CannotBeRead,
                None,
                format!(
                    "without a {} the certificate cannot be listed afterwards: if the answer is lost, only the vendor's own pages can tell whether it is there",
                    self.account.rules().scopes.first().map_or("scope", |rules| rules.kind)
                ),
            );
        }
    }
}
