//! Short names that a newer version, or a provider from outside, may add to.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// The longest name, in bytes.
const LONGEST: usize = 31;

/// A name of 1 to 31 lower-case ASCII letters, digits, `_` and `-`, the first of which is a letter.
/// It is copied like a number.
///
/// ```
/// use certfleet::Name;
///
/// const KIND: Name = Name::new("listener").unwrap();
/// assert_eq!(KIND.as_str(), "listener");
/// assert_eq!(Name::new("Not one"), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    // Zeros follow the text, so that the derived order is the text's.
    bytes: [u8; LONGEST],
    length: u8,
}

impl Name {
    /// Returns the name that a text is, or `None` where it is not a name.
    #[allow(
        clippy::indexing_slicing,
        reason = "the length is checked before, and a constant cannot use get"
    )]
    pub const fn new(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.is_empty() || text.len() > LONGEST || !text[0].is_ascii_lowercase() {
            return None;
        }
        let mut bytes = [0; LONGEST];
        let mut index = 0;
        while index < text.len() {
            let byte = text[index];
            if !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-')
            {
                return None;
            }
            bytes[index] = byte;
            index += 1;
        }
        Some(Self {
            bytes,
            length: text.len() as u8,
        })
    }

    /// Returns its text.
    pub fn as_str(&self) -> &str {
        let text = self.bytes.get(..usize::from(self.length));
        text.and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// A text that is not a [`Name`].
///
/// ```
/// use certfleet::{InvalidName, ProviderId};
///
/// let error: InvalidName = "Open AI".parse::<ProviderId>().unwrap_err();
/// assert!(error.to_string().starts_with("\"Open AI\" is not a name"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidName(String);

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a name: use 1 to {LONGEST} lower-case letters, digits, _ and -, beginning with a letter",
            self.0
        )
    }
}

impl std::error::Error for InvalidName {}

impl FromStr for Name {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        Self::new(text).ok_or_else(|| InvalidName(text.to_owned()))
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Name {
    // Not "Name": of two types with one name, schemas would have one for both.
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OpenName".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[a-z][a-z0-9_-]{0,30}$" })
    }
}

/// Defines an enum of names to which a newer version may add: a name that this version does not know is
/// kept as `Other`, and written again as it was read.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $enum:ident {
            $($(#[doc = $doc:literal])+ $variant:ident => $text:literal $($default:ident)?,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        $visibility enum $enum {
            $($(#[doc = $doc])+ $(#[$default])? $variant,)+
            /// A name that this version does not know.
            Other($crate::model::name::Name),
        }

        impl $enum {
            /// Every one that this version knows, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns its name in filters and outputs.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(name) => name.as_str(),
                }
            }
        }

        impl std::str::FromStr for $enum {
            type Err = $crate::model::name::InvalidName;

            fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    other => other.parse().map(Self::Other),
                }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::fmt::Debug for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant => f.write_str(stringify!($variant)),)+
                    Self::Other(name) => write!(f, "Other({name:?})"),
                }
            }
        }

        impl serde::Serialize for $enum {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $enum {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $enum {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($enum).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let other = generator.subschema_for::<$crate::model::name::Name>();
                schemars::json_schema!({
                    "description": "One of these names, or one that a newer version adds.",
                    "anyOf": [
                        $({ "const": $text, "description": concat!($($doc,)+).trim() },)+
                        other,
                    ],
                })
            }
        }
    };
}

pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names() {
        for text in ["a", "openai", "kong-konnect", "a_1", &"x".repeat(31)] {
            assert_eq!(text.parse::<Name>().unwrap().as_str(), text);
        }
        for text in ["", "A", "1a", "é", "a b", "a/b", &"x".repeat(32)] {
            assert!(text.parse::<Name>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn names_are_ordered_as_their_texts(one in "[a-z][a-z0-9_-]{0,30}", other in "[a-z][a-z0-9_-]{0,30}") {
            let (first, second): (Name, Name) = (one.parse().unwrap(), other.parse().unwrap());
            prop_assert_eq!(first.cmp(&second), one.cmp(&other));
        }
    }
}
