//! Whether a new certificate works: a command, a TLS server, or somebody who looks.

use super::consent;
use crate::{
    cli::rotate::Verification,
    exit::{Failure, Result},
    output,
};
use certfleet::{Certificate, x509::X509};
use certfleet_changes::rotation::{Probe, Verdict};
use std::{
    io::{self, IsTerminal as _},
    process::Stdio,
    time::Duration,
};
use tokio::{io::AsyncWriteExt as _, process::Command};

/// The longest a check may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// How it is found out.
pub(crate) enum Check {
    /// A program and its arguments.
    Command(Vec<String>),
    /// A server that has to present it.
    Tls(super::tls::Server),
    /// Somebody looked already.
    Verified,
    /// Somebody is asked.
    Person,
    /// Nobody can be asked.
    Nobody,
}

impl Check {
    pub(crate) fn of(options: &Verification) -> Result<Self> {
        if let Some(command) = &options.verify_command {
            return match shlex::split(command) {
                Some(words) if !words.is_empty() => Ok(Self::Command(words)),
                _ => Err(Failure::usage(
                    "--verify-command names no program, or has a quote that is not closed",
                )),
            };
        }
        if let Some(server) = &options.verify_tls {
            return super::tls::Server::parse(server).map(Self::Tls);
        }
        Ok(if options.verified {
            Self::Verified
        } else if io::stdin().is_terminal() && io::stderr().is_terminal() {
            Self::Person
        } else {
            Self::Nobody
        })
    }
}

impl Probe for Check {
    async fn probe(&self, certificate: Certificate) -> Verdict {
        match self {
            Self::Command(words) => match tokio::time::timeout(PATIENCE, run(words, &certificate)).await {
                Ok(Ok(())) => Verdict::Passed,
                Ok(Err(why)) => Verdict::Failed(why),
                Err(_) => Verdict::Failed(format!(
                    "the command took more than {} seconds",
                    PATIENCE.as_secs()
                )),
            },
            Self::Tls(server) => match server.presents(&certificate).await {
                Ok(()) => Verdict::Passed,
                Err(why) => Verdict::Failed(why),
            },
            Self::Verified => Verdict::Passed,
            Self::Person => ask(&certificate).await,
            Self::Nobody => Verdict::Later(
                "nobody can be asked here: look whether it works, then go on with --verified, or name a --verify-command".to_owned(),
            ),
        }
    }
}

async fn ask(certificate: &Certificate) -> Verdict {
    let name = output::name(certificate).unwrap_or_default().into_owned();
    let question = crate::terminal::sanitize(&format!(
        "{} {name} is in place. Does it work? (yes, no, later) ",
        certificate.id
    ))
    .into_owned();
    match consent::answer(question).await {
        Ok(Some(answer)) if answer == "yes" => Verdict::Passed,
        Ok(Some(answer)) if answer == "no" => {
            Verdict::Failed("somebody looked and said no".to_owned())
        }
        Ok(_) => Verdict::Later("somebody will look later".to_owned()),
        Err(failure) => Verdict::Later(failure.to_string()),
    }
}

/// Runs a program that gets the certificate on stdin, and passes by exiting with 0.
async fn run(words: &[String], certificate: &Certificate) -> std::result::Result<(), String> {
    let (program, arguments) = words.split_first().ok_or("the command is empty")?;
    let content = certificate.contents.first();
    let pem: String = content
        .into_iter()
        .flat_map(|one| one.x509.as_deref().into_iter().chain(&one.chain))
        .map(X509::to_pem)
        .collect();
    let sha256 = content
        .and_then(|one| one.sha256)
        .map(|one| one.to_string());
    let mut child = Command::new(program)
        .args(arguments)
        .env("CERTFLEET_ID", certificate.id.to_string())
        .env("CERTFLEET_PROVIDER", certificate.id.provider.as_str())
        .env("CERTFLEET_ACCOUNT", &*certificate.id.account)
        .env("CERTFLEET_SHA256", sha256.unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{program} cannot be run: {error}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read it is not wrong.
        drop(stdin.write_all(pem.as_bytes()).await);
    }
    let status = child
        .wait()
        .await
        .map_err(|error| format!("{program} cannot be waited for: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{program} ended with {status}"))
    }
}
