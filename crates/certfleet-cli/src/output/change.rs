//! What commands that change something print.

use crate::{
    exit::Code,
    output::{self, outcome::Outcome, plan, report::FinalReport},
    terminal,
};
use certfleet::{Applied, EffectReport, ErrorKind, ErrorReport, How, Verb, change::ItemOutcome};
use certfleet_changes::Plan;
use serde::Serialize;
use std::io::{self, Write};

/// What commands that change something print with `--output json`.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ChangeReport {
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// The process's exit code.
    pub(crate) exit_code: u8,
    /// What was planned; absent where it did not come to a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<Plan>,
    /// What was done, if anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) result: Option<Applied>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorReport>,
    /// What to do next, for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) next: Vec<String>,
}

impl FinalReport for ChangeReport {
    fn conclude(&mut self) -> Code {
        let code = self.outcome.code();
        self.exit_code = code.number();
        code
    }

    fn summary(&self) -> String {
        let mut text = match &self.error {
            Some(error) => error.to_string(),
            None => self.sentence().to_owned(),
        };
        for next in &self.next {
            text = format!("{}; {next}", text.trim_end_matches('.'));
        }
        text
    }

    /// The result for people. The plan has been shown already, and failures are for stderr.
    fn text(&self, out: &mut impl Write) -> io::Result<()> {
        let Some(result) = &self.result else {
            if self.outcome.code() == Code::Done {
                writeln!(out, "{}", sentence_case(self.outcome.sentence()))?;
            }
            return Ok(());
        };
        applied(out, result, self.sentence())?;
        if self.outcome.code() == Code::Done {
            for next in &self.next {
                writeln!(out, "Next: {}", terminal::sanitize(next))?;
            }
        }
        Ok(())
    }
}

impl ChangeReport {
    /// Returns how it ended in one sentence.
    fn sentence(&self) -> &'static str {
        match (self.outcome, &self.result) {
            (Outcome::Failed, Some(_)) => "it failed in every scope",
            (Outcome::Failed, None) => "it failed; nothing was changed",
            (outcome, _) => outcome.sentence(),
        }
    }
}

/// What to do where it is not known what became of a change, or of a part of it.
pub(crate) const RESUME: &str = "certfleet resume finds out what became of it";

/// What is said where a deletion finds nothing to delete. Had certfleet deleted it, the journal would tell.
pub(crate) const NOT_DELETED: &str =
    "the journal does not show that certfleet deleted it; nothing was sent";

/// Returns whether a deletion found nothing to delete.
pub(crate) fn is_gone(error: &ErrorReport, verb: Verb) -> bool {
    verb == Verb::Delete && error.kind == ErrorKind::NotFound && error.effect == EffectReport::None
}

/// Returns how a change ends with an error: what is not there to be deleted was named wrongly.
pub(crate) fn outcome_of(error: &ErrorReport, verb: Verb) -> Outcome {
    if is_gone(error, verb) {
        return Outcome::Refused;
    }
    Outcome::from_error(error)
}

/// Returns what the operator should do after an error, beside the error's own advice.
pub(crate) fn next_steps(error: &ErrorReport) -> Vec<String> {
    let mut next = Vec::new();
    if error.effect != EffectReport::None {
        // The engine's own advice says what is to be done about what is not known, and names no command.
        let next_step = error
            .advice
            .as_ref()
            .map_or(RESUME, |_| "run certfleet resume");
        next.push(next_step.to_owned());
    }
    if let Some(seconds) = error.retry_after_seconds {
        next.push(format!("the vendor asks to wait {seconds} seconds"));
    }
    next
}

fn applied(out: &mut impl Write, result: &Applied, sentence: &str) -> io::Result<()> {
    let how = match (result.how, result.inferred) {
        (How::Recovered, _) if result.has(ItemOutcome::Unknown) => " (the answer was lost)",
        (How::Recovered, false) => " (the answer was lost; reading back shows that it took effect)",
        (How::Recovered, true) => " (the answer was lost; that it took effect is concluded)",
        _ => "",
    };
    writeln!(out, "{}{how}", sentence_case(sentence))?;
    for one in &result.certificates {
        let name = output::name(one)
            .map(|name| format!("  {name}"))
            .unwrap_or_default();
        plan::line(out, &format!("{}{name}  {}", one.id, one.state))?;
    }
    for item in &result.items {
        let id = item
            .id
            .as_ref()
            .map(|id| format!("{id} at "))
            .unwrap_or_default();
        let message = item
            .message
            .as_ref()
            .map(|message| format!(": {message}"))
            .unwrap_or_default();
        plan::line(
            out,
            &format!("{id}{}: {}{message}", item.scope, words(item.outcome)),
        )?;
    }
    plan::notes(out, &result.notes)
}

fn words(outcome: ItemOutcome) -> &'static str {
    match outcome {
        ItemOutcome::Done => "done",
        ItemOutcome::Failed => "failed",
        ItemOutcome::NotTried => "not tried",
        _ => "not known",
    }
}

/// A sentence's first letter in upper case, and its end.
fn sentence_case(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters
        .next()
        .map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), characters.as_str())
}
