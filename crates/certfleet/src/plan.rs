//! What a change would do, found out by reads alone.

use crate::{
    Account, Capability, Certificate, CertificateId, Change, Error, ErrorKind, ProviderKind,
    References, Result, Scope, SetActive, State, checks,
    look::{self, Evidence, Look},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a change would do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Plan {
    /// The account's vendor.
    pub provider: ProviderKind,
    /// The account's name.
    pub account: String,
    /// The change, with everything filled in that was left to be taken from what is there.
    pub change: Change,
    /// Whether it is so already: nothing would be sent.
    pub already_so: bool,
    /// What would be sent, in this order.
    pub steps: Vec<Step>,
    /// What follows. All of it has to be acknowledged before the change is applied.
    pub consequences: Vec<Consequence>,
    /// What a reader should know beyond that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One request of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Step {
    /// The client's operation.
    pub operation: String,
    /// What it does, for people.
    pub message: String,
}

/// Something that follows from a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Consequence {
    /// What kind of thing.
    pub kind: ConsequenceKind,
    /// The place that it happens at, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// One sentence for people.
    pub message: String,
}

/// Kinds of consequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConsequenceKind {
    /// From then on the place refuses callers without a client certificate (OpenAI).
    EnforcementStarts,
    /// From then on the place asks nobody for a client certificate (OpenAI).
    EnforcementStops,
    /// Client certificates of this CA are no longer accepted at the place (OpenAI).
    TrustEnds,
    /// It goes live at the place at once (Apinizer).
    Deploys,
    /// What is live at the place is taken away (Apinizer, Patchworks).
    Undeploys,
    /// Another certificate loses its place (Patchworks).
    Displaces,
    /// What refers to the certificate loses its reference (Apinizer).
    DetachesReferences,
    /// What refers to the certificate is deleted too (Apinizer).
    DeletesReferences,
    /// What refers to the certificate is renewed from the new content (Apinizer).
    UpdatesReferences,
    /// Entries are added beside the old ones (Apinizer's update).
    AddsEntries,
    /// One of the few certificates that may be made in a day is used up (Cloudflare).
    ConsumesDailyQuota,
    /// It is sent in several requests: some may fail after others are done.
    NotAtomic,
    /// It cannot be undone.
    CannotBeUndone,
    /// It cannot be read back: if the answer is lost, nobody can tell what became of it.
    CannotBeRead,
}

impl ConsequenceKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::EnforcementStarts,
        Self::EnforcementStops,
        Self::TrustEnds,
        Self::Deploys,
        Self::Undeploys,
        Self::Displaces,
        Self::DetachesReferences,
        Self::DeletesReferences,
        Self::UpdatesReferences,
        Self::AddsEntries,
        Self::ConsumesDailyQuota,
        Self::NotAtomic,
        Self::CannotBeUndone,
        Self::CannotBeRead,
    ];

    /// The name in outputs and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnforcementStarts => "enforcement_starts",
            Self::EnforcementStops => "enforcement_stops",
            Self::TrustEnds => "trust_ends",
            Self::Deploys => "deploys",
            Self::Undeploys => "undeploys",
            Self::Displaces => "displaces",
            Self::DetachesReferences => "detaches_references",
            Self::DeletesReferences => "deletes_references",
            Self::UpdatesReferences => "updates_references",
            Self::AddsEntries => "adds_entries",
            Self::ConsumesDailyQuota => "consumes_daily_quota",
            Self::NotAtomic => "not_atomic",
            Self::CannotBeUndone => "cannot_be_undone",
            Self::CannotBeRead => "cannot_be_read",
        }
    }
}

impl fmt::Display for ConsequenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for ConsequenceKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<_> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
                Error::new(
                    ErrorKind::InvalidInput,
                    format!("{text:?} is no consequence: use {}", known.join(", ")),
                )
            })
    }
}

