//! The command line.

pub(crate) mod journal;
pub(crate) mod rotate;
pub(crate) mod watch;
pub(crate) mod write;

use crate::providers;
use certfleet::{ProviderId, State, Threshold};
use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum, builder::PossibleValue};
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
        providers::examples(),
        write::EXIT_CODES
    ),
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
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

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
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
    Activate(write::Write<write::Switch>),
    /// Take certificates out of force at one place
    Deactivate(write::Write<write::Switch>),
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

/// List the certificates of all accounts.
///
/// Accounts are read at the same time. One that fails is shown as a row with the reason, hides
/// nothing of the others, and makes the exit code 5. Filters apply to certificates; what is said
/// of accounts always appears.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet list --expires-within 30d --sort expiry
  certfleet list --provider cloudflare --state active,activating
  certfleet list --name 'prod-*' --output csv
  certfleet list --fingerprint 3F:A2:09

CSV columns:
  type, provider, account, id, name, state, in_use, origin, role, placements, not_before,
  not_after, sha256, subject, issuer, serial, key, warnings, complete, coverage, certificates,
  error_kind, error
  type is `certificate` (up to and including `warnings`) or `account` (how its listing ended).
  subject, issuer, serial and key need the content (--fetch-content).")]
pub(crate) struct List {
    /// Only accounts at this provider (may be repeated)
    #[arg(long, value_name = "PROVIDER", value_delimiter = ',', value_parser = provider())]
    pub(crate) provider: Vec<ProviderId>,

    /// Only this account: NAME or PROVIDER/NAME (may be repeated)
    #[arg(long, value_name = "ACCOUNT", value_delimiter = ',')]
    pub(crate) account: Vec<String>,

    /// Only certificates in this state (may be repeated)
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = state())]
    pub(crate) state: Vec<State>,

    /// Only certificates with this in their name, in either case; with * or ?, a pattern for the
    /// whole name. Where a vendor has no names (Cloudflare), the subject's common name counts
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// Only certificates that have expired or expire within this time: 30d, 12h, 6w, 1y, or 20%
    /// of their validity. Those without a known end are left out
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) expires_within: Option<Threshold>,

    /// Only certificates whose SHA-256 begins so; with colons or without, in either case. A whole
    /// SHA-1 is found too. Reads every certificate itself, as --fetch-content does, so that none is
    /// missed
    #[arg(long, value_name = "HEX", conflicts_with = "no_content")]
    pub(crate) fingerprint: Option<crate::filter::Fingerprint>,

    /// The order; otherwise by provider, account and name
    #[arg(long, value_name = "KEY")]
    pub(crate) sort: Option<Sort>,

    /// Turn the order round
    #[arg(long)]
    pub(crate) reverse: bool,

    /// Read every certificate itself, at the price of one request for each that the listing does
    /// not carry
    #[arg(long, conflicts_with = "no_content")]
    pub(crate) fetch_content: bool,

    /// Read no certificate itself: only what the vendors state
    #[arg(long)]
    pub(crate) no_content: bool,

    /// Neither shorten nor leave out columns on a terminal
    #[arg(long, short)]
    pub(crate) wide: bool,

    /// The form of the output. ndjson comes as it arrives, unsorted
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Output,
}

/// Show one certificate record.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet get openai/production/cert_abc
  certfleet get cloudflare/main/2458ce5a-0c35-4c7f-82c7-8e9487d3ff60 --output json
  certfleet --sandbox get apinizer/apinizer-payments/NAME --native

`certfleet list --wide` shows the ids.")]
pub(crate) struct Get {
    /// Its address: PROVIDER/ACCOUNT/ID
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: String,

    /// Print the vendor's own record as JSON, secrets removed
    #[arg(long, conflicts_with = "output")]
    pub(crate) native: bool,

    /// The form of the output
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Form,
}

