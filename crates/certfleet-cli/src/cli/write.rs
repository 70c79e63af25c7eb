//! Commands that change something, and their plans.

use super::{Form, provider};
use certfleet::{ConsequenceKind, ProviderId, ReferencePolicy, Scope};
use clap::{Args, Subcommand};
use std::{num::NonZeroU32, path::PathBuf, time::Duration};

pub(crate) const EXIT_CODES: &str = "\
Exit codes of commands that change something:
  0    done, or it was so already
  1    it failed, and nothing was changed
  2    bad arguments, configuration or input, or not agreed to; nothing was sent
  3    done in part: some places or records failed, or something is still on its way
  4    the outcome is unknown, or done but the answer could not be read: certfleet resume
  5    the vendor does not accept the credentials; nothing was changed
  6    too many requests; nothing was changed
  7    the vendor could not be reached; nothing was changed
  130  interrupted; what is known was printed";

// No doc comment: it would become every command's description.
#[derive(Debug, Args)]
pub(crate) struct Write<T: Args> {
    #[command(flatten)]
    pub(crate) what: T,
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

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Agreement")]
pub(crate) struct Consent {
    /// Do not ask, for scripts. Every consequence of the plan has to be acknowledged by name
    #[arg(long)]
    pub(crate) yes: bool,

    /// A consequence that is agreed to, as the plan names it (may be repeated)
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = consequence())]
    pub(crate) acknowledge: Vec<ConsequenceKind>,

    /// Show the plan and do nothing
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
}

#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "WaitOptions")]
pub(crate) struct Patience {
    /// Do not wait for what the vendor does in its own time
    #[arg(long, conflicts_with = "wait_for")]
    pub(crate) no_wait: bool,

    /// The longest to wait for it: 90s, 5m, 1h
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = span)]
    pub(crate) wait_for: Duration,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Journal")]
pub(crate) struct JournalFile {
    /// The journal. Otherwise certfleet/journal.jsonl in $XDG_STATE_HOME or ~/.local/state; with
    /// --sandbox, none is kept
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,
}

/// Where records are looked for that are not named by their address.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Among {
    /// Look for it only at this provider (may be repeated)
    #[arg(long, value_name = "PROVIDER", value_delimiter = ',', value_parser = provider())]
    pub(crate) provider: Vec<ProviderId>,

    /// Look for it only in this account: NAME or PROVIDER/NAME (may be repeated)
    #[arg(long, value_name = "ACCOUNT", value_delimiter = ',')]
    pub(crate) account: Vec<String>,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet upload client-ca.pem --account openai/production --name payments-2027
  certfleet upload client.pem --account patchworks --connector 306 --key-ref file:client.key
  certfleet upload root.pem --account payments --name root --alias root --description 'Partner root' \\
      --environment production,test --yes --acknowledge deploys")]
pub(crate) struct Upload {
    /// The certificate: PEM, DER, base64 or PKCS#7; - is stdin. Not needed where --key-ref leads to
    /// everything
    #[arg(value_name = "FILE", required_unless_present = "key_ref")]
    pub(crate) file: Option<PathBuf>,

    /// The account: NAME or PROVIDER/NAME
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: String,

    /// The record's name (OpenAI: a label; Apinizer: its address)
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// The record's description (Apinizer)
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,

    /// The alias, unique in its environments (Apinizer)
    #[arg(long, value_name = "NAME")]
    pub(crate) alias: Option<String>,

    /// The environments it goes live in (Apinizer)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) environment: Vec<String>,

    /// The connector it is attached to (Patchworks)
    #[arg(long, value_name = "ID")]
    pub(crate) connector: Option<String>,

    #[command(flatten)]
    pub(crate) secrets: UploadSecrets,
}

/// The secrets of an upload, by reference.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct UploadSecrets {
    /// Where the private key is (Patchworks): env:NAME, file:PATH or cmd:COMMAND. PEM, with or
    /// without its certificate, or a PKCS#12 file in base64
    #[arg(long, value_name = "REF")]
    pub(crate) key_ref: Option<String>,

    /// Where the key's passphrase is (Patchworks): env:NAME, file:PATH or cmd:COMMAND
    #[arg(long, value_name = "REF")]
    pub(crate) passphrase_ref: Option<String>,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Example:
  certfleet generate --account cloudflare/main --days 1825 --yes --acknowledge consumes_daily_quota")]
pub(crate) struct Generate {
    /// The account: NAME or PROVIDER/NAME
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: String,

    /// For how many days it is to be valid; otherwise the vendor's default
    #[arg(long, value_name = "DAYS")]
    pub(crate) days: Option<NonZeroU32>,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Example:
  certfleet rename openai/production/cert_abc --to payments-2026-old --yes")]
pub(crate) struct Rename {
    /// The record: PROVIDER/ACCOUNT/ID, its name, or its SHA-256
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) among: Among,

    /// Its new name
    #[arg(long, value_name = "NAME")]
    pub(crate) to: String,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet activate openai/production/cert_abc --at organization
  certfleet activate payments-2027 --at project:proj_abc --yes --acknowledge enforcement_starts
  certfleet activate cloudflare/main/2458ce5a-0c35-4c7f-82c7-8e9487d3ff60 --wait-for 5m --yes")]
pub(crate) struct Switch {
    /// The records, all of one account: PROVIDER/ACCOUNT/ID, a name, or a SHA-256
    #[arg(value_name = "TARGET", required = true)]
    pub(crate) targets: Vec<String>,

    #[command(flatten)]
    pub(crate) among: Among,

