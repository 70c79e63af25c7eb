//! Certificates for tests to upload.

use crate::certificates::Mint;
use crate::certificates::issue::When::Days;
use crate::certificates::pem::{self, Layout};
use crate::seed::{authority, client};

/// A kind of certificate to upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sample {
    /// A self-signed authority: what OpenAI takes.
    Authority,
    /// A client's certificate, which OpenAI refuses.
    Client,
    /// A client's certificate, and its issuer's after it.
    ClientChain,
}

impl Sample {
    pub(crate) fn make(self, mint: Mint, name: &str, days: i64) -> String {
        let from = days.min(0).saturating_sub(1);
        let root =
            |label: &str, name: &str| mint.root(authority(label, name, from, Days(days)), label);
        let issuer = || root("sample issuer", "Sample Issuer");
        let made = match self {
            Self::Authority => {
                root(&format!("sample {name}"), name).map(|root| vec![root.certificate])
            }
            Self::Client | Self::ClientChain => issuer().and_then(|issuer| {
                let label = format!("sample client {name}");
                let leaf = mint.issue(&issuer, client(&label, name, from, Days(days)), None)?;
                Ok(if self == Self::Client {
                    vec![leaf]
                } else {
                    vec![leaf, issuer.certificate]
                })
            }),
        };
        // The orders are right, so there is always something.
        let chain = made.unwrap_or_default();
        pem::encode(chain.iter().map(|one| one.der.as_slice()), Layout::Lines)
    }
}
