//! `plan` and `apply`.

use super::{
    rotate::{RotateArgs, Verification},
    values::Form,
    write::{ChangeArgs, JournalFile, UploadSecrets},
};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Show what a change or a rotation would do, and save the plan. Changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet plan --save plan.json delete openai/production/cert_abc
  certfleet plan --save plan.json rotate 61bd96eea295 --with new.pem --soak 1h
  certfleet apply plan.json")]
pub(crate) struct Plan {
    /// The file to save the plan in: JSON without secrets. An existing file is not overwritten
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,

    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,

    #[command(flatten)]
    pub(crate) journal: JournalFile,

    #[command(subcommand)]
    pub(crate) args: PlanArgs,
}

/// What is planned.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum PlanArgs {
    #[command(flatten)]
    Change(ChangeArgs),
    Rotate(PlanRotate),
}

/// Replace a certificate without an outage, in every account that has it.
///
/// The plan holds the new certificate and every record whose certificate it replaces. It holds no
/// verification: `apply` takes --verify-command, --verify-tls and --verified as `rotate` does, and
/// without one it asks on a terminal; in a script the rotation stops there, and can be continued.
#[derive(Clone, Debug, Args)]
pub(crate) struct PlanRotate {
    /// The certificate to replace: its SHA-256 (8 hex digits of it or more) or a file that holds it, in all
    /// accounts that have it; or the address or the name of one record
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) rotation: RotateArgs,
}

/// Apply a plan that `plan --save` wrote.
///
/// The plan is made again first: where something else would follow now than was planned, nothing is
/// sent. What was done of it since it was saved is not done again: applying a plan that is done
/// ends as "unchanged", with exit code 0. Of a rotation, what is under way goes on and what is left
/// begins; it is verified as `rotate` verifies it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet plan --save plan.json delete openai/production/cert_abc
  certfleet apply plan.json --yes --acknowledge cannot_be_undone
  certfleet apply rotation.json --verify-command ./check.sh")]
pub(crate) struct Apply {
    /// A file that `certfleet plan --save` wrote
    #[arg(value_name = "PLANFILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) verification: Verification,

    #[command(flatten)]
    pub(crate) secrets: UploadSecrets,
}
