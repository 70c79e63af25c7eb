//! The command line.

mod complete;
pub(crate) mod help;
pub(crate) mod journal;
pub(crate) mod judging;
pub(crate) mod plan;
mod read;
mod report;
pub(crate) mod rotate;
pub(crate) mod serve;
pub(crate) mod setup;
mod tools;
mod values;
pub(crate) mod watch;
mod who_has;
pub(crate) mod write;

pub(crate) use read::{Capabilities, Get, Inspect, List};
pub(crate) use report::Report;
pub(crate) use tools::{CONSEQUENCES, Completions, Consequences, Man, Sandbox, Schema, SchemaOf};
pub(crate) use values::{Color, FileColumn, Form, ListColumn, Output, Sort};
pub(crate) use who_has::WhoHas;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes of commands that read:
  0    success
  1    the command failed; nothing was changed
  2    invalid arguments, configuration, secret or input; nothing was sent
  5    an account, or a part of it, could not be read; everything else was still shown
  101  a bug in certfleet; if a change was in progress, check its result at the provider
`check`, `diff`, `inspect` and `who-has` have more exit codes, see their --help.";

const EXAMPLES: &str = "\
Examples:
  certfleet --sandbox list                      an example fleet, no setup needed
  certfleet config init                         write a configuration, question by question
  certfleet accounts                            what works of each account, and what to do
  certfleet list --expires-within 30d           certificates that expire soon, in your accounts
  certfleet list --output json | jq .accounts   JSON, described by `certfleet schema list`
  certfleet get openai/production/cert_abc      one record in detail, by its address, name,
                                                SHA-256 or a file that holds the certificate
  certfleet inspect chain.pem                   certificates in files, no account needed
  certfleet inspect example.org:443             what a server presents, and whether it verifies
  certfleet report --html fleet.html            a page with a timeline, search and filters
  certfleet check                               what ends within 30 days, for people and probes
  certfleet list --by certificate               each certificate once, with every place where it is
  certfleet who-has client-ca.pem               the accounts and scopes that hold a certificate
  certfleet rotate 61bd96eea295 --with new.pem  replace a certificate in every account
  certfleet journal                             past changes, and those with no known result";

const SECRETS: &str = "  Secrets are never stored in the file, only referenced:
    env:NAME     an environment variable
    file:PATH    a file that only its owner can read; below /run/secrets, that only its owner can
                 change. A link is followed where no other user can change it
    cmd:COMMAND  a program and its arguments, run without a shell (use sh -c '...' for one); it must
                 print the secret within 30 seconds
  Relative paths start at the configuration's folder. A command fetches only the secrets of the
  accounts that it uses. This file and ca_file must belong to you or root, and no other user may
  have write access.
  Programs (cmd:, --verify-command) get PATH, HOME, USER, LOGNAME, TMPDIR, TZ and the locale, no
  other variable. pass_env = [\"VAULT_ADDR\"], at the top of the file, names what they get besides.

Proxy: none is used unless the file names one, at its top for all accounts or in one account:
    proxy = \"http://proxy.example.com:3128\"   also https://, socks5:// and socks5h://
    proxy = \"environment\"                     HTTPS_PROXY (or ALL_PROXY) and NO_PROXY
    proxy = \"none\"                            not the one that is set for all
    proxy = { url = \"http://…\", username = \"certfleet\", password = \"env:PROXY_PASSWORD\",
              no_proxy = [\"corp.example.com\", \"10.0.0.0/8\"] }";

/// Show, change and rotate certificates across accounts at OpenAI, Cloudflare Zero Trust,
/// Patchworks and Apinizer.
#[derive(Debug, Parser)]
#[command(
    name = "certfleet",
    version,
    max_term_width = 100,
    after_long_help = format!(
        "{EXAMPLES}\n\nConfiguration:\n{}\n{SECRETS}\n\n{}\n\n{EXIT_CODES}\n\n{}",
        indented(&certfleet_config::example()),
        setup::environment(),
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
    /// Use the built-in sandbox: example accounts at all four providers, inside this process. It
    /// needs no configuration, no secret and no network
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,

    /// The configuration file: TOML with one `[[account]]` for each account
    ///
    /// The default is $CERTFLEET_CONFIG, then certfleet/config.toml in the configuration folder
    /// ($XDG_CONFIG_HOME or ~/.config; ~/Library/Application Support on macOS; %APPDATA% on
    /// Windows). Secrets are never stored in the file, only referenced: env:NAME, file:PATH or
    /// cmd:COMMAND. Only where there is no file, environment variables make the accounts.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "sandbox")]
    pub(crate) config: Option<PathBuf>,

    /// Refuse every command that changes something at a provider, before anything is read
    #[arg(long, global = true)]
    pub(crate) read_only: bool,

    /// When to use colour; NO_COLOR is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,

    /// Log requests and responses to stderr, without secrets and bodies. Give it twice to log
    /// everything, including the HTTP stack; RUST_LOG selects targets and levels
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Stop the sandbox's clock at this time (RFC 3339), for reproducible output
    #[arg(
        long,
        global = true,
        hide = true,
        value_name = "TIME",
        requires = "sandbox"
    )]
    pub(crate) sandbox_time: Option<DateTime<Utc>>,

    /// Make the sandbox of this number, as `sandbox --seed` does
    #[arg(
        long,
        global = true,
        hide = true,
        value_name = "NUMBER",
        default_value_t = 0
    )]
    pub(crate) sandbox_seed: u64,

    /// Put so many certificates more into the sandbox, as `sandbox --certificates` does
    #[arg(
        long,
        global = true,
        hide = true,
        value_name = "NUMBER",
        default_value_t = 0
    )]
    pub(crate) sandbox_certificates: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the certificates of all accounts
    List(List),
    /// Show one certificate record
    Get(Get),
    /// Show the certificates in files, and those that servers present
    Inspect(Box<Inspect>),
    WhoHas(Box<WhoHas>),
    Check(watch::Check),
    Serve(serve::Serve),
    Diff(watch::Diff),
    Export(watch::Export),
    Report(Report),
    /// Upload a certificate
    Upload(write::Write<write::Upload>),
    /// Have the provider generate a certificate and keep its key
    Generate(write::Write<write::Generate>),
    /// Rename a record
    Rename(write::Write<write::Rename>),
    /// Activate certificates in one scope
    Activate(write::Write<write::SetActiveArgs>),
    /// Deactivate certificates in one scope
    Deactivate(write::Write<write::SetActiveArgs>),
    /// Replace the content of a record in some of its environments
    Replace(write::Write<write::Replace>),
    /// Delete a record
    Delete(write::Write<write::Delete>),
    Plan(plan::Plan),
    /// Apply a plan that `plan --save` wrote
    Apply(Box<write::Write<plan::Apply>>),
    Rotate(Box<rotate::Rotate>),
    Resume(Box<journal::Resume>),
    Journal(journal::Journal),
    /// Show what each provider can do
    Capabilities(Capabilities),
    Accounts(setup::Accounts),
    /// Write, check or find the configuration
    Config(setup::Config),
    Consequences(Consequences),
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
