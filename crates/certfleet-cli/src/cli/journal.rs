//! `journal` and `resume`.

use super::{
    Form,
    rotate::Verification,
    write::{Consent, JournalFile, Patience, UploadSecrets, span},
};
use clap::Args;
use std::time::Duration;

/// Show what was changed, and what is open.
///
/// Everything that certfleet sends is in the journal before it is sent. What has no end there is
/// open: shown first, with what to do.
#[derive(Debug, Args)]
pub(crate) struct Journal {
    /// Only what is open
    #[arg(long)]
    pub(crate) open: bool,

    #[command(flatten)]
    pub(crate) journal: JournalFile,

    /// The form of the output
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Form,
}

/// Settle what a crash or a lost answer left open, and go on with rotations.
///
/// Settling only reads: it finds out what became of every write without an end. Rotations that are
/// under way are gone on with once that is agreed to (on a terminal, or with --yes; what was
/// acknowledged when they began still holds).
///
/// Exit codes: 0 nothing is open any more; 3 a rotation is still under way; 4 something is still
/// unknown: run it again later, or look at the vendor's own pages and --dismiss it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet resume
  certfleet resume --yes --verified
  certfleet resume --dismiss 20261122T231501-3f9a0c55d1e27b84 --note 'it is not there: looked at the dashboard'")]
pub(crate) struct Resume {
    /// Close a write that reading cannot settle, after somebody looked at the vendor's own pages
    #[arg(long, value_name = "OPERATION", requires = "note")]
    pub(crate) dismiss: Option<String>,

    /// What they found
    #[arg(long, value_name = "TEXT", requires = "dismiss")]
    pub(crate) note: Option<String>,

    /// How long after it was sent a request may still take effect. Until then what is not there
    /// stays open
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = span)]
    pub(crate) in_flight_window: Duration,

    #[command(flatten)]
    pub(crate) verification: Verification,
    #[command(flatten)]
    pub(crate) secrets: UploadSecrets,
    #[command(flatten)]
    pub(crate) consent: Consent,
    #[command(flatten)]
    pub(crate) patience: Patience,
    #[command(flatten)]
    pub(crate) journal: JournalFile,

    /// The form of the output
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Form,
}
