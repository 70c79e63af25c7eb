//! `list`, `get`, `inspect` and `capabilities`.

use super::values::{Form, Output, Sort, provider, state};
use crate::fingerprint::Fingerprint;
use certfleet::{ProviderKind, State, Threshold};
use clap::Args;
use std::path::PathBuf;

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
    pub(crate) provider: Vec<ProviderKind>,

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
    pub(crate) fingerprint: Option<Fingerprint>,

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
    pub(crate) provider: Option<ProviderKind>,

    /// The form of the output
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Form,
}