/// Show the certificates in files.
///
/// Reads PEM (also damaged or in other text), base64, DER and PKCS#7; nothing is verified. What
/// cannot be read is a line on stderr, hides nothing else, and makes the exit code 2. Private keys
/// are refused.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet inspect /etc/ssl/certs/ca-certificates.crt
  certfleet inspect --details server.pem
  openssl s_client -connect example.org:443 -showcerts </dev/null | certfleet inspect -

CSV columns:
  source, position, sha256, sha1, subject, issuer, serial, not_before, not_after, key,
  signature_algorithm, is_ca, names")]
pub(crate) struct Inspect {
    /// Files; - is stdin
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// Everything that is known of each certificate, instead of one row
    #[arg(long, short)]
    pub(crate) details: bool,

    /// Neither shorten nor leave out columns on a terminal
    #[arg(long, short)]
    pub(crate) wide: bool,

    /// The form of the output
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Output,
}

/// Show what each provider can do. Needs no account.
#[derive(Debug, Args)]
pub(crate) struct Capabilities {
    /// Only this one, in detail
    #[arg(value_name = "PROVIDER", value_parser = provider())]
    pub(crate) provider: Option<ProviderId>,

    /// The form of the output
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Form,
}

/// Print the JSON Schema (2020-12) of a command's JSON output.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Whose output
    #[arg(value_name = "OUTPUT")]
    pub(crate) of: SchemaOf,
}

/// Serve the sandbox on a loopback port until interrupted.
///
/// Prints a configuration for it: save it, set the environment variables it names (public made-up
/// values), and use it with --config, or point another program at the base URLs.
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// The port; 0 is any free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,

    /// An Apinizer environment that cannot be deployed to (may be repeated)
    ///
    /// Changed while it runs with: curl -X PUT --data 'test,dev' BASE/control/failing-environments,
    /// where no data is none.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) failing_environment: Vec<String>,

    /// Write two certificates to try uploads and rotations with into this folder: old.pem, new.pem
    #[arg(long, value_name = "FOLDER")]
    pub(crate) samples: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// Print a manual page, in troff: certfleet man list | man -l -
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Of this command; otherwise of certfleet itself
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Option<String>,
}

/// The forms of an output of many things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people.
    Table,
    /// One document.
    Json,
    /// One JSON object on each line.
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
}

/// The forms of an output of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people.
    Table,
    /// One document.
    Json,
}

/// What a listing is sorted by first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// The earliest end of validity first, unknown ones last.
    Expiry,
    /// Names, in either case.
    Name,
    /// Providers.
    Provider,
    /// States, the most in force first.
    State,
}

/// Outputs that have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// `list --output json`.
    List,
    /// One line of `list --output ndjson`.
    ListLine,
    /// `get --output json`.
    Get,
    /// `inspect --output json`.
    Inspect,
    /// One line of `inspect --output ndjson`.
    InspectLine,
    /// `capabilities --output json`.
    Capabilities,
    /// What `upload`, `generate`, `rename`, `activate`, `deactivate`, `replace`, `delete` and
    /// `apply` print with `--output json`.
    Write,
    /// A file that `plan --save` writes, and `plan --output json`.
    Plan,
    /// `rotate --output json`.
    Rotate,
    /// `resume --output json`.
    Resume,
    /// `journal --output json`.
    Journal,
    /// `check --output json`.
    Check,
    /// `diff --output json`.
    Diff,
    /// `export --output json`.
    Export,
}

/// Reads a value of a fixed set that another crate owns.
fn one_of<T: Clone + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(&T) -> &'static str,
) -> impl clap::builder::TypedValueParser<Value = T> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(all.iter().map(|value| PossibleValue::new(name(value)))).try_map(
        move |text| {
            all.iter()
                .find(|value| name(value) == text)
                .cloned()
                .ok_or("is not known")
        },
    )
}

fn provider() -> impl clap::builder::TypedValueParser<Value = ProviderId> {
    one_of(ProviderId::KNOWN, |kind| kind.as_str())
}

fn state() -> impl clap::builder::TypedValueParser<Value = State> {
    one_of(&State::ALL, |state| state.as_str())
}

#[cfg(test)]
mod tests;
