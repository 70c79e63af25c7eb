//! What a reader of a record should know about it.

use super::open_enum;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something odd about a record, or an account, that did not stop it from being read.
///
/// ```
/// use certfleet::{Warning, WarningKind};
///
/// let warning = Warning::new(WarningKind::UnreadableTime, "the end cannot be read");
/// println!("warning: {warning}");
/// assert_eq!(warning.kind.as_str(), "unreadable_time");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Warning {
    /// What kind of oddity.
    pub kind: WarningKind,
    /// One sentence for people.
    pub message: String,
}

open_enum! {
    /// Kinds of oddity.
    ///
    /// ```
    /// use certfleet::{ListOptions, WarningKind};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let fleet = certfleet_sandbox::Sandbox::new().fleet()?;
    /// let inventory = fleet.inventory(ListOptions::default()).await;
    /// let is_odd = |kind| inventory.certificates.iter().any(|one| one.warnings.iter().any(|it| it.kind == kind));
    /// assert!(is_odd(WarningKind::UnreadableContent), "one of the sandbox's is not a certificate");
    /// # Ok(())
    /// # }
    /// ```
    pub enum WarningKind {
        /// A date that could not be read, or one without an offset that was taken as UTC.
        UnreadableTime => "unreadable_time",
        /// The vendor reports another validity than the certificate itself.
        ValidityMismatch => "validity_mismatch",
        /// The vendor reports another fingerprint than the content has.
        FingerprintMismatch => "fingerprint_mismatch",
        /// The content could not be read as a certificate.
        UnreadableContent => "unreadable_content",
        /// The content was not kept because it may hold a private key.
        ContentWithheld => "content_withheld",
        /// The vendor uses a state that this version does not know.
        UnknownState => "unknown_state",
        /// A scope has more than one entry of the same certificate.
        SeveralEntries => "several_entries",
        /// The record is not of the shape that the vendor documents. Nothing is known of it but its address, and
        /// perhaps its name; of an account: not even that.
        UnreadableRecord => "unreadable_record",
        /// What the vendor says of one scope could not be read. Of an account: none of that scope's states.
        UnreadableScope => "unreadable_scope",
        /// Of an account: the vendor's pages repeated items.
        ItemsRepeated => "items_repeated",
        /// Of an account: the vendor's clock and the local one are far apart.
        ClockSkew => "clock_skew",
    }
}

impl Warning {
    /// Returns a warning.
    pub fn new(kind: WarningKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
