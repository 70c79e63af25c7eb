//! Whether a chain verifies, and if not, everything that is wrong with it, in words.

use super::{
    recorder::{KeyProof, Recorded},
    target::name_text,
    words,
};
use certfleet::{http::server_verifier, x509::X509};
use chrono::{DateTime, SecondsFormat, Utc};
use std::{sync::Arc, time::Duration};
use tokio_rustls::rustls::{
    CertificateError, Error,
    client::{danger::ServerCertVerifier, verify_server_name},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

/// The fewest bits of an RSA key whose signatures are accepted.
const SHORTEST_RSA: u32 = 2048;

/// What chains are verified against: the operating system's roots, as for vendors, and the caller's own.
pub(crate) struct Roots {
    pub(super) provider: Arc<CryptoProvider>,
    /// Absent where the system has no roots.
    pub(super) verifier: Option<Arc<dyn ServerCertVerifier>>,
    has_own: bool,
}

impl Roots {
    /// Takes the system's roots, and `own` ones besides.
    pub(crate) fn new(own: &[X509]) -> Result<Self, &'static str> {
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let roots: Vec<_> = own.iter().filter_map(X509::der_bytes).collect();
        let verifier = match server_verifier(&roots) {
            Ok(verifier) => Some(verifier),
            Err(_) if own.is_empty() => None,
            Err(_) => return Err("holds a certificate that cannot be used as a root"),
        };
        Ok(Self {
            provider,
            verifier,
            has_own: !own.is_empty(),
        })
    }

    /// Names the roots.
    pub(crate) fn text(&self) -> &'static str {
        if self.has_own {
            "the system's roots and those of --ca-file"
        } else {
            "the system's roots"
        }
    }

    /// Says everything that is wrong with what a server presented; nothing where it verifies.
    pub(super) fn problems(
        &self,
        recorded: &Recorded,
        name: &ServerName<'_>,
        now: DateTime<Utc>,
    ) -> Vec<String> {
        let chain = Chain {
            certificates: recorded
                .chain
                .iter()
                .map(|der| X509::from_der(der).ok())
                .collect(),
            name,
            now,
            roots: self,
        };
        let mut problems = Vec::new();
        let mut add = |problem| {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        };
        match (&recorded.verified, &self.verifier) {
            (Ok(()), _) => {}
            (Err(_), None) => add(
                "the system has no roots to verify it against; install its ca-certificates, or name a file with \
                 SSL_CERT_FILE"
                    .to_owned(),
            ),
            (Err(error), Some(verifier)) => {
                add(chain.problem(error));
                // The verifier stops at the first problem. One of time may hide one that stays.
                let other = chain
                    .moment_without(error)
                    .and_then(|then| verify(verifier, &recorded.chain, name, then).err());
                other
                    .iter()
                    .filter(|other| !is_of_time(other))
                    .for_each(|other| add(chain.problem(other)));
            }
        }
        let parsed = recorded.chain.first().map(ParsedCertificate::try_from);
        if let Some(Ok(own)) = parsed
            && let Err(error) = verify_server_name(&own, name)
        {
            add(chain.problem(&error));
        }
        if recorded.verified.is_ok() {
            match recorded.proof {
                Some(KeyProof::Given) => {}
                Some(KeyProof::Wrong) => {
                    add(Chain::short_key(chain.read().take(1)).unwrap_or_else(|| {
                        "the server's signature is wrong: it does not have the key of its certificate".to_owned()
                    }));
                }
                Some(KeyProof::Unknown) => add(
                    "the chain is good, but certfleet cannot verify signatures by this kind of key, so the server has \
                     not shown that it has it"
                        .to_owned(),
                ),
                None => add(
                    "the chain is good, but the server has not shown that it has the key of its certificate".to_owned(),
                ),
            }
        }
        problems
    }
}

