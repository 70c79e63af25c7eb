//! What was there when it was read.

use certfleet::{
    Account, Certificate, CertificateId, Change, ContentFetch, Coverage, Error, ErrorKind,
    ListOptions, Result, Scope, State, Verb, adapter::Rules, x509::Sha256,
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;

/// An account's records at one moment, with the contents that a change depends on.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) certificates: Vec<Certificate>,
    coverage: Coverage,
    rules: &'static Rules,
    /// How many records could not be read, not even their addresses.
    unidentified: usize,
}

/// A vendor's reported dates may be of another time zone than they should.
const DATES_MAY_BE_OFF_BY: TimeDelta = TimeDelta::days(2);

impl Snapshot {
    /// Lists the account, and gets what the change needs and the listing does not carry. A scope that cannot be
    /// read is an error: a change of an account rests on all of its states.
    pub(crate) async fn take(account: &Account, change: &Change) -> Result<Self> {
        let (mut certificates, unidentified) =
            listed(account, ListOptions::content(ContentFetch::Included)).await?;
        let wanted = change.certificates()?;
        for one in &mut certificates {
            let needed = match (change, wanted.first()) {
                (Change::Replace(replace), Some(_)) => one.id == replace.id,
                // The journal keeps what a deletion removes.
                (Change::Delete(delete), _) => one.id == delete.id,
                (_, Some(first)) => may_hold(one, first.not_after),
                (_, None) => false,
            };
            if needed
                && account.capabilities().get(Verb::Get).is_some()
                && one.contents.iter().any(|held| held.x509.is_none())
            {
                match account.contents(&one.id).await {
                    Ok(contents) => one.contents = contents,
                    // It went between the two, its content is only wanted for the journal, or it cannot be
                    // read there either.
                    Err(error)
                        if error.kind() == ErrorKind::NotFound
                            || matches!(change, Change::Delete(_))
                            || one.is_unreadable()
                                && error.kind() == ErrorKind::InvalidResponse => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(Self {
            certificates,
            coverage: account.capabilities().coverage(),
            rules: account.rules(),
            unidentified,
        })
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

/// Lists an account: its records, and how many others could not be read, not even their addresses.
///
/// # Errors
/// That of the listing, or of a scope whose states could not be read.
pub(crate) async fn listed(
    account: &Account,
    options: ListOptions,
) -> Result<(Vec<Certificate>, usize)> {
    let mut listing = account.list(options);
    let notes = listing.notes();
    let mut certificates = Vec::new();
    while let Some(certificate) = listing.try_next().await? {
        certificates.push(certificate);
    }
    match notes.take_failed_scope() {
        Some((scope, error)) => {
            Err(error.with_context(format_args!("{}: {scope}", account.full_name())))
        }
        None => Ok((certificates, notes.unidentified())),
    }
}

/// Whether a record may hold a certificate that ends at `end`, by what the vendor reports.
fn may_hold(certificate: &Certificate, end: Option<DateTime<Utc>>) -> bool {
    certificate.contents.iter().any(|held| {
        held.not_after
            .zip(end)
            .is_none_or(|(reported, end)| (reported - end).abs() <= DATES_MAY_BE_OFF_BY)
    })
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
