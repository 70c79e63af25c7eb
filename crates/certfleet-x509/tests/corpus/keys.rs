//! Keys and signatures.

use super::*;

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
    let bare = |algorithm: &[u8]| seq(&[&seq(&[&oid(algorithm)]), &bits(&[4; 99])]);
    let cases: [(Vec<u8>, &str); 19] = [
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
        (bare(b"\x60\x86\x48\x01\x65\x03\x04\x04\x01"), "ML-KEM-512"),
        (bare(b"\x60\x86\x48\x01\x65\x03\x04\x04\x02"), "ML-KEM-768"),
        (bare(b"\x60\x86\x48\x01\x65\x03\x04\x04\x03"), "ML-KEM-1024"),
        (
            bare(b"\x2a\x85\x03\x07\x01\x01\x01\x02"),
            "GOST R 34.10-2012 (512)",
        ),
        (curve(b"\x2b\x81\x04\x00\x21"), "P-224"),
        (
            curve(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x07"),
            "brainpoolP256r1",
        ),
        (curve(b"\x2b\x81\x04\x00\x27"), "sect571r1"),
        (
            seq(&[
                &seq(&[
                    &oid(b"\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01"),
                    &seq(&[&tlv(2, &modulus), &tlv(2, &[2])]),
                ]),
                &bits(&[4; 99]),
            ]),
            "DH 2048",
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
fn known_digests() {
    assert_eq!(
        Sha256::digest(b"abc").to_string(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(
        Sha1::digest(b"abc").to_string(),
        "a9993e364706816aba3e25717850c26c9cd0d89d"
    );
}
