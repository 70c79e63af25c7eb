//! The forms that are read.

use super::*;

#[test]
fn forms_of_one_certificate() {
    let der = plain();
    let lf = pem(&der);
    let line = lf.trim_end().replace('\n', " ");
    let utf16 = |little: bool| -> Vec<u8> {
        format!("\u{feff}{lf}")
            .encode_utf16()
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    };
    let settings = seq(&[&tlv(0x0c, b"an alias")]);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("LF", lf.clone().into()),
        ("CRLF", lf.replace('\n', "\r\n").into()),
        ("CR", lf.replace('\n', "\r").into()),
        ("spaces", line.clone().into()),
        ("nothing between lines", lf.replace('\n', "").into()),
        ("escaped LF", lf.replace('\n', r"\n").into()),
        ("escaped CRLF", lf.replace('\n', r"\r\n").into()),
        ("twice escaped LF", lf.replace('\n', r"\\n").into()),
        ("escaped and real LF", lf.replace('\n', "\\n\n").into()),
        ("continued lines", lf.replace('\n', "\\\n").into()),
        ("no newline at the end", lf.trim_end().into()),
        ("blank lines", lf.replace('\n', "\n\n").into()),
        ("BOM", format!("\u{feff}{lf}").into()),
        ("UTF-16LE", utf16(true)),
        ("UTF-16BE", utf16(false)),
        ("indented", lf.replace('\n', "\n    ").into()),
        ("tabs", lf.replace('\n', "\n\t").into()),
        ("trailing blanks", lf.replace('\n', " \n").into()),
        ("no-break spaces", lf.replace('\n', "\u{a0}\n").into()),
        ("JSON string", serde_json::to_vec(&lf).unwrap()),
        (
            "JSON object",
            serde_json::to_vec(&serde_json::json!({"id": 1, "certificate": lf})).unwrap(),
        ),
        (
            "JSON of PHP",
            serde_json::to_string(&lf)
                .unwrap()
                .replace('/', r"\/")
                .into(),
        ),
        (
            "JSON of .NET",
            serde_json::to_string(&lf)
                .unwrap()
                .replace('+', r"\u002B")
                .into(),
        ),
        (
            "bag attributes",
            format!("Bag Attributes\n    localKeyID: 01 02\nsubject=CN=x\n\nissuer=CN=y\n\n{lf}")
                .into(),
        ),
        (
            "openssl text",
            format!("Certificate:\n    Data:\n        X509v3 Private Key Usage Period: \n{lf}")
                .into(),
        ),
        (
            "text beginning like DER",
            format!("0 s:CN=x\n   i:CN=y\n{lf}").into(),
        ),
        (
            "header lines",
            lf.replacen(
                "-----\n",
                "-----\nComment: by -hand-\nX-Long: a\n  b: c\n\n",
                1,
            )
            .into(),
        ),
        (
            "header lines, CRLF, no blank line",
            lf.replacen("-----\n", "-----\nProc-Type: 4,MIC-CLEAR\n", 1)
                .replace('\n', "\r\n")
                .into(),
        ),
        (
            "header lines, escaped",
            lf.replacen("-----\n", "-----\nComment: x-y\n z\n\n", 1)
                .replace('\n', r"\r\n")
                .into(),
        ),
        (
            "header lines, indented",
            lf.replacen("-----\n", "-----\nComment: x-y\n\n", 1)
                .replace('\n', "\n    ")
                .into(),
        ),
        ("text after", format!("{lf}\nand so on -- yours\n").into()),
        ("X509 label", armour("X509 CERTIFICATE", &der, "\n").into()),
        (
            "trusted, plain",
            armour("TRUSTED CERTIFICATE", &der, "\n").into(),
        ),
        (
            "trusted, with settings",
            armour(
                "TRUSTED CERTIFICATE",
                &[der.clone(), settings].concat(),
                "\n",
            )
            .into(),
        ),
        (
            "END without its hyphens",
            lf.trim_end().trim_end_matches('-').into(),
        ),
        ("base64 of PEM", base64(pem(&der).as_bytes()).into()),
        ("bare base64", base64(&der).into()),
        (
            "bare base64, quoted",
            format!("\"{}\"\n", base64(&der)).into(),
        ),
        (
            "bare base64, lines",
            lf.lines()
                .filter(|line| !line.starts_with('-'))
                .collect::<Vec<_>>()
                .join("\r\n")
                .into(),
        ),
        (
            "bare base64, no padding",
            base64(&der).trim_end_matches('=').into(),
        ),
        (
            "bare base64, BOM",
            format!("\u{feff}{}", base64(&der)).into(),
        ),
        ("DER", der.clone()),
        ("PKCS#7 DER", pkcs7(std::slice::from_ref(&der))),
        (
            "PKCS#7 PEM",
            armour("PKCS7", &pkcs7(std::slice::from_ref(&der)), "\n").into(),
        ),
        (
            "PKCS#7 as CERTIFICATE",
            pem(&pkcs7(std::slice::from_ref(&der))).into(),
        ),
        (
            "PKCS#7 base64",
            base64(&pkcs7(std::slice::from_ref(&der))).into(),
        ),
    ];
    for (form, input) in cases {
        let read = single(&input).unwrap_or_else(|error| panic!("{form}: {error}"));
        assert_eq!(read.der(), Some(&der[..]), "{form}");
    }
}

