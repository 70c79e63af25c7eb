//! Forms of output, and the words they share.

pub(crate) mod capabilities;
pub(crate) mod certificate;
pub(crate) mod change;
pub(crate) mod contents;
pub(crate) mod csv;
pub(crate) mod difference;
mod ellipsis;
pub(crate) mod expiry;
pub(crate) mod grouped;
pub(crate) mod grouped_csv;
pub(crate) mod history;
pub(crate) mod holders;
pub(crate) mod inspection;
pub(crate) mod json;
pub(crate) mod listing;
pub(crate) mod listing_csv;
pub(crate) mod outcome;
pub(crate) mod plan;
pub(crate) mod presented;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod resumed;
pub(crate) mod rotation;
pub(crate) mod table;
pub(crate) mod validity;

use crate::exit::{Code, Failure, Result, print_error};
use certfleet::{Certificate, ErrorReport, Placement, Scope, State};
use chrono::{DateTime, SecondsFormat, Utc};
use std::{
    borrow::Cow,
    collections::HashMap,
    io::{BufWriter, StdoutLock, Write as _, stdout},
};

/// Why `--columns` is refused.
pub(crate) const COLUMNS_OF_A_TABLE: &str = "--columns chooses the columns of a table, and --output asks for something else: drop one of them";

/// Stdout for one command.
pub(crate) type Out = BufWriter<StdoutLock<'static>>;

/// What became of what a command printed: a reader may stop, a disk may be full.
#[must_use]
pub(crate) struct Printed(Result<()>);

/// Prints to stdout, all of it or as much as is taken.
pub(crate) fn print(write: impl FnOnce(&mut Out) -> Result<()>) -> Printed {
    let mut out = out();
    Printed(write(&mut out).and_then(|()| Ok(out.flush()?)))
}

impl Printed {
    /// Before anything is printed.
    pub(crate) fn nothing() -> Self {
        Self(Ok(()))
    }

    /// Returns whether the output was lost.
    pub(crate) fn is_lost(&self) -> bool {
        self.0.is_err()
    }

    /// Ends a command that only reads. What it found decides the exit code, whether or not it could be
    /// printed; a reader that stops (`| head`) is not a failure.
    pub(crate) fn ended(self, found: Code) -> Result<()> {
        if found == Code::Done {
            return self.0;
        }
        if let Some(why) = self.0.as_ref().err().and_then(Failure::message) {
            print_error(why);
        }
        Err(Failure::said(found))
    }

    /// Returns why the output was lost, if it was.
    pub(crate) fn lost(self) -> Option<String> {
        let failure = self.0.err()?;
        Some(failure.message().unwrap_or("its reader stopped").to_owned())
    }
}

fn out() -> Out {
    BufWriter::with_capacity(64 * 1024, stdout().lock())
}

/// What a certificate goes by.
pub(crate) fn name(certificate: &Certificate) -> Option<Cow<'_, str>> {
    certificate.display_name()
}

/// A time, to the second.
pub(crate) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Whether an end of validity is RFC 5280's way to say that there is none.
pub(crate) fn never_ends(end: DateTime<Utc>) -> bool {
    end.timestamp() == 253_402_300_799
}

/// Returns an error in one text, without its context where the subject of the sentence says that already.
pub(crate) fn error_about(error: &ErrorReport, subject: &str) -> String {
    let says_it = |context: &String| {
        let rest = subject.strip_prefix(context.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut error = error.clone();
    error.context = error.context.filter(|context| !says_it(context));
    error.to_string()
}

/// Returns a scope without the word for its kind, where it speaks for itself.
fn short(scope: &Scope) -> String {
    match scope {
        Scope::Project { id } => id.clone(),
        Scope::Environment { name } => name.clone(),
        other => other.to_string(),
    }
}

/// Where a certificate is, in short: the scopes where it is or may be in force, each with its state
/// where that is not the certificate's own. Nothing where it is in force nowhere.
pub(crate) fn whereabouts(certificate: &Certificate) -> String {
    in_force(
        &certificate.placements,
        certificate.state,
        certificate.in_use,
    )
}

/// The same of the scopes of a part of a record, whose state is this.
pub(crate) fn in_force(placements: &[Placement], state: State, in_use: Option<bool>) -> String {
    let scopes = placements
        .iter()
        .filter(|placement| placement.state != State::Inactive)
        .map(|placement| {
            let scope = short(&placement.scope);
            if placement.state == state {
                scope
            } else {
                format!("{scope} ({})", placement.state)
            }
        });
    counted(scopes.chain((in_use == Some(true)).then(|| "in use".to_owned())))
}

/// Texts in one, each once, with how often it comes.
pub(crate) fn counted(texts: impl Iterator<Item = String>) -> String {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut parts: Vec<(String, usize)> = Vec::new();
    for text in texts {
        let at = *known.entry(text.clone()).or_insert(parts.len());
        match parts.get_mut(at) {
            Some((_, times)) => *times += 1,
            None => parts.push((text, 1)),
        }
    }
    let texts: Vec<_> = parts
        .into_iter()
        .map(|(text, times)| match times {
            1 => text,
            times => format!("{text} ×{times}"),
        })
        .collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use certfleet::{CertificateId, Error, ErrorKind, Placement, ProviderId, Role};

    #[test]
    fn a_subject_is_named_once() {
        let error = Error::new(ErrorKind::Precondition, "it is in use")
            .with_context("openai/a")
            .with_advice("Wait");
        for (subject, text) in [
            ("openai/a", "it is in use. Wait"),
            ("openai/a/cert_1", "it is in use. Wait"),
            ("openai/b", "openai/a: it is in use. Wait"),
            ("openai/ab/cert_1", "openai/a: it is in use. Wait"),
        ] {
            assert_eq!(error_about(&error.report(), subject), text, "{subject}");
        }
    }

    #[test]
    fn scopes() {
        let project = |id: &str, state| Placement::new(Scope::Project { id: id.to_owned() }, state);
        let environment = |state| {
            let name = "test".to_owned();
            Placement::new(Scope::Environment { name }, state)
        };
        for (placements, in_use, text) in [
            (vec![], None, ""),
            (
                vec![Placement::new(Scope::Edge, State::Active)],
                Some(true),
                "edge, in use",
            ),
            (
                vec![
                    Placement::new(Scope::Organization, State::Inactive),
                    project("proj_a", State::Active),
                    project("proj_b", State::Activating),
                ],
                None,
                "proj_a, proj_b (activating)",
            ),
            (
                vec![Placement::new(Scope::Organization, State::Inactive)],
                None,
                "",
            ),
            (
                vec![
                    environment(State::Unknown),
                    environment(State::Unknown),
                    environment(State::Inactive),
                ],
                None,
                "test ×2",
            ),
        ] {
            let id = CertificateId::new(ProviderId::OPENAI, "a", "b");
            let mut certificate = Certificate::new(id, Role::ClientCa);
            certificate.placements = placements;
            certificate.in_use = in_use;
            let certificate = certificate.summarise();
            assert_eq!(whereabouts(&certificate), text);
        }
    }
}
