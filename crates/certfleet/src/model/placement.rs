//! Where a certificate is in force.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A place where a certificate can be in force, and whether it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Placement {
    /// The place.
    pub scope: Scope,
    /// Whether it is in force there.
    pub state: State,
    /// The vendor's own word for the state, where it has one: Cloudflare `binding_status`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<String>,
    /// The name it has there: Apinizer `alias`, unique in its environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Which of the certificate's materials is there, counted from 0. Absent where the vendor does
    /// not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<usize>,
}

impl Placement {
    /// A place with a state.
    pub fn new(scope: Scope, state: State) -> Self {
        Self {
            scope,
            state,
            stated: None,
            alias: None,
            material: None,
        }
    }
}

/// A kind of place, and which one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scope {
    /// A whole OpenAI organization. Its projects inherit it.
    Organization,
    /// One OpenAI project.
    Project {
        /// The project's id, `proj_…`.
        id: String,
    },
    /// Cloudflare's edge. In force there means deployed; what intercepts is
    /// [`Certificate::in_use`](crate::Certificate::in_use).
    Edge,
    /// One Patchworks connector.
    Connector {
        /// The connector's id.
        id: String,
    },
    /// One Apinizer environment.
    Environment {
        /// The environment's name.
        name: String,
    },
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization => f.write_str("organization"),
            Self::Project { id } => write!(f, "project {id}"),
            Self::Edge => f.write_str("edge"),
            Self::Connector { id } => write!(f, "connector {id}"),
            Self::Environment { name } => write!(f, "environment {name}"),
        }
    }
}

/// Whether a certificate is in force.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// In force.
    Active,
    /// On its way to [`Active`](Self::Active).
    Activating,
    /// On its way to [`Inactive`](Self::Inactive).
    Deactivating,
    /// Not in force.
    Inactive,
    /// The vendor does not say, or says something this version does not know. Not the same as
    /// inactive.
    #[default]
    Unknown,
}

impl State {
    /// Every state, the most in force first.
    pub const ALL: [Self; 5] = [
        Self::Active,
        Self::Activating,
        Self::Deactivating,
        Self::Inactive,
        Self::Unknown,
    ];

    /// The name in filters and outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Activating => "activating",
            Self::Deactivating => "deactivating",
            Self::Inactive => "inactive",
            Self::Unknown => "unknown",
        }
    }

    /// One state for several places: in force if it is in force anywhere; inactive only if every
    /// place is known to be.
    pub fn of(placements: &[Placement]) -> Self {
        let has = |state| placements.iter().any(|placement| placement.state == state);
        [Self::Active, Self::Activating, Self::Deactivating]
            .into_iter()
            .find(|state| has(*state))
            .unwrap_or(if placements.is_empty() || has(Self::Unknown) {
                Self::Unknown
            } else {
                Self::Inactive
            })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
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
            assert_eq!(State::of(&placements), expected, "{states:?}");
        }
    }
}
