//! One change that the journal tells of.

use crate::output::{self, plan, put_back::PutBack};
use certfleet::{
    Change, How, ProviderId,
    change::{ItemOutcome, ItemResult},
};
use certfleet_changes::{
    OperationId,
    journal::{About, AskedBy, Ending, Entry, Intent},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::io::{self, Write};

/// One change, from its beginning to its end.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Attempt {
    /// Its name.
    pub(crate) operation: OperationId,
    /// The account's vendor.
    pub(crate) provider: ProviderId,
    /// The account's name.
    pub(crate) account: String,
    /// What was to be done.
    pub(crate) change: Change,
    /// The records that it is about, as they were before it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) about: Vec<About>,
    /// The contents that a deletion removes, as PEM: they can be uploaded again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) deleted: Vec<String>,
    /// How a record that was deleted is put back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) put_back: Option<PutBack>,
    /// Who asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asked_by: Option<AskedBy>,
    /// The rotation that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rotation: Option<OperationId>,
    /// When it was begun, UTC.
    pub(crate) begun_at: DateTime<Utc>,
    /// When the last was found out, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// The last that is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ending: Option<Ending>,
}

impl Attempt {
    pub(super) fn new(begun: &Entry, intent: &Intent) -> Self {
        Self {
            put_back: None,
            operation: begun.operation.clone(),
            provider: begun.provider,
            account: begun.account.clone(),
            change: intent.change.clone(),
            about: intent.about.clone(),
            deleted: intent.deleted.clone(),
            asked_by: intent.asked_by.clone(),
            rotation: intent.rotation.clone(),
            begun_at: begun.at,
            ended_at: None,
            ending: None,
        }
    }

    pub(super) fn text(&self, out: &mut impl Write) -> io::Result<()> {
        let ending = self.ending.as_ref().map_or_else(
            || format!("no end is known (operation {})", self.operation),
            |ending| self.ended(ending),
        );
        plan::line(
            out,
            &format!(
                "{}  {}/{}{}  {}: {ending}",
                output::time(self.begun_at),
                self.provider,
                self.account,
                who(self.asked_by.as_ref()),
                self.what(),
            ),
        )?;
        self.put_back.as_ref().map_or(Ok(()), |one| one.text(out))
    }

    /// The change in a few words.
    fn what(&self) -> String {
        let change = &self.change;
        let mut text = change.verb().to_string();
        let addressed = change.ids().iter().map(|id| {
            let about = self.about.iter();
            let mut about = about.filter(|about| about.id.as_ref() == Some(id));
            record(Some(&id.native), about.next())
        });
        let mut records: Vec<_> = addressed.collect();
        if records.is_empty() {
            records.extend(self.about.first().map(|about| record(None, Some(about))));
        }
        let records: Vec<_> = records
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        if !records.is_empty() {
            text.push_str(&format!(" {}", records.join(", ")));
        }
        if let Some(sha256) = change.sha256()
            && !self
                .about
                .iter()
                .any(|about| about.sha256.contains(&sha256))
        {
            text.push_str(&format!(" SHA-256 {sha256:.12}"));
        }
        let scopes: Vec<_> = change.scopes().iter().map(ToString::to_string).collect();
        if !scopes.is_empty() {
            text.push_str(&format!(" at {}", scopes.join(", ")));
        }
        text
    }

    fn ended(&self, ending: &Ending) -> String {
        match ending {
            Ending::Applied {
                how,
                inferred,
                certificates,
                items,
            } => {
                let ids: Vec<_> = certificates.iter().map(ToString::to_string).collect();
                let failed: Vec<_> = items
                    .iter()
                    .filter(|item| item.outcome != ItemOutcome::Done)
                    .map(not_done)
                    .collect();
                let how = match (how, inferred) {
                    (How::Recovered, false) => "done, found by reading back",
                    (How::Recovered, true) => "done, as far as can be concluded",
                    (How::Accepted, _) => "accepted, and nothing confirms that it was done",
                    _ => "done",
                };
                let mut text = how.to_owned();
                if !ids.is_empty() && self.change.ids().is_empty() {
                    text.push_str(&format!(" as {}", ids.join(", ")));
                }
                if !failed.is_empty() {
                    text.push_str(&format!(", but {}", failed.join(", ")));
                }
                text
            }
            Ending::Failed { error, .. } => {
                let account = format!("{}/{}", self.provider, self.account);
                let why = output::error_about(error, &account);
                if ending.is_final() {
                    format!("failed, nothing was changed: {why}")
                } else {
                    format!("not known (operation {}): {why}", self.operation)
                }
            }
            Ending::NotApplied => "did not take effect".to_owned(),
            Ending::Dismissed { note } => format!("closed by hand: {note}"),
            _ => "ended".to_owned(),
        }
    }
}

/// Who asked, as a column of its own; nothing where a journal of an earlier version does not say it.
fn who(asked_by: Option<&AskedBy>) -> String {
    asked_by.map_or_else(String::new, |who| format!("  {who}"))
}

/// A record by its id, its name where that is another, and its SHA-256.
fn record(native: Option<&str>, about: Option<&About>) -> String {
    let name = about.and_then(|about| about.name.as_deref());
    let mut words: Vec<String> = native.map(str::to_owned).into_iter().collect();
    words.extend(
        name.filter(|name| native != Some(*name))
            .map(|name| format!("{name:?}")),
    );
    words.extend(
        about
            .into_iter()
            .flat_map(|about| &about.sha256)
            .map(|sha256| format!("SHA-256 {sha256:.12}")),
    );
    words.join(" ")
}

fn not_done(item: &ItemResult) -> String {
    let message = item.message.as_deref().unwrap_or_default();
    format!("{} not: {message}", item.scope)
}
