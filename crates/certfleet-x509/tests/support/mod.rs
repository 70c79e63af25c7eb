//! Certificates for the tests: honest ones from rcgen, odd ones built by hand.
#![allow(dead_code, reason = "each test binary uses its own part")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// One DER element.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..=0x7f => out.push(length as u8),
        0x80..=0xff => out.extend([0x81, length as u8]),
        0x100..=0xffff => out.extend([0x82, (length >> 8) as u8, length as u8]),
        _ => out.extend([
            0x83,
            (length >> 16) as u8,
            (length >> 8) as u8,
            length as u8,
        ]),
    }
    out.extend(content);
    out
}

pub(crate) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub(crate) const CN: &[u8] = b"\x55\x04\x03";
pub(crate) const O: &[u8] = b"\x55\x04\x0a";
pub(crate) const SHA256_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
pub(crate) const ED25519: &[u8] = b"\x2b\x65\x70";
pub(crate) const PKCS7_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
pub(crate) const PKCS7_SIGNED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

pub(crate) fn oid(content: &[u8]) -> Vec<u8> {
    tlv(6, content)
}

pub(crate) fn attribute(kind: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
    seq(&[&oid(kind), &tlv(tag, value)])
}

/// A name of one attribute per part.
pub(crate) fn name(attributes: &[Vec<u8>]) -> Vec<u8> {
    let parts: Vec<u8> = attributes
        .iter()
        .flat_map(|attribute| tlv(0x31, attribute))
        .collect();
    tlv(0x30, &parts)
}

pub(crate) fn ed25519_key() -> Vec<u8> {
    let mut key = vec![0];
    key.extend([7; 32]);
    seq(&[&seq(&[&oid(ED25519)]), &tlv(3, &key)])
}

/// The parts of a certificate, to be made odd one at a time. Its signature is nonsense.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) version: Option<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) algorithm: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) validity: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) key: Vec<u8>,
    pub(crate) extensions: Vec<Vec<u8>>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            version: Some(2),
            serial: vec![0x01, 0xf0],
            algorithm: seq(&[&oid(ED25519)]),
            issuer: name(&[attribute(CN, 0x0c, b"Test CA")]),
            validity: seq(&[&tlv(0x17, b"240102030405Z"), &tlv(0x17, b"340102030405Z")]),
            subject: name(&[
                attribute(O, 0x0c, b"Org"),
                attribute(CN, 0x0c, b"leaf.example"),
            ]),
            key: ed25519_key(),
            extensions: vec![],
        }
    }
}

pub(crate) fn extension(last_arc: u8, value: &[u8]) -> Vec<u8> {
    seq(&[&oid(&[0x55, 0x1d, last_arc]), &tlv(4, value)])
}

impl Parts {
    pub(crate) fn der(&self) -> Vec<u8> {
        let version = self
            .version
            .map_or(vec![], |version| tlv(0xa0, &tlv(2, &[version])));
        let extensions = if self.extensions.is_empty() {
            vec![]
        } else {
            tlv(0xa3, &tlv(0x30, &self.extensions.concat()))
        };
        let signed = seq(&[
            &version,
            &tlv(2, &self.serial),
            &self.algorithm,
            &self.issuer,
            &self.validity,
            &self.subject,
            &self.key,
            &extensions,
        ]);
        seq(&[&signed, &self.algorithm, &tlv(3, &[0; 65])])
    }
}

/// A plain certificate, the same in every run.
pub(crate) fn plain() -> Vec<u8> {
    Parts::default().der()
}

/// As many different certificates.
pub(crate) fn several(count: u8) -> Vec<Vec<u8>> {
    (1..=count)
        .map(|serial| {
            Parts {
                serial: vec![serial],
                ..Parts::default()
            }
            .der()
        })
        .collect()
}

pub(crate) fn armour(label: &str, der: &[u8], line_end: &str) -> String {
    let base64 = STANDARD.encode(der);
    let lines: Vec<&str> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----{line_end}{}{line_end}-----END {label}-----{line_end}",
        lines.join(line_end)
    )
}

pub(crate) fn pem(der: &[u8]) -> String {
    armour("CERTIFICATE", der, "\n")
}

pub(crate) fn base64(der: &[u8]) -> String {
    STANDARD.encode(der)
}

/// A PKCS#7 list of certificates.
pub(crate) fn pkcs7(certificates: &[Vec<u8>]) -> Vec<u8> {
    let signed = seq(&[
        &tlv(2, &[1]),
        &tlv(0x31, &[]),
        &seq(&[&oid(PKCS7_DATA)]),
        &tlv(0xa0, &certificates.concat()),
        &tlv(0x31, &[]),
    ]);
    seq(&[&oid(PKCS7_SIGNED), &tlv(0xa0, &signed)])
}

/// Private keys in every binary form, with a name for messages.
pub(crate) fn private_keys() -> Vec<(&'static str, Vec<u8>)> {
    let algorithm = seq(&[&oid(ED25519)]);
    let number = tlv(2, &[0x55; 64]);
    let pbes2 = seq(&[&oid(b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"), &seq(&[])]);
    let old_pbe = seq(&[&oid(b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x03"), &seq(&[])]);
    vec![
        (
            "PKCS#8",
            seq(&[&tlv(2, &[0]), &algorithm, &tlv(4, &[0x55; 34])]),
        ),
        (
            "PKCS#8 v2",
            seq(&[&tlv(2, &[1]), &algorithm, &tlv(4, &[0x55; 34])]),
        ),
        (
            "PKCS#1",
            seq(&[&tlv(2, &[0]), &number, &tlv(2, &[1, 0, 1]), &number]),
        ),
        ("SEC 1", seq(&[&tlv(2, &[1]), &tlv(4, &[0x55; 32])])),
        ("PBES2", seq(&[&pbes2, &tlv(4, &[0x55; 64])])),
        ("PKCS#12 PBE", seq(&[&old_pbe, &tlv(4, &[0x55; 64])])),
    ]
}

pub(crate) fn pkcs12() -> Vec<u8> {
    seq(&[
        &tlv(2, &[3]),
        &seq(&[&oid(PKCS7_DATA), &tlv(0xa0, &tlv(4, &[0x55; 80]))]),
    ])
}
