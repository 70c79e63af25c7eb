//! One file per vendor: its types and calls, mapped, and nothing else.

#[cfg(feature = "apinizer")]
pub mod apinizer;
#[cfg(feature = "cloudflare")]
pub mod cloudflare;
#[cfg(feature = "openai")]
pub mod openai;
#[cfg(feature = "patchworks")]
pub mod patchworks;
