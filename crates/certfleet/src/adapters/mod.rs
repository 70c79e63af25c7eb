//! One folder per provider: its types and calls, mapped, its facts, and nothing else.

#[cfg(feature = "apinizer")]
pub mod apinizer;
#[cfg(feature = "cloudflare")]
pub mod cloudflare;
#[cfg(feature = "openai")]
pub mod openai;
#[cfg(feature = "patchworks")]
pub mod patchworks;
// new-provider: module

use crate::{Capabilities, ProviderId, adapter::Rules};

macro_rules! providers {
    ($($feature:literal $module:ident $id:ident $client:ident,)*) => {
        /// Returns what a provider can do, as its specification states it. `None` where its cargo feature
        /// is off, or the provider is not of this workspace.
        ///
        /// ```
        /// use certfleet::{ProviderId, Verb, capabilities};
        ///
        /// let apinizer = capabilities(ProviderId::APINIZER).expect("the feature is on");
        /// assert!(apinizer.get(Verb::Replace).is_some());
        /// ```
        pub fn capabilities(provider: ProviderId) -> Option<Capabilities> {
            $(
                #[cfg(feature = $feature)]
                if provider == ProviderId::$id {
                    return Some(Capabilities::from_api(&$client::API));
                }
            )*
            let _ = provider;
            None
        }

        /// Returns a provider's [`Rules`]. `None` where its cargo feature is off, or the provider is not of
        /// this workspace.
        ///
        /// ```
        /// use certfleet::{ProviderId, rules};
        ///
        /// let openai = rules(ProviderId::OPENAI).expect("the feature is on");
        /// assert_eq!(openai.hours_left, 24);
        /// ```
        pub fn rules(provider: ProviderId) -> Option<&'static Rules> {
            $(
                #[cfg(feature = $feature)]
                if provider == ProviderId::$id {
                    return Some(&$module::RULES);
                }
            )*
            let _ = provider;
            None
        }
    };
}

providers! {
    "openai" openai OPENAI certfleet_openai,
    "cloudflare" cloudflare CLOUDFLARE certfleet_cloudflare,
    "patchworks" patchworks PATCHWORKS certfleet_patchworks,
    "apinizer" apinizer APINIZER certfleet_apinizer,
    // new-provider: adapter
}
