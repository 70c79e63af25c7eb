//! `check`, `diff` and `export`.

use super::{
    judging::JudgingArgs,
    values::Form,
    write::{JournalFile, TargetFilter},
};
use crate::jq::JqArgs;
use certfleet::reading::Threshold;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Check whether any certificate expires soon, for a cron job or a monitoring probe.
///
/// Every certificate of a record counts, those of its chain included, so the content of every
/// certificate is read. This costs one request for each certificate whose content is not part of the
/// listing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet check
  certfleet check --warn 20% --crit 5% --provider openai --active --output json
  certfleet check --columns status,expires,address
  certfleet check --ignore ignore.toml --output nagios
  certfleet check --output prometheus --to /var/lib/node_exporter/certfleet.prom

Exit codes of check, the most severe first:
  5  an account could not be read, so its certificates are unknown
  4  a certificate has expired, or ends within --crit
  3  a certificate ends within --warn, or its end is unknown
  2  invalid arguments, configuration, secret or ignore list
  1  another failure
  0  none of these
With --output nagios, those of a plugin; invalid arguments still end with 2:
  3  UNKNOWN: an account, the configuration or a secret could not be read
  2  CRITICAL: a certificate has expired, or ends within --crit
  1  WARNING: a certificate ends within --warn, or its end is unknown
  0  OK
With --output prometheus, 0 once the metrics are written, whatever they say: the
rules over them alert.")]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) judging: JudgingArgs,

    /// Warn of certificates that end within this time, and have no critical threshold
    #[arg(long, value_name = "TIME", conflicts_with_all = ["warn", "crit"])]
    pub(crate) within: Option<Threshold>,

    #[command(flatten)]
    pub(crate) jq: JqArgs,

    /// Show these columns of the table, in this order, and omit none on a terminal
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub(crate) columns: Vec<CheckColumn>,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: CheckForm,

    /// Write the metrics to this file instead of stdout, whole or not at all; with --output prometheus.
    /// node_exporter's textfile collector reads files whose names end in .prom
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

/// The forms of the output of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckForm {
    /// For people.
    Table,
    /// One document.
    Json,
    /// A Nagios plugin's output, with performance data; Icinga and others read the same.
    Nagios,
    /// Metrics in Prometheus' text format.
    Prometheus,
}

/// A column of the table of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckColumn {
    /// How near the end is: unknown, warning, critical or expired.
    Status,
    /// PROVIDER/ACCOUNT/ID, which other commands take.
    Address,
    /// The record's name.
    Name,
    /// Its state.
    State,
    /// The scopes of the content, where the vendor says them.
    Where,
    /// The end of its validity.
    Expires,
    /// The beginning of its SHA-256.
    Sha256,
}

/// Compare two saved inventories, or a saved inventory with the current state.
///
/// An inventory is the output of `certfleet list --output json`, preferably with --fetch-content. One
/// that filters (--state, --name, --expires-within, --fingerprint) chose from is refused.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet list --fetch-content --output json > monday.json
  certfleet diff monday.json                    compare with the current state
  certfleet diff monday.json tuesday.json

Exit codes of diff, as those of diff(1):
  0  no differences
  1  differences were found
  2  invalid arguments, configuration or file
  5  an account could not be read, now or in a saved inventory; the others were still compared")]
pub(crate) struct Diff {
    /// The older inventory
    #[arg(value_name = "OLD.json")]
    pub(crate) old: PathBuf,

    /// The newer inventory; the default is the current state
    #[arg(value_name = "NEW.json")]
    pub(crate) new: Option<PathBuf>,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,
}

/// Write a certificate to a file.
///
/// For Apinizer, the file is a ZIP archive with one file for each environment; for the other
/// providers it is PEM, including the chain. With --from-journal it is what a deletion or a
/// replacement took away, as PEM, as far as certfleet knew it then: it can be uploaded again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet export openai/production/cert_abc --to ca.pem
  certfleet export apinizer/payments/root --to root.zip
  certfleet export --from-journal 20261122T231501-3f9a0c55d1e27b84 --to deleted.pem")]
pub(crate) struct Export {
    /// The record: its address PROVIDER/ACCOUNT/ID, its name, its SHA-256 (8 hex digits of it or more), or a
    /// file that holds the certificate
    #[arg(
        value_name = "TARGET",
        required_unless_present = "from_journal",
        conflicts_with = "from_journal"
    )]
    pub(crate) target: Option<String>,

    #[command(flatten)]
    pub(crate) filter: TargetFilter,

    /// Write what this entry of the journal kept: its operation, as `journal` shows it
    #[arg(long, value_name = "OPERATION", conflicts_with_all = ["provider", "account"])]
    pub(crate) from_journal: Option<String>,

    /// The file to write; only its owner can read it. - is stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,

    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,

    /// The output format on stdout
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,

    #[command(flatten)]
    pub(crate) journal: JournalFile,
}
