//! Names of things: providers, accounts, records.

use super::{InvalidName, Name};
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt, str::FromStr, sync::Arc};

/// The name of a provider: one of the constants, or any other, of a provider from outside the workspace
/// or of a newer version.
///
/// ```
/// use certfleet::ProviderId;
///
/// let known: Vec<&str> = ProviderId::KNOWN.iter().map(ProviderId::as_str).collect();
/// assert!(known.contains(&"cloudflare"));
/// assert_eq!("openai".parse(), Ok(ProviderId::OPENAI));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ProviderId(Name);

macro_rules! known_providers {
    ($($(#[$meta:meta])* $constant:ident => $name:literal,)*) => {
        impl ProviderId {
            $($(#[$meta])* pub const $constant: Self = Self(Name::new($name).unwrap());)*

            /// Every provider of this workspace, in the order in which they are shown.
            pub const KNOWN: &'static [Self] = &[$(Self::$constant,)*];
        }
    };
}

known_providers! {
    /// OpenAI: client CAs of an organization and its projects.
    OPENAI => "openai",
    /// Cloudflare Zero Trust: gateway CAs of an account.
    CLOUDFLARE => "cloudflare",
    /// Patchworks: certificates of connectors.
    PATCHWORKS => "patchworks",
    /// Apinizer: certificates of an API gateway's project.
    APINIZER => "apinizer",
    // new-provider: constant
}

impl ProviderId {
    /// Returns the provider of a name.
    ///
    /// ```
    /// use certfleet::ProviderId;
    /// assert_eq!(ProviderId::new("openai".parse()?), ProviderId::OPENAI);
    /// assert_eq!(ProviderId::new("acme".parse()?).as_str(), "acme");
    /// # Ok::<(), certfleet::InvalidName>(())
    /// ```
    pub const fn new(name: Name) -> Self {
        Self(name)
    }

    /// Returns its name in configurations, identifiers and outputs.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The providers of this workspace come first.
    fn rank(self) -> (usize, Name) {
        let known = Self::KNOWN.iter().position(|known| *known == self);
        (known.unwrap_or(Self::KNOWN.len()), self.0)
    }
}

impl Ord for ProviderId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for ProviderId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ProviderId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        text.parse().map(Self)
    }
}

/// The address of one vendor record: written `provider/account/native`, as in
/// `openai/production/cert_abc`.
///
/// ```
/// use certfleet::{CertificateId, ProviderId};
///
/// let id: CertificateId = "openai/production/cert_abc".parse()?;
/// assert_eq!(id.provider, ProviderId::OPENAI);
/// assert_eq!((&*id.account, &*id.native), ("production", "cert_abc"));
/// assert_eq!(id.to_string(), "openai/production/cert_abc");
/// # Ok::<(), certfleet::model::InvalidId>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId {
    /// The provider.
    pub provider: ProviderId,
    /// The account's name in this fleet. It holds no slash. Shared by all records of an account.
    pub account: Arc<str>,
    /// The vendor's own identifier: OpenAI and Cloudflare `id`, Patchworks `id` (a number), Apinizer
    /// `name` (unique in its project, and an account is one project).
    pub native: String,
}

impl CertificateId {
    /// Returns an address.
    pub fn new(
        provider: ProviderId,
        account: impl Into<Arc<str>>,
        native: impl Into<String>,
    ) -> Self {
        Self {
            provider,
            account: account.into(),
            native: native.into(),
        }
    }
}

impl fmt::Display for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.provider, self.account, self.native)
    }
}

impl FromStr for CertificateId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut parts = text.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(provider), Some(account), Some(native))
                if !account.is_empty() && !native.is_empty() =>
            {
                let provider = provider
                    .parse()
                    .map_err(|error: InvalidName| InvalidId(error.to_string()))?;
                Ok(Self::new(provider, account, native))
            }
            _ => Err(InvalidId(format!(
                "{text:?} is not a certificate's address: write provider/account/id, as in openai/production/cert_abc"
            ))),
        }
    }
}

impl Serialize for CertificateId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CertificateId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for CertificateId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CertificateId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "The address of one vendor record: provider/account/native.",
            "pattern": "^[a-z][a-z0-9_-]*/[^/]+/.+$"
        })
    }
}

/// A text that is not a [`CertificateId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidId(String);

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidId {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refused() {
        for text in [
            "",
            "openai",
            "openai/a",
            "openai//x",
            "openai/a/",
            "Acme/a/x",
        ] {
            assert!(text.parse::<CertificateId>().is_err(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn round_trip(account in "[^/]{1,9}", native in ".{1,20}", provider in "openai|[a-z][a-z0-9_-]{0,30}") {
            let id = CertificateId::new(provider.parse().unwrap(), account, native);
            prop_assert_eq!(id.to_string().parse::<CertificateId>().unwrap(), id);
        }

        /// Any text is an address that is written the same again, or is refused.
        #[test]
        fn any_text(text in "(openai|cloudflare|patchworks|apinizer|[a-z]{0,4})?/?[^/]{0,6}/?\\PC{0,10}") {
            if let Ok(id) = text.parse::<CertificateId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
