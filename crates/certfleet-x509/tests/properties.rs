//! What must hold for every input.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod support;

use certfleet_x509::{ReadErrorKind, Sha1, Sha256, X509, read, read_all, survey};
use proptest::prelude::*;
use support::*;

/// The damages a PEM text may take on its way, each harmless by itself and in any order.
fn damage(kind: u8, text: String) -> String {
    match kind {
        0 => text.replace("\r\n", "\n").replace('\n', "\r\n"),
        1 => text.replace("\r\n", "\n").replace('\n', "\r"),
        2 => text.replace(['\r', '\n'], " "),
        3 => text.replace('\r', r"\r").replace('\n', r"\n"),
        4 => text.replace('\n', "\n  \t"),
        5 => format!("\u{feff}{text}"),
        6 => format!("Bag Attributes\n  friendlyName: x\nsubject=CN=y\n{text}"),
        7 => text.trim_end().to_owned(),
        8 => serde_json::to_string(&text).unwrap(),
        9 => text.replace('/', r"\/"),
        10 => text.replace('\n', "\n\n"),
        11 => format!("{text}\nCertificate chain --- end\n"),
        _ => text
            .replace("BEGIN CERT", "BEGIN X509 CERT")
            .replace("END CERT", "END X509 CERT"),
    }
}

/// Certificates whose parts vary, so that base64's padding and last lines do too.
fn certificate() -> impl Strategy<Value = Vec<u8>> {
    (prop::collection::vec(any::<u8>(), 1..40), "\\PC{0,40}").prop_map(|(serial, text)| {
        let subject = name(&[attribute(CN, 0x0c, text.as_bytes())]);
        Parts {
            serial,
            subject,
            ..Parts::default()
        }
        .der()
    })
}

/// The content of a name: bytes, or parts of which some are whole and some are not.
fn odd_name() -> impl Strategy<Value = Vec<u8>> {
    let whole = "[a-z]{0,3}".prop_map(|text| tlv(0x31, &attribute(CN, 0x0c, text.as_bytes())));
    let odd = prop::collection::vec(any::<u8>(), 0..6).prop_map(|bytes| tlv(0x31, &bytes));
    let bytes = prop::collection::vec(any::<u8>(), 0..6);
    prop::collection::vec(prop_oneof![3 => whole, 2 => odd, 1 => bytes], 0..4)
        .prop_map(|parts| parts.concat())
}