    /// The place: organization, project:ID or edge. Needed where the account has more than one
    #[arg(long, value_name = "PLACE", value_parser = place)]
    pub(crate) at: Option<Scope>,

    /// Allow more records than one request takes: they go in several, of which some may fail after
    /// others are done
    #[arg(long)]
    pub(crate) allow_partial: bool,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Example:
  certfleet replace apinizer/payments/root --with new.pem --environment production,test \\
      --references keep --yes --acknowledge deploys")]
pub(crate) struct Replace {
    /// The record: PROVIDER/ACCOUNT/ID, its name, or its SHA-256
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) among: Among,

    /// The new certificate: PEM, DER, base64 or PKCS#7; - is stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) with: PathBuf,

    /// The environments whose content is replaced
    #[arg(long, value_name = "NAME", value_delimiter = ',', required = true)]
    pub(crate) environment: Vec<String>,

    /// The alias there; otherwise the one they have
    #[arg(long, value_name = "NAME")]
    pub(crate) alias: Option<String>,

    /// The record's description; otherwise the one it has
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,

    /// What becomes of what refers to the old content: keep, detach, update_in_project or
    /// update_everywhere
    #[arg(long, value_name = "CHOICE", value_parser = references())]
    pub(crate) references: ReferencePolicy,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet delete openai/production/cert_abc --yes --acknowledge cannot_be_undone
  certfleet delete apinizer/payments/old-root --references detach")]
pub(crate) struct Delete {
    /// The record: PROVIDER/ACCOUNT/ID, its name, or its SHA-256
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) among: Among,

    /// What becomes of what refers to it: detach or delete. Needed where the vendor has references
    /// (Apinizer)
    #[arg(long, value_name = "CHOICE", value_parser = references())]
    pub(crate) references: Option<ReferencePolicy>,
}

/// What a change is made from.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Wanted {
    /// Put a certificate in place
    Upload(Upload),
    /// Have the vendor make a certificate, whose key it keeps
    Generate(Generate),
    /// Give a record another name
    Rename(Rename),
    /// Bring certificates into force at one place
    Activate(Switch),
    /// Take certificates out of force at one place
    Deactivate(Switch),
    /// Replace the content of a record in some of its environments
    Replace(Replace),
    /// Delete a record
    Delete(Delete),
}

/// Find out what a change would do, and keep the plan in a file. Only reads.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  certfleet plan --save plan.json delete openai/production/cert_abc
  certfleet apply plan.json")]
pub(crate) struct Plan {
    /// The file to keep the plan in: JSON without secrets. One that is there is not overwritten
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,

    /// The form of the output
    #[arg(long, short, value_name = "FORM", default_value = "table")]
    pub(crate) output: Form,

    #[command(subcommand)]
    pub(crate) wanted: Wanted,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  certfleet plan --save plan.json delete openai/production/cert_abc
  certfleet apply plan.json --yes --acknowledge cannot_be_undone")]
pub(crate) struct Apply {
    /// A file that `certfleet plan --save` wrote
    #[arg(value_name = "PLANFILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) secrets: UploadSecrets,
}

/// A length of time: `90s`, `5m`, `1h`, `2d`.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    const FORM: &str = "write a whole number and a unit, as in 90s, 5m, 1h or 2d";
    let unit = text.chars().next_back().ok_or(FORM)?;
    let number = text.strip_suffix(unit).unwrap_or_default();
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FORM.to_owned());
    }
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(FORM.to_owned()),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(seconds))
        // More than anybody waits, and far below where dates end.
        .filter(|seconds| *seconds <= 366 * 86_400)
        .map(Duration::from_secs)
        .ok_or_else(|| "that is longer than a year".to_owned())
}

/// A place, as it is written in options.
fn place(text: &str) -> Result<Scope, String> {
    let (kind, name) = text.split_once(':').unwrap_or((text, ""));
    match (kind, name) {
        ("organization", "") => Ok(Scope::Organization),
        ("edge", "") => Ok(Scope::Edge),
        ("project", id) if !id.is_empty() => Ok(Scope::Project { id: id.to_owned() }),
        _ => Err("write organization, project:ID or edge".to_owned()),
    }
}

fn references() -> impl clap::builder::TypedValueParser<Value = ReferencePolicy> {
    super::one_of(
        &[
            ReferencePolicy::Keep,
            ReferencePolicy::Detach,
            ReferencePolicy::UpdateInProject,
            ReferencePolicy::UpdateEverywhere,
            ReferencePolicy::Delete,
        ],
        |references| references.as_str(),
    )
}

fn consequence() -> impl clap::builder::TypedValueParser<Value = ConsequenceKind> {
    super::one_of(&ConsequenceKind::ALL, |kind| kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (text, seconds) in [
            ("0s", 0),
            ("90s", 90),
            ("5m", 300),
            ("1h", 3600),
            ("2d", 172_800),
        ] {
            assert_eq!(span(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for bad in [
            "",
            "s",
            "5",
            "-1s",
            "1.5h",
            "1w",
            "5é",
            "999d",
            "99999999999999999999s",
        ] {
            assert!(span(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn places() {
        let project = Scope::Project {
            id: "proj_a".to_owned(),
        };
        for (text, read) in [
            ("organization", Ok(Scope::Organization)),
            ("edge", Ok(Scope::Edge)),
            ("project:proj_a", Ok(project)),
        ] {
            assert_eq!(place(text), read, "{text}");
        }
        for bad in ["", "project", "project:", "edge:x", "everywhere", "all"] {
            assert!(place(bad).is_err(), "{bad}");
        }
    }
}
