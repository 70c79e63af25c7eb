//! Fingerprints as people write them.

use certfleet::{
    Certificate, CertificateContent,
    model::Member,
    x509::{Sha1, Sha256},
};
use std::{fmt, str::FromStr};

/// The beginning of a SHA-256, or a whole SHA-1, as lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(String);

impl Fingerprint {
    /// Whether a SHA-256 begins so.
    pub(crate) fn is_beginning_of(&self, sha256: Sha256) -> bool {
        sha256.to_string().starts_with(&self.0)
    }

    /// How many hex digits it has.
    pub(crate) fn digits(&self) -> usize {
        self.0.len()
    }

    /// Whether it is what a record goes by: the fingerprint of the first certificate of one of its contents.
    pub(crate) fn matches(&self, certificate: &Certificate) -> bool {
        self.positions(certificate).any(|(_, index)| index == 0)
    }

    /// Whether one of a record's certificates has it.
    pub(crate) fn is_in(&self, certificate: &Certificate) -> bool {
        self.positions(certificate).next().is_some()
    }

    /// Which of several certificates has it.
    pub(crate) fn member(&self, certificate: &Certificate) -> Option<Member> {
        self.positions(certificate)
            .find_map(|(content, index)| content.member(index))
    }

    /// Whether it is one of these fingerprints of a certificate.
    pub(crate) fn fits(&self, sha256: Option<Sha256>, sha1: Option<Sha1>) -> bool {
        sha256.is_some_and(|sha256| self.is_beginning_of(sha256))
            || sha1.is_some_and(|sha1| sha1.to_string() == self.0)
    }

    /// The contents that have it, and the first certificate of each that does.
    fn positions<'a>(
        &'a self,
        certificate: &'a Certificate,
    ) -> impl Iterator<Item = (&'a CertificateContent, usize)> {
        certificate.contents.iter().filter_map(|content| {
            let fits = |sha256, sha1| self.fits(sha256, sha1);
            Some((content, content.position_of(fits)?))
        })
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Whole fingerprints come in many forms, which the library reads.
        if let Ok(whole) = text.parse::<Sha256>() {
            return Ok(Self(whole.to_string()));
        }
        if let Ok(whole) = text.parse::<Sha1>() {
            return Ok(Self(whole.to_string()));
        }
        let lower = text.trim().to_lowercase();
        let bare = ["sha256:", "sha-256:", "sha256=", "sha256 fingerprint="]
            .iter()
            .find_map(|prefix| lower.strip_prefix(prefix))
            .unwrap_or(&lower);
        let hex: String = bare
            .chars()
            .filter(|character| !matches!(character, ':' | '-' | ' '))
            .collect();
        if hex.is_empty() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("write the hex digits it begins with, as in 3fa209 or 3F:A2:09");
        }
        if hex.len() > 64 {
            return Err("a SHA-256 has 64 hex digits, this has more");
        }
        Ok(Self(hex))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints() {
        let whole = "3fa209".to_owned() + &"0".repeat(58);
        for (text, read) in [
            ("3FA209", Ok("3fa209")),
            ("3f:a2:09", Ok("3fa209")),
            ("3f a2 09", Ok("3fa209")),
            ("3f-a", Ok("3fa")),
            ("sha256:3fa", Ok("3fa")),
            (whole.as_str(), Ok(whole.as_str())),
        ] {
            assert_eq!(
                text.parse::<Fingerprint>().map(|f| f.0),
                read.map(str::to_owned)
            );
        }
        for bad in ["", ":", "xyz", "sha512:3f", &"0".repeat(65)] {
            assert!(bad.parse::<Fingerprint>().is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// What is read of a fingerprint is hex, and reads the same again.
        #[test]
        fn fingerprints_are_hex(text in "(sha256:)?[0-9a-fA-F: -]{0,70}|\\PC{0,20}") {
            if let Ok(read) = text.parse::<Fingerprint>() {
                proptest::prop_assert!(read.0.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
                proptest::prop_assert_eq!(read.0.parse::<Fingerprint>(), Ok(read.clone()));
            }
        }
    }
}
