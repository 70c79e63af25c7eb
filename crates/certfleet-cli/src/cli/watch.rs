//! `check`, `diff` and `export`.

use super::{Form, provider, write::Among};
use certfleet::{ProviderId, Threshold};
use clap::Args;
use std::path::PathBuf;

/// Tell whether anything expires soon, for a cron job or a monitoring probe.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet check --within 30d
  certfleet check --within 20% --provider openai --active --output json

Exit codes of check, the worst one first:
  5  an account could not be read: what it holds is not known
  4  a certificate has expired
  3  a certificate expires within the time, or its end is not known
  2  bad arguments, configuration or secret
  1  another failure
  0  all well")]
pub(crate) struct Check {
    /// How near an end is near: 30d, 12h, 6w, 1y, or 20% of a certificate's lifetime
    #[arg(long, value_name = "TIME")]
    pub(crate) within: Threshold,

    /// Only certificates that are in force, or may be
    #[arg(long)]
    pub(crate) active: bool,

    /// Only accounts at this provider (may be repeated)
    #[arg(long, value_name = "PROVIDER", value_delimiter = ',', value_parser = provider())]
    pub(crate) provider: Vec<ProviderId>,

    /// Only this account: NAME or PROVIDER/NAME (may be repeated)
    #[arg(long, value_name = "ACCOUNT", value_delimiter = ',')]
    pub(crate) account: Vec<String>,

    /// The form of the output
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Form,
}

/// Compare two saved inventories, or a saved one with now.
///
/// An inventory is what `certfleet list --output json` prints, best with --fetch-content.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet list --fetch-content --output json > monday.json
  certfleet diff monday.json                    with what is there now
  certfleet diff monday.json tuesday.json

Exit codes of diff, as diff(1) has them:
  0  nothing is different
  1  something is different
  2  bad arguments, configuration or file
  5  an account could not be read, now or in a saved inventory; the others were still compared")]
pub(crate) struct Diff {
    /// The older inventory
    #[arg(value_name = "OLD.json")]
    pub(crate) old: PathBuf,

    /// The newer one; otherwise what is there now
    #[arg(value_name = "NEW.json")]
    pub(crate) new: Option<PathBuf>,

    /// The form of the output
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Form,
}

/// Write a certificate to a file.
///
/// Apinizer's is its ZIP with one file for each environment; elsewhere it is PEM, with its chain.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet export openai/production/cert_abc --to ca.pem
  certfleet export apinizer/payments/root --to root.zip")]
pub(crate) struct Export {
    /// The record: PROVIDER/ACCOUNT/ID, its name, or its SHA-256
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) among: Among,

    /// The file; only its owner can read it
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,

    /// Replace the file if it is there
    #[arg(long)]
    pub(crate) force: bool,

    /// The form of the output on stdout
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Form,
}
