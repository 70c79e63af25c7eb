//! The providers.

use std::fmt;

/// A provider: a vendor whose API the sandbox speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// OpenAI: organization and project certificates.
    OpenAi,
    /// Cloudflare: Zero Trust gateway certificates.
    Cloudflare,
    /// Patchworks: connector certificates.
    Patchworks,
    /// Apinizer: API gateway certificates.
    Apinizer,
    // new-provider: variant
}

impl Provider {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::OpenAi,
        Self::Cloudflare,
        Self::Patchworks,
        Self::Apinizer,
        // new-provider: entry
    ];

    /// The first segment of this vendor's paths.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Cloudflare => "cloudflare",
            Self::Patchworks => "patchworks",
            Self::Apinizer => "apinizer",
            // new-provider: prefix
        }
    }

    /// The path a client's base URL ends with: the vendor's own base path behind the [prefix](Self::prefix).
    #[must_use]
    pub const fn base_path(self) -> &'static str {
        match self {
            Self::OpenAi => "/openai/v1",
            Self::Cloudflare => "/cloudflare/client/v4",
            Self::Patchworks => "/patchworks",
            Self::Apinizer => "/apinizer",
            // new-provider: base path
        }
    }

    /// The vendor this path belongs to, and the path on the vendor's host.
    pub(crate) fn from_path(path: &str) -> Option<(Self, &str)> {
        let tail = path.strip_prefix('/')?;
        let end = tail.find('/').unwrap_or(tail.len());
        let (first, own) = tail.split_at_checked(end)?;
        let provider = Self::ALL
            .iter()
            .copied()
            .find(|provider| provider.prefix() == first)?;
        Some((provider, if own.is_empty() { "/" } else { own }))
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.prefix())
    }
}
