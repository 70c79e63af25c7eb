//! What a write did.

use crate::{Certificate, CertificateId, Scope, model::stated};
use serde::{Deserialize, Serialize};

/// A write that took effect, wholly or in part.
///
/// ```
/// use certfleet::Applied;
///
/// // As a script reads it from `certfleet … --output json`.
/// let applied: Applied = serde_json::from_str(r#"{"how": "recovered", "certificates": []}"#)?;
/// println!("{}, {} record(s)", applied.how.as_str(), applied.certificates.len());
/// assert!(applied.items.is_empty(), "one thing was done, wholly");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Applied {
    /// How it is known.
    pub how: How,
    /// Whether [`How::Recovered`] is a conclusion rather than a proof: another client could have
    /// made the same change at the same time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
    /// The records, as far as they are known afterwards. Of a deleted one, nothing.
    pub certificates: Vec<Certificate>,
    /// One result for every scope, or for every record of a batch, where they can differ. Empty
    /// where the write is one thing that was done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemResult>,
    /// What a reader should know beyond that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How it is known that a write took effect.
///
/// ```
/// use certfleet::How;
///
/// fn tell(how: How) -> &'static str {
///     match how {
///         How::Unchanged => "nothing was sent",
///         How::Accepted => "look at the vendor's own pages",
///         _ => "done",
///     }
/// }
/// assert_eq!(tell(How::Recovered), "done");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum How {
    /// The vendor's response says so, or reading back did after it was accepted.
    Confirmed,
    /// It was so already, or another change of the same made it so meanwhile. Nothing was sent.
    #[serde(alias = "already_so")]
    Unchanged,
    /// The response was lost or could not be read; reading back shows it.
    Recovered,
    /// The vendor accepted it, its response carries nothing that confirms it, and there is no way to read
    /// back what became of it.
    Accepted,
}

impl How {
    /// Returns its name in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Unchanged => "unchanged",
            Self::Recovered => "recovered",
            Self::Accepted => "accepted",
        }
    }
}

/// What became of one scope, or of one record of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ItemResult {
    /// The record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CertificateId>,
    /// The scope.
    pub scope: Scope,
    /// What became of it.
    pub outcome: ItemOutcome,
    /// The vendor's words, or why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What became of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ItemOutcome {
    /// Done.
    Done,
    /// Not done: the vendor says so.
    Failed,
    /// It is not known.
    Unknown,
    /// Not tried, because an earlier one failed.
    NotTried,
}

impl Applied {
    /// Returns a write that took effect.
    pub fn new(how: How, certificates: Vec<Certificate>) -> Self {
        Self {
            how,
            inferred: false,
            certificates,
            items: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Sets the results of its items.
    #[must_use]
    pub fn with_items(mut self, items: Vec<ItemResult>) -> Self {
        self.items = items;
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Returns whether an item has an outcome.
    pub fn has(&self, outcome: ItemOutcome) -> bool {
        self.items.iter().any(|item| item.outcome == outcome)
    }

    /// Returns whether every item is done.
    pub fn is_complete(&self) -> bool {
        self.items
            .iter()
            .all(|item| item.outcome == ItemOutcome::Done)
    }
}

impl ItemResult {
    /// Returns a result.
    pub fn new(scope: Scope, outcome: ItemOutcome) -> Self {
        Self {
            id: None,
            scope,
            outcome,
            message: None,
        }
    }

    /// Sets the record.
    #[must_use]
    pub fn certificate(mut self, id: CertificateId) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the message; an empty one says nothing.
    #[must_use]
    pub fn message(mut self, message: Option<String>) -> Self {
        self.message = stated(message, String::as_str);
        self
    }
}
