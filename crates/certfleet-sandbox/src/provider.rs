//! The providers.

use std::fmt;

macro_rules! providers {
    ($($(#[$meta:meta])* $provider:ident => $prefix:literal, $base_path:literal;)*) => {
        /// A provider: a vendor whose API the sandbox speaks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Provider {
            $($(#[$meta])* $provider,)*
        }

        impl Provider {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$provider,)*];

            /// The first segment of this vendor's paths.
            #[must_use]
            pub const fn prefix(self) -> &'static str {
                match self {
                    $(Self::$provider => $prefix,)*
                }
            }

            /// The path a client's base URL ends with: the vendor's own base path behind the [prefix](Self::prefix).
            #[must_use]
            pub const fn base_path(self) -> &'static str {
                match self {
                    $(Self::$provider => concat!("/", $prefix, $base_path),)*
                }
            }
        }
    };
}

// Each with its first segment, and with its own base path behind that.
providers! {
    /// OpenAI: organization and project certificates.
    OpenAi => "openai", "/v1";
    /// Cloudflare: Zero Trust gateway certificates.
    Cloudflare => "cloudflare", "/client/v4";
    /// Patchworks: connector certificates.
    Patchworks => "patchworks", "";
    /// Apinizer: API gateway certificates.
    Apinizer => "apinizer", "";
    // new-provider: provider
}

impl Provider {
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
