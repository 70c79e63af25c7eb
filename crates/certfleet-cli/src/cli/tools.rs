//! `schema`, `sandbox`, `completions` and `man`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

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
