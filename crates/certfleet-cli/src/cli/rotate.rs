//! `rotate`.

use super::{
    values::Form,
    write::{Consent, JournalFile, Patience, TargetFilter, UploadSecrets},
};
use crate::duration::parse_duration;
use clap::Args;
use std::{num::NonZeroU32, path::PathBuf, time::Duration};

/// Replace a certificate without an outage, in every account that has it.
///
/// certfleet uploads and activates the new certificate next to the old one, and verifies it. Only
/// then does it deactivate the old certificate and, after the soak, remove it. Every step is in the
/// journal: --resume continues an interrupted rotation, and --roll-back restores the old
/// certificate, and removes the new one, until the old one is removed.
#[derive(Debug, Args)]
#[command(
    group = clap::ArgGroup::new("which").required(true).args(["target", "resume", "roll_back"]),
    after_help = "\
Examples:
  certfleet rotate 61bd96eea295 --with new.pem --verify-command ./check.sh --soak 1h
  certfleet rotate openai/production/cert_abc --with new.pem
  certfleet rotate --resume all --verified
  certfleet rotate --roll-back 20261122T231501-3f9a0c55d1e27b84

The command of --verify-command runs without a shell, once for every account. It receives the new
certificate as PEM on stdin, and CERTFLEET_ID, CERTFLEET_PROVIDER, CERTFLEET_ACCOUNT and
CERTFLEET_SHA256 in its environment, which besides holds PATH, HOME, the locale and what pass_env of
the configuration names. Exit code 0 means that the certificate works; what a failing command says
on stderr is shown."
)]
pub(crate) struct Rotate {
    /// The certificate to replace: its SHA-256 (8 hex digits of it or more) or a file that holds it, in all
    /// accounts that have it; or the address or the name of one record
    #[arg(value_name = "TARGET")]
    pub(crate) target: Option<String>,

    #[command(flatten)]
    pub(crate) rotation: RotateArgs,

    /// Continue this rotation, or `all`
    #[arg(long, value_name = "ROTATION", conflicts_with_all = ["provider", "account", "with", "generate", "days", "soak", "keep_old"])]
    pub(crate) resume: Option<String>,

    /// Undo this rotation, or `all`: activate the old certificate again, deactivate the new one, and
    /// delete the new one if the rotation made it
    #[arg(long, value_name = "ROTATION", conflicts_with_all = ["provider", "account", "with", "generate", "days", "soak", "keep_old", "verify_command", "verify_tls", "verified", "key_ref", "passphrase_ref"])]
    pub(crate) roll_back: Option<String>,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,

    #[command(flatten)]
    pub(crate) verification: Verification,
    #[command(flatten)]
    pub(crate) consent: Consent,
    #[command(flatten)]
    pub(crate) patience: Patience,
    #[command(flatten)]
    pub(crate) journal: JournalFile,
}

// No doc comment: it would become every command's description.
#[derive(Clone, Debug, Args)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    pub(crate) filter: TargetFilter,

    /// The new certificate: PEM, DER, base64 or PKCS#7; - is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    pub(crate) with: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) secrets: UploadSecrets,

    /// Have the provider generate the new certificate (Cloudflare)
    #[arg(long, conflicts_with_all = ["key_ref", "passphrase_ref"])]
    pub(crate) generate: bool,

    /// The validity of the generated certificate in days
    #[arg(long, value_name = "DAYS", requires = "generate")]
    pub(crate) days: Option<NonZeroU32>,

    /// How long the retired old certificate stays before it is removed: 90s, 5m, 1h, 2d
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    pub(crate) soak: Duration,

    /// Keep the retired old record; do not remove it
    #[arg(long, conflicts_with = "soak")]
    pub(crate) keep_old: bool,
}

/// How a new certificate is verified. Without these options certfleet asks on a terminal; in a
/// script the rotation stops there, and can be continued.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Verification")]
pub(crate) struct Verification {
    /// A program, with its arguments, that verifies the new certificate
    #[arg(long, value_name = "COMMAND")]
    pub(crate) verify_command: Option<String>,

    /// A server that must present the new certificate: HOST:PORT
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "verify_command")]
    pub(crate) verify_tls: Option<String>,

    /// I have verified the new certificate
    #[arg(long, conflicts_with_all = ["verify_command", "verify_tls"])]
    pub(crate) verified: bool,
}

impl Verification {
    /// Returns whether an option says how to verify.
    pub(crate) fn is_given(&self) -> bool {
        self.verified || self.verify_command.is_some() || self.verify_tls.is_some()
    }
}
