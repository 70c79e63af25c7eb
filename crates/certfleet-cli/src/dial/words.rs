//! How a handshake ended, in words that follow the server's address.

use std::io;
use tokio_rustls::rustls::{AlertDescription, Error, PeerIncompatible};

/// What to do where a port speaks something else.
const OTHER_PROTOCOL: &str =
    "check the port; where the protocol begins in plain text, name it with --starttls";

/// Says why a handshake failed, and what to do.
pub(super) fn handshake(error: &io::Error) -> String {
    let tls = error
        .get_ref()
        .and_then(|cause| cause.downcast_ref::<Error>());
    match (tls, error.kind()) {
        (Some(error), _) => tls_failure(error),
        (
            None,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe,
        ) => format!("closed the connection during the TLS handshake; {OTHER_PROTOCOL}"),
        (None, _) => format!("broke off the TLS handshake: {error}"),
    }
}

fn tls_failure(error: &Error) -> String {
    match error {
        Error::InvalidMessage(_) => {
            format!("answers with something that is not TLS; {OTHER_PROTOCOL}")
        }
        Error::AlertReceived(alert) => {
            let name = alert
                .as_str()
                .map_or_else(|| format!("number {}", u8::from(*alert)), plain);
            format!(
                "ended the handshake with the alert \"{name}\"{}",
                advice(*alert)
            )
        }
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => "offers neither TLS 1.2 nor TLS 1.3; switch one of them on at the server".to_owned(),
        Error::PeerIncompatible(why) => format!(
            "and certfleet have no TLS parameters in common ({})",
            plain(&format!("{why:?}"))
        ),
        Error::NoCertificatesPresented => "presents no certificate".to_owned(),
        Error::PeerMisbehaved(why) => format!(
            "breaks the rules of TLS ({}); check whether something between changes what it sends",
            plain(&format!("{why:?}"))
        ),
        Error::DecryptError => {
            "sends what cannot be decrypted; check whether something between changes it".to_owned()
        }
        _ => "breaks the rules of TLS; check whether something between changes what it sends"
            .to_owned(),
    }
}

fn advice(alert: AlertDescription) -> &'static str {
    match alert {
        AlertDescription::ProtocolVersion => {
            "; it offers neither TLS 1.2 nor TLS 1.3: switch one of them on at the server"
        }
        AlertDescription::UnrecognisedName => {
            "; it has no certificate for this name: give the right one with --server-name"
        }
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            "; it may offer only old ciphers, have a key of a rare kind, or want another name (--server-name)"
        }
        AlertDescription::CertificateRequired => "; it asks for a client certificate",
        _ => "",
    }
}

/// The first name in a text of Rust, as words: `HandshakeFailure` is `handshake failure`.
pub(super) fn plain(name: &str) -> String {
    let letters: Vec<char> = name
        .chars()
        .take_while(|letter| letter.is_alphanumeric())
        .collect();
    let mut words = String::new();
    let mut before = ' ';
    for (index, &letter) in letters.iter().enumerate() {
        let next_is_lower = letters
            .get(index + 1)
            .is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (before.is_lowercase() || (next_is_lower && before != ' ')) {
            words.push(' ');
        }
        if next_is_lower {
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
        before = letter;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_rustls::rustls::{InvalidMessage, PeerMisbehaved};

    #[test]
    fn names_become_words() {
        for (name, words) in [
            ("HandshakeFailure", "handshake failure"),
            ("UnknownCA", "unknown CA"),
            ("UnknownPSKIdentity", "unknown PSK identity"),
            ("CaUsedAsEndEntity", "ca used as end entity"),
            ("Rejected(Some(X { a: 1 }))", "rejected"),
            ("", ""),
        ] {
            assert_eq!(plain(name), words);
        }
    }

    #[test]
    fn what_happened_and_what_to_do() {
        let tls = |error: Error| io::Error::new(io::ErrorKind::InvalidData, error);
        for (error, what, to_do) in [
            (
                tls(Error::InvalidMessage(InvalidMessage::InvalidContentType)),
                "not TLS",
                "--starttls",
            ),
            (
                tls(Error::AlertReceived(AlertDescription::UnrecognisedName)),
                "alert \"unrecognised name\"",
                "--server-name",
            ),
            (
                tls(Error::AlertReceived(AlertDescription::from(200))),
                "alert \"number 200\"",
                "",
            ),
            (
                tls(Error::PeerIncompatible(
                    PeerIncompatible::ServerDoesNotSupportTls12Or13,
                )),
                "neither TLS 1.2 nor TLS 1.3",
                "switch one",
            ),
            (
                tls(Error::PeerMisbehaved(
                    PeerMisbehaved::TooMuchEarlyDataReceived,
                )),
                "(too much early data received)",
                "check",
            ),
            (tls(Error::NoCertificatesPresented), "no certificate", ""),
            (
                io::ErrorKind::UnexpectedEof.into(),
                "closed the connection",
                "check the port",
            ),
            (io::Error::other("odd"), "odd", ""),
        ] {
            let text = handshake(&error);
            assert!(text.contains(what) && text.contains(to_do), "{text}");
            assert!(!text.contains("::") && !text.contains('{'), "{text}");
        }
    }
}