fn verify(
    verifier: &Arc<dyn ServerCertVerifier>,
    chain: &[CertificateDer<'_>],
    name: &ServerName<'_>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let Some((own, others)) = chain.split_first() else {
        return Ok(());
    };
    verifier
        .verify_server_cert(own, others, name, &[], unix_time(now))
        .map(drop)
}

/// The time as the verifier takes it.
pub(super) fn unix_time(time: DateTime<Utc>) -> UnixTime {
    let seconds = u64::try_from(time.timestamp()).unwrap_or_default();
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

fn is_of_time(error: &Error) -> bool {
    is_expired(error) || is_not_yet_valid(error)
}

fn is_expired(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. }
        )
    )
}

fn is_not_yet_valid(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }
        )
    )
}

/// The facts that a problem is told with.
struct Chain<'a> {
    /// Those that can be read, in their places.
    certificates: Vec<Option<X509>>,
    name: &'a ServerName<'a>,
    now: DateTime<Utc>,
    roots: &'a Roots,
}

impl Chain<'_> {
    fn read(&self) -> impl Iterator<Item = (usize, &X509)> {
        let numbered = (1..).zip(&self.certificates);
        numbered.filter_map(|(number, read)| Some((number, read.as_ref()?)))
    }

    /// A moment at which the problem of time would not be there.
    fn moment_without(&self, error: &Error) -> Option<DateTime<Utc>> {
        if is_expired(error) {
            self.read().filter_map(|(_, read)| read.not_after).min()
        } else if is_not_yet_valid(error) {
            self.read().filter_map(|(_, read)| read.not_before).max()
        } else {
            None
        }
    }

    fn problem(&self, error: &Error) -> String {
        if is_expired(error) {
            let expired =
                |read: &X509| Some(("expired on", read.not_after.filter(|end| *end <= self.now)?));
            return self.of_time(expired, "a certificate of the chain has expired");
        }
        if is_not_yet_valid(error) {
            let early = |read: &X509| {
                Some((
                    "is not valid before",
                    read.not_before.filter(|begin| *begin > self.now)?,
                ))
            };
            return self.of_time(early, "a certificate of the chain is not valid yet");
        }
        let Error::InvalidCertificate(error) = error else {
            return "the certificates cannot be verified".to_owned();
        };
        match error {
            CertificateError::UnknownIssuer => self.unknown_issuer(),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => self.wrong_name(),
            CertificateError::BadSignature => Self::short_key(self.read()).unwrap_or_else(|| {
                "a signature in the chain is wrong: a certificate was not issued by the one that it names".to_owned()
            }),
            CertificateError::Revoked => "a certificate of the chain has been revoked".to_owned(),
            CertificateError::BadEncoding => {
                "a certificate of the chain is not encoded as RFC 5280 demands".to_owned()
            }
            CertificateError::UnhandledCriticalExtension => {
                "a certificate has a critical extension that certfleet does not know".to_owned()
            }
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => self.purpose(),
            #[allow(deprecated)]
            CertificateError::UnsupportedSignatureAlgorithm
            | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                let algorithms: Vec<_> = self
                    .read()
                    .map(|(_, read)| format!("{} with {}", read.public_key, read.signature_algorithm))
                    .collect();
                format!(
                    "a certificate is signed by a kind of key, or with an algorithm, that certfleet does not accept \
                     (in the chain: {})",
                    algorithms.join(", ")
                )
            }
            CertificateError::Other(other) => self.other(&other.to_string()),
            other => plain_or(&other.to_string()),
        }
    }

    /// What a verifier has no name for in common with others.
    fn other(&self, text: &str) -> String {
        match text {
            "CaUsedAsEndEntity" => {
                let is_alone = self.certificates.len() == 1;
                let own = match self.read().next() {
                    Some((1, own)) if own.self_issued && is_alone => {
                        "a self-signed certificate, and a CA's, "
                    }
                    _ => "a CA's certificate ",
                };
                format!(
                    "the server presents {own}as its own; many clients do not accept that: issue one below it"
                )
            }
            "UnsupportedCertVersion" => {
                "a certificate of the chain is not of X.509 version 3; issue a new one".to_owned()
            }
            // The platform verifier's word for wrong purposes.
            "certificate had invalid extensions" => self.purpose(),
            text => plain_or(text),
        }
    }

    /// The first RSA key that is too short for its signatures to be accepted; they then look wrong.
    fn short_key<'a>(mut of: impl Iterator<Item = (usize, &'a X509)>) -> Option<String> {
        of.find_map(|(number, read)| {
            let key = &read.public_key;
            let bits = key.bits.filter(|bits| *bits < SHORTEST_RSA)?;
            key.algorithm.starts_with("RSA").then(|| {
                format!(
                    "the RSA key of certificate {number} ({}) has {bits} bits; signatures by fewer than {SHORTEST_RSA} are \
                     not accepted",
                    read.display_name()
                )
            })
        })
    }

    fn of_time(
        &self,
        of: impl Fn(&X509) -> Option<(&'static str, DateTime<Utc>)>,
        otherwise: &str,
    ) -> String {
        let told: Vec<_> = self
            .read()
            .filter_map(|(number, read)| {
                let (what, when) = of(read)?;
                let when = when.to_rfc3339_opts(SecondsFormat::Secs, true);
                Some(format!(
                    "certificate {number} ({}) {what} {when}",
                    read.display_name()
                ))
            })
            .collect();
        if told.is_empty() {
            otherwise.to_owned()
        } else {
            told.join(", ")
        }
    }

    fn unknown_issuer(&self) -> String {
        let roots = self.roots.text();
        let advice = if self.roots.has_own {
            ""
        } else {
            "; --ca-file adds a root of your own"
        };
        let Some((_, own)) = self.read().next() else {
            return format!("the chain does not lead to one of {roots}");
        };
        if own.self_issued {
            return format!("the certificate is self-signed and not one of {roots}{advice}");
        }
        let mut top = own;
        // A chain may be in a circle.
        for _ in &self.certificates {
            let issuer = self
                .read()
                .find(|(_, read)| read.subject == top.issuer && read.sha256 != top.sha256);
            match issuer {
                Some((_, issuer)) if !top.self_issued => top = issuer,
                _ => break,
            }
        }
        if top.self_issued {
            format!(
                "the chain ends in {}, which is not one of {roots}{advice}",
                top.display_name()
            )
        } else {
            format!(
                "the issuer {} is not presented and not one of {roots}: if it is an intermediate CA, the server has to \
                 send its certificate too{advice}",
                top.issuer
            )
        }
    }

    fn wrong_name(&self) -> String {
        let name = name_text(self.name);
        let Some((1, own)) = self.read().next() else {
            return format!("the certificate is not for {name}");
        };
        let names = &own.subject_alt_names;
        let names: Vec<_> = names
            .dns
            .iter()
            .chain(&names.ip)
            .map(String::as_str)
            .collect();
        if names.is_empty() {
            return format!(
                "the certificate is not for {name}: it has no alternative name that is a host's, and its common name \
                 does not count"
            );
        }
        format!(
            "the certificate is not for {name}, but for {}",
            names.join(", ")
        )
    }

    fn purpose(&self) -> String {
        let own = self.read().next();
        let purposes = own.and_then(|(_, own)| own.extended_key_usage.as_ref());
        let purposes =
            purposes.map_or_else(String::new, |all| format!(", but for {}", all.join(", ")));
        format!("the certificate is not for servers{purposes}")
    }
}

/// A verifier's own words, without names of Rust.
fn plain_or(text: &str) -> String {
    let is_for_people = text.contains(' ') && !text.contains(['{', '(']) && !text.contains("::");
    if is_for_people {
        format!("a certificate of the chain is refused: {text}")
    } else {
        format!(
            "a certificate of the chain is refused ({})",
            words::plain(text)
        )
    }
}

#[cfg(test)]
mod tests;
