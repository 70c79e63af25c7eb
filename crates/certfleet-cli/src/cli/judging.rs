//! What `check` and `serve` judge certificates by.

use super::values::provider;
use certfleet::{ProviderId, reading::Threshold};
use clap::Args;
use std::path::PathBuf;

/// Which certificates are judged, and by what.
#[derive(Clone, Debug, Args)]
pub(crate) struct JudgingArgs {
    /// Warn of certificates that end within this time: 30d, 12h, 6w, 1y, or 20% of their lifetime
    #[arg(long, value_name = "TIME", default_value = "30d")]
    pub(crate) warn: Threshold,

    /// Certificates that end within this time are critical
    #[arg(long, value_name = "TIME", default_value = "7d")]
    pub(crate) crit: Threshold,

    /// A file that says which certificates do not count: TOML, with a reason and an end for each entry
    ///
    /// Each entry is a table `[[ignore]]` with one of address (PROVIDER/ACCOUNT/ID), sha256 (all 64 hex
    /// digits) and name (the whole name; * and ? are wildcards), a reason, and until, the last day (UTC) on
    /// which it ignores, as in 2026-12-31. An entry without a reason or an end, one whose end has passed, and
    /// one that matches nothing are reported.
    #[arg(long, value_name = "FILE")]
    pub(crate) ignore: Option<PathBuf>,

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
}
