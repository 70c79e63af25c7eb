//! `check`, `diff` and `export`.

use super::{
    values::{Form, provider},
    write::RecordArgs,
};
use crate::jq::JqArgs;
use certfleet::{ProviderId, reading::Threshold};
use clap::Args;
use std::path::PathBuf;

/// Check whether any certificate expires soon, for a cron job or a monitoring probe.
///
/// Every certificate of a record counts, those of its chain included, so the content of every
/// certificate is read. This costs one request for each certificate whose content is not part of the
/// listing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet check --within 30d
  certfleet check --within 20% --provider openai --active --output json

Exit codes of check, the most severe first:
  5  an account could not be read, so its certificates are unknown
  4  a certificate has expired
  3  a certificate expires within the time, or its end is unknown
  2  invalid arguments, configuration or secret
  1  another failure
  0  no certificate expires within the time")]
pub(crate) struct Check {
    /// Report certificates that expire within this time: 30d, 12h, 6w, 1y, or 20% of their lifetime
    #[arg(long, value_name = "TIME")]
    pub(crate) within: Threshold,

    /// Only certificates that are active, or whose state is not known to be inactive
    #[arg(long)]
    pub(crate) active: bool,

    /// Do not read the content of certificates; check only what the providers report. The end of a
    /// certificate in a chain is then unknown
    #[arg(long)]
    pub(crate) no_content: bool,

    /// Only accounts at this provider (may be repeated)
    #[arg(long, value_name = "PROVIDER", value_delimiter = ',', value_parser = provider())]
    pub(crate) provider: Vec<ProviderId>,

    /// Only this account: NAME or PROVIDER/NAME (may be repeated)
    #[arg(long, value_name = "ACCOUNT", value_delimiter = ',')]
    pub(crate) account: Vec<String>,

    #[command(flatten)]
    pub(crate) jq: JqArgs,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,
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
/// providers it is PEM, including the chain.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet export openai/production/cert_abc --to ca.pem
  certfleet export apinizer/payments/root --to root.zip")]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) record: RecordArgs,

    /// The file to write; only its owner can read it
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,

    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,

    /// The output format on stdout
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,
}
