//! Commands that change something, and their plans.

use super::values::{Form, one_of, provider};
use crate::duration::parse_duration;
use certfleet::{ProviderId, Scope, Verb, change::ReferencePolicy};
use certfleet_changes::ConsequenceKind;
use clap::{Args, Subcommand};
use std::{num::NonZeroU32, path::PathBuf, time::Duration};

pub(crate) const EXIT_CODES: &str = "\
Exit codes of commands that change something:
  0    done, or nothing had to be changed
  1    failed: nothing was changed, or every scope failed
  2    invalid arguments, configuration or input, or not confirmed; nothing was sent
  3    partly done: some scopes or records failed, the provider has not finished yet, or it
       accepted the change and offers no way to confirm it
  4    the result is unknown, or done but the response could not be read: run certfleet resume
  5    the provider rejected the credentials; nothing was changed
  6    too many requests; nothing was changed
  7    the provider could not be reached; nothing was changed
  130  interrupted; the known result was printed";

// No doc comment: it would become every command's description.
#[derive(Debug, Args)]
pub(crate) struct Write<T: Args> {
    #[command(flatten)]
    pub(crate) what: T,
    /// The output format
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Form,
    #[command(flatten)]
    pub(crate) consent: Consent,
    #[command(flatten)]
    pub(crate) patience: Patience,
    #[command(flatten)]
    pub(crate) journal: JournalFile,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Confirmation")]
pub(crate) struct Consent {
    /// Do not ask for confirmation, for scripts. Each consequence of the plan must be acknowledged
    #[arg(long)]
    pub(crate) yes: bool,

    /// Acknowledge a consequence, by its name in the plan (may be repeated)
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = consequence())]
    pub(crate) acknowledge: Vec<ConsequenceKind>,

    /// Show the plan and change nothing
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
}

#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Waiting")]
pub(crate) struct Patience {
    /// Do not wait for a change that the provider applies asynchronously
    #[arg(long, conflicts_with = "wait_for")]
    pub(crate) no_wait: bool,

    /// The longest time to wait for it: 90s, 5m, 1h. The default is 2m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) wait_for: Option<Duration>,
}

impl Patience {
    /// Returns whether an option says how to wait.
    pub(crate) fn is_given(self) -> bool {
        self.no_wait || self.wait_for.is_some()
    }
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Journal")]
pub(crate) struct JournalFile {
    /// The journal: a file, or what a team shares (postgres://…, s3://…). The default is `journal` of the
    /// configuration, else certfleet/journal.jsonl in $XDG_STATE_HOME or ~/.local/state; with
    /// --sandbox, no journal is kept
    #[arg(long, value_name = "JOURNAL")]
    pub(crate) journal: Option<PathBuf>,
}

/// The accounts that are searched for records that are not named by their address.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct TargetFilter {
    /// Search only accounts at this provider (may be repeated)
    #[arg(long, value_name = "PROVIDER", value_delimiter = ',', value_parser = provider())]
    pub(crate) provider: Vec<ProviderId>,

    /// Search only this account: NAME or PROVIDER/NAME (may be repeated)
    #[arg(long, value_name = "ACCOUNT", value_delimiter = ',')]
    pub(crate) account: Vec<String>,
}

// No doc comment: it would become every command's description.
#[derive(Clone, Debug, Args)]
pub(crate) struct RecordArgs {
    /// The record: its address PROVIDER/ACCOUNT/ID, its name, its SHA-256 (8 hex digits of it or more), or a
    /// file that holds the certificate
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) filter: TargetFilter,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet upload client-ca.pem --account openai/production --name payments-2027
  certfleet upload client.pem --account patchworks --connector 306 --key-ref file:client.key
  certfleet upload root.pem --account payments --name root --alias root --description 'Partner root' \\
      --environment production,test --yes --acknowledge deploys")]
pub(crate) struct Upload {
    /// The certificate: PEM, DER, base64 or PKCS#7; - is stdin. Not needed if --key-ref refers to
    /// the certificate and its key
    #[arg(value_name = "FILE", required_unless_present = "key_ref")]
    pub(crate) file: Option<PathBuf>,

    /// The account: NAME or PROVIDER/NAME
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: String,

    /// The record's name (OpenAI: a label; Apinizer: the identifier)
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// The record's description (Apinizer)
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,

    /// The alias, unique in its environments (Apinizer)
    #[arg(long, value_name = "NAME")]
    pub(crate) alias: Option<String>,

    /// The environments to deploy it to (Apinizer)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) environment: Vec<String>,

    /// The connector to attach it to (Patchworks)
    #[arg(long, value_name = "ID")]
    pub(crate) connector: Option<String>,

    #[command(flatten)]
    pub(crate) secrets: UploadSecrets,
}

/// The secrets of an upload, by reference.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct UploadSecrets {
    /// A reference to the private key (Patchworks): env:NAME, file:PATH or cmd:COMMAND. PEM, with or
    /// without its certificate, or a PKCS#12 file in base64
    #[arg(long, value_name = "REF")]
    pub(crate) key_ref: Option<String>,

    /// A reference to the key's passphrase (Patchworks): env:NAME, file:PATH or cmd:COMMAND
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

    /// The validity in days; the default is the provider's
    #[arg(long, value_name = "DAYS")]
    pub(crate) days: Option<NonZeroU32>,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Example:
  certfleet rename openai/production/cert_abc --to payments-2026-old --yes")]
