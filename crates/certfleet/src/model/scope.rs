//! Where a certificate can be in force.

use super::Name;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

/// A kind of place where a certificate can be in force, and which one.
///
/// ```
/// use certfleet::Scope;
///
/// let scope = Scope::Project { id: "proj_abc".to_owned() };
/// assert_eq!((scope.kind(), scope.name()), ("project", Some("proj_abc")));
/// assert_eq!(Scope::Organization.name(), None);
/// ```
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
    /// Cloudflare's edge. In force there means deployed; which certificate intercepts is set at the
    /// [`Gateway`](Self::Gateway).
    Edge,
    /// The gateway of a Cloudflare account. The one certificate that is in force there re-signs the traffic that is
    /// inspected.
    Gateway,
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
    /// A kind that this version does not know: of a provider from outside the workspace, or of a newer
    /// version. It is written again as it was read.
    #[serde(untagged)]
    Other(OtherScope),
}

/// A scope of a kind that certfleet itself does not know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OtherScope {
    kind: Name,
    /// Each member as JSON text, which has an order and a hash.
    members: BTreeMap<String, String>,
}

impl Scope {
    /// Returns the kind's name, as in [`Capability::scopes`](crate::Capability::scopes).
    pub fn kind(&self) -> &str {
        match self {
            Self::Organization => "organization",
            Self::Project { .. } => "project",
            Self::Edge => "edge",
            Self::Gateway => "gateway",
            Self::Connector { .. } => "connector",
            Self::Environment { .. } => "environment",
            Self::Other(other) => other.kind.as_str(),
        }
    }

    /// Returns what tells it from others of its kind: an id or a name. `None` where there is one of the
    /// kind only.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Organization | Self::Edge | Self::Gateway => None,
            Self::Project { id } | Self::Connector { id } => Some(id),
            Self::Environment { name } => Some(name),
            Self::Other(other) => other.name(),
        }
    }
}

impl OtherScope {
    /// Returns a scope of a kind, with a name that tells it from others of the kind. The kind must not be
    /// one that [`Scope`] has a variant for.
    pub fn new(kind: Name, name: impl Into<Option<String>>) -> Self {
        let members = name
            .into()
            .map(|name| ("name".to_owned(), Value::String(name).to_string()));
        Self {
            kind,
            members: members.into_iter().collect(),
        }
    }

    /// Returns the kind.
    pub fn kind(&self) -> Name {
        self.kind
    }

    /// Returns its `name`, else its `id`.
    pub fn name(&self) -> Option<&str> {
        let text = self
            .members
            .get("name")
            .or_else(|| self.members.get("id"))?;
        // What needs no escape stands between quotes as it is; the rest is shown as JSON.
        match text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
        {
            Some(plain) if !plain.contains('\\') => Some(plain),
            _ => Some(text),
        }
    }
}

impl Serialize for OtherScope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members.len() + 1))?;
        map.serialize_entry("kind", &self.kind)?;
        for (name, text) in &self.members {
            let value: Value = serde_json::from_str(text).unwrap_or_default();
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for OtherScope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Object {
            kind: Name,
            #[serde(flatten)]
            members: BTreeMap<String, Value>,
        }
        let Object { kind, members } = Object::deserialize(deserializer)?;
        const KNOWN: [&str; 6] = [
            "organization",
            "project",
            "edge",
            "gateway",
            "connector",
            "environment",
        ];
        if KNOWN.contains(&kind.as_str()) {
            return Err(serde::de::Error::custom(format!(
                "the scope {kind} lacks its id or name"
            )));
        }
        Ok(Self {
            kind,
            members: members
                .into_iter()
                .map(|(name, value)| (name, value.to_string()))
                .collect(),
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for OtherScope {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OtherScope".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let kind = generator.subschema_for::<Name>();
        schemars::json_schema!({
            "description": "A scope of a kind that certfleet itself does not know.",
            "type": "object",
            "properties": { "kind": kind },
            "required": ["kind"],
            "not": {
                "properties": {
                    "kind": { "enum": ["organization", "project", "edge", "gateway", "connector", "environment"] },
                },
            },
        })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} {name}", self.kind()),
            None => f.write_str(self.kind()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_written_as_it_was_read() {
        for text in [
            r#"{"kind":"edge"}"#,
            r#"{"kind":"gateway"}"#,
            r#"{"kind":"project","id":"proj_1"}"#,
            r#"{"kind":"zone","id":"0af","name":"example.com","priority":3}"#,
            r#"{"kind":"hostname"}"#,
        ] {
            let scope: Scope = serde_json::from_str(text).unwrap();
            let again: Value = serde_json::to_value(&scope).unwrap();
            assert_eq!(again, serde_json::from_str::<Value>(text).unwrap());
        }
        let zone: Scope = serde_json::from_str(r#"{"kind":"zone","name":"a"}"#).unwrap();
        assert_eq!(zone.to_string(), "zone a");
        let own = OtherScope::new(Name::new("zone").unwrap(), "a".to_owned());
        assert_eq!(zone, Scope::Other(own));
    }

    #[test]
    fn a_known_kind_without_its_name_is_refused() {
        for text in [r#"{"kind":"project"}"#, r#"{"id":"x"}"#, "{}", r#""edge""#] {
            assert!(serde_json::from_str::<Scope>(text).is_err(), "{text}");
        }
    }
}