impl Plan {
    /// The kinds of its consequences, each once.
    pub fn kinds(&self) -> Vec<ConsequenceKind> {
        let mut kinds: Vec<_> = self.consequences.iter().map(|one| one.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    fn consequence(
        &mut self,
        kind: ConsequenceKind,
        scope: Option<&Scope>,
        message: impl Into<String>,
    ) {
        self.consequences.push(Consequence {
            kind,
            scope: scope.cloned(),
            message: message.into(),
        });
    }

    fn step(&mut self, operation: &str, message: impl Into<String>) {
        self.steps.push(Step {
            operation: operation.to_owned(),
            message: message.into(),
        });
    }
}

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
            if set.ids.len() > most && !set.not_atomic {
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

struct Planner<'a> {
    account: &'a Account,
    look: &'a Look,
    capability: &'a Capability,
}

impl Planner<'_> {
    fn plan(&self, mut change: Change) -> Result<Plan> {
        if let Change::Replace(_) = change {
            change = self.filled(change)?;
        }
        let mut plan = Plan {
            provider: self.account.provider(),
            account: self.account.name().to_owned(),
            already_so: false,
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
                plan.already_so = one.name.as_deref() == Some(rename.name.as_str());
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
        if plan.already_so {
            plan.steps.clear();
            plan.consequences.clear();
        }
        Ok(plan)
    }

    /// The client's operation, of those that the capability names.
    fn operation(&self, index: usize) -> &'static str {
        self.capability
            .operations
            .get(index)
            .or(self.capability.operations.first())
            .copied()
            .unwrap_or_default()
    }

    fn refuse(&self, kind: ErrorKind, message: String) -> Error {
        self.account
            .refusal(kind, format!("{message}. Nothing was sent"))
    }

    fn find(&self, id: &CertificateId) -> Result<&Certificate> {
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
            plan.already_so = true;
        } else if !deploys && !upload.with_key {
            let there = |one: &&Certificate| {
                look::holds(one, None, fingerprint) == Some(true)
                    && upload
                        .scopes
                        .iter()
                        .all(|scope| look::place(one, scope).is_some())
            };
            if let Some(one) = self.look.certificates.iter().find(there) {
                plan.already_so = true;
                plan.notes.push(format!("{} has this content", one.id));
            }
        }
        if let Some(most) = self.capability.max_objects
            && self.look.certificates.len() >= most as usize
            && !plan.already_so
        {
            return Err(self.refuse(
                ErrorKind::QuotaExceeded,
                format!(
                    "there are {most} certificates, the most that there can be: delete one first"
                ),
            ));
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

    fn switch(&self, set: &SetActive, wanted: bool, plan: &mut Plan) -> Result<()> {
        for id in &set.ids {
            self.find(id)?;
        }
        let scope = &set.scope;
        let states: Vec<_> = set
            .ids
            .iter()
            .map(|id| self.look.in_force(id, scope))
            .collect();
        plan.already_so = states.iter().all(|state| *state == Some(wanted));
        if states.contains(&None) {
            plan.notes.push(format!(
                "what is active for the whole organization is in force in {scope} by inheritance, whatever its own switch says"
            ));
        }
        match scope {
            Scope::Edge => self.edge(set, wanted, plan)?,
            _ => self.enforcement(set, wanted, plan),
        }
        let most = self.capability.max_batch.map_or(1, |most| most as usize);
        let batches = set.ids.len().div_ceil(most.max(1));
        if batches > 1 {
            plan.consequence(
                ConsequenceKind::NotAtomic,
                Some(scope),
                format!("it takes {batches} requests: some may fail after others are done"),
            );
        }
        let operation = self.operation(usize::from(matches!(scope, Scope::Project { .. })));
        let verb = if wanted { "activate" } else { "deactivate" };
        for batch in set.ids.chunks(most.max(1)) {
            let ids: Vec<_> = batch.iter().map(ToString::to_string).collect();
            plan.step(operation, format!("{verb} {} at {scope}", ids.join(", ")));
        }
        Ok(())
    }

    fn edge(&self, set: &SetActive, wanted: bool, plan: &mut Plan) -> Result<()> {
        if wanted {
            plan.notes.push(
                "active means deployed to the edge; which certificate intercepts is set elsewhere"
                    .to_owned(),
            );
            return Ok(());
        }
        for id in &set.ids {
            if self.find(id)?.in_use == Some(true) {
                return Err(self
                    .refuse(
                        ErrorKind::Precondition,
                        format!("{id} is in use: set another certificate in use first, in the gateway's configuration"),
                    )
                    .with_certificates([id.clone()]));
            }
        }
        Ok(())
    }

    fn enforcement(&self, set: &SetActive, wanted: bool, plan: &mut Plan) {
        let scope = &set.scope;
        let others = self
            .look
            .active_at(scope)
            .filter(|one| !set.ids.contains(&one.id))
            .count();
        // What the change itself switches; a project may have more by inheritance.
        let own = self
            .look
            .active_at(scope)
            .filter(|one| set.ids.contains(&one.id))
            .count();
        if wanted && others + own == 0 {
            plan.consequence(
                ConsequenceKind::EnforcementStarts,
                Some(scope),
                format!("nothing is active at {scope} yet: from then on it refuses every caller without a client certificate{}", inherited(scope)),
            );
        }
        if wanted {
            return;
        }
        let leaving: Vec<_> = set
            .ids
            .iter()
            .filter(|id| self.look.in_force(id, scope) == Some(true))
            .collect();
        if others == 0 && !leaving.is_empty() {
            plan.consequence(
                ConsequenceKind::EnforcementStops,
                Some(scope),
                format!("nothing else is active at {scope}: from then on it asks no caller for a client certificate{}", inherited(scope)),
            );
        }
        for id in leaving {
            plan.consequence(
                ConsequenceKind::TrustEnds,
                Some(scope),
                format!(
                    "client certificates that {id} issued are no longer accepted at {scope}{}",
                    inherited(scope)
                ),
            );
        }
    }

    /// A replacement with alias and description taken from what is there.
    fn filled(&self, change: Change) -> Result<Change> {
        let Change::Replace(mut replace) = change else {
            return Ok(change);
        };
        let one = self.find(&replace.id)?;
        if replace.alias.is_none() {
            let mut aliases: Vec<_> = one
                .placements
                .iter()
                .filter(|placement| replace.scopes.contains(&placement.scope))
                .filter_map(|placement| placement.alias.as_deref())
                .collect();
            aliases.sort_unstable();
            aliases.dedup();
            match aliases.as_slice() {
                [alias] => replace.alias = Some((*alias).to_owned()),
                [] => {
                    return Err(self.refuse(
                        ErrorKind::InvalidInput,
                        format!(
                            "{} has no alias in these environments: give one",
                            replace.id
                        ),
                    ));
                }
                several => {
                    return Err(self.refuse(
                        ErrorKind::InvalidInput,
                        format!(
                            "{} has several aliases in these environments ({}): give one, or replace them one by one",
                            replace.id,
                            several.join(", ")
                        ),
                    ));
                }
            }
        }
        if replace.description.is_none() {
            replace.description = one
                .description
                .clone()
                .filter(|text| !text.trim().is_empty());
        }
        if replace.description.is_none() && replace.references != References::Keep {
            return Err(self.refuse(
                ErrorKind::InvalidInput,
                format!(
                    "{} has no description, and an update needs one: give one",
                    replace.id
                ),
            ));
        }
        Ok(Change::Replace(replace))
    }

    fn replace(&self, change: &Change, plan: &mut Plan) -> Result<()> {
        let Change::Replace(replace) = change else {
            return Ok(());
        };
        let one = self.find(&replace.id)?;
        let same_names = one
            .placements
            .iter()
            .filter(|placement| replace.scopes.contains(&placement.scope))
            .all(|placement| placement.alias == replace.alias);
        let same_text = replace
            .description
            .as_ref()
            .is_none_or(|text| one.description.as_ref() == Some(text));
        plan.already_so = same_names
            && same_text
            && matches!(self.look.evidence(change, &[]), Evidence::Done { .. });
        for scope in &replace.scopes {
            plan.consequence(
                ConsequenceKind::Deploys,
                Some(scope),
                format!("the new content goes live in {scope} at once, in place of what is there"),
            );
        }
        let (operation, kind, message) = match replace.references {
            References::Detach => (
                0,
                ConsequenceKind::DetachesReferences,
                "JWKs made from the certificate lose their reference to it",
            ),
            References::UpdateInProject | References::UpdateEverywhere => (
                0,
                ConsequenceKind::UpdatesReferences,
                "JWKs made from the certificate are renewed from the new content",
            ),
            _ => {
                plan.notes.push(
                    "JWKs made from the old content keep its key: an import does not touch them"
                        .to_owned(),
                );
                plan.step(
                    self.operation(1),
                    format!(
                        "replace the content of {} in {}",
                        replace.id,
                        places(&replace.scopes)
                    ),
                );
                return Ok(());
            }
        };
        plan.consequence(kind, None, message);
        plan.consequence(
            ConsequenceKind::AddsEntries,
            None,
            "an update adds entries beside the old ones instead of replacing them",
        );
        plan.step(
            self.operation(operation),
            format!("update {} in {}", replace.id, places(&replace.scopes)),
        );
        Ok(())
    }

    fn delete(&self, references: References, id: &CertificateId, plan: &mut Plan) -> Result<()> {
        let found = self.look.find(id);
        if found.is_none() && self.look.is_complete() {
            return Err(Error::not_found(id));
        }
        for placement in found.iter().flat_map(|one| &one.placements) {
            let scope = &placement.scope;
            match scope {
                Scope::Environment { .. } => plan.consequence(
                    ConsequenceKind::Undeploys,
                    Some(scope),
                    format!("it is taken away from {scope}"),
                ),
                Scope::Connector { .. } => plan.consequence(
                    ConsequenceKind::Undeploys,
                    Some(scope),
                    format!("{scope} loses its certificate"),
                ),
                _ if !matches!(placement.state, State::Inactive | State::Unknown) => {
                    return Err(self
                        .refuse(
                            ErrorKind::Precondition,
                            format!(
                                "{id} is {} at {scope}: deactivate it there first, and wait until it is inactive",
                                placement.state
                            ),
                        )
                        .with_certificates([id.clone()]));
                }
                _ => {}
            }
        }
        match references {
            References::Detach => plan.consequence(
                ConsequenceKind::DetachesReferences,
                None,
                "JWKs made from it lose their reference",
            ),
            References::Delete => plan.consequence(
                ConsequenceKind::DeletesReferences,
                None,
                "JWKs made from it are deleted too",
            ),
            _ => {}
        }
        plan.consequence(
            ConsequenceKind::CannotBeUndone,
            None,
            format!("{id} is gone for good; what is uploaded again has another id"),
        );
        if found.is_none() {
            plan.notes.push(format!(
                "{id} is not attached to anything, so it cannot be seen whether it is there"
            ));
        }
        if let Some(places) = self.account.scopes()
            && places
                .iter()
                .any(|place| matches!(place, Scope::Organization))
        {
            let places: Vec<_> = places.iter().map(ToString::to_string).collect();
            plan.notes.push(format!(
                "only {} could be looked at: where it is active in another project, the vendor refuses",
                places.join(", ")
            ));
        }
        plan.step(self.operation(0), format!("delete {id}"));
        Ok(())
    }
}

fn places(scopes: &[Scope]) -> String {
    let names: Vec<_> = scopes.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn inherited(scope: &Scope) -> &'static str {
    match scope {
        Scope::Organization => "; projects inherit it",
        _ => "",
    }
}
