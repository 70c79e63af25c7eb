//! How near the end of each certificate is, held against two thresholds.

use certfleet::{
    Certificate, CertificateId, Inventory, Scope, State,
    model::Member,
    reading::{Expiry, ExpiryStatus, Threshold},
    x509::Sha256,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// When an end is near, and when it is very near.
///
/// ```
/// use certfleet_report::judgement::Thresholds;
/// assert!(Thresholds::new("30d".parse()?, Some("7d".parse()?)).is_ok());
/// assert!(Thresholds::new("7d".parse()?, Some("30d".parse()?)).is_err());
/// # Ok::<(), &'static str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    warn: Threshold,
    crit: Option<Threshold>,
}

/// The critical threshold is reached before the warning one, so nothing would ever be a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CriticalComesFirst;

impl fmt::Display for CriticalComesFirst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the critical threshold is reached before the warning threshold")
    }
}

impl std::error::Error for CriticalComesFirst {}

impl Thresholds {
    /// Returns thresholds; without a critical one, nothing but an end that has passed is worse than a warning.
    ///
    /// # Errors
    /// The critical one is reached first. A time and a share of the lifetime cannot be compared, and are accepted.
    pub fn new(warn: Threshold, crit: Option<Threshold>) -> Result<Self, CriticalComesFirst> {
        let comes_first = match (warn, crit) {
            (Threshold::Within(warn), Some(Threshold::Within(crit))) => crit > warn,
            (Threshold::Percent(warn), Some(Threshold::Percent(crit))) => crit > warn,
            _ => false,
        };
        if comes_first {
            return Err(CriticalComesFirst);
        }
        Ok(Self { warn, crit })
    }

    /// Returns when an end is near.
    pub fn warn(&self) -> Threshold {
        self.warn
    }

    /// Returns when an end is very near.
    pub fn crit(&self) -> Option<Threshold> {
        self.crit
    }
}

/// How near an end is, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Level {
    /// It is not near.
    Ok,
    /// It is not known.
    Unknown,
    /// It is near.
    Warning,
    /// It is very near.
    Critical,
    /// It has passed.
    Expired,
}

impl Level {
    /// Every level, from the best to the worst.
    pub const ALL: [Self; 5] = [
        Self::Ok,
        Self::Unknown,
        Self::Warning,
        Self::Critical,
        Self::Expired,
    ];

    /// Returns its name in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Expired => "expired",
        }
    }
}

/// One content of a record, and how near the end of any of its certificates is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Judgement {
    /// The record.
    pub id: CertificateId,
    /// What it goes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The content. Absent where the vendor does not give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// Where that content is, if the vendor says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    /// Whether the record is in force anywhere.
    pub state: State,
    /// The certificate of the content that decides: the one that is worst, and of those the first to end. Absent
    /// where the content has one certificate only, or was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Member>,
    /// When that certificate ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
    /// How many seconds are left; negative once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<i64>,
    /// How many hundredths of its lifetime are left, where its begin is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_left: Option<u8>,
    /// How near that is.
    pub level: Level,
    /// Why it does not count, where an ignore list says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<Ignored>,
}

/// The entry of an ignore list because of which a content does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ignored {
    /// The entry, counted from 1.
    pub entry: usize,
    /// Its reason.
    pub reason: String,
    /// The last day (UTC) on which it is ignored.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub until: NaiveDate,
}

/// Every content of an inventory, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Judgements {
    /// The local time that it was held against. What is in an account whose vendor's clock is ahead is held
    /// against that clock's.
    pub now: DateTime<Utc>,
    /// The threshold of warnings, as text.
    pub warn: String,
    /// The critical threshold, as text, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crit: Option<String>,
    /// Every content, the first to end first; what is not known comes first of all.
    pub items: Vec<Judgement>,
}

