//! Which records hold a certificate that is looked for.

use crate::grouping::{GroupedCertificate, Holding};
use certfleet::x509::{Sha1, Sha256, X509};
use std::collections::HashMap;

/// Finds the records that hold a certificate, among grouped ones. It is made once for any number of certificates.
///
/// ```
/// # use certfleet::Inventory;
/// use certfleet_report::{grouping::by_certificate, holders::Holders};
/// # let pem = rcgen::generate_simple_self_signed(vec!["example.org".to_owned()])?.cert.pem();
/// # let x509 = certfleet::x509::read(pem.as_bytes())?.remove(0).certificate?;
/// let rows = by_certificate(&Inventory::new("2026-06-01T00:00:00Z".parse()?));
/// let holders = Holders::new(&rows);
/// assert_eq!(holders.of(&x509).count(), 0);
/// // What the answer does not cover: records of which not everything is known.
/// assert_eq!(holders.unknown().count(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Holders<'a> {
    rows: &'a [GroupedCertificate],
    by_sha256: HashMap<Sha256, &'a GroupedCertificate>,
    /// Where the SHA-256 is not known: the vendor reports no better fingerprint.
    by_sha1: HashMap<Sha1, Vec<&'a GroupedCertificate>>,
}

impl<'a> Holders<'a> {
    /// Returns the holders of grouped certificates.
    pub fn new(rows: &'a [GroupedCertificate]) -> Self {
        let mut by_sha1: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows.iter().filter(|row| row.sha256.is_none()) {
            if let Some(sha1) = row.sha1 {
                by_sha1.entry(sha1).or_default().push(row);
            }
        }
        Self {
            rows,
            by_sha256: rows
                .iter()
                .filter_map(|row| Some((row.sha256?, row)))
                .collect(),
            by_sha1,
        }
    }

    /// Returns every record that holds a certificate, as its own or in the chain behind that. Where a vendor reports
    /// a SHA-1 and nothing better, that is enough.
    pub fn of(&self, x509: &X509) -> impl Iterator<Item = &'a Holding> + use<'a> {
        let by_sha256 = self.by_sha256.get(&x509.sha256).copied();
        let by_sha1 = self.by_sha1.get(&x509.sha1).cloned();
        let rows = by_sha256.into_iter().chain(by_sha1.into_iter().flatten());
        rows.flat_map(|row| &row.holdings)
    }

    /// Returns the records whose content is not wholly known, each once for every content.
    pub fn unknown(&self) -> impl Iterator<Item = &'a Holding> + use<'a> {
        let holdings = self.rows.iter().flat_map(|row| &row.holdings);
        holdings.filter(|holding| holding.position == 1 && !holding.is_whole())
    }
}
