//! What of the journal is shown.

use super::{
    attempt::Attempt,
    history::{JournalHistory, PENDING, RotationHistory},
};
use certfleet::ProviderId;
use certfleet_changes::OperationId;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// What of the journal is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice<'a> {
    /// Only what is pending, and rotations under way.
    pub(crate) pending: bool,
    /// Only what something happened to since then.
    pub(crate) since: Option<DateTime<Utc>>,
    /// Only these accounts: NAME or PROVIDER/NAME. All of them where none is named.
    pub(crate) accounts: &'a [String],
    /// The most finished changes and rotations; of those that are pending where only these are shown.
    pub(crate) limit: Option<usize>,
}

impl Choice<'_> {
    fn keeps(&self, at: DateTime<Utc>, provider: ProviderId, account: &str) -> bool {
        let full = format!("{provider}/{account}");
        let of_account = self.accounts.is_empty()
            || self
                .accounts
                .iter()
                .any(|name| *name == account || *name == full);
        of_account && self.since.is_none_or(|since| at >= since)
    }

    fn options(&self) -> Vec<&'static str> {
        let given = [
            (self.pending, PENDING),
            (self.since.is_some(), "--since"),
            (!self.accounts.is_empty(), "--account"),
            (self.limit.is_some(), "--limit"),
        ];
        let given = given.into_iter().filter(|(is_given, _)| *is_given);
        given.map(|(_, option)| option).collect()
    }
}

impl Attempt {
    fn last_at(&self) -> DateTime<Utc> {
        self.ended_at.unwrap_or(self.begun_at)
    }

    fn is_chosen(&self, choice: &Choice<'_>) -> bool {
        choice.keeps(self.last_at(), self.provider, &self.account)
    }
}

impl RotationHistory {
    fn is_chosen(&self, choice: &Choice<'_>) -> bool {
        choice.keeps(
            self.saved_at,
            self.rotation.provider,
            &self.rotation.account,
        )
    }
}

impl JournalHistory {
    fn len(&self) -> usize {
        self.pending.len() + self.rotations.len() + self.closed.len()
    }

    /// Leaves what was chosen, and counts what is left out.
    pub(crate) fn choose(mut self, choice: &Choice<'_>) -> Self {
        let all = self.len();
        if choice.pending {
            self.closed.clear();
            self.rotations.retain(|one| !one.rotation.is_over());
        }
        // What is asked for is what is pending: the rest is not missing.
        let wanted = if choice.pending { self.len() } else { all };
        self.pending.retain(|one| one.is_chosen(choice));
        self.closed.retain(|one| one.is_chosen(choice));
        self.rotations.retain(|one| one.is_chosen(choice));
        self.taken_over
            .retain(|one| !choice.pending && choice.keeps(one.at, one.provider, &one.account));
        if let Some(limit) = choice.limit {
            let older = self.older(limit, choice.pending);
            // They are not counted: no more of them than of the changes that they stand among.
            let older_takeovers = self.taken_over.len().saturating_sub(limit);
            self.taken_over.drain(..older_takeovers);
            self.pending.retain(|one| !older.contains(&one.operation));
            self.closed.retain(|one| !older.contains(&one.operation));
            self.rotations
                .retain(|one| !older.contains(&one.rotation.id));
        }
        self.left_out = wanted - self.len();
        self.chosen_by = choice.options();
        self
    }

    /// The changes and rotations beyond the newest so many: of those that are over, or of all that are left
    /// where only pending ones are.
    fn older(&self, limit: usize, pending: bool) -> BTreeSet<OperationId> {
        let attempts = self
            .closed
            .iter()
            .chain(self.pending.iter().filter(|_| pending));
        let rotations = self.rotations.iter();
        let rotations = rotations.filter(|one| pending || one.rotation.is_over());
        let mut counted: Vec<_> = attempts
            .map(|one| (one.last_at(), &one.operation))
            .chain(rotations.map(|one| (one.saved_at, &one.rotation.id)))
            .collect();
        counted.sort_unstable();
        let older = counted.len().saturating_sub(limit);
        counted
            .into_iter()
            .take(older)
            .map(|(_, id)| id.clone())
            .collect()
    }
}
