//! `accounts` and `config`.

use super::values::{Form, provider};
use certfleet::ProviderId;
use clap::{Args, Subcommand};
use std::fmt::Write as _;

/// Try each account: what works, what does not, and what to do.
///
/// For each account of the configuration: whether its secret is found, its address reached and its
/// TLS trusted, whether the vendor accepts the credentials, what they may read, how far the vendor's
/// clock is off, how much is used of what the vendor limits, and what the account cannot show. It
/// only reads: each account is listed once. After a step that failed, those that depend on it are
/// "not tried".
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet accounts
  certfleet accounts --provider openai --output json

Exit codes of accounts, as those of check:
  5  an account, or a part of it, cannot be read; all others were still tried
  2  invalid arguments or configuration; nothing was sent
  1  another failure
  0  every account can be read; a warning (a clock that is off) changes nothing")]
pub(crate) struct Accounts {
    /// Only accounts at this provider (may be repeated)
    #[arg(long, value_name = "PROVIDER", value_delimiter = ',', value_parser = provider())]
    pub(crate) provider: Vec<ProviderId>,

    /// Only this account: NAME or PROVIDER/NAME (may be repeated)
    #[arg(long, value_name = "ACCOUNT", value_delimiter = ',')]
    pub(crate) account: Vec<String>,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,
}

#[derive(Debug, Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    pub(crate) what: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    Init(Init),
    /// Find every mistake of the configuration. Nothing is sent, and no secret fetched
    ///
    /// Exit codes: 0 nothing is wrong; 2 something is, one line for each mistake.
    Check,
    /// Print which file is used; why is said on stderr
    Path,
    /// Print the JSON Schema of the configuration, for editors
    ///
    /// Write it to a file and begin the configuration with `#:schema ./FILE`; editors whose TOML plugin is
    /// taplo then complete keys and mark mistakes.
    Schema,
}

/// Write a configuration with a comment for each key.
///
/// On a terminal it asks for the providers and what each needs. Secrets are never asked for, only where
/// they are: env:NAME, file:PATH or cmd:COMMAND. With --provider nothing is asked, and examples stand
/// in the place of values. Only its owner can read the file; one that is there is never replaced
/// without --force.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet config init
  certfleet config init --provider openai,cloudflare --print
  certfleet --config fleet.toml config init --provider apinizer")]
pub(crate) struct Init {
    /// An account at this provider, without questions (may be repeated)
    #[arg(long, value_name = "PROVIDER", value_delimiter = ',', value_parser = provider())]
    pub(crate) provider: Vec<ProviderId>,

    /// Print the configuration and write no file
    #[arg(long)]
    pub(crate) print: bool,

    /// Replace the file if it exists
    #[arg(long, conflicts_with = "print")]
    pub(crate) force: bool,
}

/// Says which variables make accounts where there is no configuration.
pub(super) fn environment() -> String {
    let mut text = "Without a file, the environment makes an account of each provider whose variables are all set,\n\
         named after the provider and reached through the proxy of HTTPS_PROXY, if any:"
        .to_owned();
    let mut last = None;
    for one in certfleet_config::Environment::new(|_| None).variables() {
        if last == Some(one.provider) {
            let _ = write!(text, ", {}", one.name);
        } else {
            let _ = write!(text, "\n    {:<11} {}", one.provider.as_str(), one.name);
        }
        last = Some(one.provider);
    }
    text + "\n  A configuration file that is there, however few accounts it has, is the only source."
}
