//! Names of things: providers, accounts, records.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, sync::Arc};

/// A vendor that certfleet knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ProviderKind {
    /// OpenAI: client CAs of an organization and its projects.
    OpenAi,
    /// Cloudflare Zero Trust: gateway CAs of an account.
    Cloudflare,
    /// Patchworks: certificates of connectors.
    Patchworks,
    /// Apinizer: certificates of an API gateway's project.
    Apinizer,
    // new-provider: variant
}

impl ProviderKind {
    /// Every provider, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::OpenAi,
        Self::Cloudflare,
        Self::Patchworks,
        Self::Apinizer,
        // new-provider: entry
    ];

    /// The name in configurations, identifiers and outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Cloudflare => "cloudflare",
            Self::Patchworks => "patchworks",
            Self::Apinizer => "apinizer",
            // new-provider: name
        }
    }
}

impl fmt::Display for ProviderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ProviderKind {
    type Err = UnknownProvider;

    fn from_str(text: &str) -> Result<Self, UnknownProvider> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownProvider(text.to_owned()))
    }
}

/// A name that is no provider's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownProvider(pub String);

impl fmt::Display for UnknownProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = ProviderKind::ALL.iter().map(|kind| kind.as_str()).collect();
        write!(
            f,
            "{:?} is not a provider: use {}",
            self.0,
            known.join(", ")
        )
    }
}

impl std::error::Error for UnknownProvider {}

/// The address of one vendor record: written `provider/account/native`, as in
/// `openai/production/cert_abc`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId {
    /// The vendor.
    pub provider: ProviderKind,
    /// The account's name in this fleet. It holds no slash. Shared by all records of an account.
    pub account: Arc<str>,
    /// The vendor's own identifier: OpenAI and Cloudflare `id`, Patchworks `id` (a number), Apinizer
    /// `name` (unique in its project, and an account is one project).
    pub native: String,
}

impl CertificateId {
    /// An address.
    pub fn new(
        provider: ProviderKind,
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
                    .map_err(|error: UnknownProvider| InvalidId(error.to_string()))?;
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
            "pattern": "^[a-z]+/[^/]+/.+$"
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
            "acme/a/x",
        ] {
            assert!(text.parse::<CertificateId>().is_err(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn round_trip(account in "[^/]{1,9}", native in ".{1,20}", kind in 0..ProviderKind::ALL.len()) {
            let id = CertificateId::new(ProviderKind::ALL[kind], account, native);
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
