//! Certificates that real programs wrote, and what OpenSSL says of them.

use super::*;
use base64::Engine;

fn case(pem: &str) -> X509 {
    let mut all = certfleet_x509::read_all(pem.as_bytes()).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn an_empty_part_takes_nothing_with_it() {
    let certificate = case(include_str!("../cases/empty-rdns.pem"));
    assert_eq!(certificate.subject.as_str(), "CN=Alice");
    assert_eq!(certificate.issuer.as_str(), "CN=CA-01");
    assert_ne!(certificate.subject, certificate.issuer);
    assert!(!certificate.self_issued);
    assert_eq!(
        certificate.notes,
        [
            "the subject has empty parts (1 of 2)",
            "the issuer has empty parts (1 of 2)"
        ]
    );
    let certificate = case(include_str!("../cases/empty-rdn-first.pem"));
    assert_eq!(certificate.subject.as_str(), "CN=after empty set");
    assert_eq!(
        certificate.subject.common_name().as_deref(),
        Some("after empty set")
    );
    assert_eq!(certificate.issuer.as_str(), "CN=raw issuer");
}

#[test]
fn times_with_an_offset() {
    for pem in [
        include_str!("../cases/generalized-time-with-offset.pem"),
        include_str!("../cases/utc-time-with-offset.pem"),
    ] {
        let certificate = case(pem);
        let json = serde_json::to_value(&certificate).unwrap();
        assert_eq!(json["not_before"], "2026-01-01T00:00:00Z");
        assert_eq!(json["not_after"], "2027-05-31T22:00:00Z");
        let [note] = &certificate.notes[..] else {
            panic!("{:?}", certificate.notes);
        };
        assert!(
            note.ends_with("270601000000+0200, which RFC 5280 does not allow; it is read as 2027-05-31T22:00:00Z"),
            "{note}"
        );
    }
}

#[test]
fn keys_by_name_and_size() {
    let key = case(include_str!("../cases/brainpool-p512t1.pem")).public_key;
    assert_eq!(
        (key.to_string().as_str(), key.bits),
        ("brainpoolP512t1", Some(512))
    );
    let key = case(include_str!("../cases/ml-kem-key.pem")).public_key;
    assert_eq!(key.to_string(), "ML-KEM-768");
    let certificate = case(include_str!("../cases/explicit-ec-parameters.pem"));
    let key = &certificate.public_key;
    assert_eq!((&*key.algorithm, key.bits), ("EC", Some(256)));
    assert_eq!(key.curve.as_deref(), Some("P-256"));
    let [note] = &certificate.notes[..] else {
        panic!("{:?}", certificate.notes);
    };
    assert!(note.contains("written out in numbers"), "{note}");
}

/// A key with these parameters after its algorithm's identifier.
fn ec_key(parameters: &[u8]) -> X509 {
    let algorithm = seq(&[&oid(b"\x2a\x86\x48\xce\x3d\x02\x01"), parameters]);
    facts(&Parts {
        key: seq(&[&algorithm, &tlv(3, &[0, 4, 1, 2])]),
        ..Parts::default()
    })
}

#[test]
fn curves_written_out_in_numbers() {
    let curves: Vec<_> = include_str!("../cases/explicit-curves.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .collect();
    assert_eq!(curves.len(), 30);
    for curve in curves {
        let [name, bits, der] = curve[..] else {
            panic!("{curve:?}");
        };
        let der = base64::engine::general_purpose::STANDARD
            .decode(der)
            .unwrap();
        let key = ec_key(&der).public_key;
        assert_eq!(key.curve.as_deref(), Some(name));
        assert_eq!(key.bits, Some(bits.parse().unwrap()), "{name}");
    }
}

/// CVE-2020-0601: P-256 in all but its generator.
#[test]
fn another_generator_is_another_curve() {
    let pem = include_str!("../cases/explicit-ec-parameters.pem");
    let der = case(pem).der().unwrap().to_vec();
    let x = [0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47];
    let at = der.windows(8).position(|bytes| bytes == x).unwrap();
    let mut changed = der;
    changed[at] ^= 1;
    let key = X509::from_der(&changed).unwrap().public_key;
    assert_eq!((key.to_string().as_str(), key.bits), ("EC 256", Some(256)));
    assert_eq!(key.curve, None);
}

#[test]
fn without_a_subject_the_first_alternative_name_is_shown() {
    let certificate = case(include_str!("../cases/only-alternative-name.pem"));
    assert!(certificate.subject.is_empty());
    assert_eq!(certificate.display_name(), "san-only.example.test");

    let shown = |parts: Parts| facts(&parts).display_name().into_owned();
    assert_eq!(shown(Parts::default()), "CN=leaf.example,O=Org");
    let nameless = Parts {
        subject: name(&[]),
        ..Parts::default()
    };
    assert_eq!(shown(nameless.clone()), "serial 01f0");
    let with = |names: &[Vec<u8>]| Parts {
        extensions: vec![extension(17, &tlv(0x30, &names.concat()))],
        ..nameless.clone()
    };
    let mail = tlv(0x81, b"a@example.org");
    let host = tlv(0x82, b"b.example");
    assert_eq!(shown(with(std::slice::from_ref(&mail))), "a@example.org");
    assert_eq!(shown(with(&[mail, host])), "b.example");
    assert_eq!(shown(with(&[tlv(0x82, b"")])), "serial 01f0");
    assert_eq!(shown(with(&[tlv(0x82, b"x\x1b[31m")])), "x\\1b[31m");
}
