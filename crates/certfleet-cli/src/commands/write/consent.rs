//! The operator's agreement to what a plan would do.

use super::{context::WriteContext, interrupt::unless_interrupted};
use crate::{
    cli::Form,
    exit::{Failure, Result},
    output::outcome::Outcome,
    terminal,
};
use certfleet_changes::ConsequenceKind;
use std::{
    collections::BTreeSet,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
};

/// Whether the operator agreed.
pub(super) enum Agreement {
    /// To all of these.
    Given(Vec<ConsequenceKind>),
    /// Not: how the command ends, and what to add to it.
    NotGiven {
        outcome: Outcome,
        next: Option<String>,
    },
}

impl Agreement {
    fn refused(next: String) -> Self {
        Self::NotGiven {
            outcome: Outcome::Refused,
            next: Some(next),
        }
    }

    fn not_given(outcome: Outcome) -> Self {
        Self::NotGiven {
            outcome,
            next: None,
        }
    }
}

/// Asks the operator to agree to these consequences, or takes what the options say. `plan` writes what
/// it is about, where stdout does not show it.
pub(super) async fn ask(
    kinds: &[ConsequenceKind],
    context: WriteContext<'_>,
    plan: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> Result<Agreement> {
    let given: BTreeSet<_> = context.consent.acknowledge.iter().copied().collect();
    let missing: Vec<_> = kinds
        .iter()
        .copied()
        .filter(|kind| !given.contains(kind))
        .collect();
    if context.consent.yes {
        return Ok(if missing.is_empty() {
            Agreement::Given(kinds.to_vec())
        } else {
            Agreement::refused(format!(
                "pass {} to acknowledge what follows from it",
                option(&missing)
            ))
        });
    }
    if !can_ask() {
        let more = if missing.is_empty() {
            String::new()
        } else {
            format!(" {}", option(&missing))
        };
        return Ok(Agreement::refused(format!(
            "not an interactive terminal: pass --yes{more}"
        )));
    }
    of_person(kinds, context, plan).await
}

/// Returns whether there is a terminal to ask on.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks on the terminal, whatever the options say.
pub(super) async fn of_person(
    kinds: &[ConsequenceKind],
    context: WriteContext<'_>,
    plan: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> Result<Agreement> {
    // With JSON on stdout, or stdout elsewhere, the plan has not been seen yet.
    if context.output == Form::Json || !io::stdout().is_terminal() {
        let mut text = Vec::new();
        let shown = plan(&mut text).and_then(|()| {
            let text = String::from_utf8_lossy(&text);
            // It was written for stdout, which may not be this terminal.
            text.lines()
                .try_for_each(|line| writeln!(io::stderr(), "{}", terminal::for_stderr(line)))
        });
        shown.map_err(|error| {
            Failure::failed(format!(
                "the plan cannot be shown: {error}. Nothing was sent"
            ))
        })?;
    }
    // Only the whole word counts.
    let answer = answer("Do this? Type yes to go on: ".to_owned()).await?;
    Ok(match answer.as_deref() {
        Some("yes") => Agreement::Given(kinds.to_vec()),
        Some(_) => Agreement::not_given(Outcome::Declined),
        None => Agreement::not_given(Outcome::Interrupted),
    })
}

/// Returns the option that acknowledges these.
fn option(kinds: &[ConsequenceKind]) -> String {
    let names: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    format!("--acknowledge {}", names.join(","))
}

/// Returns what the operator types. `None` where the process was told to stop meanwhile.
pub(crate) async fn answer(question: String) -> Result<Option<String>> {
    let typed = tokio::task::spawn_blocking(move || {
        let mut stderr = io::stderr().lock();
        write!(stderr, "{question}")?;
        stderr.flush()?;
        drop(stderr);
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok::<_, io::Error>(line.trim().to_owned())
    });
    let failure = |error: &dyn std::fmt::Display| {
        Failure::failed(format!("the answer cannot be read: {error}"))
    };
    match unless_interrupted(typed).await? {
        None => Ok(None),
        Some(Ok(Ok(answer))) => Ok(Some(answer)),
        Some(Ok(Err(error))) => Err(failure(&error)),
        Some(Err(error)) => Err(failure(&error)),
    }
}
