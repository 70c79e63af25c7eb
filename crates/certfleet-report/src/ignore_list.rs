//! Which certificates do not count for a while, and why.
//!
//! A list is TOML. Each entry names what it is about by one of `address`, `sha256` and `name`, and says why and
//! until when:
//!
//! ```toml
//! [[ignore]]
//! address = "openai/production/cert_abc"
//! reason = "replaced on 2026-11-20, deleted after the freeze"
//! until = 2026-12-31
//! ```
//!
//! An entry without a reason, without an end, or whose end has passed ignores nothing.

use crate::{
    judgement::{Ignored, Judgement, Judgements},
    name_pattern::NamePattern,
};
use certfleet::{CertificateId, x509::Sha256};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an ignore list says.
///
/// ```
/// use certfleet_report::ignore_list::IgnoreList;
/// let text = "[[ignore]]\nname = \"test-*\"\nreason = \"the old test CA\"\nuntil = 2026-12-31\n";
/// assert_eq!(IgnoreList::parse(text)?.len(), 1);
/// assert!(IgnoreList::parse("[[ignore]]\nreason = \"which one?\"\n").is_err());
/// # Ok::<(), certfleet_report::ignore_list::InvalidList>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct IgnoreList {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    matcher: Matcher,
    reason: Option<String>,
    until: Option<NaiveDate>,
}

/// What an entry is about.
#[derive(Clone, Debug)]
enum Matcher {
    /// All contents of one record.
    Address(CertificateId),
    /// Every content whose first certificate has this SHA-256.
    Sha256(Sha256),
    /// Every record whose name fits.
    Name(String, NamePattern),
}

impl Matcher {
    fn matches(&self, item: &Judgement) -> bool {
        match self {
            Self::Address(id) => *id == item.id,
            Self::Sha256(sha256) => item.sha256 == Some(*sha256),
            Self::Name(_, pattern) => item.name.as_deref().is_some_and(|one| pattern.matches(one)),
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(id) => write!(f, "address {id}"),
            Self::Sha256(sha256) => write!(f, "sha256 {sha256}"),
            Self::Name(text, _) => write!(f, "name {text}"),
        }
    }
}

/// Whether an entry ignores anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntryStatus {
    /// It does.
    InForce,
    /// It matches no certificate.
    MatchesNothing,
    /// Its last day has passed: it ignores nothing.
    Ended,
    /// It has no reason: it ignores nothing.
    NoReason,
    /// It has no end: it ignores nothing.
    NoEnd,
}

impl EntryStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::InForce,
        Self::MatchesNothing,
        Self::Ended,
        Self::NoReason,
        Self::NoEnd,
    ];

    /// Returns its name in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::MatchesNothing => "matches_nothing",
            Self::Ended => "ended",
            Self::NoReason => "no_reason",
            Self::NoEnd => "no_end",
        }
    }
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct EntryReport {
    /// The entry, counted from 1.
    pub entry: usize,
    /// What it is about: `address …`, `sha256 …` or `name …`.
    pub matcher: String,
    /// Its reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day (UTC) on which it ignores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub until: Option<NaiveDate>,
    /// How many contents are what it is about, ignored or not.
    pub matched: usize,
    /// Whether it ignores anything.
    pub status: EntryStatus,
}

impl EntryReport {
    /// Returns what is wrong with the entry and what to do, where something is. `is_whole` says whether everything
    /// was read and looked at: otherwise what an entry is about may be elsewhere.
    pub fn problem(&self, is_whole: bool) -> Option<String> {
        let why = match self.status {
            EntryStatus::MatchesNothing if is_whole => {
                "it matches no certificate: correct it or take it out".to_owned()
            }
            EntryStatus::Ended => format!(
                "its last day, {}, has passed and it no longer ignores anything: give it a later day or take it out",
                self.until.unwrap_or_default()
            ),
            EntryStatus::NoReason => {
                "it has no reason and ignores nothing: write reason = \"...\"".to_owned()
            }
            EntryStatus::NoEnd => {
                "it has no end and ignores nothing: write until = YYYY-MM-DD".to_owned()
            }
            _ => return None,
        };
        Some(format!("entry {} ({}): {why}", self.entry, self.matcher))
    }
}

