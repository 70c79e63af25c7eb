//! One file per vendor: its types and calls, mapped, and nothing else.

#[cfg(feature = "apinizer")]
pub mod apinizer;
#[cfg(feature = "cloudflare")]
pub mod cloudflare;
#[cfg(feature = "openai")]
pub mod openai;
#[cfg(feature = "patchworks")]
pub mod patchworks;
// new-provider: module

use crate::{Capabilities, ProviderKind};

/// What a provider can do, as its specification states it. `None` if its cargo feature is off.
pub fn capabilities(provider: ProviderKind) -> Option<Capabilities> {
    match provider {
        #[cfg(feature = "openai")]
        ProviderKind::OpenAi => Some(Capabilities::of(&certfleet_openai::API)),
        #[cfg(feature = "cloudflare")]
        ProviderKind::Cloudflare => Some(Capabilities::of(&certfleet_cloudflare::API)),
        #[cfg(feature = "patchworks")]
        ProviderKind::Patchworks => Some(Capabilities::of(&certfleet_patchworks::API)),
        #[cfg(feature = "apinizer")]
        ProviderKind::Apinizer => Some(Capabilities::of(&certfleet_apinizer::API)),
        // new-provider: capabilities
        #[allow(
            unreachable_patterns,
            reason = "unreachable only with every feature on"
        )]
        _ => None,
    }
}
