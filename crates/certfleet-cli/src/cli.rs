//! The command line.

pub(crate) mod journal;
mod read;
pub(crate) mod rotate;
mod tools;
mod values;
pub(crate) mod watch;
pub(crate) mod write;

pub(crate) use read::{Capabilities, Get, Inspect, List};
pub(crate) use tools::{Completions, Man, Sandbox, Schema, SchemaOf};
pub(crate) use values::{Color, Form, Output, Sort};

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes of commands that read:
  0  all well
  1  what was asked for failed; nothing was changed
  2  bad arguments, configuration, secret or input; nothing was sent
  5  an account could not be read; the others were still shown
  101  a fault in certfleet itself; what was being changed has to be checked
`check` and `diff` have more, see their --help.";

const EXAMPLES: &str = "\
Examples:
  certfleet --sandbox list                      a made-up fleet, nothing to set up
  certfleet list --expires-within 30d           what expires soon, in the configured accounts
  certfleet list --output json | jq .accounts   for programs; `certfleet schema list` describes it
  certfleet get openai/production/cert_abc      one record with all its details
  certfleet inspect chain.pem                   certificates in files, no account needed
  certfleet rotate 61bd96eea295 --with new.pem  replace a certificate in every account that has it
  certfleet journal                             what was changed, and what is open";

const SECRETS: &str = "  Secrets: env:NAME is an environment variable; file:PATH a file that only its owner can read, no
  link; cmd:COMMAND a program and its arguments, run without a shell (write sh -c '...' for one),
  which prints the secret within 30 seconds. Relative paths count from the configuration's folder.
  Only the secrets of the accounts a command needs are fetched.
  This file and ca_file must belong to you or root, and nobody else may write to them.";

/// Which certificates are where, and which are about to expire: one view of the accounts at
/// OpenAI, Cloudflare Zero Trust, Patchworks and Apinizer.
#[derive(Debug, Parser)]
#[command(
    name = "certfleet",
    version,
    max_term_width = 100,
    after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}\n\n{}", write::EXIT_CODES),
    after_long_help = format!(
        "{EXAMPLES}\n\nConfiguration:\n{}\n{SECRETS}\n\n{EXIT_CODES}\n\n{}",
        indented(&certfleet_config::example()),
        write::EXIT_CODES
    ),
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A text two columns to the right.
fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("  {line}\n"),
    });
    lines.collect()
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Use the built-in sandbox: made-up accounts at all four vendors, in this process. No
    /// configuration, no secret, no network
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,

    /// The configuration: TOML, one `[[account]]` for each account
    ///
    /// Otherwise $CERTFLEET_CONFIG, otherwise certfleet/config.toml in the configuration folder
    /// ($XDG_CONFIG_HOME or ~/.config; ~/Library/Application Support on macOS; %APPDATA% on
    /// Windows). Secrets stand in it by reference only: env:NAME, file:PATH or cmd:COMMAND.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "sandbox")]
    pub(crate) config: Option<PathBuf>,

    /// Refuse every command that changes something at a vendor, before anything is read
    #[arg(long, global = true)]
    pub(crate) read_only: bool,

    /// When to colour; NO_COLOR is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,

    /// Say on stderr what is sent and what is answered, never with secrets or bodies; twice for
    /// everything, the HTTP stack included. RUST_LOG says it in detail
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Stop the sandbox's clock at this time (RFC 3339), for repeatable output
    #[arg(
        long,
        global = true,
        hide = true,
        value_name = "TIME",
        requires = "sandbox"
    )]
    pub(crate) sandbox_time: Option<DateTime<Utc>>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the certificates of all accounts
    List(List),
    /// Show one certificate record
    Get(Get),
    /// Show the certificates in files
    Inspect(Inspect),
    Check(watch::Check),
    Diff(watch::Diff),
    Export(watch::Export),
    /// Put a certificate in place
    Upload(write::Write<write::Upload>),
    /// Have the vendor make a certificate, whose key it keeps
    Generate(write::Write<write::Generate>),
    /// Give a record another name
    Rename(write::Write<write::Rename>),
    /// Bring certificates into force at one place
    Activate(write::Write<write::SetActiveArgs>),
    /// Take certificates out of force at one place
    Deactivate(write::Write<write::SetActiveArgs>),
    /// Replace the content of a record in some of its environments
    Replace(write::Write<write::Replace>),
    /// Delete a record
    Delete(write::Write<write::Delete>),
    Plan(write::Plan),
    /// Carry out exactly a plan that was kept
    Apply(write::Write<write::Apply>),
    Rotate(Box<rotate::Rotate>),
    Resume(Box<journal::Resume>),
    Journal(journal::Journal),
    /// Show what each provider can do
    Capabilities(Capabilities),
    /// Print the JSON Schema of an output
    Schema(Schema),
    /// Serve the sandbox on a loopback port, for other programs
    Sandbox(Sandbox),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print a manual page
    Man(Man),
}

#[cfg(test)]
mod tests;
