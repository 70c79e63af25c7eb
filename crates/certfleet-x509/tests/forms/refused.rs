//! What is refused, and how it is said.

use super::*;

fn kind(input: &[u8]) -> ReadErrorKind {
    match read_all(input) {
        Ok(all) => panic!("{} certificates were read", all.len()),
        Err(error) => error.kind(),
    }
}

#[test]
fn private_keys_are_refused_in_every_form() {
    let good = plain();
    for (form, key) in private_keys() {
        let half = &key[..key.len() / 2];
        let inputs: Vec<Vec<u8>> = vec![
            key.clone(),
            half.to_vec(),
            base64(&key).into(),
            pem(&key).into(),
            pem(half).into(),
            [good.clone(), key.clone()].concat(),
            pem(&[good.clone(), key.clone()].concat()).into(),
            armour(
                "TRUSTED CERTIFICATE",
                &[good.clone(), key.clone()].concat(),
                "\n",
            )
            .into(),
            format!("{}{}", pem(&good), pem(&key)).into(),
            pkcs7(&[good.clone(), key.clone()]),
        ];
        for (index, input) in inputs.iter().enumerate() {
            assert_eq!(
                kind(input),
                ReadErrorKind::PrivateKey,
                "{form}, input {index}"
            );
        }
        assert_eq!(
            X509::from_der(&key).unwrap_err().kind(),
            ReadErrorKind::PrivateKey,
            "{form}"
        );
    }
    let secret = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let labels = [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
    ];
    for label in labels {
        let key = armour(label, b"canary", "\n");
        for input in [
            key.clone(),
            key.replace('\n', r"\n"),
            key.replace("-----", "----"),
            key.replace("-----", "---- "),
            key.to_lowercase(),
            key.split("-----END").next().unwrap().to_owned(),
            format!("{}{key}", pem(&good)),
            format!("{key}{}", pem(&good)),
            format!("{}{key}", pem(&good).replace("-----END", "-----FIN")),
            serde_json::json!({"certificate": pem(&good), "private_key": key}).to_string(),
        ] {
            assert_eq!(kind(input.as_bytes()), ReadErrorKind::PrivateKey, "{input}");
        }
    }
    assert_eq!(
        kind(format!("{}\n{secret}", pem(&good)).as_bytes()),
        ReadErrorKind::PrivateKey
    );
    assert_eq!(
        kind(b"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n"),
        ReadErrorKind::PrivateKey
    );
    assert_eq!(kind(b"openssh-key-v1\0\0\0"), ReadErrorKind::PrivateKey);
    assert_eq!(
        kind(b"-----BEGIN PGP PRIVATE KEY BLOCK-----"),
        ReadErrorKind::PrivateKey
    );
}

#[test]
fn words_about_private_keys_are_no_keys() {
    let text = format!("# keep the PRIVATE KEY elsewhere\n{}", pem(&plain()));
    assert!(single(text.as_bytes()).is_ok());
    let text = format!(
        "Before you begin, keep your private key safe.\n{}",
        pem(&plain())
    );
    assert!(single(text.as_bytes()).is_ok());
    let named = Parts {
        subject: name(&[attribute(CN, 0x0c, b"BEGIN PRIVATE KEY")]),
        ..Parts::default()
    };
    assert!(single(&named.der()).is_ok());
}

