//! What a file holds beside its certificates.

use super::*;
use certfleet_x509::{OtherKind, Survey, survey};

const CANARY: &[u8] = b"CanarySecretCanarySecretCanary";

fn kinds(survey: &Survey) -> Vec<(OtherKind, Option<&str>, Option<usize>)> {
    survey
        .others
        .iter()
        .map(|other| (other.kind, other.label.as_deref(), other.line))
        .collect()
}

/// The certificates are all there, and nothing shows a byte of what stands beside them.
fn check(input: &[u8], certificates: usize) -> Survey {
    let survey = survey(input).unwrap();
    assert_eq!(survey.entries.len(), certificates);
    for (index, entry) in survey.entries.iter().enumerate() {
        assert_eq!(entry.position, index + 1);
        assert!(entry.certificate.is_ok(), "{entry:?}");
    }
    let shown = format!("{survey:?}");
    for secret in [
        "Canary",
        &base64(CANARY)[..12],
        &format!("{:?}", CANARY)[1..20],
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
    survey
}

#[test]
fn pem_blocks_beside_certificates() {
    let good = pem(&plain());
    let labels = [
        ("RSA PRIVATE KEY", OtherKind::PrivateKey),
        ("ENCRYPTED PRIVATE KEY", OtherKind::PrivateKey),
        ("PGP PRIVATE KEY BLOCK", OtherKind::PrivateKey),
        ("EC PARAMETERS", OtherKind::Parameters),
        ("X9.42 DH PARAMETERS", OtherKind::Parameters),
        ("PUBLIC KEY", OtherKind::PublicKey),
        ("RSA PUBLIC KEY", OtherKind::PublicKey),
        ("NEW CERTIFICATE REQUEST", OtherKind::Request),
        ("X509 CRL", OtherKind::RevocationList),
        ("ATTRIBUTE CERTIFICATE", OtherKind::Unknown),
    ];
    let lines = good.lines().count();
    for (label, kind) in labels {
        let other = armour(label, CANARY, "\n");
        let survey = check(format!("{good}{other}{good}").as_bytes(), 2);
        assert_eq!(kinds(&survey), [(kind, Some(label), Some(lines + 1))]);
        let survey = check(format!("{other}{good}").as_bytes(), 1);
        assert_eq!(kinds(&survey), [(kind, Some(label), Some(1))]);
        // Without its END line it ends where the next block begins.
        let open = other.split("-----END").next().unwrap();
        let survey = check(format!("{open}{good}").as_bytes(), 1);
        assert_eq!(kinds(&survey), [(kind, Some(label), Some(1))]);
    }
    let all: String = labels
        .iter()
        .map(|(label, _)| armour(label, CANARY, "\r\n"))
        .collect();
    let survey = check(format!("{all}{good}").as_bytes(), 1);
    assert_eq!(survey.others.len(), labels.len());
    assert_eq!(
        survey.others[0].to_string(),
        "a private key (RSA PRIVATE KEY)"
    );
    let json = serde_json::json!({"key": armour("PRIVATE KEY", CANARY, "\n"), "certificate": good});
    let survey = check(json.to_string().as_bytes(), 1);
    assert_eq!(survey.others.len(), 1);
}

#[test]
fn keys_in_every_form_beside_certificates() {
    let good = plain();
    for (form, key) in private_keys() {
        let mislabelled = format!("{}{}", pem(&good), pem(&key));
        let inputs: [Vec<u8>; 6] = [
            [good.clone(), key.clone()].concat(),
            [key.clone(), good.clone()].concat(),
            mislabelled.into(),
            pem(&[good.clone(), key.clone()].concat()).into(),
            base64(&[good.clone(), key.clone()].concat()).into(),
            pkcs7(&[good.clone(), key.clone()]),
        ];
        for (index, input) in inputs.iter().enumerate() {
            let survey = check(input, 1);
            let [other] = &survey.others[..] else {
                panic!("{form}, input {index}: {survey:?}");
            };
            assert_eq!(other.kind, OtherKind::PrivateKey, "{form}, input {index}");
            let shown = format!("{survey:?}");
            assert!(
                !shown.contains("85, 85, 85") && !shown.contains("5555"),
                "{shown}"
            );
        }
    }
    for armoured in [
        armour("PRIVATE KEY", CANARY, "\n").replace("-----", "----"),
        armour("PRIVATE KEY", CANARY, "\n").replace('-', "\u{2014}"),
        "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n".to_owned(),
    ] {
        let survey = check(format!("{armoured}{}", pem(&good)).as_bytes(), 1);
        assert_eq!(kinds(&survey), [(OtherKind::PrivateKey, None, Some(1))]);
    }
}

/// A block that says it is a certificate and is not stays an error; so does what stands alone.
#[test]
fn what_is_wrong_stays_wrong() {
    let good = pem(&plain());
    let key = seq(&[&seq(&[&oid(ED25519)]), &tlv(3, &[0; 33])]);
    let found = survey(format!("{good}{}", pem(&key)).as_bytes()).unwrap();
    let error = found.entries[1].certificate.as_ref().unwrap_err();
    assert_eq!(error.kind(), ReadErrorKind::NotACertificate);
    assert!(found.others.is_empty());
    // In DER there is no label that could be wrong.
    let found = survey(&[plain(), key.clone()].concat()).unwrap();
    assert_eq!(kinds(&found), [(OtherKind::PublicKey, None, None)]);

    let parameters = armour("EC PARAMETERS", b"x", "\n");
    let private = armour("EC PRIVATE KEY", CANARY, "\n");
    let p12 = pkcs12();
    for (input, kind, line) in [
        (
            private.clone().into_bytes(),
            ReadErrorKind::PrivateKey,
            Some(1),
        ),
        (
            format!("{parameters}{private}").into_bytes(),
            ReadErrorKind::PrivateKey,
            Some(4),
        ),
        (
            parameters.into_bytes(),
            ReadErrorKind::NotACertificate,
            Some(1),
        ),
        (key.clone(), ReadErrorKind::NotACertificate, None),
        (p12.clone(), ReadErrorKind::Pkcs12, None),
        (b"hello".to_vec(), ReadErrorKind::NoCertificate, None),
    ] {
        let error = survey(&input).unwrap_err();
        assert_eq!((error.kind(), error.line()), (kind, line));
        assert_eq!(error.kind(), read_all(&input).unwrap_err().kind());
    }
    // What is handed on is refused as before.
    let error = read(format!("{good}{private}").as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ReadErrorKind::PrivateKey);
}
