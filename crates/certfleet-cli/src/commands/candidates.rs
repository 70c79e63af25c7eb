//! The records that may hold a certificate of a file: the contents of no others are read.

use crate::{
    accounts::Opened,
    commands::write::read,
    exit::{Failure, Result},
    progress::while_waiting,
};
use certfleet::{
    Certificate, CertificateId, ContentFetch, ErrorKind, Inventory, Verb, x509, x509::Sha256,
};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use std::{collections::BTreeMap, path::Path};

/// How many contents are read at the same time.
const CONCURRENCY: usize = 16;

/// The certificates of a file, and when each ends.
pub(super) struct CertificateFile(BTreeMap<Sha256, Option<DateTime<Utc>>>);

impl CertificateFile {
    /// Reads the certificates of a file, whatever else is in it.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let survey = x509::survey(&read(path)?)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        let certificates = survey.entries.into_iter().map(|entry| entry.certificate);
        certificates
            .map(|certificate| certificate.map(|x509| (x509.sha256, x509.not_after)))
            .collect::<std::result::Result<_, _>>()
            .map(Self)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
    }

    pub(super) fn has(&self, sha256: Sha256) -> bool {
        self.0.contains_key(&sha256)
    }

    fn may_be(&self, one: &Certificate) -> bool {
        self.0.values().any(|end| one.may_hold(*end))
    }
}

/// Lists accounts, with the contents of the records that may hold a certificate of these files. An account of which one
/// cannot be read is not complete.
pub(super) async fn with_candidates(opened: &Opened, files: &[&CertificateFile]) -> Inventory {
    let mut inventory = opened.inventory(ContentFetch::Included).await;
    let is_unread = |one: &Certificate| one.contents.iter().any(|held| held.x509.is_none());
    let is_candidate =
        |one: &&Certificate| is_unread(one) && files.iter().any(|file| file.may_be(one));
    let candidates = inventory.certificates.iter().filter(is_candidate);
    let reads: Vec<_> = candidates
        .filter_map(|one| {
            let account = opened.fleet.account(&one.id).ok()?;
            let can_get = account.capabilities().get(Verb::Get).is_some();
            let id = one.id.clone();
            can_get.then_some(async move {
                let contents = account.contents(&id).await;
                (id, contents)
            })
        })
        .collect();
    let reads = stream::iter(reads).buffered(CONCURRENCY);
    let read: Vec<(CertificateId, _)> =
        while_waiting("reading the certificates", reads.collect()).await;
    for (id, contents) in read {
        match contents {
            Ok(contents) => {
                let listed = inventory.certificates.iter_mut();
                for one in listed.filter(|one| one.id == id) {
                    one.contents.clone_from(&contents);
                }
            }
            // It went between the two.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                let mut reports = inventory.accounts.iter_mut();
                let own = reports.find(|report| {
                    (report.provider, &*report.account) == (id.provider, &*id.account)
                });
                if let Some(report) = own {
                    report.complete = false;
                    report.error.get_or_insert_with(|| error.report());
                }
            }
        }
    }
    inventory
}
