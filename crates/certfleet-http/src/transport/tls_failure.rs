//! What a failure of TLS means, in plain words.

use super::causes::find;
use rustls::{CertificateError, Error, InvalidMessage, PeerIncompatible, pki_types::UnixTime};
use std::{error::Error as StdError, fmt::Debug};

/// Returns what a failure of TLS means, in plain words and with what to do where that is known. `None` where
/// neither the error nor any of its causes is one.
///
/// ```
/// let error = rustls::Error::NoCertificatesPresented;
/// assert_eq!(
///     certfleet_http::tls_failure(&error).as_deref(),
///     Some("the server presents no certificate")
/// );
/// ```
pub fn tls_failure(error: &(dyn StdError + 'static)) -> Option<String> {
    find::<Error>(error).map(words)
}

fn words(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(why) => certificate(why),
        Error::NoCertificatesPresented => "the server presents no certificate".to_owned(),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "the server does not speak TLS: check the scheme and the port of the address".to_owned()
        }
        Error::InvalidMessage(why) => {
            format!("the server's TLS cannot be read: {}", spoken(why))
        }
        Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13) => {
            "the server offers neither TLS 1.2 nor TLS 1.3".to_owned()
        }
        Error::PeerIncompatible(why) => format!(
            "the server offers no TLS that this client accepts (TLS 1.2 or 1.3): {}",
            spoken(why)
        ),
        Error::PeerMisbehaved(why) => {
            format!("the server breaks the rules of TLS: {}", spoken(why))
        }
        Error::AlertReceived(alert) => {
            format!("the server ended the TLS handshake: {}", spoken(alert))
        }
        Error::General(text) => text.clone(),
        other => format!("TLS failed: {}", spoken(other)),
    }
}

fn certificate(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer => {
            "the server's certificate is not issued by an authority that is trusted \
            here: if it is your own, name the authority's certificate as ca_file of the account"
                .to_owned()
        }
        CertificateError::BadSignature => "the server's certificate is not signed by the authority that is trusted \
            here under its issuer's name: name the right authority's certificate as ca_file of the account"
            .to_owned(),
        CertificateError::Expired => "the server's certificate has expired".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!(
                "the server's certificate has expired, on {}",
                day(*not_after)
            )
        }
        CertificateError::NotValidYet => {
            "the server's certificate is not valid yet: check this machine's clock".to_owned()
        }
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "the server's certificate is valid only from {} on: check this machine's clock",
            day(*not_before)
        ),
        CertificateError::NotValidForName => {
            "the server's certificate is for another name: check the host of the address".to_owned()
        }
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => format!(
            "the server's certificate is for {}, not for {}: check the host of the address",
            named(presented),
            expected.to_str()
        ),
        CertificateError::Revoked => "the server's certificate has been revoked".to_owned(),
        CertificateError::BadEncoding => "the server's certificate cannot be read".to_owned(),
        other => format!(
            "the server's certificate cannot be trusted: {}",
            spoken(other)
        ),
    }
}

/// The most names that a message lists.
const LISTED: usize = 3;

/// The names of a certificate, which come as `DnsName("..")` or `IpAddress(..)`.
fn named(presented: &[String]) -> String {
    let bare = |name: &String| {
        let inner = name
            .split_once('(')
            .map_or(name.as_str(), |(_, inner)| inner);
        inner.trim_end_matches(')').trim_matches('"').to_owned()
    };
    let mut names: Vec<_> = presented.iter().take(LISTED).map(bare).collect();
    match presented.len().saturating_sub(LISTED) {
        0 if names.is_empty() => return "no name".to_owned(),
        0 => {}
        more => names.push(format!("{more} more")),
    }
    names.join(", ")
}

fn day(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let time = chrono::DateTime::from_timestamp(seconds, 0);
    time.map_or_else(
        || "a day that no calendar has".to_owned(),
        |time| time.format("%Y-%m-%d").to_string(),
    )
}

