//! `report`.

use super::values::provider;
use certfleet::ProviderId;
use clap::Args;
use std::path::PathBuf;

/// Write a page, a calendar or a Markdown table of all accounts.
///
/// The page is one file that needs no network and no other file: a timeline of expiries, a table with search, sort
/// and filters, details of each record, and what could not be seen. An account that fails is in the report, with the
/// reason; the others are still reported, and the exit code is 5. The content of every certificate is read, as
/// `check` does. A saved inventory is judged by the time at which it was taken.
#[derive(Debug, Args)]
#[command(
    group(clap::ArgGroup::new("form").required(true).multiple(true).args(["html", "ics", "markdown"])),
    after_help = "\
Examples:
  certfleet report --html certificates.html
  certfleet report --html certificates.html --ics certificates.ics --force
  certfleet report --markdown - --provider openai
  certfleet list --fetch-content --output json > monday.json
  certfleet report --from monday.json --html monday.html"
)]
pub(crate) struct Report {
    /// Write a self-contained page to this file; - is stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,

    /// Write a calendar with one event for each expiry to this file; - is stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) ics: Option<PathBuf>,

    /// Write a Markdown table to this file; - is stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,

    /// Replace files that exist
    #[arg(long)]
    pub(crate) force: bool,

    /// Report this saved inventory, the output of `list --output json`, instead of the current
    /// state; - is stdin (may be repeated)
    #[arg(long, value_name = "INVENTORY.json", conflicts_with_all = ["provider", "account", "no_content"])]
    pub(crate) from: Vec<PathBuf>,

    /// Do not read the content of certificates; report only what the providers report
    #[arg(long)]
    pub(crate) no_content: bool,

    /// Only accounts at this provider (may be repeated)
    #[arg(long, value_name = "PROVIDER", value_delimiter = ',', value_parser = provider())]
    pub(crate) provider: Vec<ProviderId>,

    /// Only this account: NAME or PROVIDER/NAME (may be repeated)
    #[arg(long, value_name = "ACCOUNT", value_delimiter = ',')]
    pub(crate) account: Vec<String>,
}
