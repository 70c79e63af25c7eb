//! How a handshake ended, in words that follow the server's address.

use std::io;
use tokio_rustls::rustls::{AlertDescription, Error, PeerIncompatible};

/// What to do where a port speaks something else.
const OTHER_PROTOCOL: &str =
    "; check the port; where the protocol begins in plain text, name it with --starttls";

/// Says why a handshake failed, and what to do.
pub(super) fn handshake(error: &io::Error) -> String {
    let advice = match tls(error) {
        Some(Error::InvalidMessage(_)) => OTHER_PROTOCOL,
        Some(Error::AlertReceived(alert)) => advice(*alert),
        None if is_closed(error) => OTHER_PROTOCOL,
        _ => "",
    };
    format!("{}{advice}", handshake_failure(error))
}

/// Says why a handshake failed.
pub(crate) fn handshake_failure(error: &io::Error) -> String {
    match tls(error) {
        Some(error) => tls_failure(error),
        None if is_closed(error) => "closed the connection during the TLS handshake".to_owned(),
        None => format!("broke off the TLS handshake: {error}"),
    }
}

fn tls(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

fn tls_failure(error: &Error) -> String {
    match error {
        Error::InvalidMessage(_) => "answers with something that is not TLS".to_owned(),
        Error::AlertReceived(alert) => {
            let name = alert
                .as_str()
                .map_or_else(|| format!("number {}", u8::from(*alert)), plain);
            format!("ended the handshake with the alert \"{name}\"")
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
        Error::InvalidCertificate(_) => {
            "does not show that it has the key of its certificate".to_owned()
        }
        // A verifier of this command says in words why it refuses.
        Error::General(why) => why.clone(),
        Error::PeerMisbehaved(why) => format!(
            "breaks the rules of TLS ({}); check whether something between changes what it sends",
            plain(&format!("{why:?}"))
        ),
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
                tls(Error::General("presents another one".to_owned())),
                "presents another one",
                "",
            ),
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