#[test]
fn other_things_are_told_apart() {
    let good = plain();
    let p12 = pkcs12();
    let key = seq(&[&seq(&[&oid(ED25519)]), &tlv(3, &[0; 33])]);
    let request = seq(&[
        &seq(&[
            &tlv(2, &[0]),
            &name(&[attribute(CN, 0x0c, b"x")]),
            &key,
            &tlv(0xa0, &[]),
        ]),
        &seq(&[&oid(ED25519)]),
        &tlv(3, &[0; 65]),
    ]);
    let revocations = seq(&[
        &seq(&[
            &tlv(2, &[1]),
            &seq(&[&oid(ED25519)]),
            &name(&[]),
            &tlv(0x17, b"240102030405Z"),
        ]),
        &seq(&[&oid(ED25519)]),
        &tlv(3, &[0; 65]),
    ]);
    let indefinite = [
        b"\x30\x80\x06\x09".as_slice(),
        PKCS7_SIGNED,
        b"\xa0\x80\x00\x00\x00\x00",
    ]
    .concat();
    let indefinite_p12 = [
        b"\x30\x80\x02\x01\x03\x30\x80\x06\x09".as_slice(),
        PKCS7_DATA,
    ]
    .concat();
    let cases: Vec<(&str, Vec<u8>, ReadErrorKind)> = vec![
        ("nothing", vec![], ReadErrorKind::Empty),
        ("blank", b" \r\n\t".to_vec(), ReadErrorKind::Empty),
        ("BOM alone", b"\xef\xbb\xbf".to_vec(), ReadErrorKind::Empty),
        (
            "prose",
            b"hello, this is not it".to_vec(),
            ReadErrorKind::NoCertificate,
        ),
        (
            "base64 of prose",
            base64(b"hello").into(),
            ReadErrorKind::NoCertificate,
        ),
        ("binary", vec![0xff, 0, 1, 2], ReadErrorKind::NoCertificate),
        (
            "HTML",
            b"<html><body>403</body></html>".to_vec(),
            ReadErrorKind::NoCertificate,
        ),
        ("PKCS#12", p12.clone(), ReadErrorKind::Pkcs12),
        (
            "PKCS#12, base64",
            base64(&p12).into(),
            ReadErrorKind::Pkcs12,
        ),
        ("PKCS#12, PEM", pem(&p12).into(), ReadErrorKind::Pkcs12),
        ("PKCS#12, cut", p12[..40].to_vec(), ReadErrorKind::Pkcs12),
        ("PKCS#12, BER", indefinite_p12, ReadErrorKind::Pkcs12),
        ("PKCS#7, BER", indefinite, ReadErrorKind::Unsupported),
        (
            "PKCS#7 data",
            seq(&[&oid(PKCS7_DATA), &tlv(0xa0, &tlv(4, b"x"))]),
            ReadErrorKind::Unsupported,
        ),
        ("request", request, ReadErrorKind::NotACertificate),
        (
            "revocation list",
            revocations,
            ReadErrorKind::NotACertificate,
        ),
        ("public key", key.clone(), ReadErrorKind::NotACertificate),
        (
            "public key, PEM",
            armour("PUBLIC KEY", &key, "\n").into(),
            ReadErrorKind::NotACertificate,
        ),
        (
            "ZIP",
            b"PK\x03\x04....".to_vec(),
            ReadErrorKind::NotACertificate,
        ),
        (
            "Java key store",
            b"\xfe\xed\xfe\xed....".to_vec(),
            ReadErrorKind::NotACertificate,
        ),
        (
            "another SEQUENCE",
            seq(&[&tlv(2, &[9])]),
            ReadErrorKind::Malformed,
        ),
        (
            "trailing bytes",
            [good.clone(), vec![0]].concat(),
            ReadErrorKind::TrailingData,
        ),
        (
            "trailing newline",
            [good.clone(), b"\n".to_vec()].concat(),
            ReadErrorKind::TrailingData,
        ),
        (
            "trailing bytes, PEM",
            pem(&[good.clone(), vec![1]].concat()).into(),
            ReadErrorKind::TrailingData,
        ),
        (
            "trailing bytes, trusted",
            armour(
                "TRUSTED CERTIFICATE",
                &[good.clone(), vec![1]].concat(),
                "\n",
            )
            .into(),
            ReadErrorKind::TrailingData,
        ),
        (
            "cut DER",
            good[..good.len() - 1].to_vec(),
            ReadErrorKind::Truncated,
        ),
        (
            "cut DER in PEM",
            pem(&good[..good.len() - 3]).into(),
            ReadErrorKind::Truncated,
        ),
        ("cut PEM", pem(&good)[..200].into(), ReadErrorKind::Armour),
        (
            "BEGIN only",
            b"-----BEGIN CERTIFICATE-----".to_vec(),
            ReadErrorKind::Armour,
        ),
        (
            "half a BEGIN",
            b"-----BEGIN CERTIF".to_vec(),
            ReadErrorKind::Armour,
        ),
        (
            "END only",
            b"-----END CERTIFICATE-----".to_vec(),
            ReadErrorKind::NoCertificate,
        ),
        (
            "empty block",
            b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----".to_vec(),
            ReadErrorKind::Armour,
        ),
        (
            "other END",
            pem(&good)
                .replace("END CERTIFICATE", "END CERTIFICATES")
                .into(),
            ReadErrorKind::Armour,
        ),
        (
            "hyphen within",
            pem(&good).replacen("MI", "M-", 1).into(),
            ReadErrorKind::Base64,
        ),
        (
            "damaged bare base64",
            base64(&good).replacen('A', "!", 1).into(),
            ReadErrorKind::Base64,
        ),
        (
            "cut bare base64",
            base64(&good)[..101].into(),
            ReadErrorKind::Base64,
        ),
        (
            "too large",
            vec![b' '; MAX_INPUT + 1],
            ReadErrorKind::TooLarge,
        ),
        ("too many", b"0\0".repeat(30_000), ReadErrorKind::TooLarge),
        (
            "too many near misses",
            b"BEGIN CERTIFICATE\nMIIBIjANBgkqhkiG\n".repeat(30_000),
            ReadErrorKind::TooLarge,
        ),
    ];
    for (form, input, expected) in cases {
        assert_eq!(kind(&input), expected, "{form}");
    }
}

