//! How much is used of what a vendor limits.

use certfleet::{Account, Certificate, Coverage, Origin, Verb};
use certfleet_http::RateLimit;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

/// How much is used of what a vendor limits, by the certificates that are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Quota {
    /// What is counted.
    pub of: Counted,
    /// How many there are.
    pub used: usize,
    /// Whether there may be more than are counted: what was deleted since may count too.
    pub at_least: bool,
    /// How many there may be.
    pub limit: u32,
}

/// What a quota counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Counted {
    /// The certificates of the account.
    Certificates,
    /// Those that the vendor generated in the last 24 hours.
    GeneratedInADay,
}

/// How many requests a vendor still takes, by its own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RequestLimit {
    /// The requests that are left.
    pub remaining: u64,
    /// The requests of a whole window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// The window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_seconds: Option<u64>,
    /// The time until there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resets_in_seconds: Option<u64>,
}

impl From<RateLimit> for RequestLimit {
    fn from(limit: RateLimit) -> Self {
        Self {
            remaining: limit.remaining,
            limit: limit.quota,
            window_seconds: limit.window.map(|window| window.as_secs()),
            resets_in_seconds: limit.resets_in.map(|wait| wait.as_secs()),
        }
    }
}

/// Counts the certificates of a whole listing against what the vendor's specification limits. `now` is the time
/// by the vendor's clock.
pub(super) fn quotas(
    account: &Account,
    certificates: &[Certificate],
    now: DateTime<Utc>,
) -> Vec<Quota> {
    let capabilities = account.capabilities();
    let mut quotas = Vec::new();
    let upload = capabilities.get(Verb::Upload);
    let most = upload.and_then(|upload| Some((upload, upload.max_objects?)));
    // What a listing does not show cannot be counted.
    if let Some((upload, limit)) = most.filter(|_| capabilities.coverage() == Coverage::Complete) {
        let counts = |certificate: &&Certificate| {
            let mut placements = certificate.placements.iter();
            placements.any(|one| upload.scopes.contains(&one.scope.kind()))
        };
        quotas.push(Quota {
            of: Counted::Certificates,
            used: certificates.iter().filter(counts).count(),
            at_least: false,
            limit,
        });
    }
    let generate = capabilities.get(Verb::Generate);
    if let Some(limit) = generate.and_then(|generate| generate.max_per_day) {
        let is_of_today = |certificate: &&Certificate| {
            let created = certificate
                .created_at
                .map(|at| now.signed_duration_since(at));
            certificate.origin == Origin::ProviderManaged
                && created.is_some_and(|age| age < TimeDelta::days(1))
        };
        quotas.push(Quota {
            of: Counted::GeneratedInADay,
            used: certificates.iter().filter(is_of_today).count(),
            at_least: true,
            limit,
        });
    }
    quotas
}
