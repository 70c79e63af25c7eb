//! The members of JSON objects, unparsed.

use serde::{
    Deserialize,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

/// The deepest nesting that is searched for secrets, far beyond any vendor's. A deeper response is
/// withheld as a whole, because it cannot be searched.
pub(super) const DEEPEST: usize = 64;

/// The members of an object in their order, duplicates included.
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    members.push((Cow::Owned(name), map.next_value::<&RawValue>()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Each)
    }
}

/// Returns whether an object has two members of the same name.
pub(crate) fn repeats_a_member(body: &[u8]) -> bool {
    serde_json::from_slice::<Members<'_>>(body).is_ok_and(|members| members.repeat())
}

impl Members<'_> {
    /// Returns whether two members have the same name.
    fn repeat(&self) -> bool {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_ref()).collect();
        names.sort_unstable();
        names
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one == other))
    }
}
