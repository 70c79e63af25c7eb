//! `rotate`.

use super::{
    values::Form,
    write::{Consent, JournalFile, Patience, TargetFilter, UploadSecrets},
};
use crate::duration::parse_duration;
use clap::Args;
use std::{num::NonZeroU32, path::PathBuf, time::Duration};

/// Replace a certificate by another without an outage, in every account that has it.
///
/// The new one is put in place and brought into force beside the old one, and verified; only then
/// is the old one taken out of force, and after the soak removed. Every step is in the journal: a
/// rotation that was cut off goes on with --resume, and until the old one is removed, --roll-back
/// brings it back.
#[derive(Debug, Args)]
#[command(
    group = clap::ArgGroup::new("which").required(true).args(["target", "resume", "roll_back"]),
    after_help = "\
Examples:
  certfleet rotate 61bd96eea295 --with new.pem --verify-command ./check.sh --soak 1h
  certfleet rotate openai/production/cert_abc --with new.pem
  certfleet rotate --resume all --verified
  certfleet rotate --roll-back 20261122T231501-3f9a0c55d1e27b84

The command of --verify-command is run without a shell for every account. It gets the new
certificate as PEM on stdin and CERTFLEET_ID, CERTFLEET_PROVIDER, CERTFLEET_ACCOUNT and
CERTFLEET_SHA256 in its environment; it passes by exiting with 0."
)]
pub(crate) struct Rotate {
    /// The certificate that is replaced: its SHA-256 (all accounts that have it), or one record's
    /// address or name
    #[arg(value_name = "TARGET")]
    pub(crate) target: Option<String>,

    #[command(flatten)]
    pub(crate) filter: TargetFilter,

    /// The new certificate: PEM, DER, base64 or PKCS#7; - is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    pub(crate) with: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) secrets: UploadSecrets,

    /// Have the vendor make the new certificate (Cloudflare)
    #[arg(long)]
    pub(crate) generate: bool,

    /// For how many days the generated one is to be valid
    #[arg(long, value_name = "DAYS", requires = "generate")]
    pub(crate) days: Option<NonZeroU32>,

    /// How long the old one stays, retired, before it is removed: 90s, 5m, 1h, 2d
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    pub(crate) soak: Duration,

    /// Leave the old record, retired, instead of removing it
    #[arg(long)]
    pub(crate) keep_old: bool,

    #[command(flatten)]
    pub(crate) verification: Verification,

    /// Go on with this rotation, or with all
    #[arg(long, value_name = "ROTATION", conflicts_with_all = ["with", "generate", "soak", "keep_old"])]
    pub(crate) resume: Option<String>,

    /// Undo this rotation: the old one in force again, the new one nowhere
    #[arg(long, value_name = "ROTATION", conflicts_with_all = ["with", "generate", "soak", "keep_old"])]
    pub(crate) roll_back: Option<String>,

    #[command(flatten)]
    pub(crate) consent: Consent,
    #[command(flatten)]
    pub(crate) patience: Patience,
    #[command(flatten)]
    pub(crate) journal: JournalFile,

    /// The form of the output
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Form,
}

/// How it is found out whether a new certificate works. On a terminal somebody is asked otherwise;
/// elsewhere the rotation stops there, to be gone on with.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Verification")]
pub(crate) struct Verification {
    /// A program and its arguments that checks it
    #[arg(long, value_name = "COMMAND")]
    pub(crate) verify_command: Option<String>,

    /// A server that has to present it: HOST:PORT
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "verify_command")]
    pub(crate) verify_tls: Option<String>,

    /// Somebody looked: it works
    #[arg(long, conflicts_with_all = ["verify_command", "verify_tls"])]
    pub(crate) verified: bool,
}
