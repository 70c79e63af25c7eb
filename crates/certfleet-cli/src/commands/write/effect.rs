//! From what is known of a write to the outcome that is told.

use crate::{exit::Code, output::outcome::Outcome};
use certfleet::{Applied, Effect, EffectReport, Error, ErrorKind, ErrorReport, How, change::ItemOutcome};

/// The outcome of a write that took effect, wholly or in part.
pub(crate) fn outcome_of(applied: &Applied) -> Outcome {
    let has = |outcome| applied.items.iter().any(|item| item.outcome == outcome);
    if has(ItemOutcome::Unknown) {
        Outcome::Unknown
    } else if has(ItemOutcome::Failed) || has(ItemOutcome::NotTried) {
        Outcome::Partial
    } else if applied.how == How::Unchanged {
        Outcome::AlreadySo
    } else {
        Outcome::Done
    }
}

/// The outcome of a write that ended with an error.
pub(crate) fn outcome_of_error(error: &Error) -> Outcome {
    outcome_of_report(&error.report())
}

/// The same of an error as data.
pub(crate) fn outcome_of_report(error: &ErrorReport) -> Outcome {
    match error.effect {
        EffectReport::Unknown | EffectReport::Applied => return Outcome::Unknown,
        EffectReport::None => {}
    }
    match error.kind {
        ErrorKind::NotAcknowledged => Outcome::Refused,
        // Without a status nothing was sent: it is an identifier, an input or a setting.
        ErrorKind::InvalidInput | ErrorKind::Config if error.status.is_none() => Outcome::Refused,
        ErrorKind::Unauthenticated | ErrorKind::PermissionDenied => Outcome::Unauthenticated,
        ErrorKind::RateLimited => Outcome::RateLimited,
        ErrorKind::Network | ErrorKind::Timeout => Outcome::Unreachable,
        _ => Outcome::Failed,
    }
}

/// The exit code for an error that ends a command that writes before anything is planned.
pub(crate) fn code_of(error: &ErrorReport) -> Code {
    outcome_of_report(error).code()
}

/// What to do after an error.
pub(crate) fn advice(error: &Error) -> Vec<String> {
    let mut advice = Vec::new();
    if error.effect() != Effect::None {
        advice.push(
            "certfleet resume: finds out what became of it; do not repeat it before".to_owned(),
        );
    }
    if let Some(wait) = error.retry_after() {
        advice.push(format!(
            "the vendor asks to wait {} seconds",
            wait.as_secs()
        ));
    }
    advice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors() {
        for (kind, effect, outcome, number) in [
            (ErrorKind::Provider, Effect::None, Outcome::Failed, 1),
            (ErrorKind::Unsupported, Effect::None, Outcome::Failed, 1),
            (ErrorKind::InvalidInput, Effect::None, Outcome::Refused, 2),
            (
                ErrorKind::NotAcknowledged,
                Effect::None,
                Outcome::Refused,
                2,
            ),
            (ErrorKind::Provider, Effect::Unknown, Outcome::Unknown, 4),
            (
                ErrorKind::InvalidResponse,
                Effect::Applied,
                Outcome::Unknown,
                4,
            ),
            (
                ErrorKind::Unauthenticated,
                Effect::None,
                Outcome::Unauthenticated,
                5,
            ),
            (
                ErrorKind::PermissionDenied,
                Effect::None,
                Outcome::Unauthenticated,
                5,
            ),
            (
                ErrorKind::RateLimited,
                Effect::None,
                Outcome::RateLimited,
                6,
            ),
            (ErrorKind::Network, Effect::None, Outcome::Unreachable, 7),
            (ErrorKind::Network, Effect::Unknown, Outcome::Unknown, 4),
        ] {
            let error = Error::new(kind, "x").with_effect(effect);
            let found = outcome_of_error(&error);
            assert_eq!(
                (found, found.code().number()),
                (outcome, number),
                "{kind:?}"
            );
        }
    }
}
