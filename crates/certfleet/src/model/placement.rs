//! Where a certificate is in force.

use super::{Scope, open_enum};
use serde::{Deserialize, Serialize};

/// A scope where a certificate can be in force, and whether it is.
///
/// ```
/// use certfleet::{Placement, Scope, State};
///
/// let placements = [
///     Placement::new(Scope::Organization, State::Inactive),
///     Placement::new(Scope::Project { id: "proj_abc".to_owned() }, State::Active),
/// ];
/// assert_eq!(State::from_placements(&placements), State::Active);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Placement {
    /// The scope.
    pub scope: Scope,
    /// Whether it is in force there.
    pub state: State,
    /// The vendor's own word for the state, where it has one: Cloudflare `binding_status`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<String>,
    /// The name it has there: Apinizer `alias`, unique in its environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Which of the certificate's contents is there, counted from 0. Absent where the vendor does
    /// not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<usize>,
}

impl Placement {
    /// Returns a placement at a scope with a state.
    pub fn new(scope: Scope, state: State) -> Self {
        Self {
            scope,
            state,
            reported: None,
            alias: None,
            content: None,
        }
    }
}

open_enum! {
    /// Whether a certificate is in force.
    ///
    /// ```
    /// use certfleet::State;
    ///
    /// fn is_settled(state: State) -> bool {
    ///     !matches!(state, State::Activating | State::Deactivating)
    /// }
    /// assert!(is_settled(State::Unknown));
    /// assert_eq!(State::Active.as_str(), "active");
    /// ```
    #[derive(Default)]
    pub enum State {
        /// In force.
        Active => "active",
        /// On its way to [`Active`](Self::Active).
        Activating => "activating",
        /// On its way to [`Inactive`](Self::Inactive).
        Deactivating => "deactivating",
        /// Not in force.
        Inactive => "inactive",
        /// The vendor does not say, or says something that this version does not know. Not the same as
        /// inactive.
        Unknown => "unknown" default,
    }
}

impl State {
    /// Returns one state for several placements: in force if it is in force anywhere; inactive only if
    /// every one is known to be.
    pub fn from_placements(placements: &[Placement]) -> Self {
        let has = |state| placements.iter().any(|placement| placement.state == state);
        [Self::Active, Self::Activating, Self::Deactivating]
            .into_iter()
            .find(|state| has(*state))
            .unwrap_or_else(|| {
                let all_inactive = placements.iter().all(|one| one.state == Self::Inactive);
                if all_inactive && !placements.is_empty() {
                    Self::Inactive
                } else {
                    Self::Unknown
                }
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use State::*;

    #[test]
    fn one_state_for_several_places() {
        for (states, expected) in [
            (&[][..], Unknown),
            (&[Inactive], Inactive),
            (&[Inactive, Unknown], Unknown),
            (&[Unknown, Active], Active),
            (&[Inactive, Activating], Activating),
            (&[Deactivating, Inactive], Deactivating),
            (&[Deactivating, Active], Active),
        ] {
            let placements: Vec<_> = states
                .iter()
                .map(|state| Placement::new(Scope::Edge, *state))
                .collect();
            assert_eq!(State::from_placements(&placements), expected, "{states:?}");
        }
    }
}
