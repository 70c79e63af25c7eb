//! `journal` and `resume`.

use super::{
    rotate::Verification,
    values::Form,
    write::{Consent, JournalFile, Patience, UploadSecrets},
};
use crate::duration::{parse_duration, parse_since};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use std::{path::PathBuf, time::Duration};

/// Show past changes, and those whose result is not known.
///
/// certfleet writes every change to the journal before it sends the change. A change without a
/// result in the journal is pending. Pending changes are shown first, with what to do. Below a
/// deletion is the command that puts back what it removed.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  certfleet journal status
  certfleet journal --pending
  certfleet journal --since 7d --account openai/production
  certfleet journal --since 2026-11-01 --limit 20 --output json"
)]
pub(crate) struct Journal {
    #[command(subcommand)]
    pub(crate) command: Option<JournalCommand>,

    /// Show only pending changes, and rotations in progress
    #[arg(long, alias = "open")]
    pub(crate) pending: bool,

    /// Show only what something happened to since then: a time (2026-11-22, 2026-11-22T12:00:00Z) or
    /// how long ago (90s, 5m, 1h, 2d)
    #[arg(long, value_name = "TIME", value_parser = parse_since)]
    pub(crate) since: Option<DateTime<Utc>>,

    /// Show only changes of this account: NAME or PROVIDER/NAME (may be repeated)
    #[arg(long, value_name = "ACCOUNT", value_delimiter = ',')]
    pub(crate) account: Vec<String>,

    /// Show only the newest so many finished changes and rotations; with --pending, of those. Otherwise what
    /// is pending or in progress is always shown
    #[arg(long, value_name = "NUMBER")]
    pub(crate) limit: Option<usize>,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,

    #[command(flatten)]
    pub(crate) journal: JournalFile,
}

/// What else is done with a journal.
#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Show where the journal is, what is pending, and who holds which account
    Status(JournalStatus),
    /// Copy every entry of a journal to an empty one
    ///
    /// Each is a file or what a team shares (postgres://…). No account is changed meanwhile: where
    /// one is being changed, nothing is copied. A copy that was cut off is gone on with.
    Copy(JournalCopy),
    /// Prepare a journal that a team shares: tables, or a bucket
    ///
    /// In PostgreSQL its user needs the right to create a schema; the users of the journal do not
    /// (docs/guide/team.md). Of an object store it finds out whether two machines can use it
    /// safely. Where all is as this version needs it, nothing is changed.
    Migrate(JournalMigrate),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  certfleet journal status --output json")]
pub(crate) struct JournalStatus {
    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,

    #[command(flatten)]
    pub(crate) journal: JournalFile,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  certfleet journal copy ~/.local/state/certfleet/journal.jsonl \\
      'postgres://ci@db.example.com/ops?password=env:JOURNAL_PASSWORD'")]
pub(crate) struct JournalCopy {
    /// The journal that is copied
    #[arg(value_name = "FROM")]
    pub(crate) from: PathBuf,

    /// The journal that is empty
    #[arg(value_name = "TO")]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  certfleet journal migrate \\
      --journal 'postgres://owner@db.example.com/ops?password=env:OWNER_PASSWORD'")]
pub(crate) struct JournalMigrate {
    #[command(flatten)]
    pub(crate) journal: JournalFile,
}

/// Find the results of pending changes, and continue rotations.
///
/// A change is pending after a crash or a lost response. certfleet finds its result by reading only.
/// Rotations in progress continue once you confirm (on a terminal, or with --yes; consequences that
/// were acknowledged at the start stay acknowledged). Neither --yes nor --verified covers a rotation
/// whose new certificate you said does not work: certfleet asks again, on a terminal.
///
/// Exit codes: 0 nothing is pending; 1 you declined; 2 a rotation has to be named, or is not in progress; 3 a rotation is still in progress; 4 a result is
/// still unknown: run it again later, or look at the provider's dashboard and close the change with
/// --dismiss; otherwise those of rotate.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet resume
  certfleet resume --yes --verified
  certfleet resume 20261122T231501-3f9a0c55d1e27b84 --yes --verified
  certfleet resume --dismiss 20261122T231501-3f9a0c55d1e27b84 --note 'it is not there: looked at the dashboard'")]
pub(crate) struct Resume {
    /// The rotations to continue, by their ids in the journal, or `all`. Those that were begun together
    /// continue together. Needed with --yes or --verified if several are in progress
    #[arg(value_name = "ROTATION", conflicts_with = "dismiss")]
    pub(crate) rotations: Vec<String>,

    /// Close a change whose result cannot be read, after looking at the provider's dashboard
    #[arg(
        long,
        value_name = "OPERATION",
        requires = "note",
        conflicts_with_all = [
            "dry_run", "acknowledge", "verify_command", "verify_tls", "verified", "key_ref",
            "passphrase_ref", "no_wait", "wait_for",
        ]
    )]
    pub(crate) dismiss: Option<String>,

    /// What you found there
    #[arg(long, value_name = "TEXT", requires = "dismiss")]
    pub(crate) note: Option<String>,

    /// How long after it was sent a request may still take effect. A change that is not found stays
    /// pending until then
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = parse_duration)]
    pub(crate) in_flight_window: Duration,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,

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
}