#[test]
fn errors_never_repeat_the_input() {
    const CANARY: &str = "Q2FuYXJ5U2VjcmV0";
    let canary = base64::engine::general_purpose::STANDARD
        .decode(CANARY)
        .unwrap();
    let cut = pem(&tlv(0x30, &canary.repeat(9)));
    let inputs: Vec<Vec<u8>> = vec![
        CANARY.into(),
        canary.clone(),
        armour("PRIVATE KEY", &canary, "\n").into(),
        armour("CERTIFICATE", &canary, "\n").into(),
        format!("-----BEGIN {CANARY}").into(),
        format!("-----BEGIN \u{1b}[31m{CANARY}-----\n").into(),
        format!("MII{CANARY}!{CANARY}").into(),
        cut.into(),
    ];
    for input in inputs {
        let error = read_all(&input).unwrap_err();
        for text in [
            error.to_string(),
            format!("{error:?}"),
            format!("{error:#?}"),
        ] {
            for secret in [CANARY, "CanarySecret", "\u{1b}"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}

#[test]
fn messages_read_well() {
    let good = pem(&plain());
    let cases = [
        (
            good.split("-----END").next().unwrap().to_owned(),
            "line 1: the END line is missing; copy the whole block, from -----BEGIN to the last hyphen of the END line",
        ),
        (
            armour("X509 CRL", b"x", "\n"),
            "line 1: this block is labelled X509 CRL, it is not a certificate; leave it out",
        ),
        (
            format!("{good}{}", armour("RSA PRIVATE KEY", b"x", "\n")),
            "line 8: this is a private key; hand over the certificate only, and treat the key as exposed if others can \
             read this input",
        ),
    ];
    for (input, expected) in cases {
        assert_eq!(
            read_all(input.as_bytes()).unwrap_err().to_string(),
            expected
        );
    }
}

/// Inputs made to be slow take no longer than their length allows.
#[test]
fn hostile_inputs_are_read_in_linear_time() {
    const SIZE: usize = 2 * 1024 * 1024;
    let fill = |text: &str| text.repeat(SIZE / text.len()).into_bytes();
    let inputs = [
        fill("-----BEGIN"),
        fill("-----BEGIN A-----"),
        fill("-----BEGIN CERTIFICATE-----\n-"),
        fill("-----BEGIN CERTIFICATE-----\n!-----END CERTIFICATE-----\n"),
        fill("-----END"),
        fill("PRIVATE KEY"),
        fill("BEGIN PRIVATE KE"),
        fill("P"),
        fill("\\"),
        fill("MII"),
        fill("0\u{0}"),
        tlv(0x30, &fill("0\u{0}")),
        pkcs7(&[fill("0\u{0}")]),
        Parts {
            extensions: vec![extension(15, &[]); 60_000],
            ..Parts::default()
        }
        .der(),
        Parts {
            subject: tlv(0x30, &fill("1\u{0}")),
            ..Parts::default()
        }
        .der(),
    ];
    // Quadratic time would not come to an end.
    for input in &inputs {
        let _ = read(input);
    }
}