pub(crate) struct Rename {
    #[command(flatten)]
    pub(crate) record: RecordArgs,

    /// The new name
    #[arg(long, value_name = "NAME")]
    pub(crate) to: String,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  certfleet activate openai/production/cert_abc --at organization
  certfleet activate payments-2027 --at project:proj_abc --yes --acknowledge enforcement_starts
  certfleet activate cloudflare/main/2458ce5a-0c35-4c7f-82c7-8e9487d3ff60 --wait-for 5m --yes
  certfleet activate cloudflare/main/2458ce5a-0c35-4c7f-82c7-8e9487d3ff60 --at gateway")]
pub(crate) struct SetActiveArgs {
    /// The records, all of one account; each as its address PROVIDER/ACCOUNT/ID, its name, its SHA-256 (8 hex
    /// digits of it or more), or a file that holds the certificate
    #[arg(value_name = "TARGET", required = true)]
    pub(crate) targets: Vec<String>,

    #[command(flatten)]
    pub(crate) filter: TargetFilter,

    /// The scope: organization, project:ID, edge or gateway. Needed if the account has more than one; at
    /// Cloudflare it is the edge unless you name the gateway
    #[arg(long, value_name = "SCOPE", value_parser = parse_scope)]
    pub(crate) at: Option<Scope>,

    /// Allow more records than fit in one request. They are sent in several requests, and one may
    /// fail after others were done
    #[arg(long)]
    pub(crate) allow_partial: bool,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Example:
  certfleet replace apinizer/payments/root --with new.pem --environment production,test \\
      --references keep --yes --acknowledge deploys")]
pub(crate) struct Replace {
    #[command(flatten)]
    pub(crate) record: RecordArgs,

    /// The new certificate: PEM, DER, base64 or PKCS#7; - is stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) with: PathBuf,

    /// The environments in which to replace the content
    #[arg(long, value_name = "NAME", value_delimiter = ',', required = true)]
    pub(crate) environment: Vec<String>,

    /// The alias in these environments; the default is the current alias
    #[arg(long, value_name = "NAME")]
    pub(crate) alias: Option<String>,

    /// The record's description; the default is the current description
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,

    /// What to do with references to the old content: keep, detach, update_in_project or
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
    #[command(flatten)]
    pub(crate) record: RecordArgs,

    /// What to do with references to the record: detach or delete. Needed for a provider that has
    /// references (Apinizer)
    #[arg(long, value_name = "CHOICE", value_parser = references())]
    pub(crate) references: Option<ReferencePolicy>,
}

/// The arguments of a change.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ChangeArgs {
    /// Upload a certificate
    Upload(Upload),
    /// Have the provider generate a certificate and keep its key
    Generate(Generate),
    /// Rename a record
    Rename(Rename),
    /// Activate certificates in one scope
    Activate(SetActiveArgs),
    /// Deactivate certificates in one scope
    Deactivate(SetActiveArgs),
    /// Replace the content of a record in some of its environments
    Replace(Replace),
    /// Delete a record
    Delete(Delete),
}

impl ChangeArgs {
    /// Returns what the change does.
    pub(crate) fn verb(&self) -> Verb {
        match self {
            Self::Upload(_) => Verb::Upload,
            Self::Generate(_) => Verb::Generate,
            Self::Rename(_) => Verb::Rename,
            Self::Activate(_) => Verb::Activate,
            Self::Deactivate(_) => Verb::Deactivate,
            Self::Replace(_) => Verb::Replace,
            Self::Delete(_) => Verb::Delete,
        }
    }
}

/// Reads a scope, as options write it.
fn parse_scope(text: &str) -> Result<Scope, String> {
    let (kind, name) = text.split_once(':').unwrap_or((text, ""));
    match (kind, name) {
        ("organization", "") => Ok(Scope::Organization),
        ("edge", "") => Ok(Scope::Edge),
        ("gateway", "") => Ok(Scope::Gateway),
        ("project", id) if !id.is_empty() => Ok(Scope::Project { id: id.to_owned() }),
        _ => Err("write organization, project:ID, edge or gateway".to_owned()),
    }
}

fn references() -> impl clap::builder::TypedValueParser<Value = ReferencePolicy> {
    one_of(
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

pub(super) fn consequence() -> impl clap::builder::TypedValueParser<Value = ConsequenceKind> {
    one_of(ConsequenceKind::ALL, |kind| kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        let project = Scope::Project {
            id: "proj_a".to_owned(),
        };
        for (text, read) in [
            ("organization", Ok(Scope::Organization)),
            ("edge", Ok(Scope::Edge)),
            ("gateway", Ok(Scope::Gateway)),
            ("project:proj_a", Ok(project)),
        ] {
            assert_eq!(parse_scope(text), read, "{text}");
        }
        for bad in ["", "project", "project:", "edge:x", "everywhere", "all"] {
            assert!(parse_scope(bad).is_err(), "{bad}");
        }
    }
}