impl Judgements {
    /// Judges every certificate of every content. `now` is the local time; where an account's report says that
    /// the vendor's clock is far ahead of it, the vendor's counts. A record of which no content is known has an
    /// unknown end.
    ///
    /// ```
    /// use certfleet::{Certificate, CertificateContent, CertificateId, Inventory, ProviderId, Role};
    /// use certfleet_report::judgement::{Judgements, Level, Thresholds};
    /// let now = "2026-06-01T00:00:00Z".parse().unwrap();
    /// let id = CertificateId::new(ProviderId::OPENAI, "production", "cert_1");
    /// let mut certificate = Certificate::new(id, Role::ClientCa);
    /// let mut content = CertificateContent::default();
    /// content.not_after = Some("2026-06-05T00:00:00Z".parse().unwrap());
    /// certificate.contents = vec![content];
    /// let mut inventory = Inventory::new(now);
    /// inventory.certificates = vec![certificate];
    /// let thresholds = Thresholds::new("30d".parse().unwrap(), Some("7d".parse().unwrap())).unwrap();
    /// let judged = Judgements::new(&inventory, thresholds, now);
    /// assert_eq!(judged.items[0].level, Level::Critical);
    /// assert_eq!(judged.worst(), Level::Critical);
    /// ```
    pub fn new(inventory: &Inventory, thresholds: Thresholds, now: DateTime<Utc>) -> Self {
        let mut items: Vec<_> = inventory
            .certificates
            .iter()
            .flat_map(|one| judge(one, thresholds, inventory.time_of(&one.id, now)))
            .collect();
        items.sort_by(|one, other| (one.not_after, &one.id).cmp(&(other.not_after, &other.id)));
        Self {
            now,
            warn: thresholds.warn.to_string(),
            crit: thresholds.crit.map(|crit| crit.to_string()),
            items,
        }
    }

    /// Returns the contents that count: those that no ignore list takes out.
    pub fn counted(&self) -> impl Iterator<Item = &Judgement> {
        self.items.iter().filter(|item| item.ignored.is_none())
    }

    /// Returns how many contents that count have a level.
    pub fn count(&self, level: Level) -> usize {
        self.counted().filter(|item| item.level == level).count()
    }

    /// Returns how many contents are ignored.
    pub fn ignored(&self) -> usize {
        self.items.len() - self.counted().count()
    }

    /// Returns the worst level of what counts; [`Level::Ok`] where there is nothing.
    pub fn worst(&self) -> Level {
        let levels = self.counted().map(|item| item.level);
        levels.max().unwrap_or(Level::Ok)
    }
}

/// Judges every content of one record.
fn judge(certificate: &Certificate, thresholds: Thresholds, now: DateTime<Utc>) -> Vec<Judgement> {
    let warned = certificate.expiries(thresholds.warn, now);
    let mut judged: Vec<_> = match thresholds.crit {
        None => warned.map(|one| from_expiry(one, Level::Warning)).collect(),
        Some(crit) => warned
            .zip(certificate.expiries(crit, now))
            .map(|(warned, critical)| match critical.status {
                // Of several certificates the one that is critical decides, not the one that only warns.
                ExpiryStatus::Expiring => from_expiry(critical, Level::Critical),
                _ => from_expiry(warned, Level::Warning),
            })
            .collect(),
    };
    if judged.is_empty() {
        judged.push(unknown(certificate));
    }
    judged
}

/// Turns an expiry into a judgement; `near` is the level of an end within the threshold.
fn from_expiry(expiry: Expiry, near: Level) -> Judgement {
    Judgement {
        level: match expiry.status {
            ExpiryStatus::Valid => Level::Ok,
            ExpiryStatus::Expiring => near,
            ExpiryStatus::Expired => Level::Expired,
            _ => Level::Unknown,
        },
        id: expiry.id,
        name: expiry.name,
        sha256: expiry.sha256,
        scopes: expiry.scopes,
        state: expiry.state,
        certificate: expiry.certificate,
        not_after: expiry.not_after,
        seconds_left: expiry.seconds_left,
        percent_left: expiry.percent_left,
        ignored: None,
    }
}

/// The judgement of a record without any content.
fn unknown(certificate: &Certificate) -> Judgement {
    Judgement {
        id: certificate.id.clone(),
        name: certificate.display_name().map(Cow::into_owned),
        sha256: None,
        scopes: Vec::new(),
        state: certificate.state,
        certificate: None,
        not_after: None,
        seconds_left: None,
        percent_left: None,
        level: Level::Unknown,
        ignored: None,
    }
}
