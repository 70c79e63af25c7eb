//! Certificates in whatever form they are handed over.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(entries) = certfleet_x509::read(input) {
        assert!(entries.len() <= certfleet_x509::MAX_CERTIFICATES);
    }
    if let Ok(survey) = certfleet_x509::survey(input) {
        assert!(!survey.entries.is_empty());
    }
    drop(certfleet_x509::read_all(input));
});
