//! Plans every change; what is said of a switch, a replacement and a deletion is beside.

use super::{ConsequenceKind, Plan};
use crate::{
    Account, Capability, Certificate, CertificateId, Change, Error, ErrorKind, Result, Scope,
    checks,
    look::{self, Look},
};

impl Account {
    /// What a change would do: it is checked, what is there is read, and nothing is sent that
    /// changes anything.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], [`ErrorKind::InvalidInput`]: it could not be sent;
    /// [`ErrorKind::NotFound`], [`ErrorKind::AlreadyExists`], [`ErrorKind::Precondition`],
    /// [`ErrorKind::QuotaExceeded`]: the vendor would refuse it as things are;
    /// everything that reading can meet.
    pub async fn plan(&self, change: Change) -> Result<Plan> {
        Ok(self.prepare(change).await?.0)
    }

    /// The plan, and what it rests on.
    pub(crate) async fn prepare(&self, change: Change) -> Result<(Plan, Look)> {
        let capability = self.admit(&change)?.clone();
        let look = self.look(&change).await?;
        let plan = Planner {
            account: self,
            look: &look,
            capability: &capability,
        }
        .plan(change)?;
        Ok((plan, look))
    }

    /// Whether a change can be sent at all, as far as that is known without asking anybody.
    pub(crate) fn admit(&self, change: &Change) -> Result<&Capability> {
        let capability = self.capability(change.verb())?;
        for id in change.ids() {
            self.own(id)?;
        }
        let findings = checks::check(self.provider(), change, self.now());
        if !findings.is_empty() {
            let messages: Vec<_> = findings.iter().map(ToString::to_string).collect();
            return Err(self.refusal(
                ErrorKind::InvalidInput,
                format!("{}. Nothing was sent", messages.join("; ")),
            ));
        }
        if let Change::Activate(set) | Change::Deactivate(set) = change {
            self.place(&set.scope)?;
            let most = capability.max_batch.map_or(1, |most| most as usize);
            if set.ids.len() > most && !set.allow_partial {
                return Err(self.refusal(
                    ErrorKind::InvalidInput,
                    format!(
                        "{} are more certificates than the {most} of one request: name fewer, or allow several requests, of which some may fail after others are done. Nothing was sent",
                        set.ids.len()
                    ),
                ));
            }
        }
        Ok(capability)
    }

    /// A place whose states can be read.
    fn place(&self, scope: &Scope) -> Result<()> {
        let Some(places) = self.scopes() else {
            return Ok(());
        };
        if places.contains(scope) {
            return Ok(());
        }
        let places: Vec<_> = places.iter().map(ToString::to_string).collect();
        Err(self.refusal(
            ErrorKind::InvalidInput,
            format!(
                "the account does not know the place {scope}, so its state could not be read: it knows {}; add a project to the account's projects. Nothing was sent",
                places.join(", ")
            ),
        ))
    }
}

pub(super) struct Planner<'a> {
    pub(super) account: &'a Account,
    pub(super) look: &'a Look,
    pub(super) capability: &'a Capability,
}

