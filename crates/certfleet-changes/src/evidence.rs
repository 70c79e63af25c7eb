//! What a snapshot says about a change that may have taken effect.

use crate::snapshot::{Snapshot, holds, state_in};
use certfleet::{
    Certificate, CertificateId, Change, Origin, Scope, Upload, WarningKind,
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
    /// The vendor offers no way to tell by reading.
    Unreadable,
    /// Reading could tell, were it not for records that cannot be read, in words.
    Hidden(String),
}

impl Snapshot {
    /// Concludes whether a change took effect, given the ids that were there before it.
    pub(crate) fn evidence(&self, change: &Change, seen: &[String]) -> Evidence {
        match change {
            Change::Upload(upload) => self.uploaded(upload, change.sha256(), seen),
            Change::Generate(_) => self.generated(seen),
            Change::Rename(rename) => match self.find(&rename.id) {
                Some(one) if one.name.as_deref() == Some(rename.name.as_str()) => done(one),
                Some(one) if one.is_unreadable() => self.unless_hidden(|other| other.id == one.id),
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
                    } else if one.is_unreadable() {
                        self.unless_hidden(|other| other.id == one.id)
                    } else if states.contains(&None) {
                        Evidence::Unreadable
                    } else {
                        Evidence::NotDone
                    }
                }
                None => self.gone(),
            },
            Change::Delete(delete) => match self.find(&delete.id) {
                Some(_) => Evidence::NotDone,
                None => match self.gone() {
                    Evidence::NotDone => Evidence::Done {
                        certificates: Vec::new(),
                        inferred: false,
                    },
                    evidence => evidence,
                },
            },
            _ => Evidence::Unreadable,
        }
    }

    /// Concludes whether an upload took effect.
    fn uploaded(&self, upload: &Upload, fingerprint: Option<Sha256>, seen: &[String]) -> Evidence {
        if !self.lists_all() && upload.scopes.is_empty() {
            return Evidence::Unreadable;
        }
        let held = |one: &&Certificate| {
            !seen.contains(&one.id.native)
                && upload
                    .scopes
                    .iter()
                    .all(|scope| holds(one, Some(scope), fingerprint) == Some(true))
                && (!upload.scopes.is_empty() || holds(one, None, fingerprint) == Some(true))
        };
        let found: Vec<_> = self.certificates.iter().filter(held).cloned().collect();
        if found.is_empty() {
            return match self.withheld(&upload.scopes, seen) {
                Evidence::NotDone => self.unless_hidden(|one| {
                    self.may_be(upload.name.as_deref(), one)
                        && !seen.contains(&one.id.native)
                        && holds(one, None, fingerprint).is_none()
                }),
                evidence => evidence,
            };
        }
        one_of(found, false)
    }

    /// Concludes whether the vendor made a certificate.
    fn generated(&self, seen: &[String]) -> Evidence {
        let made = |one: &&Certificate| {
            !seen.contains(&one.id.native) && one.origin == Origin::ProviderManaged
        };
        // What can be read is concluded from its being the only new one: any other may be it.
        match self.unless_hidden(|one| !seen.contains(&one.id.native)) {
            Evidence::NotDone => {
                let found = self.certificates.iter().filter(made);
                one_of(found.cloned().collect(), true)
            }
            evidence => evidence,
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
        if self.lists_all() {
            self.unless_hidden(|_| false)
        } else {
            Evidence::Unreadable
        }
    }

    /// That it did not take effect, unless records that cannot be read, and may be it, leave that open. Those whose
    /// addresses cannot be read may be any.
    fn unless_hidden(&self, may_be: impl Fn(&Certificate) -> bool) -> Evidence {
        match self.unread(may_be) {
            None => Evidence::NotDone,
            Some(unread) => Evidence::Hidden(unread),
        }
    }

    /// Whether a record may be one of a name: where the name is the address, it is what it is called.
    fn may_be(&self, name: Option<&str>, one: &Certificate) -> bool {
        !self.name_is_address() || name == Some(one.id.native.as_str())
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
        } else if let Some(unread) = self.unread(|one| set.ids.contains(&one.id)) {
            Evidence::Hidden(unread)
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
