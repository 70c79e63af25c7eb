//! Each vendor's rules, as data: one file each.

mod apinizer;
mod cloudflare;
mod openai;
mod patchworks;
// new-provider: module

use crate::{ProviderKind, References, Scope};

/// What a vendor demands of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rules {
    /// Every certificate has to be a CA (`CA:TRUE`).
    pub authority: bool,
    /// Every certificate has to have a subject and an authority key identifier.
    pub key_identifiers: bool,
    /// What every certificate's key usage has to include.
    pub key_usage: &'static [&'static str],
    /// Only one certificate: of several, the vendor keeps the first.
    pub single: bool,
    /// The PEM has to have fewer bytes than this.
    pub below_bytes: Option<usize>,
    /// Every certificate has to be valid for longer than so many hours from now.
    pub hours_left: i64,
    /// It goes live at once, so it has to be valid already.
    pub valid_now: bool,
    /// A private key may go with it.
    pub private_key: bool,
    /// The most characters of a passphrase.
    pub passphrase: usize,
    /// Name, alias and description are needed, in this order.
    pub fields: [Field; 3],
    /// The kinds of place an upload names.
    pub places: Places,
    /// The choices a delete has.
    pub delete_references: &'static [References],
    /// The choices a replacement has.
    pub replace_references: &'static [References],
    /// The most days a generated certificate may be valid.
    pub most_days: Option<u32>,
}

/// Whether an upload carries a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// It has to.
    Required,
    /// It may.
    Optional,
    /// The vendor has none.
    None,
}

/// Which places an upload names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// None, or the one there is.
    Only(&'static Scope),
    /// A connector, or none.
    Connector,
    /// One environment or more.
    Environments,
}

const NOTHING: Rules = Rules {
    authority: false,
    key_identifiers: false,
    key_usage: &[],
    single: false,
    below_bytes: None,
    hours_left: 0,
    valid_now: false,
    private_key: false,
    passphrase: 0,
    fields: [Field::None; 3],
    places: Places::Only(&Scope::Edge),
    delete_references: &[References::Keep],
    replace_references: &[],
    most_days: None,
};

/// A vendor's rules.
pub fn rules(provider: ProviderKind) -> &'static Rules {
    match provider {
        ProviderKind::OpenAi => &openai::RULES,
        ProviderKind::Cloudflare => &cloudflare::RULES,
        ProviderKind::Patchworks => &patchworks::RULES,
        ProviderKind::Apinizer => &apinizer::RULES,
        // new-provider: rules
    }
}