impl Planner<'_> {
    fn plan(&self, mut change: Change) -> Result<Plan> {
        if let Change::Replace(_) = change {
            change = self.filled(change)?;
        }
        let mut plan = Plan {
            provider: self.account.provider(),
            account: self.account.name().to_owned(),
            unchanged: false,
            steps: Vec::new(),
            consequences: Vec::new(),
            notes: Vec::new(),
            change: change.clone(),
        };
        match &change {
            Change::Upload(_) => self.upload(&change, &mut plan)?,
            Change::Generate(_) => self.generate(&mut plan),
            Change::Rename(rename) => {
                let one = self.find(&rename.id)?;
                plan.unchanged = one.name.as_deref() == Some(rename.name.as_str());
                plan.step(
                    self.operation(0),
                    format!("rename {} to {:?}", rename.id, rename.name),
                );
            }
            Change::Activate(set) => self.switch(set, true, &mut plan)?,
            Change::Deactivate(set) => self.switch(set, false, &mut plan)?,
            Change::Replace(_) => self.replace(&change, &mut plan)?,
            Change::Delete(delete) => self.delete(delete.references, &delete.id, &mut plan)?,
        }
        if plan.unchanged {
            plan.steps.clear();
            plan.consequences.clear();
        }
        Ok(plan)
    }

    /// The client's operation, of those that the capability names.
    pub(super) fn operation(&self, index: usize) -> &'static str {
        self.capability
            .operations
            .get(index)
            .or(self.capability.operations.first())
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn refuse(&self, kind: ErrorKind, message: String) -> Error {
        self.account
            .refusal(kind, format!("{message}. Nothing was sent"))
    }

    pub(super) fn find(&self, id: &CertificateId) -> Result<&Certificate> {
        self.look.find(id).ok_or_else(|| Error::not_found(id))
    }

    fn upload(&self, change: &Change, plan: &mut Plan) -> Result<()> {
        let Change::Upload(upload) = change else {
            return Ok(());
        };
        let fingerprint = change.sha256();
        let deploys = matches!(upload.scopes.first(), Some(Scope::Environment { .. }));
        let name = upload.name.as_deref().unwrap_or_default();
        let same_address = self
            .look
            .certificates
            .iter()
            .find(|one| deploys && one.id.native == name);
        if let Some(one) = same_address {
            let everywhere = upload
                .scopes
                .iter()
                .all(|scope| look::holds(one, Some(scope), fingerprint) == Some(true));
            if !everywhere {
                return Err(self
                    .refuse(
                        ErrorKind::AlreadyExists,
                        format!(
                            "there is a certificate {} with another content or in other environments: replace its content instead",
                            one.id
                        ),
                    )
                    .with_certificates([one.id.clone()]));
            }
            plan.unchanged = true;
        } else if !deploys && !upload.with_key {
            let there = |one: &&Certificate| {
                look::holds(one, None, fingerprint) == Some(true)
                    && upload
                        .scopes
                        .iter()
                        .all(|scope| look::place(one, scope).is_some())
            };
            if let Some(one) = self.look.certificates.iter().find(there) {
                plan.unchanged = true;
                plan.notes.push(format!("{} has this content", one.id));
            }
        }
        if let Some(most) = self.capability.max_objects
            && self.look.certificates.len() >= most as usize
            && !plan.unchanged
        {
            return Err(self.refuse(
                ErrorKind::QuotaExceeded,
                format!(
                    "there are {most} certificates, the most that there can be: delete one first"
                ),
            ));
        }
        if upload.scopes.is_empty() && checks::rules(self.account.provider()).valid_now {
            plan.consequence(
                ConsequenceKind::Deploys,
                None,
                "the certificate goes live at once",
            );
        }
        for scope in &upload.scopes {
            match scope {
                Scope::Environment { .. } => plan.consequence(
                    ConsequenceKind::Deploys,
                    Some(scope),
                    format!("the certificate goes live in {scope} at once"),
                ),
                Scope::Connector { .. } => {
                    for other in &self.look.certificates {
                        if look::place(other, scope).is_some() {
                            plan.consequence(
                                ConsequenceKind::Displaces,
                                Some(scope),
                                format!("{} is attached to {scope} and may lose its place; it can then no longer be listed", other.id),
                            );
                        }
                    }
                }
                _ => {}
            }
        }
        if !self.look.is_complete() && upload.scopes.is_empty() {
            plan.consequence(
                ConsequenceKind::CannotBeRead,
                None,
                "without a connector the certificate cannot be listed afterwards: if the answer is lost, only the vendor's own pages can tell whether it is there",
            );
        }
        let places: Vec<_> = upload.scopes.iter().map(ToString::to_string).collect();
        plan.step(
            self.operation(0),
            format!(
                "upload {}{}",
                fingerprint.map_or_else(
                    || "a PKCS#12 file".to_owned(),
                    |one| format!("SHA-256 {one}")
                ),
                if places.is_empty() {
                    String::new()
                } else {
                    format!(" to {}", places.join(", "))
                }
            ),
        );
        Ok(())
    }

    fn generate(&self, plan: &mut Plan) {
        if let Some(most) = self.capability.max_per_day {
            plan.consequence(
                ConsequenceKind::ConsumesDailyQuota,
                None,
                format!("it uses up one of the {most} certificates that may be made in 24 hours; deleting it gives none back"),
            );
        }
        plan.step(self.operation(0), "have the vendor make a certificate");
    }
}
