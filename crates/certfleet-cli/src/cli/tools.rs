//! `consequences`, `schema`, `sandbox`, `completions` and `man`.

use super::write::consequence;
use certfleet_changes::ConsequenceKind;
use certfleet_sandbox::{Fault, FaultPoint};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What `consequences` prints, as it is in the documentation.
pub(crate) const CONSEQUENCES: &str = include_str!("consequences.md");

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
#[command(after_help = "\
Examples:
  certfleet sandbox --port 8700 --samples . --latency 50 > sandbox.toml
  certfleet sandbox --seed 7 --certificates 10000         a large account, the same each time
  certfleet sandbox --fail lost-answer:uploadCertificate  the next upload is done, its answer is lost")]
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

    /// Break the connection of one request (may be repeated): before-read (nothing is done), after-read
    /// (nothing is done) or lost-answer (it is done). POINT:OPERATION waits for a request of this operation,
    /// by its operationId
    #[arg(long, value_name = "POINT[:OPERATION]", value_parser = parse_fault)]
    pub(crate) fail: Vec<Fault>,

    /// The number that keys, serial numbers and ids are made from: the same one makes the same sandbox
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,

    /// So many certificates more, at OpenAI, to measure with
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub(crate) certificates: u32,

    /// Write two certificates into this folder, to try uploads and rotations: old.pem, new.pem
    #[arg(long, value_name = "FOLDER")]
    pub(crate) samples: Option<PathBuf>,
}

/// Print a completion script for a shell.
///
/// The script asks certfleet what can come next. Accounts, scopes, names and addresses are those that
/// `list` last showed, kept in certfleet/listed.json in $XDG_CACHE_HOME or ~/.cache (only its owner can
/// read it; CERTFLEET_COMPLETION_CACHE=none keeps nothing). No vendor is asked. Load the script when the
/// shell starts: it belongs to this version of certfleet.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  source <(certfleet completions bash)            in ~/.bashrc, as for zsh in ~/.zshrc
  certfleet completions fish | source             in ~/.config/fish/config.fish")]
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

/// Reads where the connection of one request breaks, and of which operation it is.
fn parse_fault(text: &str) -> Result<Fault, String> {
    let (point, operation) = match text.split_once(':') {
        Some((point, operation)) => (point, Some(operation)),
        None => (text, None),
    };
    let point = match point {
        "before-read" => FaultPoint::BeforeRead,
        "after-read" => FaultPoint::AfterRead,
        "lost-answer" => FaultPoint::AfterCommit,
        _ => return Err("write before-read, after-read or lost-answer".to_owned()),
    };
    let Some(operation) = operation else {
        return Ok(Fault::at(point));
    };
    let all = certfleet_sandbox::operations();
    let known = all.iter().find(|known| known.id == operation);
    known
        .map(|known| Fault::at(point).of(known.id))
        .ok_or_else(|| {
            let ids: Vec<_> = all.iter().map(|known| known.id).collect();
            format!(
                "there is no operation {operation:?}: use {}",
                ids.join(", ")
            )
        })
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
    /// `journal status --output json`.
    JournalStatus,
    /// `check --output json`.
    Check,
    /// `diff --output json`.
    Diff,
    /// `export --output json`.
    Export,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults() {
        let of = Fault::at(FaultPoint::AfterCommit).of("uploadCertificate");
        for (text, fault) in [
            ("lost-answer:uploadCertificate", of),
            ("before-read", Fault::at(FaultPoint::BeforeRead)),
            ("after-read", Fault::at(FaultPoint::AfterRead)),
        ] {
            assert_eq!(parse_fault(text), Ok(fault), "{text}");
        }
        for bad in ["", "lost", "lost-answer:", "lost-answer:nothing"] {
            assert!(parse_fault(bad).is_err(), "{bad}");
        }
    }
}
