//! `serve`.

use super::judging::JudgingArgs;
use crate::duration::parse_duration;
use clap::Args;
use std::{net::SocketAddr, time::Duration};

/// The shortest time between two refreshes: vendors limit how often they are asked.
const SHORTEST: Duration = Duration::from_secs(10);

/// Serve metrics and a report over HTTP, for Prometheus and people.
///
/// /metrics is for Prometheus, /healthz says whether certfleet itself works, / is the page that
/// `report --html` writes, and /overview the same in short, as text. The accounts are read again every so often, with the configuration, the secrets and the ignore list; an account
/// that fails keeps what was last known of it, marked with its age. Nothing is changed at any provider.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet serve
  certfleet --sandbox serve                     try it: curl http://127.0.0.1:9795/metrics
  certfleet serve --every 1h --warn 20% --crit 5% --ignore ignore.toml

Exit codes of serve:
  0  it was stopped by SIGTERM or SIGINT
  1  the address cannot be listened on
  2  invalid arguments, configuration or ignore list, or the secret of the only account")]
pub(crate) struct Serve {
    /// The address to listen on; port 0 chooses a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9795")]
    pub(crate) listen: SocketAddr,

    /// Listen on an address that other machines reach
    ///
    /// serve has no password and no TLS: whoever reaches the address reads the names, accounts and ends of all
    /// certificates, and why an account could not be read: with paths, and with what the command of a secret says
    /// on stderr. Use this where something else decides who reaches it: the network policy of a cluster, a
    /// firewall, or a proxy that authenticates.
    #[arg(long)]
    pub(crate) expose: bool,

    /// How long to wait between two refreshes: 90s, 5m, 1h, 1d
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = parse_interval)]
    pub(crate) every: Duration,

    #[command(flatten)]
    pub(crate) judging: JudgingArgs,
}

fn parse_interval(text: &str) -> Result<Duration, &'static str> {
    let interval = parse_duration(text)?;
    if interval < SHORTEST {
        return Err("that is too often: write 10s or more");
    }
    Ok(interval)
}
