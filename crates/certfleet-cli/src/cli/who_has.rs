//! `who-has`.

use super::{values::Form, write::TargetFilter};
use crate::{
    dial::{StartTls, server_name},
    jq::JqArgs,
};
use clap::Args;
use tokio_rustls::rustls::pki_types::ServerName;

/// Show the accounts and scopes that hold a certificate.
///
/// Every certificate of the file, and every one that the server presents, is looked for; in records, the
/// certificates of their chains count too. Reads the content of every certificate, as list --fetch-content does. What
/// cannot be seen is said: accounts that could not be read, records of which not every certificate is known, and
/// providers that list attached certificates only.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet who-has client-ca.pem
  certfleet who-has 61bd96eea295
  certfleet who-has payments.example.org:443
  certfleet who-has root.pem --jq '.looked_for[].holdings[].id'

Exit codes of who-has:
  0  an account holds it; of several certificates, at least one of them
  2  invalid arguments, configuration, secret or file
  3  no account holds it, and every account was read
  5  an account could not be read: it may hold the certificate. What was found is shown
  7  the server could not be reached, or presented no certificate; no account was asked")]
pub(crate) struct WhoHas {
    /// A file with certificates (- is stdin), a SHA-256 (8 hex digits of it or more) or SHA-1, or a server
    #[arg(value_name = "FILE|SHA256|HOST:PORT")]
    pub(crate) what: String,

    #[command(flatten)]
    pub(crate) filter: TargetFilter,

    /// Ask the server for this name (SNI) instead of the host
    #[arg(long, value_name = "NAME", value_parser = server_name)]
    pub(crate) server_name: Option<ServerName<'static>>,

    /// Begin in the plain text of this protocol, and go on to TLS
    #[arg(long, value_name = "PROTOCOL")]
    pub(crate) starttls: Option<StartTls>,

    #[command(flatten)]
    pub(crate) jq: JqArgs,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,
}
