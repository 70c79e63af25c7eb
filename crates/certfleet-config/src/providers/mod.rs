//! The providers: each one's table in the configuration, one file each.

#[cfg(feature = "apinizer")]
mod apinizer;
#[cfg(feature = "cloudflare")]
mod cloudflare;
#[cfg(feature = "openai")]
mod openai;
#[cfg(feature = "patchworks")]
mod patchworks;
// new-provider: module

use crate::settings::Provider;

/// Every provider, in the order in which examples are shown.
pub(crate) const ALL: &[Provider] = &[
    #[cfg(feature = "openai")]
    openai::PROVIDER,
    #[cfg(feature = "cloudflare")]
    cloudflare::PROVIDER,
    #[cfg(feature = "patchworks")]
    patchworks::PROVIDER,
    #[cfg(feature = "apinizer")]
    apinizer::PROVIDER,
    // new-provider: entry
];

/// The provider of a name.
pub(crate) fn named(name: &str) -> Option<&'static Provider> {
    ALL.iter().find(|provider| provider.kind.as_str() == name)
}

/// The names of all providers, as they are written in the configuration.
pub(crate) fn names() -> String {
    let names: Vec<_> = ALL
        .iter()
        .map(|provider| format!("{:?}", provider.kind.as_str()))
        .collect();
    names.join(", ")
}

/// Returns a configuration with an account of each provider, to be shown to people.
pub fn example() -> String {
    let examples: Vec<_> = ALL.iter().map(|provider| provider.example).collect();
    examples.join("\n")
}