#[test]
fn several_certificates_keep_their_order() {
    let ders = several(5);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        (
            "PEM",
            ders.iter().map(|der| pem(der)).collect::<String>().into(),
        ),
        (
            "PEM with text",
            ders.iter()
                .map(|der| format!("\n# Root\n=====\n{}", pem(der)))
                .collect::<String>()
                .into(),
        ),
        (
            "PEM without newlines",
            ders.iter()
                .map(|der| pem(der).trim_end().to_owned())
                .collect::<String>()
                .into(),
        ),
        (
            "PEM on one line",
            ders.iter()
                .map(|der| pem(der))
                .collect::<String>()
                .replace('\n', " ")
                .into(),
        ),
        (
            "JSON array",
            serde_json::to_vec(&ders.iter().map(|der| pem(der)).collect::<Vec<_>>()).unwrap(),
        ),
        ("DER", ders.concat()),
        ("base64", base64(&ders.concat()).into()),
        ("one PEM block", pem(&ders.concat()).into()),
        ("PKCS#7", pkcs7(&ders)),
        (
            "mixed",
            format!("{}{}", pem(&ders[0]), pem(&pkcs7(&ders[1..]))).into(),
        ),
    ];
    for (form, input) in cases {
        let entries = read(&input).unwrap_or_else(|error| panic!("{form}: {error}"));
        let read: Vec<_> = entries
            .iter()
            .map(|entry| entry.certificate.as_ref().unwrap().der().unwrap().to_vec())
            .collect();
        assert_eq!(read, ders, "{form}");
        assert_eq!(
            entries
                .iter()
                .map(|entry| entry.position)
                .collect::<Vec<_>>(),
            [1, 2, 3, 4, 5],
            "{form}"
        );
        assert!(entries.is_sorted_by_key(|entry| entry.offset), "{form}");
    }
}

#[test]
fn a_bad_entry_hides_no_other() {
    let good = pem(&plain());
    let broken = pem(&seq(&[&tlv(0x0c, b"no certificate")]));
    let unreadable = good.replacen("MI", "M*", 1);
    let unclosed = good.split("-----END").next().unwrap().to_owned();
    let request = armour("CERTIFICATE REQUEST", &plain(), "\n");
    let text = format!("{good}{broken}{unreadable}{unclosed}{request}{good}");
    let entries = read(text.as_bytes()).unwrap();
    let kinds: Vec<_> = entries
        .iter()
        .map(|entry| entry.certificate.as_ref().err().map(ReadError::kind))
        .collect();
    assert_eq!(
        kinds,
        [
            None,
            Some(ReadErrorKind::Malformed),
            Some(ReadErrorKind::Base64),
            Some(ReadErrorKind::Armour),
            Some(ReadErrorKind::NotACertificate),
            None,
        ]
    );
    let lines = |text: &str| text.lines().count();
    let error = entries[1].certificate.as_ref().unwrap_err();
    assert_eq!(
        (error.position(), error.line()),
        (Some(2), Some(lines(&good) + 1))
    );
    assert!(
        error
            .to_string()
            .starts_with(&format!("certificate 2 of 6, line {}: ", lines(&good) + 1)),
        "{error}"
    );
    // The line of the bad character itself.
    let error = entries[2].certificate.as_ref().unwrap_err();
    assert_eq!(error.line(), Some(lines(&good) + lines(&broken) + 2));
    // The same with the other line ends.
    for line_end in ["\r\n", "\r"] {
        let again = read(text.replace('\n', line_end).as_bytes()).unwrap();
        for (entry, other) in entries.iter().zip(&again) {
            assert_eq!(entry.certificate, other.certificate);
        }
    }
}

#[test]
fn from_der_takes_exactly_one() {
    let der = plain();
    assert_eq!(X509::from_der(&der).unwrap().der(), Some(&der[..]));
    let twice = X509::from_der(&der.repeat(2)).unwrap_err();
    assert_eq!(twice.kind(), ReadErrorKind::TrailingData);
    assert_eq!(
        X509::from_der(&[]).unwrap_err().kind(),
        ReadErrorKind::Truncated
    );
    assert_eq!(
        X509::from_der(pem(&der).as_bytes()).unwrap_err().kind(),
        ReadErrorKind::Malformed
    );
    let huge = X509::from_der(&tlv(0x30, &vec![0; 2_000_000])).unwrap_err();
    assert_eq!(huge.kind(), ReadErrorKind::TooLarge);
}

#[test]
fn pem_goes_round() {
    let certificate = X509::from_der(&plain()).unwrap();
    let written = certificate.to_pem().unwrap();
    assert_eq!(written, pem(&plain()));
    assert_eq!(single(written.as_bytes()).unwrap(), certificate);
}
