//! The fleet a sandbox starts with. Each vendor's part is in its own `seed` file.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::certificates::Mint;
use crate::random::Seed;
use crate::seed::Shared;
use crate::{Jwk, apinizer, cloudflare, openai, patchworks};

/// What each vendor starts with.
#[derive(Default)]
pub(crate) struct Fleet {
    pub(crate) openai: Vec<openai::certificate::Certificate>,
    pub(crate) cloudflare: BTreeMap<&'static str, cloudflare::seed::Seeded>,
    pub(crate) patchworks: Vec<patchworks::certificate::New>,
    pub(crate) apinizer: Vec<apinizer::certificate::Certificate>,
    // new-provider: field
    pub(crate) jwks: Vec<Jwk>,
}

impl Fleet {
    /// Makes every certificate. The orders are fixed, so this cannot fail but by a mistake here, which leaves the fleet
    /// empty and the tests red.
    pub(crate) fn make(seed: Seed, start: DateTime<Utc>, more: usize) -> Self {
        Self::try_make(Mint { seed, start }, more).unwrap_or_default()
    }

    fn try_make(mint: Mint, more: usize) -> Result<Self, rcgen::Error> {
        let shared = Shared::make(mint)?;
        let (apinizer, jwks) = apinizer::seed::make(&shared)?;
        let mut openai = openai::seed::make(&shared)?;
        openai.extend(openai::seed::more(&shared, more)?);
        Ok(Self {
            openai,
            cloudflare: cloudflare::seed::make(&shared)?,
            patchworks: patchworks::seed::make(&shared)?,
            // new-provider: certificates
            apinizer,
            jwks,
        })
    }
}
