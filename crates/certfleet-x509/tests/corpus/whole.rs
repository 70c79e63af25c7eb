//! Whole certificates, and what they lack.

use super::*;

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
            "sha256": Sha256::digest(&parts.der()).to_string(),
            "sha1": Sha1::digest(&parts.der()).to_string(),
            "spki_sha256": Sha256::digest(&parts.key).to_string(),
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
            "pem": pem(&parts.der()),
        })
    );
    assert_eq!(certificate.subject.der(), parts.subject);
    assert_eq!(
        certificate.subject.common_name().as_deref(),
        Some("leaf.example")
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

/// What is read back is the same certificate, with its names' DER; the PEM alone says what it is.
#[test]
fn json_keeps_the_certificate() {
    let parts = Parts::default();
    let certificate = facts(&parts);
    let mut json = serde_json::to_value(&certificate).unwrap();
    let read = |json: &serde_json::Value| serde_json::from_value::<X509>(json.clone());
    let again = read(&json).unwrap();
    assert_eq!(again, certificate);
    assert_eq!(again.der(), Some(&parts.der()[..]));
    assert_eq!(again.subject.der(), parts.subject);
    assert_eq!(serde_json::to_value(&again).unwrap(), json);

    json["serial"] = "ff".into();
    assert_eq!(read(&json).unwrap(), certificate);
    for wrong in [
        "",
        "nothing",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
    ] {
        json["pem"] = wrong.into();
        assert!(read(&json).is_err(), "{wrong:?}");
    }
    json["pem"] = pem(&parts.der()).repeat(2).into();
    assert!(read(&json).is_err());
}

/// Earlier versions wrote no PEM: then there is none, rather than an empty one.
#[test]
fn json_without_pem_is_read() {
    let certificate = facts(&Parts::default());
    let mut json = serde_json::to_value(&certificate).unwrap();
    json.as_object_mut().unwrap().remove("pem");
    let read: X509 = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(
        (read.der(), read.der_bytes(), read.to_pem()),
        (None, None, None)
    );
    assert_eq!(read.sha256, certificate.sha256);
    assert_eq!(read.subject.as_str(), certificate.subject.as_str());
    assert_eq!(serde_json::to_value(&read).unwrap(), json);
    assert_eq!(serde_json::from_value::<X509>(json).unwrap(), read);
}

/// The list itself, or one of its members, may be broken too.
#[test]
fn broken_lists_of_extensions_cost_a_note() {
    let good = extension(14, &tlv(4, &[0xab, 0x01]));
    let wrong = seq(&[&tlv(4, b"no identifier")]);
    let certificate = facts(&Parts {
        extensions: vec![wrong, good.clone(), vec![0x30, 0x7f]],
        ..Parts::default()
    });
    assert_eq!(certificate.subject_key_id.as_deref(), Some("ab01"));
    assert_eq!(
        certificate.notes,
        ["the list of extensions cannot be read, or not all of it"]
    );
    let critical = seq(&[
        &oid(b"\x55\x1d\x0e"),
        &tlv(1, &[0xff]),
        &tlv(4, &tlv(4, &[0xab])),
    ]);
    let certificate = facts(&Parts {
        extensions: vec![critical],
        ..Parts::default()
    });
    assert_eq!(certificate.subject_key_id.as_deref(), Some("ab"));
    assert!(certificate.notes.is_empty());
}

/// Data that is no field is not passed over silently, wherever it stands.
#[test]
fn what_belongs_to_no_field_costs_a_note() {
    let good = Parts::default();
    let time = tlv(0x17, b"240102030405Z");
    let third_time = Parts {
        validity: seq(&[&time, &time, &time]),
        ..good.clone()
    };
    let key_and_more = Parts {
        key: [&ed25519_key()[..], &tlv(2, &[1])].concat(),
        ..good.clone()
    };
    let der = good.der();
    // The outermost element with one more inside.
    let header = der.len() - usize::from(der[2]);
    let behind = seq(&[&der[header..], &tlv(2, &[1])]);
    for der in [third_time.der(), key_and_more.der(), behind] {
        let certificate = X509::from_der(&der).unwrap();
        assert_eq!(
            certificate.notes,
            ["it holds data that belongs to no field of a certificate"]
        );
    }
    assert!(facts(&good).notes.is_empty());
}

/// Every field's place and kind is looked at; the message says which is wrong.
#[test]
fn what_is_no_certificate_says_why() {
    let good = Parts::default();
    let null = tlv(5, &[]);
    let cases = [
        (
            Parts {
                serial: vec![],
                ..good.clone()
            },
            "serial number",
        ),
        (
            Parts {
                algorithm: null.clone(),
                ..good.clone()
            },
            "algorithm",
        ),
        (
            Parts {
                issuer: null.clone(),
                ..good.clone()
            },
            "issuer",
        ),
        (
            Parts {
                validity: null.clone(),
                ..good.clone()
            },
            "validity",
        ),
        (
            Parts {
                validity: seq(&[&tlv(0x17, b"240102030405Z")]),
                ..good.clone()
            },
            "validity",
        ),
        (
            Parts {
                subject: null.clone(),
                ..good.clone()
            },
            "subject",
        ),
        (
            Parts {
                key: null.clone(),
                ..good.clone()
            },
            "public key",
        ),
        (
            Parts {
                key: seq(&[&seq(&[&oid(ED25519)]), &tlv(3, &[])]),
                ..good
            },
            "public key",
        ),
    ];
    for (parts, expected) in cases {
        let error = X509::from_der(&parts.der()).unwrap_err().to_string();
        assert!(
            error.contains(&format!("its {expected} is missing")),
            "{error}"
        );
    }
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
        Sha256::digest(&rcgen::PublicKeyData::subject_public_key_info(&key))
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
