//! Whether a new certificate works: a command, a TLS server, or the operator finds it out.

use super::{
    consent::{self, can_ask},
    tls,
};
use crate::{
    accounts,
    cli::{Global, rotate::Verification},
    exit::{Failure, Result},
    output, terminal,
};
use certfleet::{Certificate, CertificateContent, CertificateId, Role, x509::X509};
use certfleet_changes::rotation::{Probe, ProbeResult, Rotation};
use certfleet_config::child;
use std::{collections::BTreeSet, process::Stdio, time::Duration};
use tokio::{io::AsyncWriteExt as _, process::Command};

/// The longest a check may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// How it is found out.
pub(super) enum Check {
    /// A program and its arguments, and the variables that it gets.
    Command(Vec<String>, Vec<String>),
    /// A server that has to present it.
    Tls(tls::Server),
    /// The operator has verified it already, but not those that a person refused.
    Verified { refused: BTreeSet<CertificateId> },
    /// The operator is asked.
    Ask,
    /// There is no terminal to ask on.
    Later,
}

impl Check {
    pub(super) fn from_options(options: &Verification, global: &Global) -> Result<Self> {
        if let Some(command) = &options.verify_command {
            return match shlex::split(command) {
                Some(words) if !words.is_empty() => {
                    Ok(Self::Command(words, accounts::pass_env(global)?))
                }
                _ => Err(Failure::usage(
                    "--verify-command names no program, or has a quote that is not closed",
                )),
            };
        }
        if let Some(server) = &options.verify_tls {
            return tls::Server::parse(server).map(Self::Tls);
        }
        Ok(if options.verified {
            Self::Verified {
                refused: BTreeSet::new(),
            }
        } else if can_ask() {
            Self::Ask
        } else {
            Self::Later
        })
    }

    /// Takes in rotations that are under way: `--verified` does not cover one that a person refused.
    pub(super) fn of_rotations<'a>(
        mut self,
        rotations: impl IntoIterator<Item = &'a Rotation>,
    ) -> Self {
        if let Self::Verified { refused } = &mut self {
            let ids = rotations.into_iter().filter(|one| one.refused_at.is_some());
            refused.extend(ids.filter_map(|one| one.new.clone()));
        }
        self
    }

    /// Returns whether the operator is asked.
    pub(super) fn asks(&self) -> bool {
        match self {
            Self::Ask => true,
            Self::Verified { refused } => !refused.is_empty() && can_ask(),
            _ => false,
        }
    }
}

impl Probe for Check {
    async fn probe(&self, certificate: Certificate) -> ProbeResult {
        match self {
            Self::Command(words, passed) => match tokio::time::timeout(PATIENCE, run(words, passed, &certificate)).await {
                Ok(Ok(())) => ProbeResult::Passed,
                Ok(Err(why)) => ProbeResult::Failed(why),
                Err(_) => ProbeResult::Failed(format!(
                    "the command took more than {} seconds",
                    PATIENCE.as_secs()
                )),
            },
            Self::Tls(server) => match server.presents(&certificate).await {
                Ok(()) => ProbeResult::Passed,
                Err(why) => ProbeResult::Failed(why),
            },
            Self::Verified { refused } if refused.contains(&certificate.id) && can_ask() => {
                ask(&certificate).await
            }
            Self::Verified { .. } => ProbeResult::Stated,
            Self::Ask => ask(&certificate).await,
            Self::Later => ProbeResult::Later(
                "not an interactive terminal: verify the new certificate, then continue with --verified, or pass a --verify-command".to_owned(),
            ),
        }
    }
}

async fn ask(certificate: &Certificate) -> ProbeResult {
    let question = question(certificate);
    match consent::answer(question).await {
        Ok(Some(answer)) if answer == "yes" => ProbeResult::Passed,
        Ok(Some(answer)) if answer == "no" => {
            ProbeResult::Refused("the operator says that it does not work".to_owned())
        }
        Ok(_) => ProbeResult::Later("the operator verifies it later".to_owned()),
        Err(failure) => ProbeResult::Later(failure.to_string()),
    }
}

/// What the operator is to look at, one fact on each line: short enough for a narrow terminal.
fn question(certificate: &Certificate) -> String {
    let mut lines = vec![
        "The new certificate is in place:".to_owned(),
        format!("  {}", certificate.id),
    ];
    lines.extend(output::name(certificate).map(|name| format!("  name     {name}")));
    let content = certificate.contents.first();
    let sha256 = content.and_then(|content| content.sha256);
    lines.extend(sha256.map(|sha256| format!("  SHA-256  {sha256:.32}")));
    lines.extend(
        certificate
            .not_after
            .map(|end| format!("  until    {}", output::time(end))),
    );
    let (where_to, works) = match certificate.role {
        Role::InterceptionCa => (
            "Install it on every device whose traffic is inspected. After yes it takes the\nplace of the old one, which is retired.",
            "Do they trust it?",
        ),
        _ => (
            "Use it where the old one is used. After yes the old one is retired.",
            "Does it work?",
        ),
    };
    lines.extend(where_to.lines().map(str::to_owned));
    let mut text: String = lines
        .iter()
        .map(|line| format!("{}\n", terminal::sanitize(line)))
        .collect();
    text.push_str(&format!("{works} (yes, no, later) "));
    text
}

/// Runs a program that gets the certificate on stdin, and passes by exiting with 0.
async fn run(
    words: &[String],
    passed: &[String],
    certificate: &Certificate,
) -> std::result::Result<(), String> {
    let (program, arguments) = words.split_first().ok_or("the command is empty")?;
    let content = certificate.contents.first();
    let pem: String = content
        .into_iter()
        .flat_map(CertificateContent::certificates)
        .filter_map(X509::to_pem)
        .collect();
    let sha256 = content
        .and_then(|one| one.sha256)
        .map(|one| one.to_string());
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(child::environment(passed))
        .env("CERTFLEET_ID", certificate.id.to_string())
        .env("CERTFLEET_PROVIDER", certificate.id.provider.as_str())
        .env("CERTFLEET_ACCOUNT", &*certificate.id.account)
        .env("CERTFLEET_SHA256", sha256.unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{program} cannot be run: {error}"))?;
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let finished = async {
        if let Some(mut stdin) = stdin {
            // A program that does not read it is not wrong.
            drop(stdin.write_all(pem.as_bytes()).await);
        }
        child.wait().await
    };
    let mut complaint = child::Complaint::default();
    let status = complaint
        .during(finished, stderr)
        .await
        .map_err(|error| format!("{program} cannot be waited for: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        let said = complaint.without([], passed);
        Err(format!("{program} ended with {status}{said}"))
    }
}