/// A text that is not an ignore list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidList(String);

impl fmt::Display for InvalidList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidList {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenList {
    #[serde(default)]
    ignore: Vec<WrittenEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    address: Option<String>,
    sha256: Option<String>,
    name: Option<String>,
    reason: Option<String>,
    until: Option<toml::Value>,
}

impl IgnoreList {
    /// Reads a list.
    ///
    /// # Errors
    /// It is not TOML, has a key that is not known, or an entry that does not name exactly one thing or whose day
    /// cannot be read.
    pub fn parse(text: &str) -> Result<Self, InvalidList> {
        let written: WrittenList = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| {
                let before = text.as_bytes().get(..span.start).unwrap_or_default();
                before.iter().filter(|byte| **byte == b'\n').count()
            });
            InvalidList(format!("line {}: {}", line + 1, error.message()))
        })?;
        let entries = written
            .ignore
            .into_iter()
            .enumerate()
            .map(|(index, entry)| {
                entry
                    .read()
                    .map_err(|why| InvalidList(format!("entry {}: {why}", index + 1)))
            });
        Ok(Self {
            entries: entries.collect::<Result<_, _>>()?,
        })
    }

    /// Returns how many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether it has no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Marks what is ignored at `now`, and returns what became of each entry. The first entry that ignores a
    /// content is the one that is shown.
    pub fn apply(&self, judgements: &mut Judgements, now: DateTime<Utc>) -> Vec<EntryReport> {
        let today = now.date_naive();
        let entries = self.entries.iter().enumerate();
        let reports = entries.map(|(index, entry)| {
            let mut matched = 0;
            for item in &mut judgements.items {
                if !entry.matcher.matches(item) {
                    continue;
                }
                matched += 1;
                if let (Some(reason), Some(until)) = (&entry.reason, entry.until)
                    && today <= until
                    && item.ignored.is_none()
                {
                    let (entry, reason) = (index + 1, reason.clone());
                    item.ignored = Some(Ignored {
                        entry,
                        reason,
                        until,
                    });
                }
            }
            EntryReport {
                entry: index + 1,
                matcher: entry.matcher.to_string(),
                reason: entry.reason.clone(),
                until: entry.until,
                matched,
                status: match (&entry.reason, entry.until) {
                    (None, _) => EntryStatus::NoReason,
                    (_, None) => EntryStatus::NoEnd,
                    (_, Some(until)) if until < today => EntryStatus::Ended,
                    _ if matched == 0 => EntryStatus::MatchesNothing,
                    _ => EntryStatus::InForce,
                },
            }
        });
        reports.collect()
    }
}

impl WrittenEntry {
    fn read(self) -> Result<Entry, String> {
        let matcher = match (self.address, self.sha256, self.name) {
            (Some(address), None, None) => {
                let id = address.parse().map_err(|error| format!("{error}"))?;
                Matcher::Address(id)
            }
            (None, Some(sha256), None) => Matcher::Sha256(sha256.parse().map_err(|_| {
                format!("{sha256:?} is not a SHA-256: write all of its 64 hex digits")
            })?),
            (None, None, Some(name)) if !name.trim().is_empty() => {
                let pattern = NamePattern::new(&name);
                Matcher::Name(name, pattern)
            }
            _ => return Err("write exactly one of address, sha256 and name".to_owned()),
        };
        Ok(Entry {
            matcher,
            reason: self.reason.filter(|reason| !reason.trim().is_empty()),
            until: self.until.map(|until| day(&until)).transpose()?,
        })
    }
}

/// Reads a day, as a date of TOML or as text.
fn day(value: &toml::Value) -> Result<NaiveDate, String> {
    let text = match value {
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.parse()
        .map_err(|_| format!("until = {text} is not a day: write it as in 2026-12-31"))
}
