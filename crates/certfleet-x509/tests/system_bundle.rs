//! The operating system's own roots, where there are any: every one must be read.

use std::fs;

#[test]
fn every_root_is_read() {
    let places = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];
    let Some(bundle) = places.iter().find_map(|place| fs::read(place).ok()) else {
        eprintln!("no root bundle on this system");
        return;
    };
    let stated = memchr::memmem::find_iter(&bundle, "-----BEGIN").count();
    let entries = certfleet_x509::read(&bundle).unwrap();
    assert_eq!(entries.len(), stated);
    for entry in entries {
        let certificate = entry.certificate.unwrap();
        assert!(certificate.not_before < certificate.not_after);
        assert!(!certificate.subject.is_empty());
        assert!(certificate.self_issued || certificate.authority_key_id.is_some());
        assert!(
            certificate.notes.is_empty(),
            "{certificate:?}: {:?}",
            certificate.notes
        );
        assert!(
            certificate.is_ca || certificate.version < 3,
            "{certificate:?}"
        );
        assert!(
            !certificate.signature_algorithm.contains('.'),
            "{certificate:?}"
        );
        assert!(certificate.public_key.bits.is_some(), "{certificate:?}");
    }
}
