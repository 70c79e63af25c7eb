//! An error as data.

use super::ErrorKind;
use crate::CertificateId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An error as data, for outputs.
///
/// ```
/// use certfleet::{Error, ErrorKind, ErrorReport};
///
/// let error = Error::new(ErrorKind::Config, "there is no account").with_advice("Add one.");
/// let report: ErrorReport = error.report();
/// assert_eq!(report.to_string(), "there is no account. Add one.");
/// assert_eq!(report.kind.as_str(), "config");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ErrorReport {
    /// What went wrong.
    pub kind: ErrorKind,
    /// What is known of the vendor's state.
    pub effect: EffectReport,
    /// What happened, for people. In journals of earlier versions, context and advice too.
    pub message: String,
    /// What it is about: an account, a file, a certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// What to do, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// The status of the vendor's answer, if one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The vendor's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The vendor's request id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How many seconds the vendor asks to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// The certificates that the error is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<CertificateId>,
}

impl fmt::Display for ErrorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        join(
            f,
            self.context.as_deref(),
            &self.message,
            self.advice.as_deref(),
        )
    }
}

/// What is known of the effect, as data.
///
/// ```
/// use certfleet::{EffectReport, Error, ErrorKind};
///
/// // An error of certfleet itself: nothing was sent.
/// let report = Error::new(ErrorKind::InvalidInput, "the name is too long").report();
/// assert_eq!(report.effect, EffectReport::None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EffectReport {
    /// Nothing was changed.
    None,
    /// The change was made, although its answer could not be read.
    Applied,
    /// It is not known.
    Unknown,
}

/// Writes the three parts of an error as one text.
pub(super) fn join(
    f: &mut fmt::Formatter<'_>,
    context: Option<&str>,
    message: &str,
    advice: Option<&str>,
) -> fmt::Result {
    if let Some(context) = context {
        write!(f, "{context}: ")?;
    }
    match advice {
        Some(advice) => write!(f, "{}. {advice}", message.trim_end_matches('.')),
        None => f.write_str(message),
    }
}
