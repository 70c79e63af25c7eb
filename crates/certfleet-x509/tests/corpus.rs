//! The facts of ordinary and of odd certificates.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod support;

use certfleet_x509::{Sha1, Sha256, X509};
use support::*;

fn facts(parts: &Parts) -> X509 {
    X509::from_der(&parts.der()).unwrap()
}

#[test]
fn all_facts_as_json() {
    let mut parts = Parts::default();
    let names = tlv(
        0x30,
        &[
            tlv(0x82, b"*.example.org"),
            tlv(0x87, &[192, 0, 2, 1]),
            tlv(
                0x87,
                &[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            ),
            tlv(0x81, b"a@example.org"),
            tlv(0x86, b"spiffe://x/y"),
            tlv(0xa4, &name(&[attribute(CN, 0x0c, b"Dir")])),
        ]
        .concat(),
    );
    parts.extensions = vec![
        extension(19, &seq(&[&tlv(1, &[0xff]), &tlv(2, &[3])])),
        extension(15, &tlv(3, &[1, 0b0000_0110])),
        extension(
            37,
            &seq(&[
                &oid(b"\x2b\x06\x01\x05\x05\x07\x03\x02"),
                &oid(b"\x2a\x03\x04"),
            ]),
        ),
        extension(17, &names),
        extension(14, &tlv(4, &[0xab, 0x01])),
        extension(35, &seq(&[&tlv(0x80, &[0xcd, 0x02])])),
    ];
    let certificate = facts(&parts);
    assert_eq!(
        serde_json::to_value(&certificate).unwrap(),
        serde_json::json!({
            "sha256": Sha256::of(&parts.der()).to_string(),
            "sha1": Sha1::of(&parts.der()).to_string(),
            "spki_sha256": Sha256::of(&parts.key).to_string(),
            "subject": "CN=leaf.example,O=Org",
            "issuer": "CN=Test CA",
            "self_issued": false,
            "serial": "01f0",
            "version": 3,
            "not_before": "2024-01-02T03:04:05Z",
            "not_after": "2034-01-02T03:04:05Z",
            "signature_algorithm": "Ed25519",
            "public_key": {"algorithm": "Ed25519", "bits": null, "curve": null},
            "is_ca": true,
            "path_length": 3,
            "key_usage": ["keyCertSign", "cRLSign"],
            "extended_key_usage": ["clientAuth", "1.2.3.4"],
            "subject_alt_names": {
                "dns": ["*.example.org"],
                "ip": ["192.0.2.1", "2001:db8::1"],
                "email": ["a@example.org"],
                "uri": ["spiffe://x/y"],
                "other": ["dirName:CN=Dir"],
            },
            "subject_key_id": "ab01",
            "authority_key_id": "cd02",
            "notes": [],
        })
    );
    assert_eq!(certificate.subject.der(), parts.subject);
    assert_eq!(
        certificate.subject.common_name().as_deref(),
        Some("leaf.example")
    );
}

#[test]
fn known_digests() {
    assert_eq!(
        Sha256::of(b"abc").to_string(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(
        Sha1::of(b"abc").to_string(),
        "a9993e364706816aba3e25717850c26c9cd0d89d"
    );
}

#[test]
fn without_extensions_nothing_is_claimed() {
    let certificate = facts(&Parts {
        version: None,
        ..Parts::default()
    });
    assert_eq!(certificate.version, 1);
    assert!(!certificate.is_ca);
    assert_eq!(certificate.key_usage, None);
    assert_eq!(certificate.extended_key_usage, None);
    assert!(certificate.subject_alt_names.is_empty());
}

#[test]
fn serials() {
    let long = [0x7f; 26];
    for (serial, expected) in [
        (&[0][..], "00"),
        (&[0, 0], "00"),
        (&[0, 0x80], "80"),
        (&[0x12, 0], "1200"),
        (&[0xff], "-01"),
        (&[0x80], "-80"),
        (&[0xff, 0x00], "-0100"),
        (&[0x80, 0x00], "-8000"),
        (&long, &"7f".repeat(26)),
    ] {
        assert_eq!(
            facts(&Parts {
                serial: serial.to_vec(),
                ..Parts::default()
            })
            .serial,
            expected
        );
    }
}

#[test]
fn validity() {
    for ((tag, text), expected) in [
        ((0x17, &b"500101000000Z"[..]), "1950-01-01T00:00:00Z"),
        ((0x17, b"491231235959Z"), "2049-12-31T23:59:59Z"),
        ((0x17, b"700101000000+0100"), "1969-12-31T23:00:00Z"),
        ((0x18, b"99991231235959Z"), "9999-12-31T23:59:59Z"),
        ((0x18, b"19500101000000Z"), "1950-01-01T00:00:00Z"),
        ((0x18, b"00010101000000Z"), "0001-01-01T00:00:00Z"),
        ((0x18, b"20240229120000Z"), "2024-02-29T12:00:00Z"),
    ] {
        let time = tlv(tag, text);
        let certificate = facts(&Parts {
            validity: seq(&[&time, &time]),
            ..Parts::default()
        });
        let json = serde_json::to_value(&certificate).unwrap();
        assert_eq!(
            (json["not_before"].as_str(), json["not_after"].as_str()),
            (Some(expected), Some(expected))
        );
    }
}

#[test]
fn names() {
    let attributes = |attributes: &[Vec<u8>]| {
        let subject = name(attributes);
        let certificate = facts(&Parts {
            issuer: subject.clone(),
            subject,
            ..Parts::default()
        });
        assert!(certificate.self_issued);
        certificate.subject
    };
    let text = |tag, value: &[u8]| attributes(&[attribute(CN, tag, value)]).to_string();
    let cases: [(u8, &[u8], &str); 16] = [
        (0x0c, b"plain", "CN=plain"),
        (0x0c, "Örg, Inc.".as_bytes(), "CN=Örg\\, Inc."),
        (0x0c, b" both ", "CN=\\ both\\ "),
        (0x0c, b" ", "CN=\\ "),
        (0x0c, b"#5 #6", "CN=\\#5 #6"),
        (
            0x0c,
            b"a+b;c<d>e\"f\\g=h",
            "CN=a\\+b\\;c\\<d\\>e\\\"f\\\\g=h",
        ),
        (0x0c, b"nul\0esc\x1b[31m", "CN=nul\\00esc\\1b[31m"),
        (0x0c, "a\u{202e}b".as_bytes(), "CN=a\\e2\\80\\aeb"),
        (0x0c, b"", "CN="),
        (0x13, b"with*star", "CN=with*star"),
        (0x14, b"caf\xe9", "CN=café"),
        (0x1e, b"\0A\x20\xac", "CN=A€"),
        (0x1e, b"\0A\x20", "CN=#1e03004120"),
        (0x1c, b"\0\x01\xf6\x00", "CN=😀"),
        (0x0c, b"\xff\xfe", "CN=#0c02fffe"),
        (0x04, b"\x01\x02", "CN=#04020102"),
    ];
    for (tag, value, expected) in cases {
        assert_eq!(text(tag, value), expected);
    }
    assert_eq!(
        attributes(&[
            attribute(b"\x2a\x03\x04", 0x0c, b"x"),
            attribute(O, 0x0c, b"y")
        ])
        .as_str(),
        "O=y,1.2.3.4=#0c0178"
    );
    let several = [attribute(CN, 0x0c, b"a"), attribute(O, 0x0c, b"b")].concat();
    assert_eq!(attributes(&[several]).as_str(), "CN=a+O=b");
    let empty = attributes(&[]);
    assert!(empty.is_empty() && empty.der() == [0x30, 0] && empty.common_name().is_none());
}

#[test]
fn names_are_compared_as_der() {
    let certificate = facts(&Parts {
        issuer: name(&[attribute(CN, 0x0c, b"same")]),
        subject: name(&[attribute(CN, 0x13, b"same")]),
        ..Parts::default()
    });
    assert_eq!(certificate.subject.as_str(), certificate.issuer.as_str());
    assert_ne!(certificate.subject, certificate.issuer);
    assert!(!certificate.self_issued);
}

#[test]
fn keys() {
    let bits = |content: &[u8]| {
        let mut bits = vec![0];
        bits.extend(content);
        tlv(3, &bits)
    };
    let rsa = |modulus: &[u8]| seq(&[&tlv(2, modulus), &tlv(2, &[1, 0, 1])]);
    let mut modulus = vec![0x80; 257];
    modulus[0] = 0;
    let null = tlv(5, &[]);
    const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    const PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
    const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
    let curve = |curve: &[u8]| seq(&[&seq(&[&oid(EC), &oid(curve)]), &bits(&[4; 65])]);
    let cases: [(Vec<u8>, &str); 11] = [
        (
            seq(&[&seq(&[&oid(RSA), &null]), &bits(&rsa(&modulus))]),
            "RSA 2048",
        ),
        (
            seq(&[&seq(&[&oid(RSA)]), &bits(&rsa(&[0x01; 128]))]),
            "RSA 1017",
        ),
        (seq(&[&seq(&[&oid(RSA), &null]), &bits(&[1, 2, 3])]), "RSA"),
        (
            seq(&[&seq(&[&oid(PSS)]), &bits(&rsa(&modulus))]),
            "RSASSA-PSS 2048",
        ),
        (curve(b"\x2a\x86\x48\xce\x3d\x03\x01\x07"), "P-256"),
        (curve(b"\x2b\x81\x04\x00\x22"), "P-384"),
        (curve(b"\x2a\x03\x04"), "EC 1.2.3.4"),
        (seq(&[&seq(&[&oid(EC)]), &bits(&[4; 65])]), "EC"),
        (ed25519_key(), "Ed25519"),
        (
            seq(&[&seq(&[&oid(b"\x2b\x65\x71")]), &bits(&[4; 57])]),
            "Ed448",
        ),
        (
            seq(&[
                &seq(&[&oid(b"\x60\x86\x48\x01\x65\x03\x04\x03\x12")]),
                &bits(&[4; 99]),
            ]),
            "ML-DSA-65",
        ),
    ];
    for (key, expected) in cases {
        assert_eq!(
            facts(&Parts {
                key,
                ..Parts::default()
            })
            .public_key
            .to_string(),
            expected
        );
    }
}

#[test]
fn signature_algorithms() {
    const PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
    let sha256 = seq(&[&oid(b"\x60\x86\x48\x01\x65\x03\x04\x02\x01"), &tlv(5, &[])]);
    let cases: [(Vec<u8>, &str); 6] = [
        (
            seq(&[&oid(SHA256_RSA), &tlv(5, &[])]),
            "sha256WithRSAEncryption",
        ),
        (
            seq(&[&oid(PSS), &seq(&[&tlv(0xa0, &sha256)])]),
            "RSASSA-PSS with SHA-256",
        ),
        (seq(&[&oid(PSS), &seq(&[])]), "RSASSA-PSS with SHA-1"),
        (
            seq(&[&oid(b"\x2a\x86\x48\xce\x3d\x04\x03\x03")]),
            "ecdsa-with-SHA384",
        ),
        (seq(&[&oid(ED25519)]), "Ed25519"),
        (seq(&[&oid(b"\x2a\x03\x04")]), "1.2.3.4"),
    ];
    for (algorithm, expected) in cases {
        assert_eq!(
            facts(&Parts {
                algorithm,
                ..Parts::default()
            })
            .signature_algorithm,
            expected
        );
    }
}

#[test]
fn odd_alternative_names_are_kept() {
    let upn = [
        oid(b"\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03"),
        tlv(0xa0, &tlv(0x0c, b"user@corp")),
    ]
    .concat();
    let names = [
        tlv(0xa0, &upn),
        tlv(0xa0, &[1]),
        tlv(0x82, b"\xff"),
        tlv(0x82, "bücher.example".as_bytes()),
        tlv(0x87, &[1, 2, 3, 4, 5]),
        tlv(0x88, b"\x2a\x03\x04"),
        tlv(0xa5, b"x"),
        tlv(0x0c, b"y"),
    ];
    let extensions = vec![extension(17, &tlv(0x30, &names.concat()))];
    let certificate = facts(&Parts {
        extensions,
        ..Parts::default()
    });
    assert_eq!(certificate.subject_alt_names.dns, ["bücher.example"]);
    assert!(certificate.subject_alt_names.ip.is_empty());
    assert_eq!(
        certificate.subject_alt_names.other,
        [
            "otherName:1.3.6.1.4.1.311.20.2.3=user@corp",
            "otherName:#01",
            "dns:#ff",
            "ip:#0102030405",
            "registeredID:1.2.3.4",
            "ediPartyName:#78",
            "unknown:#79",
        ]
    );
    assert!(certificate.notes.is_empty());
}

#[test]
fn broken_extensions_cost_a_note() {
    let extensions = vec![
        extension(14, b"nonsense"),
        extension(15, &tlv(3, &[])),
        extension(17, &tlv(0x30, b"\x82\x05a")),
        extension(19, &seq(&[&tlv(2, &[0xff])])),
        extension(35, &[]),
        extension(37, &tlv(4, &[])),
        extension(37, &seq(&[])),
        extension(37, &seq(&[])),
    ];
    let certificate = facts(&Parts {
        extensions,
        ..Parts::default()
    });
    assert_eq!(certificate.notes.len(), 7, "{:?}", certificate.notes);
    assert_eq!(certificate.subject.as_str(), "CN=leaf.example,O=Org");
}

/// What rcgen makes, so that the hand-built corpus is not the only judge.
#[test]
fn an_issued_certificate() {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let mut params =
        rcgen::CertificateParams::new(vec!["a.example".to_owned(), "192.0.2.7".to_owned()])
            .unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Constrained(1));
    params.key_usages = vec![
        rcgen::KeyUsagePurpose::KeyCertSign,
        rcgen::KeyUsagePurpose::DigitalSignature,
    ];
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.serial_number = Some(rcgen::SerialNumber::from_slice(&[0x0a, 0xff]));
    let made = params.self_signed(&key).unwrap();
    let certificate = X509::from_der(made.der()).unwrap();
    assert_eq!(certificate.public_key.to_string(), "P-384");
    assert_eq!(certificate.signature_algorithm, "ecdsa-with-SHA384");
    assert_eq!(
        (certificate.is_ca, certificate.path_length),
        (true, Some(1))
    );
    assert_eq!(
        certificate.key_usage.as_deref(),
        Some(&["digitalSignature", "keyCertSign"][..])
    );
    assert_eq!(
        certificate.extended_key_usage.as_deref(),
        Some(&["serverAuth".into()][..])
    );
    assert_eq!(certificate.subject_alt_names.dns, ["a.example"]);
    assert_eq!(certificate.subject_alt_names.ip, ["192.0.2.7"]);
    assert_eq!(certificate.serial, "0aff");
    assert_eq!(certificate.subject_key_id, certificate.authority_key_id);
    assert!(certificate.self_issued && certificate.notes.is_empty());
    assert_eq!(
        certificate.spki_sha256,
        Sha256::of(&rcgen::PublicKeyData::subject_public_key_info(&key))
    );
}

#[cfg(feature = "schemars")]
#[test]
fn the_schema_knows_every_field() {
    let schema = serde_json::to_value(schemars::schema_for!(X509)).unwrap();
    let json = serde_json::to_value(facts(&Parts::default())).unwrap();
    let fields: Vec<_> = json.as_object().unwrap().keys().collect();
    let described: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(fields, described);
}
