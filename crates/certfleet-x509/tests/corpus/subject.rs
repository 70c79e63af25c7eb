//! Names, serial numbers, validity.

use super::*;

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
        ((0x17, b"2401020304Z"), "2024-01-02T03:04:00Z"),
        ((0x17, b"240102030405"), "2024-01-02T03:04:05Z"),
        ((0x17, b"240102030405-0330"), "2024-01-02T06:34:05Z"),
        ((0x18, b"20240102030405.999Z"), "2024-01-02T03:04:05Z"),
        ((0x18, b"20240102030405,5-08"), "2024-01-02T11:04:05Z"),
        ((0x18, b"202401020304Z"), "2024-01-02T03:04:00Z"),
        ((0x18, b"2024010203+0100"), "2024-01-02T02:00:00Z"),
        ((0x18, b"20240102030405"), "2024-01-02T03:04:05Z"),
        ((0x18, b"20231231230000-0200"), "2024-01-01T01:00:00Z"),
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
        // RFC 5280 allows YYMMDDHHMMSSZ and YYYYMMDDHHMMSSZ alone.
        let is_plain = text.ends_with(b"Z") && text.len() == if tag == 0x17 { 13 } else { 15 };
        assert_eq!(certificate.notes.is_empty(), is_plain, "{expected}");
    }
}

#[test]
fn times_that_do_not_exist() {
    let good = tlv(0x17, b"340102030405Z");
    for (tag, text) in [
        (0x18, &b"20270230000000Z"[..]),
        (0x18, b"20271301000000Z"),
        (0x18, b"20270001000000Z"),
        (0x17, b"270229000000Z"),
        (0x17, b"270101240000Z"),
        (0x17, b"270101000060Z"),
        (0x17, b"270101000000+2400"),
        (0x17, b"270101000000+0060"),
        (0x17, b"270101000000+01000"),
        (0x17, b"270101000000ZZ"),
        (0x17, b"27010100Z"),
        (0x17, b"270101000000.5Z"),
        (0x18, b"20270101000000.Z"),
        (0x18, b"00000101000000+0100"),
        (0x18, b"99991231235959-0001"),
        (0x17, b""),
        (0x17, b"\xff\x1b[31m"),
        (0x0c, b"270101000000Z"),
    ] {
        let parts = Parts {
            validity: seq(&[&tlv(tag, text), &good]),
            ..Parts::default()
        };
        let certificate = facts(&parts);
        assert_eq!(certificate.not_before, None);
        // The rest is told all the same.
        let json = serde_json::to_value(&certificate).unwrap();
        assert_eq!(json["not_before"], serde_json::Value::Null);
        assert_eq!(json["not_after"], "2034-01-02T03:04:05Z");
        assert_eq!(certificate.subject.as_str(), "CN=leaf.example,O=Org");
        let [note] = &certificate.notes[..] else {
            panic!("{:?}", certificate.notes);
        };
        assert!(
            note.starts_with("the beginning of its validity, ")
                && note.ends_with(", is not a moment that exists"),
            "{note}"
        );
        assert!(!note.chars().any(char::is_control), "{note}");
        assert_eq!(
            serde_json::from_value::<X509>(json).unwrap().not_before,
            None
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

/// A part that cannot be read is shown in hex, in its place, and costs a note.
#[test]
fn parts_that_cannot_be_read() {
    let good = tlv(0x31, &attribute(CN, 0x0c, b"x"));
    let cases: Vec<(&str, Vec<Vec<u8>>, &str)> = vec![
        (
            "not a set",
            vec![good.clone(), attribute(O, 0x0c, b"y")],
            "#300806035504",
        ),
        (
            "value missing",
            vec![tlv(0x31, &seq(&[&oid(O)])), good.clone()],
            "CN=x,#310730",
        ),
        (
            "one too many",
            vec![
                tlv(0x31, &seq(&[&oid(O), &tlv(0x0c, b"y"), &tlv(0x0c, b"z")])),
                good.clone(),
            ],
            "CN=x,#310d30",
        ),
        (
            "no attribute",
            vec![tlv(0x31, &tlv(0x0c, b"y")), good.clone()],
            "CN=x,#31030c0179",
        ),
        (
            "half a set",
            vec![
                tlv(0x31, &[&attribute(O, 0x0c, b"y")[..], &[0x30, 9]].concat()),
                good.clone(),
            ],
            "CN=x,#310c30",
        ),
        (
            "broken end",
            vec![good.clone(), vec![0x31, 0x7f, 1]],
            "#317f01,CN=x",
        ),
        (
            "high tag",
            vec![good.clone(), vec![0x3f, 0x81, 1, 0]],
            "#3f810100,CN=x",
        ),
        (
            "indefinite",
            vec![good.clone(), vec![0x31, 0x80, 0, 0]],
            "#31800000,CN=x",
        ),
        ("nothing else", vec![vec![0x05, 0x00]], "#0500"),
        ("empty alone", vec![vec![0x31, 0x00]], "#30023100"),
    ];
    for (form, parts, expected) in cases {
        let subject = tlv(0x30, &parts.concat());
        let certificate = facts(&Parts {
            subject: subject.clone(),
            ..Parts::default()
        });
        let text = certificate.subject.as_str();
        assert!(text.starts_with(expected), "{form}: {text}");
        assert_eq!(certificate.subject.der(), subject, "{form}");
        assert!(!certificate.subject.is_empty(), "{form}");
        assert_eq!(
            certificate.subject.common_name().as_deref(),
            parts.contains(&good).then_some("x"),
            "{form}"
        );
        assert!(
            certificate.notes.len() == 1 && certificate.notes[0].starts_with("the subject has "),
            "{form}: {:?}",
            certificate.notes
        );
    }
    // The same for a directory name among the alternative names.
    let names = tlv(0xa4, &tlv(0x30, &[0x31, 0x7f]));
    let certificate = facts(&Parts {
        extensions: vec![extension(17, &tlv(0x30, &names))],
        ..Parts::default()
    });
    assert_eq!(certificate.subject_alt_names.other, ["dirName:#317f"]);
}

/// Two names that begin alike and then cannot be read are two names.
#[test]
fn what_cannot_be_read_is_compared_too() {
    let with = |end: &[u8]| {
        tlv(
            0x30,
            &[&tlv(0x31, &attribute(CN, 0x0c, b"x"))[..], end].concat(),
        )
    };
    let certificate = facts(&Parts {
        subject: with(&[0x31, 0x7f, 1]),
        issuer: with(&[0x31, 0x7f, 2]),
        ..Parts::default()
    });
    assert_ne!(certificate.subject, certificate.issuer);
    assert!(!certificate.self_issued);
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