/// The innermost name of a variant, as words: `Other(OtherError(CaUsedAsEndEntity))` is "ca used as end entity".
/// rustls has no other text for many of its errors.
fn spoken(error: &impl Debug) -> String {
    let debug = format!("{error:?}");
    let end = debug.find([')', '{', '[', ' ']).unwrap_or(debug.len());
    let name = debug.get(..end).unwrap_or(&debug).trim_end();
    let name = name.rsplit('(').next().unwrap_or(name);
    let mut words = String::new();
    let mut before = None;
    for character in name.chars() {
        let is_begun = before.is_some_and(|before: char| !before.is_uppercase());
        if character.is_uppercase() && is_begun {
            words.push(' ');
        }
        words.extend(character.to_lowercase());
        before = Some(character);
    }
    words.trim_end_matches(" context").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::{AlertDescription, OtherError, PeerMisbehaved, pki_types::ServerName};
    use std::{io, sync::Arc, time::Duration};

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    /// Holds an error, and what it is wrapped in, against its words.
    fn holds(error: Error, words: &str) {
        assert_eq!(super::words(&error), words);
        let wrapped = io::Error::other(error);
        assert_eq!(tls_failure(&wrapped).as_deref(), Some(words));
    }

    #[test]
    fn certificates_in_words() {
        use CertificateError as C;
        let of_certificate = Error::InvalidCertificate;
        let expected = ServerName::try_from("api.example").unwrap();
        let presented = ["a", "b", "c", "d"].map(|name| format!("DnsName(\"{name}.example\")"));
        for (error, words) in [
            (
                of_certificate(C::UnknownIssuer),
                "the server's certificate is not issued by an authority that is trusted here: if it is your own, name \
                 the authority's certificate as ca_file of the account",
            ),
            (
                of_certificate(C::BadSignature),
                "the server's certificate is not signed by the authority that is trusted here under its issuer's name: \
                 name the right authority's certificate as ca_file of the account",
            ),
            (
                of_certificate(C::ExpiredContext {
                    time: at(1_800_000_000),
                    not_after: at(1_700_000_000),
                }),
                "the server's certificate has expired, on 2023-11-14",
            ),
            (
                of_certificate(C::NotValidYetContext {
                    time: at(0),
                    not_before: at(u64::MAX),
                }),
                "the server's certificate is valid only from a day that no calendar has on: check this machine's clock",
            ),
            (
                of_certificate(C::NotValidForNameContext {
                    expected: expected.clone(),
                    presented: presented.to_vec(),
                }),
                "the server's certificate is for a.example, b.example, c.example, 1 more, not for api.example: check \
                 the host of the address",
            ),
            (
                of_certificate(C::NotValidForNameContext {
                    expected,
                    presented: Vec::new(),
                }),
                "the server's certificate is for no name, not for api.example: check the host of the address",
            ),
            (
                of_certificate(C::Other(OtherError(Arc::new(io::Error::from(
                    io::ErrorKind::NotFound,
                ))))),
                "the server's certificate cannot be trusted: not found",
            ),
            (
                of_certificate(C::UnsupportedSignatureAlgorithmContext {
                    signature_algorithm_id: vec![1, 2],
                    supported_algorithms: Vec::new(),
                }),
                "the server's certificate cannot be trusted: unsupported signature algorithm",
            ),
        ] {
            holds(error, words);
        }
    }

    #[test]
    fn handshakes_in_words() {
        for (error, words) in [
            (
                Error::InvalidMessage(InvalidMessage::InvalidContentType),
                "the server does not speak TLS: check the scheme and the port of the address",
            ),
            (
                Error::AlertReceived(AlertDescription::HandshakeFailure),
                "the server ended the TLS handshake: handshake failure",
            ),
            (
                Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13),
                "the server offers neither TLS 1.2 nor TLS 1.3",
            ),
            (
                Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
                "the server offers no TLS that this client accepts (TLS 1.2 or 1.3): no cipher suites in common",
            ),
            (
                Error::PeerMisbehaved(PeerMisbehaved::IllegalMiddleboxChangeCipherSpec),
                "the server breaks the rules of TLS: illegal middlebox change cipher spec",
            ),
            (
                Error::General("it presents another one".to_owned()),
                "it presents another one",
            ),
            (Error::DecryptError, "TLS failed: decrypt error"),
        ] {
            holds(error, words);
        }
        assert_eq!(tls_failure(&io::Error::from(io::ErrorKind::NotFound)), None);
    }
}
