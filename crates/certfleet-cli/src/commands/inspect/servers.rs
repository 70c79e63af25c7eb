//! Servers among the arguments.

use super::input::{Input, is_stdin};
use crate::{
    cli::Inspect,
    dial::{Dialled, Dialling, Roots},
    exit::{Failure, Result},
    output::{
        inspection::{Found, Inspection, Unread},
        presented::Presented,
    },
};
use certfleet::x509::X509;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use std::time::Duration;

/// For lookup, connection and handshake together.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How many servers are dialled at once.
const AT_ONCE: usize = 8;

/// What became of a server, and what its chain was verified against.
pub(super) struct Answer {
    dialled: std::result::Result<Dialled, String>,
    roots: &'static str,
}

/// Dials every server among the inputs, in their order.
pub(super) async fn dial(
    inputs: &[Input<'_>],
    options: &Inspect,
    now: DateTime<Utc>,
) -> Result<Vec<Answer>> {
    let targets: Vec<_> = inputs
        .iter()
        .filter_map(|input| match input {
            Input::Server(target) => Some(target),
            _ => None,
        })
        .collect();
    if targets.is_empty() {
        return without_servers(inputs, options);
    }
    let own = match &options.ca_file {
        Some(file) => certfleet_config::read_roots(file)
            .map_err(|error| Failure::usage(format!("--ca-file: {error}")))?,
        None => Vec::new(),
    };
    let dialling = Dialling {
        roots: Roots::new(&own)
            .map_err(|why| Failure::usage(format!("--ca-file: the file {why}")))?,
        name: options.server_name.clone(),
        starttls: options.starttls,
        timeout: options.timeout.unwrap_or(TIMEOUT),
        now,
    };
    let dialling = &dialling;
    let answers = stream::iter(targets)
        .map(|target| async move {
            Answer {
                dialled: dialling.dial(target).await,
                roots: dialling.roots.text(),
            }
        })
        .buffered(AT_ONCE);
    Ok(answers.collect().await)
}

/// Refuses options that would do nothing, where all that was named is there and is not a server.
fn without_servers(inputs: &[Input<'_>], options: &Inspect) -> Result<Vec<Answer>> {
    let given = [
        ("--verify", options.verify),
        ("--server-name", options.server_name.is_some()),
        ("--starttls", options.starttls.is_some()),
        ("--ca-file", options.ca_file.is_some()),
        ("--timeout", options.timeout.is_some()),
    ];
    let is_there = |input: &Input<'_>| match input {
        Input::File(path) => is_stdin(path) || path.exists(),
        Input::Folder(_) => true,
        Input::Server(_) | Input::Wrong(_) => false,
    };
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((option, _)) if inputs.iter().all(is_there) => Err(Failure::usage(format!(
            "{option} concerns servers, and only files are named: name a server as HOST:PORT, or leave the option out"
        ))),
        _ => Ok(Vec::new()),
    }
}

/// Adds what a server presented, or why it did not.
pub(super) fn add(source: String, answer: Answer, into: &mut Inspection) {
    let dialled = match answer.dialled {
        Ok(dialled) => dialled,
        Err(message) => {
            into.failures.push(Unread {
                source,
                position: None,
                message,
                is_unreachable: true,
            });
            return;
        }
    };
    for (position, der) in (1..).zip(&dialled.chain) {
        match X509::from_der(der) {
            Ok(x509) => into.certificates.push(Found {
                source: source.clone(),
                position,
                x509,
            }),
            Err(error) => into.failures.push(Unread {
                source: source.clone(),
                position: Some(position),
                message: format!("certificate {position}: {error}"),
                is_unreachable: false,
            }),
        }
    }
    into.servers.push(Presented {
        source,
        address: dialled.address.to_string(),
        server_name: dialled.name,
        certificates: dialled.chain.len(),
        roots: answer.roots,
        verified: dialled.problems.is_empty(),
        problems: dialled.problems,
        note: dialled.note,
    });
}
