//! Fingerprints in every text form vendors print.

use certfleet_x509::{Sha1, Sha256};

const PLAIN: &str = "00a1b2c3d4e5f60718293a4b5c6d7e8f00a1b2c3d4e5f60718293a4b5c6d7e8f";

fn groups(separator: &str, upper: bool, short: bool) -> String {
    let groups: Vec<String> = (0..32)
        .map(|index| {
            let group = &PLAIN[2 * index..2 * index + 2];
            let group = if short {
                group.strip_prefix('0').unwrap_or(group)
            } else {
                group
            };
            if upper {
                group.to_uppercase()
            } else {
                group.to_owned()
            }
        })
        .collect();
    groups.join(separator)
}

#[test]
fn accepted_forms() {
    let colons = groups(":", true, false);
    let forms = [
        PLAIN.to_owned(),
        PLAIN.to_uppercase(),
        format!("  {PLAIN}\r\n"),
        colons.clone(),
        groups(":", false, false),
        // As Cloudflare's sample prints byte 00.
        groups(":", true, true),
        groups("-", true, false),
        groups(" ", true, false),
        groups(": ", true, false),
        groups(":\n    ", true, false),
        format!("\u{200e}{}", groups(" ", false, false)),
        format!("{} {}", &PLAIN[..32], &PLAIN[32..]),
        format!("sha256:{PLAIN}"),
        format!("SHA-256: {colons}"),
        format!("sha256={PLAIN}"),
        format!("SHA256 {PLAIN}"),
        format!("SHA256 Fingerprint={colons}"),
        format!("sha256 Fingerprint={colons}"),
        format!("SHA-256 Fingerprint: {colons}"),
        format!("Fingerprint: {colons}"),
        format!("Thumbprint = {colons}"),
    ];
    for form in forms {
        let read: Sha256 = form
            .parse()
            .unwrap_or_else(|error| panic!("{form}: {error}"));
        assert_eq!(read.to_string(), PLAIN, "{form}");
    }
    let sha1: Sha1 = "SHA1 Fingerprint=0:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:0:1:2:3"
        .parse()
        .unwrap();
    assert_eq!(sha1.to_string(), "00112233445566778899aabbccddeeff00010203");
}

#[test]
fn refused_forms() {
    let colons = groups(":", true, false);
    for form in [
        String::new(),
        "sha256:".to_owned(),
        PLAIN[1..].to_owned(),
        PLAIN[2..].to_owned(),
        format!("{PLAIN}00"),
        format!("{colons}:00"),
        format!("{colons}:"),
        colons.replacen(':', "::", 1),
        colons.replacen(':', ":+", 1),
        colons.replacen("00", "000", 1),
        format!("sha1:{PLAIN}"),
        format!("sha512:{PLAIN}"),
        format!("sha2561:{PLAIN}"),
        format!("MD5 Fingerprint={PLAIN}"),
        format!("0x{PLAIN}"),
        PLAIN.replacen('a', "g", 1),
        PLAIN.replacen('a', "é", 1),
    ] {
        let error = form.parse::<Sha256>().expect_err(&form).to_string();
        assert!(error.starts_with("not a SHA-256 fingerprint: "), "{error}");
    }
    assert!(format!("sha256:{}", &PLAIN[..40]).parse::<Sha1>().is_err());
}

#[test]
fn serialised_as_plain_hex() {
    let value: Sha256 = PLAIN.parse().unwrap();
    assert_eq!(
        serde_json::to_string(&value).unwrap(),
        format!("\"{PLAIN}\"")
    );
    assert_eq!(
        serde_json::from_str::<Sha256>(&format!("\"{}\"", groups(":", true, true))).unwrap(),
        value
    );
    assert!(serde_json::from_str::<Sha256>("12").is_err());
    assert_eq!(format!("{value:.8}"), &PLAIN[..8]);
}
