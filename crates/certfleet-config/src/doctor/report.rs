//! What is found out of an account.

use super::{
    limits::{Quota, RequestLimit},
    steps::{Outcome, Step},
};
use certfleet::{Coverage, ProviderId};
use serde::Serialize;

/// What was found out of an account.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Examination {
    /// The provider.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// The line of the configuration where it begins; absent where the environment makes the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The address of the API, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The proxy that it is reached through, without credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// The steps, in the order in which they were taken. After one that failed, those that depend on it were not
    /// tried.
    pub steps: Vec<Step>,
    /// How many certificates the account lists, where it could be listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificates: Option<usize>,
    /// By how many seconds the vendor's clock is ahead of the local one (negative: behind), where the vendor
    /// states the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_skew_seconds: Option<i64>,
    /// How much is used of what the vendor limits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<Quota>,
    /// How many requests the vendor still takes, where its answers say so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_limits: Vec<RequestLimit>,
    /// What a listing covers.
    pub coverage: Coverage,
    /// What the account cannot show, for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cannot_show: Vec<String>,
}

impl Examination {
    /// Returns whether everything of the account could be read.
    pub fn is_readable(&self) -> bool {
        let mut steps = self.steps.iter();
        !steps.any(|step| step.outcome == Outcome::Failed)
    }

    /// Returns the steps that failed or are odd, which say what to do.
    pub fn remarks(&self) -> impl Iterator<Item = &Step> {
        let is_remark = |step: &&Step| matches!(step.outcome, Outcome::Failed | Outcome::Warning);
        self.steps.iter().filter(is_remark)
    }
}