/// Reads an RFC 4514 value back.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let first = rest.next().unwrap();
        match char::from(first).to_digit(16) {
            Some(high) => {
                let low = char::from(rest.next().unwrap()).to_digit(16).unwrap();
                bytes.push((high << 4 | low) as u8);
            }
            None => bytes.push(first),
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Splits where RFC 4514 does: at separators that are not escaped.
fn split(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for character in text.chars() {
        if character == separator && !escaped {
            parts.push(String::new());
            continue;
        }
        parts.last_mut().unwrap().push(character);
        escaped = character == '\\' && !escaped;
    }
    parts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = read(&bytes);
        let _ = X509::from_der(&bytes);
        let _ = read(pem(&bytes).as_bytes());
        let _ = read(base64(&bytes).as_bytes());
        let _ = survey(&bytes);
    }

    #[test]
    fn arbitrary_text_never_panics(text in "(-----BEGIN |-----END |CERTIFICATE|PARAMETERS|-----|\u{2014}|begin |X: |LS0tLS1CRUdJTiB|\\\\n|PRIVATE KEY|MII|[ \\\\\"\r\n=A-Za-z0]|\\PC){0,60}") {
        let entries = read(text.as_bytes());
        let survey = survey(text.as_bytes());
        match (entries, survey) {
            // What can be handed on can be shown, and reads the same.
            (Ok(entries), Ok(survey)) => {
                prop_assert!(!entries.is_empty());
                if survey.others.is_empty() {
                    prop_assert_eq!(entries, survey.entries);
                }
            }
            (Err(error), Ok(_)) => prop_assert_eq!(error.kind(), ReadErrorKind::PrivateKey),
            // Only things that are not certificates: an error each, or one for all.
            (Ok(entries), Err(_)) => prop_assert!(entries.iter().all(|entry| entry.certificate.is_err())),
            (Err(error), Err(_)) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn changed_bytes_never_panic(der in certificate(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut changed = der;
        for (index, byte) in changes {
            let length = changed.len();
            changed[index.index(length)] = byte;
        }
        if let Ok(certificate) = X509::from_der(&changed) {
            prop_assert_eq!(certificate.der(), Some(&changed[..]));
            serde_json::to_string(&certificate).unwrap();
            let _ = certificate.subject.common_name();
        }
        let _ = read(&changed);
    }

    #[test]
    fn arbitrary_extensions_never_panic(arc in prop::sample::select(vec![14_u8, 15, 17, 19, 35, 37]), value in prop::collection::vec(any::<u8>(), 0..60)) {
        let wrapped = tlv(0x30, &value);
        for value in [&value, &wrapped] {
            let parts = Parts { extensions: vec![extension(arc, value)], ..Parts::default() };
            prop_assert!(X509::from_der(&parts.der()).is_ok());
        }
    }

    #[test]
    fn a_cut_certificate_is_refused(der in certificate(), at in any::<prop::sample::Index>()) {
        let cut = &der[..at.index(der.len())];
        prop_assert!(X509::from_der(cut).is_err());
        prop_assert!(read_all(cut).is_err());
        prop_assert!(read_all(pem(cut).as_bytes()).is_err());
    }

    #[test]
    fn damaged_pem_reads_to_the_same_der(ders in prop::collection::vec(certificate(), 1..4), damages in prop::collection::vec(0_u8..13, 0..5)) {
        let text = ders.iter().map(|der| pem(der)).collect();
        let damaged = damages.into_iter().fold(text, |text, kind| damage(kind, text));
        let read = read_all(damaged.as_bytes()).unwrap();
        prop_assert_eq!(read.iter().filter_map(X509::der).collect::<Vec<_>>(), ders);
    }

    #[test]
    fn fingerprints_go_round(bytes in any::<[u8; 32]>(), colon in prop::sample::select(vec![":", "-", " : "]), upper in any::<bool>(), short in any::<bool>()) {
        let group = |byte: &u8| if short { format!("{byte:x}") } else { format!("{byte:02x}") };
        let mut text = bytes.iter().map(group).collect::<Vec<_>>().join(colon);
        if upper {
            text = text.to_uppercase();
        }
        let fingerprint = Sha256::from(bytes);
        prop_assert_eq!(text.parse(), Ok(fingerprint));
        prop_assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    }

    #[test]
    fn arbitrary_fingerprints_never_panic(text in "\\PC{0,100}") {
        let _ = text.parse::<Sha256>();
        let _ = text.parse::<Sha1>();
    }

    /// Whatever stands where a name belongs costs no certificate, and never vanishes.
    #[test]
    fn arbitrary_names_are_shown_and_told_apart(
        subject in odd_name(),
        issuer in odd_name(),
    ) {
        let parts = Parts { subject: tlv(0x30, &subject), issuer: tlv(0x30, &issuer), ..Parts::default() };
        let certificate = X509::from_der(&parts.der()).unwrap();
        prop_assert_eq!(certificate.subject.der(), &parts.subject);
        prop_assert_eq!(certificate.issuer.der(), &parts.issuer);
        prop_assert_eq!(certificate.subject.is_empty(), subject.is_empty());
        prop_assert_eq!(certificate.self_issued, subject == issuer);
        prop_assert_eq!(certificate.subject == certificate.issuer, subject == issuer);
        prop_assert!(!certificate.display_name().is_empty());
    }

    #[test]
    fn names_go_round(values in prop::collection::vec("[ #,+\"\\\\<>;=\0\u{1b}a-f0-9é\u{202e}😀]{0,12}|\\PC{0,12}", 1..4)) {
        let attributes: Vec<_> = values.iter().map(|value| attribute(CN, 0x0c, value.as_bytes())).collect();
        let certificate = X509::from_der(&Parts { subject: name(&attributes), ..Parts::default() }.der()).unwrap();
        let text = certificate.subject.to_string();
        prop_assert!(!text.chars().any(char::is_control));
        let read: Vec<_> = split(&text, ',')
            .iter()
            .rev()
            .map(|part| unescape(part.strip_prefix("CN=").unwrap()))
            .collect();
        prop_assert_eq!(&read, &values);
        prop_assert_eq!(certificate.subject.common_name(), values.last().cloned());
    }
}
