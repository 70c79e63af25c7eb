//! What was there when somebody looked, and what it says about a change.

use crate::{
    Account, Certificate, CertificateId, Change, ContentFetch, Coverage, ErrorKind, ListOptions,
    ReferencePolicy, Result, Scope, SetActive, State, Verb, WarningKind,
};
use certfleet_x509::Sha256;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;

/// An account's records at one moment, with the contents that a change depends on.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) coverage: Coverage,
}

/// What a look says about a change that may have taken effect.
#[derive(Clone, Debug)]
pub(crate) enum Evidence {
    /// It did: these records show it. `inferred` where somebody else could have done it.
    Done {
        certificates: Vec<Certificate>,
        inferred: bool,
    },
    /// It did not, or not yet.
    NotDone,
    /// There are several where one was wanted.
    Several(Vec<CertificateId>),
    /// Reading cannot tell.
    Unreadable,
}

/// A vendor's stated dates may be of another time zone than they should.
const DATES_MAY_BE_OFF_BY: TimeDelta = TimeDelta::days(2);

impl Account {
    /// Lists the account, and gets what the change needs and the listing does not carry.
    pub(crate) async fn look(&self, change: &Change) -> Result<Look> {
        let mut certificates: Vec<Certificate> = self
            .list(ListOptions::content(ContentFetch::Included))
            .try_collect()
            .await?;
        let wanted = change.certificates()?;
        if let Some(first) = wanted.first() {
            for one in &mut certificates {
                let needed = match change {
                    Change::Replace(replace) => one.id == replace.id,
                    _ => may_hold(one, first.not_after),
                };
                if needed
                    && self.capabilities().get(Verb::Get).is_some()
                    && one.contents.iter().any(|held| held.x509.is_none())
                {
                    match self.get(&one.id).await {
                        // A get says less of states than a list does.
                        Ok(whole) => one.contents = whole.contents,
                        // It went between the two.
                        Err(error) if error.kind() == ErrorKind::NotFound => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        Ok(Look {
            certificates,
            coverage: self.capabilities().coverage(),
        })
    }
}

/// Whether a record may hold a certificate that ends at `end`, by what the vendor states.
fn may_hold(certificate: &Certificate, end: DateTime<Utc>) -> bool {
    certificate.contents.iter().any(|held| {
        held.not_after
            .is_none_or(|stated| (stated - end).abs() <= DATES_MAY_BE_OFF_BY)
    })
}

impl Look {
    pub(crate) fn find(&self, id: &CertificateId) -> Option<&Certificate> {
        self.certificates.iter().find(|one| one.id == *id)
    }

    /// The vendor's ids of everything that was there.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.certificates
            .iter()
            .map(|one| one.id.native.clone())
            .collect()
    }

    /// Whether what is not here is nowhere.
    pub(crate) fn is_complete(&self) -> bool {
        self.coverage == Coverage::Complete
    }

    /// Whether a change took effect, given the ids that were there before it.
    pub(crate) fn evidence(&self, change: &Change, seen: &[String]) -> Evidence {
        match change {
            Change::Upload(upload) => {
                if !self.is_complete() && upload.scopes.is_empty() {
                    return Evidence::Unreadable;
                }
                let fingerprint = change.sha256();
                let held = |one: &&Certificate| {
                    !seen.contains(&one.id.native)
                        && upload
                            .scopes
                            .iter()
                            .all(|scope| holds(one, Some(scope), fingerprint) == Some(true))
                        && (!upload.scopes.is_empty()
                            || holds(one, None, fingerprint) == Some(true))
                };
                let found: Vec<_> = self.certificates.iter().filter(held).cloned().collect();
                if found.is_empty() {
                    return self.withheld(&upload.scopes, seen);
                }
                one_of(found, false)
            }
            Change::Generate(_) => {
                let made = |one: &&Certificate| {
                    !seen.contains(&one.id.native) && one.origin == crate::Origin::ProviderManaged
                };
                one_of(
                    self.certificates.iter().filter(made).cloned().collect(),
                    true,
                )
            }
            Change::Rename(rename) => match self.find(&rename.id) {
                Some(one) if one.name.as_deref() == Some(rename.name.as_str()) => done(one),
                Some(_) => Evidence::NotDone,
                None => self.gone(),
            },
            Change::Activate(set) => self.switched(set, true),
            Change::Deactivate(set) => self.switched(set, false),
            Change::Replace(replace) => match self.find(&replace.id) {
                Some(one) => {
                    let fingerprint = change.sha256();
                    // An update adds entries and leaves the old ones.
                    let adds = replace.references != ReferencePolicy::Keep;
                    let states: Vec<_> = replace
                        .scopes
                        .iter()
                        .map(|scope| match holds(one, Some(scope), fingerprint) {
                            Some(false) if adds => Some(has_entry(one, scope, fingerprint)),
                            state => state,
                        })
                        .collect();
                    if states.iter().all(|state| *state == Some(true)) {
                        done(one)
                    } else if states.contains(&None) {
                        Evidence::Unreadable
                    } else {
                        Evidence::NotDone
                    }
                }
                None => Evidence::NotDone,
            },
            Change::Delete(delete) => match self.find(&delete.id) {
                Some(_) => Evidence::NotDone,
                None if self.is_complete() => Evidence::Done {
                    certificates: Vec::new(),
                    inferred: false,
                },
                None => Evidence::Unreadable,
            },
        }
    }

    /// A new record at these places whose content the vendor's answer hides, because it holds a key.
    fn withheld(&self, scopes: &[Scope], seen: &[String]) -> Evidence {
        let hidden = |one: &&Certificate| {
            !scopes.is_empty()
                && !seen.contains(&one.id.native)
                && scopes.iter().all(|scope| place(one, scope).is_some())
                && one
                    .warnings
                    .iter()
                    .any(|warning| warning.kind == WarningKind::ContentWithheld)
        };
        one_of(
            self.certificates.iter().filter(hidden).cloned().collect(),
            true,
        )
    }

    /// What a record that is not there says: where everything can be listed, that nothing more can
    /// come of a change of it.
    fn gone(&self) -> Evidence {
        if self.is_complete() {
            Evidence::NotDone
        } else {
            Evidence::Unreadable
        }
    }

    fn switched(&self, set: &SetActive, wanted: bool) -> Evidence {
        let states: Vec<_> = set
            .ids
            .iter()
            .map(|id| self.in_force(id, &set.scope))
            .collect();
        if states.iter().all(|state| *state == Some(wanted)) {
            Evidence::Done {
                certificates: set
                    .ids
                    .iter()
                    .filter_map(|id| self.find(id))
                    .cloned()
                    .collect(),
                inferred: false,
            }
        } else if states.contains(&Some(!wanted)) {
            Evidence::NotDone
        } else if set.ids.iter().any(|id| self.find(id).is_none()) {
            self.gone()
        } else {
            Evidence::Unreadable
        }
    }

    /// Whether a certificate is in force, or on its way there, at a place by its own switch. `None`
    /// where that cannot be told: a project shows as active what its organization has activated.
    pub(crate) fn in_force(&self, id: &CertificateId, scope: &Scope) -> Option<bool> {
        let one = self.find(id)?;
        if matches!(scope, Scope::Project { .. })
            && place(one, &Scope::Organization) == Some(State::Active)
        {
            return None;
        }
        match place(one, scope) {
            Some(State::Active | State::Activating) => Some(true),
            Some(State::Inactive | State::Deactivating) | None => Some(false),
            Some(State::Unknown) => None,
        }
    }

    /// The records that are in force at a place, also by inheritance.
    pub(crate) fn active_at<'a>(
        &'a self,
        scope: &'a Scope,
    ) -> impl Iterator<Item = &'a Certificate> + 'a {
        self.certificates.iter().filter(move |one| {
            place(one, scope) == Some(State::Active)
                || (matches!(scope, Scope::Project { .. })
                    && place(one, &Scope::Organization) == Some(State::Active))
        })
    }
}

/// A record's state at a place.
pub(crate) fn place(certificate: &Certificate, scope: &Scope) -> Option<State> {
    certificate
        .placements
        .iter()
        .find(|placement| placement.scope == *scope)
        .map(|placement| placement.state)
}

/// Whether a record holds a content: everywhere, or at a place, and there nothing else. `None`
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
            .map(|material| compare(material.sha256))
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
        return Some(false);
    }
    let states: Vec<_> = there
        .map(|placement| {
            // Where a vendor has one content for all places, it does not say which.
            let material = certificate.contents.get(placement.content.unwrap_or(0))?;
            compare(material.sha256)
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

/// Whether one of the entries at a place holds a content.
fn has_entry(certificate: &Certificate, scope: &Scope, fingerprint: Option<Sha256>) -> bool {
    certificate
        .placements
        .iter()
        .filter(|placement| placement.scope == *scope)
        .filter_map(|placement| certificate.contents.get(placement.content?))
        .any(|material| material.sha256 == fingerprint)
}

fn done(certificate: &Certificate) -> Evidence {
    Evidence::Done {
        certificates: vec![certificate.clone()],
        inferred: false,
    }
}

fn one_of(found: Vec<Certificate>, inferred: bool) -> Evidence {
    match found.len() {
        0 => Evidence::NotDone,
        1 => Evidence::Done {
            certificates: found,
            inferred,
        },
        _ => Evidence::Several(found.into_iter().map(|one| one.id).collect()),
    }
}
