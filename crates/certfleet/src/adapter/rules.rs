//! What a provider demands of changes, and what follows from them there: facts that its adapter
//! states, and that everything above the adapters concludes from.

use crate::{Scope, change::ReferencePolicy};

/// What a provider demands of a change, and what follows from one there. An adapter states it as a
/// constant: what it leaves out is taken from [`Rules::NONE`].
///
/// ```
/// use certfleet::adapter::{Rules, ScopeRules, UploadScopes};
///
/// const RULES: Rules = Rules {
///     single: true,
///     upload_scopes: UploadScopes::Optional("zone"),
///     scopes: &[ScopeRules { delete_undeploys: true, ..ScopeRules::new("zone") }],
///     ..Rules::NONE
/// };
/// assert!(RULES.scope("zone").is_some_and(|zone| zone.delete_undeploys));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Every certificate has to be a CA (`CA:TRUE`).
    pub authority: bool,
    /// Every certificate has to have a subject and an authority key identifier.
    pub key_identifiers: bool,
    /// What every certificate's key usage has to include.
    pub key_usage: &'static [&'static str],
    /// An upload takes one certificate only: of several, the vendor keeps the first.
    pub single: bool,
    /// The PEM has to have fewer bytes than this.
    pub below_bytes: Option<usize>,
    /// Every certificate has to be valid for longer than so many hours from now.
    pub hours_left: i64,
    /// Every certificate has to be valid already.
    pub valid_now: bool,
    /// A private key may go with an upload.
    pub private_key: bool,
    /// The most characters of a passphrase.
    pub passphrase: usize,
    /// Whether an upload has a name, an alias and a description, in this order.
    pub fields: [Field; 3],
    /// The scopes that an upload names.
    pub upload_scopes: UploadScopes,
    /// An upload that names no scope goes live at once.
    pub upload_deploys: bool,
    /// What a record holds never changes: once read, it need not be read again.
    pub contents_never_change: bool,
    /// A record's name is its address: it is unique, never changes, and an upload has to give it.
    pub name_is_address: bool,
    /// What a deletion can do with what refers to the certificate.
    pub delete_references: &'static [ReferencePolicy],
    /// What a replacement can do with what refers to the certificate.
    pub replace_references: &'static [ReferencePolicy],
    /// A replacement that touches references ([`ReferencePolicy::Keep`] does not) may take the place of all
    /// that the record holds, so that a scope that it does not name loses the certificate. The vendor's pages
    /// allow that reading: it is inferred.
    pub update_may_replace_all: bool,
    /// That a replacement with [`ReferencePolicy::Keep`] goes live at once is inferred: the vendor's pages do
    /// not say so.
    pub keep_deploys_inferred: bool,
    /// The most days that a generated certificate may be valid.
    pub most_days: Option<u32>,
    /// Every kind of scope that the provider has. About other kinds nothing is known, and a plan says so.
    pub scopes: &'static [ScopeRules],
    /// A kind of scope that may exist without being listed: a certificate that is in force there looks as
    /// if it were not, and the vendor refuses to delete it.
    pub unlisted_scopes: Option<&'static str>,
}

/// What a kind of scope means at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeRules {
    /// The kind, as in [`Scope::kind`].
    pub kind: &'static str,
    /// What is uploaded to it, or replaced in it, goes live there at once.
    pub deploys: bool,
    /// It holds one certificate: another one that is put there displaces it.
    pub holds_one: bool,
    /// A kind of scope whose active certificates are in force here too, whatever is switched here.
    pub inherits_from: Option<&'static str>,
    /// How a certificate is switched on and off there.
    pub switching: Switching,
    /// While something is active there, callers without a client certificate are refused.
    pub enforces: bool,
    /// What is active there signs the certificates that clients are shown: each of them has to trust it.
    pub intercepts: bool,
    /// Exactly one certificate is active there: activating another one takes its place, and that is the only way to
    /// deactivate one.
    pub hands_over: bool,
    /// A kind of scope where a certificate has to be active before it is activated here, and as long as it is active
    /// here.
    pub needs: Option<&'static str>,
    /// Deleting a certificate takes it away from there, whatever its state. Otherwise the vendor refuses
    /// to delete one that is active there.
    pub delete_undeploys: bool,
    /// What an operator should know who activates a certificate there.
    pub note: Option<&'static str>,
}

/// How a certificate is switched on and off in a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switching {
    /// Not at all: it is in force while it is there.
    Never,
    /// With the answer to the request.
    AtOnce,
    /// Some time after the answer: it has to be waited for.
    Eventually,
}

/// Whether an upload has a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// It must.
    Required,
    /// It may.
    Optional,
    /// The provider has no such field.
    None,
}

/// Which scopes an upload names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadScopes {
    /// None, or the only one there is.
    Fixed(&'static Scope),
    /// One of this kind, or none.
    Optional(&'static str),
    /// One or more of this kind, whose names do not contain this character.
    Required(&'static str, char),
}

impl Rules {
    /// A provider that demands nothing and has no scopes.
    pub const NONE: Self = Self {
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
        upload_scopes: UploadScopes::Optional(""),
        upload_deploys: false,
        contents_never_change: false,
        name_is_address: false,
        delete_references: &[ReferencePolicy::Keep],
        replace_references: &[],
        update_may_replace_all: false,
        keep_deploys_inferred: false,
        most_days: None,
        scopes: &[],
        unlisted_scopes: None,
    };

    /// Returns what a kind of scope means; `None` where nothing is stated about it.
    pub fn scope(&self, kind: &str) -> Option<&ScopeRules> {
        self.scopes.iter().find(|rules| rules.kind == kind)
    }

    /// Returns the kinds of scope where a certificate can be active only while it is active in another kind.
    pub fn needed_by(&self, kind: &str) -> impl Iterator<Item = &ScopeRules> {
        let needs = move |rules: &&ScopeRules| rules.needs == Some(kind);
        self.scopes.iter().filter(needs)
    }

    /// Returns whether exactly one certificate is active in a kind of scope, in place of which another one is activated.
    pub fn hands_over(&self, kind: &str) -> bool {
        self.scope(kind).is_some_and(|rules| rules.hands_over)
    }

    /// Returns the kind of scope whose active certificates are in force in another kind too.
    pub fn inherits_from(&self, kind: &str) -> Option<&'static str> {
        self.scope(kind)?.inherits_from
    }

    /// Returns the kind of scope that inherits from another.
    pub fn inherited_by(&self, kind: &str) -> Option<&'static str> {
        let heir = |rules: &&ScopeRules| rules.inherits_from == Some(kind);
        self.scopes.iter().find(heir).map(|rules| rules.kind)
    }
}

impl ScopeRules {
    /// A kind of scope where nothing happens by itself, and which does not switch.
    pub const fn new(kind: &'static str) -> Self {
        Self {
            kind,
            deploys: false,
            holds_one: false,
            inherits_from: None,
            switching: Switching::Never,
            enforces: false,
            intercepts: false,
            hands_over: false,
            needs: None,
            delete_undeploys: false,
            note: None,
        }
    }
}
