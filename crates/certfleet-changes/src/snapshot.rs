//! What was there when it was read.

use certfleet::{
    Account, Certificate, CertificateId, Coverage, Error, ErrorKind, Scope, State, adapter::Rules,
    x509::Sha256,
};

/// An account's records at one moment, with the contents that a change depends on.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) certificates: Vec<Certificate>,
    coverage: Coverage,
    rules: &'static Rules,
    /// How many records could not be read, not even their addresses.
    unidentified: usize,
}

impl Snapshot {
    /// Returns the snapshot that a listing of an account is.
    pub(crate) fn from_listing(
        account: &Account,
        certificates: Vec<Certificate>,
        unidentified: usize,
    ) -> Self {
        Self {
            certificates,
            coverage: account.capabilities().coverage(),
            rules: account.rules(),
            unidentified,
        }
    }

    pub(crate) fn find(&self, id: &CertificateId) -> Option<&Certificate> {
        self.certificates.iter().find(|one| one.id == *id)
    }

    /// Returns the vendor's ids of everything that was there.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.certificates
            .iter()
            .map(|one| one.id.native.clone())
            .collect()
    }

    /// Returns whether what is not here is nowhere.
    pub(crate) fn is_complete(&self) -> bool {
        self.lists_all() && self.unidentified == 0
    }

    /// Returns whether the vendor lists everything there is.
    pub(crate) fn lists_all(&self) -> bool {
        self.coverage == Coverage::Complete
    }

    /// Returns whether a record's name is its address.
    pub(crate) fn name_is_address(&self) -> bool {
        self.rules.name_is_address
    }

    /// Returns how many records could not be read, not even their addresses.
    pub(crate) fn unidentified(&self) -> usize {
        self.unidentified
    }

    /// Returns the records of which nothing can be read but their addresses.
    pub(crate) fn unreadable(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter().filter(|one| one.is_unreadable())
    }

    /// Says, for people, what could not be read of the records that a condition lets through; `None` where
    /// everything could. Those whose addresses cannot be read may be any.
    pub(crate) fn unread(&self, may_be: impl Fn(&Certificate) -> bool) -> Option<String> {
        let mut names: Vec<_> = self
            .unreadable()
            .filter(|one| may_be(one))
            .map(|one| one.id.to_string())
            .collect();
        match self.unidentified {
            0 => {}
            1 => names.push("a record without a readable address".to_owned()),
            several => names.push(format!("{several} records without a readable address")),
        }
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// Returns the error of a record that is not among those that could be read.
    pub(crate) fn missing(&self, id: &CertificateId) -> Error {
        if self.unidentified == 0 {
            return Error::not_found(id);
        }
        Error::new(
            ErrorKind::Precondition,
            format!(
                "whether {id} is there cannot be told: {} of the account could not be read. Nothing was sent",
                self.unread(|_| false).unwrap_or_default()
            ),
        )
        .with_advice("List the account to see what is wrong with them")
    }

    /// Returns whether a certificate is in force, or on its way there, in a scope by its own switch. `None`
    /// where that cannot be told: a scope that inherits shows as active what is active above it.
    pub(crate) fn in_force(&self, id: &CertificateId, scope: &Scope) -> Option<bool> {
        let one = self.find(id)?;
        // What cannot be read may be anywhere.
        let is_unknown = one.is_unreadable() && state_in(one, scope).is_none();
        if is_unknown || self.is_inherited(one, scope) {
            return None;
        }
        match state_in(one, scope) {
            Some(State::Active | State::Activating) => Some(true),
            Some(State::Inactive | State::Deactivating) | None => Some(false),
            Some(_) => None,
        }
    }

    /// Returns the records that are in force in a scope, also by inheritance.
    pub(crate) fn active_in<'a>(
        &'a self,
        scope: &'a Scope,
    ) -> impl Iterator<Item = &'a Certificate> + 'a {
        self.certificates.iter().filter(move |one| {
            state_in(one, scope) == Some(State::Active) || self.is_inherited(one, scope)
        })
    }

    /// Returns whether a scope is the other one, or shows what is active in the other one as its own.
    pub(crate) fn inherits(&self, scope: &Scope, from: &Scope) -> bool {
        scope == from || self.rules.inherits_from(scope.kind()) == Some(from.kind())
    }

    /// Whether a record is active in a scope that this one inherits from.
    fn is_inherited(&self, one: &Certificate, scope: &Scope) -> bool {
        let above = self.rules.inherits_from(scope.kind());
        above.is_some_and(|above| {
            one.placements.iter().any(|placement| {
                placement.scope.kind() == above && placement.state == State::Active
            })
        })
    }
}

/// Returns the scopes where a record is, each once, in the vendor's order.
pub(crate) fn scopes_of(certificate: &Certificate) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = Vec::new();
    for placement in &certificate.placements {
        if !scopes.contains(&placement.scope) {
            scopes.push(placement.scope.clone());
        }
    }
    scopes
}

/// Returns a record's state in a scope.
pub(crate) fn state_in(certificate: &Certificate, scope: &Scope) -> Option<State> {
    certificate
        .placements
        .iter()
        .find(|placement| placement.scope == *scope)
        .map(|placement| placement.state)
}

/// Returns whether a record holds a content: everywhere, or in a scope, and there nothing else. `None`
/// where its content is not known.
pub(crate) fn holds(
    certificate: &Certificate,
    scope: Option<&Scope>,
    fingerprint: Option<Sha256>,
) -> Option<bool> {
    let fingerprint = fingerprint?;
    let compare = |held: Option<Sha256>| held.map(|held| held == fingerprint);
    let Some(scope) = scope else {
        let states: Vec<_> = certificate
            .contents
            .iter()
            .map(|content| compare(content.sha256))
            .collect();
        return if states.contains(&Some(true)) {
            Some(true)
        } else if states.contains(&None) {
            None
        } else {
            Some(false)
        };
    };
    let mut there = certificate
        .placements
        .iter()
        .filter(|placement| placement.scope == *scope)
        .peekable();
    if there.peek().is_none() {
        // Where a record that cannot be read is, is not known.
        return (!certificate.is_unreadable()).then_some(false);
    }
    let states: Vec<_> = there
        .map(|placement| {
            // Where a vendor has one content for all places, it does not say which.
            let content = certificate.contents.get(placement.content.unwrap_or(0))?;
            compare(content.sha256)
        })
        .collect();
    if states.iter().all(|state| *state == Some(true)) {
        Some(true)
    } else if states.contains(&Some(false)) {
        Some(false)
    } else {
        None
    }
}
