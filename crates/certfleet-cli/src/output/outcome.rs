//! How a command that changes something ended.

use crate::{
    exit::Code,
    output::{self, plan, report::FinalReport},
    terminal,
};
use certfleet::{Applied, ErrorReport, How};
use certfleet_changes::Plan;
use serde::Serialize;
use std::io::{self, Write};

/// How it ended. Each has its exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Done (0).
    Done,
    /// It was so already; nothing was sent (0).
    AlreadySo,
    /// Only planned, as was wanted (0).
    Planned,
    /// It failed; nothing was changed (1).
    #[default]
    Failed,
    /// Somebody was asked and did not agree; nothing was sent (1).
    Declined,
    /// Bad input, or not agreed to beforehand; nothing was sent (2).
    Refused,
    /// Some places or records failed (3).
    Partial,
    /// A rotation that goes on later: somebody has to verify it, or it soaks (3).
    UnderWay,
    /// Accepted, and still on its way when the wait was over (3).
    Pending,
    /// What became of it is not known, or it was done but the answer could not be read (4).
    Unknown,
    /// The credentials are not accepted; nothing was changed (5).
    Unauthenticated,
    /// Too many requests; nothing was changed (6).
    RateLimited,
    /// The vendor could not be reached; nothing was changed (7).
    Unreachable,
    /// The process was told to stop (130).
    Interrupted,
}

impl Outcome {
    /// Its exit code.
    pub(crate) fn code(self) -> Code {
        match self {
            Self::Done | Self::AlreadySo | Self::Planned => Code::Done,
            Self::Failed | Self::Declined => Code::Failed,
            Self::Refused => Code::Usage,
            Self::Partial | Self::UnderWay | Self::Pending => Code::Partial,
            Self::Unknown => Code::Unknown,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::RateLimited => Code::RateLimited,
            Self::Unreachable => Code::Unreachable,
            Self::Interrupted => Code::Interrupted,
        }
    }

    /// It in one sentence, where no error says more.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::AlreadySo => "it was so already; nothing was sent",
            Self::Planned => "only planned; nothing was sent",
            Self::Failed => "it failed; nothing was changed",
            Self::Declined => "not agreed to; nothing was sent",
            Self::Refused => "not agreed to; nothing was sent",
            Self::Partial => "done in part",
            Self::UnderWay => "under way",
            Self::Pending => "accepted, but still on its way",
            Self::Unknown => "what became of it is not known everywhere",
            Self::Unauthenticated => "the credentials are not accepted; nothing was changed",
            Self::RateLimited => "too many requests; nothing was changed",
            Self::Unreachable => "the vendor could not be reached; nothing was changed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// What commands that change something print with `--output json`.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Report {
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

impl FinalReport for Report {
    fn conclude(&mut self) -> Code {
        let code = self.outcome.code();
        self.exit_code = code.number();
        code
    }

    fn summary(&self) -> String {
        let mut text = match &self.error {
            Some(error) => error.message.clone(),
            None => self.outcome.sentence().to_owned(),
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
        applied(out, result, self.outcome)?;
        if self.outcome.code() == Code::Done {
            for next in &self.next {
                writeln!(out, "Next: {}", terminal::sanitize(next))?;
            }
        }
        Ok(())
    }
}

fn applied(out: &mut impl Write, result: &Applied, outcome: Outcome) -> io::Result<()> {
    let how = match (result.how, result.inferred) {
        (How::Recovered, false) => " (the answer was lost; reading back shows that it took effect)",
        (How::Recovered, true) => " (the answer was lost; that it took effect is concluded)",
        _ => "",
    };
    writeln!(out, "{}{how}", sentence_case(outcome.sentence()))?;
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

fn words(outcome: certfleet::change::ItemOutcome) -> &'static str {
    match outcome {
        certfleet::change::ItemOutcome::Done => "done",
        certfleet::change::ItemOutcome::Failed => "failed",
        certfleet::change::ItemOutcome::NotTried => "not tried",
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
