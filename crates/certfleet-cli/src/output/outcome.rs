//! How a command that changes something ended.

use crate::exit::{Code, Failure};
use certfleet::{Applied, EffectReport, Error, ErrorKind, ErrorReport, How, change::ItemOutcome};
use serde::Serialize;

/// How it ended. Each has its exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Done (0).
    Done,
    /// It was so already, or another client made the same change; nothing was sent (0).
    Unchanged,
    /// Only planned, as was wanted (0).
    Planned,
    /// It failed: nothing was changed, or nothing of it took effect in any scope (1).
    #[default]
    Failed,
    /// The operator was asked and did not agree; nothing was sent (1).
    Declined,
    /// Bad input, or not agreed to beforehand; nothing was sent (2).
    Refused,
    /// Some scopes or records failed (3).
    Partial,
    /// A rotation that goes on later: it has to be verified, or it soaks (3).
    UnderWay,
    /// Accepted, and still on its way when the wait was over (3).
    Pending,
    /// The vendor accepted it; nothing confirms that it was done, and reading cannot tell (3).
    Accepted,
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
    /// Returns the outcome of a change that took effect or was accepted, wholly or in part.
    pub(crate) fn from_applied(applied: &Applied) -> Self {
        let not_done = applied.has(ItemOutcome::Failed) || applied.has(ItemOutcome::NotTried);
        if applied.has(ItemOutcome::Unknown) {
            Self::Unknown
        } else if not_done && !applied.has(ItemOutcome::Done) {
            Self::Failed
        } else if not_done {
            Self::Partial
        } else {
            match applied.how {
                How::Unchanged => Self::Unchanged,
                How::Accepted => Self::Accepted,
                _ => Self::Done,
            }
        }
    }

    /// Returns the outcome of a change that ended with an error.
    pub(crate) fn from_error(error: &ErrorReport) -> Self {
        match error.effect {
            EffectReport::Unknown | EffectReport::Applied => return Self::Unknown,
            EffectReport::None => {}
        }
        match error.kind {
            ErrorKind::NotAcknowledged => Self::Refused,
            // Without a status nothing was sent: it is an identifier, an input or a setting.
            ErrorKind::InvalidInput | ErrorKind::Config if error.status.is_none() => Self::Refused,
            ErrorKind::Unauthenticated | ErrorKind::PermissionDenied => Self::Unauthenticated,
            ErrorKind::RateLimited => Self::RateLimited,
            ErrorKind::Network | ErrorKind::Timeout => Self::Unreachable,
            _ => Self::Failed,
        }
    }

    /// Its exit code.
    pub(crate) fn code(self) -> Code {
        match self {
            Self::Done | Self::Unchanged | Self::Planned => Code::Done,
            Self::Failed | Self::Declined => Code::Failed,
            Self::Refused => Code::Usage,
            Self::Partial | Self::UnderWay | Self::Pending | Self::Accepted => Code::Partial,
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
            Self::Unchanged => "unchanged; nothing was sent",
            Self::Planned => "only planned; nothing was sent",
            Self::Failed => "it failed",
            Self::Declined => "not agreed to; nothing was sent",
            Self::Refused => "not agreed to; nothing was sent",
            Self::Partial => "done in part",
            Self::UnderWay => "under way",
            Self::Pending => "accepted, but still on its way",
            Self::Accepted => {
                "accepted, but not confirmed: the vendor offers no way to read back whether it was done"
            }
            Self::Unknown => "what became of it is not known everywhere",
            Self::Unauthenticated => "the credentials are not accepted; nothing was changed",
            Self::RateLimited => "too many requests; nothing was changed",
            Self::Unreachable => "the vendor could not be reached; nothing was changed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// Returns how a command that changes something ends where it could not begin.
pub(crate) fn failure(error: &Error) -> Failure {
    Failure::new(Outcome::from_error(&error.report()).code(), error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use certfleet::{Effect, Error, Scope, change::ItemResult};

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
            let found = Outcome::from_error(&error.report());
            assert_eq!(
                (found, found.code().number()),
                (outcome, number),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn results() {
        use ItemOutcome::{Done, Failed, NotTried, Unknown};
        for (how, items, outcome, number) in [
            (How::Confirmed, &[][..], Outcome::Done, 0),
            (How::Recovered, &[], Outcome::Done, 0),
            (How::Unchanged, &[], Outcome::Unchanged, 0),
            (How::Accepted, &[], Outcome::Accepted, 3),
            (How::Confirmed, &[Done, Done], Outcome::Done, 0),
            (How::Confirmed, &[Done, Failed], Outcome::Partial, 3),
            (How::Accepted, &[Done, Failed], Outcome::Partial, 3),
            (How::Confirmed, &[Done, NotTried], Outcome::Partial, 3),
            (How::Confirmed, &[Failed, Failed], Outcome::Failed, 1),
            (How::Confirmed, &[Failed, Unknown], Outcome::Unknown, 4),
            (How::Recovered, &[Done, Unknown], Outcome::Unknown, 4),
        ] {
            let items = items.iter().map(|one| ItemResult::new(Scope::Edge, *one));
            let applied = Applied::new(how, Vec::new()).with_items(items.collect());
            let found = Outcome::from_applied(&applied);
            assert_eq!(
                (found, found.code().number()),
                (outcome, number),
                "{applied:?}"
            );
        }
    }
}
