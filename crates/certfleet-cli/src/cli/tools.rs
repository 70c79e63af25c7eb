//! `consequences`, `schema`, `sandbox`, `completions` and `man`.

use super::write::consequence;
use certfleet_changes::ConsequenceKind;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What `consequences` prints, as it is in the documentation.
pub(crate) const CONSEQUENCES: &str = include_str!("../../../../docs/guide/consequences.md");

/// Explain what the consequences mean that plans name.
#[derive(Debug, Args)]
#[command(after_long_help = CONSEQUENCES)]
pub(crate) struct Consequences {
    /// Only this one
    #[arg(value_name = "KIND", value_parser = consequence(), hide_possible_values = true)]
    pub(crate) kind: Option<ConsequenceKind>,
}

/// Print the JSON Schema (2020-12) of a command's JSON output.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The output
    #[arg(value_name = "OUTPUT")]
    pub(crate) of: SchemaOf,
}

/// Serve the sandbox on a loopback port until interrupted.
///
/// Prints a configuration for the sandbox. Save it, set the environment variables that it names
/// (their values are made up and public), and use it with --config; or point another program at
/// the base URLs.
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// The port; 0 chooses a free port
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,

    /// An Apinizer environment where deployments fail (may be repeated)
    ///
    /// To change the list while the sandbox runs: curl -X PUT --data 'test,dev'
    /// BASE/control/failing-environments. Empty data clears the list.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) failing_environment: Vec<String>,

    /// How many milliseconds each answer takes. Vendors are far away, a loopback port is not
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=60_000))]
    pub(crate) latency: u64,

    /// Write two certificates into this folder, to try uploads and rotations: old.pem, new.pem
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
    /// The command; the default is certfleet itself
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Option<String>,
}

/// Outputs that have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// `list --output json`.
    List,
    /// One line of `list --output ndjson`.
    ListLine,
    /// `list --by certificate --output json`.
    ListByCertificate,
    /// `get --output json`.
    Get,
    /// `inspect --output json`.
    Inspect,
    /// One line of `inspect --output ndjson`.
    InspectLine,
    /// `who-has --output json`.
    WhoHas,
    /// `capabilities --output json`.
    Capabilities,
    /// `accounts --output json`.
    Accounts,
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
