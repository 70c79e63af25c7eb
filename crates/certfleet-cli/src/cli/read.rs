//! `list`, `get`, `inspect` and `capabilities`.

use super::{
    values::{FileColumn, Form, GroupBy, ListColumn, Output, Sort, provider, state},
    write::RecordArgs,
};
use crate::{
    dial::{StartTls, server_name},
    duration::parse_duration,
    fingerprint::Fingerprint,
    jq::JqArgs,
};
use certfleet::{ProviderId, State, reading::Threshold};
use clap::Args;
use std::{path::PathBuf, time::Duration};
use tokio_rustls::rustls::pki_types::ServerName;

/// List the certificates of all accounts.
///
/// Accounts are read concurrently. An account that fails is shown as a row with the reason; the
/// other accounts are still listed, and the exit code is 5. Filters apply to certificates only:
/// the result of each account is always shown.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet list --expires-within 30d
  certfleet list --columns name,expires,address
  certfleet list --provider cloudflare --state active,activating
  certfleet list --name 'prod-*' --output csv
  certfleet list --fingerprint 3F:A2:09
  certfleet list --by certificate --expires-within 60d
  certfleet list --jq '.certificates[] | [.id, .not_after] | @tsv'

CSV columns:
  type, provider, account, id, name, state, in_use, origin, role, placements, not_before,
  not_after, sha256, subject, issuer, serial, key, warnings, complete, coverage, certificates,
  error_kind, error
  type is `certificate` (columns up to `warnings`) or `account` (the result of its listing).
  A cell that begins with =, +, - or @ has an apostrophe before it: spreadsheets take it as text.
  subject, issuer, serial and key are empty unless the content was read (--fetch-content).

CSV columns with --by certificate:
  type, sha256, sha1, name, state, not_before, not_after, subject, issuer, serial, key,
  spki_sha256, places, records, issued_by, same_key, message, advice, provider, account, complete,
  coverage, certificates, warnings, error_kind, error
  type is `certificate` (columns up to `same_key`, and `warnings`), `finding` or `account`.")]
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

    /// Only certificates whose name contains this text, ignoring case. With * or ?, it is a pattern
    /// for the whole name. For a provider without names (Cloudflare), the subject's common name is
    /// used, or where there is none the subject or the first alternative name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// Only certificates that have expired or expire within this time: 30d, 12h, 6w, 1y, or 20%
    /// of their validity; a certificate of the chain counts too. Certificates with an unknown end are
    /// not shown. Reads the content of every certificate, as --fetch-content does, unless
    /// --no-content is given
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) expires_within: Option<Threshold>,

    /// Only certificates whose SHA-256 begins with these hex digits, with or without colons,
    /// ignoring case; a whole SHA-1 matches too, and a certificate of the chain: the table says which.
    /// Reads the content of every certificate, as --fetch-content does
    #[arg(long, value_name = "HEX", conflicts_with = "no_content")]
    pub(crate) fingerprint: Option<Fingerprint>,

    /// Show each certificate (by its SHA-256) once, with every record that holds it and every scope where it is,
    /// the certificates of chains too, the earliest to expire first; and what is odd about them together: shared
    /// keys, names with several certificates, missing issuers. Filters choose certificates, and each that is
    /// chosen is shown with all its records. Reads the content of every certificate unless --no-content is given
    #[arg(long, value_name = "WHAT")]
    pub(crate) by: Option<GroupBy>,

    /// Sort by this key; the default is expiry, the earliest first
    #[arg(long, value_name = "KEY")]
    pub(crate) sort: Option<Sort>,

    /// Reverse the order
    #[arg(long)]
    pub(crate) reverse: bool,

    /// Read the content of every certificate. This costs one request for each certificate whose
    /// content is not part of the listing
    #[arg(long, conflicts_with = "no_content")]
    pub(crate) fetch_content: bool,

    /// Do not read the content of certificates; show only what the providers report
    #[arg(long)]
    pub(crate) no_content: bool,

    /// Show these columns of the table, in this order, and omit none on a terminal
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub(crate) columns: Vec<ListColumn>,

    /// Do not shorten or omit columns on a terminal
    #[arg(long, short)]
    pub(crate) wide: bool,

    #[command(flatten)]
    pub(crate) jq: JqArgs,

    /// The output format. ndjson is written as results arrive, unsorted
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Output,
}

/// Show one certificate record.
///
/// A provider that gives no single record (Patchworks) is listed, and the record is shown as the listing
/// has it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet get openai/production/cert_abc
  certfleet get payments-2027 --provider openai
  certfleet get 61bd96eea295
  certfleet get ./client-ca.pem
  certfleet get cloudflare/main/2458ce5a-0c35-4c7f-82c7-8e9487d3ff60 --output json
  certfleet --sandbox get apinizer/apinizer-payments/NAME --native

