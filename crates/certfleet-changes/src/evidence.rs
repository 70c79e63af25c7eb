//! What a snapshot says about a change that may have taken effect.

use crate::snapshot::{Snapshot, holds, state_in};
use certfleet::{
    Certificate, CertificateId, Change, Origin, Scope, WarningKind,
    change::{ReferencePolicy, SetActive},
    x509::Sha256,
};

/// What a snapshot says about a change that may have taken effect.
#[derive(Clone, Debug)]
pub(crate) enum Evidence {
    /// It did: these records show it. `inferred` where another client could have done it.
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

impl Snapshot {
    /// Concludes whether a change took effect, given the ids that were there before it.
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
                    !seen.contains(&one.id.native) && one.origin == Origin::ProviderManaged
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
            _ => Evidence::Unreadable,
        }
    }

    /// A new record at these places whose content the vendor's answer hides, because it holds a key.
    fn withheld(&self, scopes: &[Scope], seen: &[String]) -> Evidence {
        let hidden = |one: &&Certificate| {
            !scopes.is_empty()
                && !seen.contains(&one.id.native)
                && scopes.iter().all(|scope| state_in(one, scope).is_some())
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
}

/// Whether one of the entries at a place holds a content.
fn has_entry(certificate: &Certificate, scope: &Scope, fingerprint: Option<Sha256>) -> bool {
    certificate
        .placements
        .iter()
        .filter(|placement| placement.scope == *scope)
        .filter_map(|placement| certificate.contents.get(placement.content?))
        .any(|content| content.sha256 == fingerprint)
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