`certfleet list --wide` shows the ids.")]
pub(crate) struct Get {
    #[command(flatten)]
    pub(crate) record: RecordArgs,

    /// Print the provider's own record as JSON, with secrets removed
    #[arg(long, conflicts_with = "output")]
    pub(crate) native: bool,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,
}

/// The heading of the options that concern servers only.
const SERVERS: &str = "Options for servers";

/// Show the certificates in files and folders, and those that servers present.
///
/// Reads PEM (also damaged, or inside other text), base64, DER and PKCS#7; of a folder, every file
/// below it that holds a certificate. What is in files is not verified. A certificate that cannot be
/// read is reported on stderr; the others are still shown, and the exit code is 2. Of a private key
/// or anything else beside the certificates only its kind is shown; a file that you name and that
/// holds nothing but a key is refused; in a folder it is listed.
///
/// HOST:PORT and https://HOST are dialled (TLS 1.2 and 1.3), unless a file of that name
/// exists. The chain is shown as the server presents it, expired, self-signed or wrong as it may
/// be; then certfleet says whether it verifies against the system's roots and for the name, or why
/// not. No proxy is used. Revocation is not checked on Linux.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet inspect /etc/ssl/certs/ca-certificates.crt
  certfleet inspect --details server.pem
  certfleet inspect --columns expires,subject,source /etc/ssl/private
  certfleet inspect --expires-within 30d /etc/ssl/private
  certfleet inspect example.org:443 '[2001:db8::1]:8443'
  certfleet inspect --verify --expires-within 2w https://example.org
  certfleet inspect --starttls smtp mail.example.org:25
  certfleet inspect --ca-file ca.pem --server-name db.internal 192.0.2.7:8443

For a protocol that --starttls does not know, XMPP among them:
  openssl s_client -connect HOST:5222 -starttls xmpp -showcerts </dev/null | certfleet inspect -

CSV columns:
  source, position, sha256, sha1, subject, issuer, serial, not_before, not_after, key,
  signature_algorithm, is_ca, names
  What else is in a file, and a server's chain that does not verify, are warnings on stderr.

Exit codes of inspect, the most severe first:
  2  a file or a certificate could not be read
  7  a server could not be reached, or presented no certificate
  4  with --expires-within: a certificate has expired; with --verify: a chain does not verify
  3  with --expires-within: a certificate expires within the time, or its end is unknown
  0  all certificates were read; with --expires-within, none expires within the time; with
     --verify, every server's chain verifies")]
pub(crate) struct Inspect {
    /// Files, folders and servers (HOST:PORT); - is stdin
    #[arg(value_name = "FILE|HOST:PORT", required = true)]
    pub(crate) inputs: Vec<PathBuf>,

    /// Only certificates that have expired or expire within this time: 30d, 12h, 6w, 1y, or 20% of
    /// their lifetime; the exit code says whether there is one
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) expires_within: Option<Threshold>,

    /// Exit with 4 if the chain of a server does not verify
    #[arg(long, help_heading = SERVERS)]
    pub(crate) verify: bool,

    /// Ask the server for this name (SNI), and verify its certificate for it, instead of the host
    #[arg(long, value_name = "NAME", value_parser = server_name, help_heading = SERVERS)]
    pub(crate) server_name: Option<ServerName<'static>>,

    /// Begin in the plain text of this protocol, and go on to TLS
    #[arg(long, value_name = "PROTOCOL", help_heading = SERVERS)]
    pub(crate) starttls: Option<StartTls>,

    /// Trust the certificates of this file besides the system's roots, as `ca_file` in the
    /// configuration does
    #[arg(long, value_name = "FILE", help_heading = SERVERS)]
    pub(crate) ca_file: Option<PathBuf>,

    /// The longest that a server may take for everything together; the default is 10s
    #[arg(long, value_name = "TIME", value_parser = parse_duration, help_heading = SERVERS)]
    pub(crate) timeout: Option<Duration>,

    /// Show each certificate in detail, not as one row
    #[arg(long, short)]
    pub(crate) details: bool,

    /// Show these columns of the table, in this order, and omit none on a terminal
    #[arg(
        long,
        value_name = "COLUMN",
        value_delimiter = ',',
        conflicts_with = "details"
    )]
    pub(crate) columns: Vec<FileColumn>,

    /// Do not shorten or omit columns on a terminal
    #[arg(long, short)]
    pub(crate) wide: bool,

    #[command(flatten)]
    pub(crate) jq: JqArgs,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Output,
}

/// Show what each provider can do. No account is needed.
#[derive(Debug, Args)]
pub(crate) struct Capabilities {
    /// Show only this provider, in detail
    #[arg(value_name = "PROVIDER", value_parser = provider())]
    pub(crate) provider: Option<ProviderId>,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,
}
