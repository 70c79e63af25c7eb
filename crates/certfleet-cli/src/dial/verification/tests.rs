use super::*;
use certfleet::x509;
use tokio_rustls::rustls::{RootCertStore, client::WebPkiServerVerifier};

/// What is said of a certificate that is presented alone and is its own root, at its beginning. Trusted as the very
/// one that is presented it would be accepted; here it is verified as an issuer is.
fn problems(
    pem: &str,
    proof: Option<KeyProof>,
    verified: Option<Result<(), Error>>,
) -> Vec<String> {
    let own = x509::read_all(pem.as_bytes()).unwrap();
    let mut roots = Roots::new(&own).unwrap();
    let chain = vec![CertificateDer::from(own[0].der().unwrap().to_vec())];
    let mut store = RootCertStore::empty();
    store.add(chain[0].clone()).unwrap();
    let provider = Arc::clone(&roots.provider);
    let as_issuer = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider).build();
    roots.verifier = Some(as_issuer.unwrap());
    let name = ServerName::try_from("server.example").unwrap();
    let now = own[0].not_before.unwrap();
    let verifier = roots.verifier.as_ref().unwrap();
    let verified = verified.unwrap_or_else(|| verify(verifier, &chain, &name, now));
    let recorded = Recorded {
        chain,
        verified,
        proof,
    };
    roots.problems(&recorded, &name, now)
}

const SHORT: &str = include_str!("../../../../certfleet-x509/tests/cases/rsa-1024.pem");
const LONG: &str = include_str!("../../../../certfleet-x509/tests/cases/p-521.pem");

/// Keys whose signatures are not accepted are told from wrong signatures.
#[test]
fn keys_that_are_not_accepted() {
    let short = "the RSA key of certificate 1 (CN=short key) has 1024 bits; signatures by fewer than 2048 are not accepted";
    assert_eq!(problems(SHORT, None, None), [short]);
    assert_eq!(
        problems(SHORT, Some(KeyProof::Wrong), Some(Ok(()))),
        [short]
    );
    assert_eq!(
        problems(LONG, None, None),
        [
            "a certificate is signed by a kind of key, or with an algorithm, that certfleet does not accept (in the \
             chain: P-521 with ecdsa-with-SHA256)"
        ]
    );
}

#[test]
fn a_key_that_was_not_shown() {
    for (proof, word) in [
        (None, "has not shown that it has the key"),
        (
            Some(KeyProof::Unknown),
            "cannot verify signatures by this kind of key",
        ),
        (Some(KeyProof::Wrong), "does not have the key"),
    ] {
        let problems = problems(LONG, proof, Some(Ok(())));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains(word), "{problems:?}");
    }
    assert!(problems(LONG, Some(KeyProof::Given), Some(Ok(()))).is_empty());
}

/// Whatever a verifier says, no name of Rust is in the message.
#[test]
fn every_error_is_in_words() {
    for error in [
        CertificateError::BadEncoding,
        CertificateError::Expired,
        CertificateError::NotValidYet,
        CertificateError::Revoked,
        CertificateError::UnhandledCriticalExtension,
        CertificateError::UnknownIssuer,
        CertificateError::UnknownRevocationStatus,
        CertificateError::BadSignature,
        CertificateError::NotValidForName,
        CertificateError::InvalidPurpose,
        CertificateError::InvalidOcspResponse,
        CertificateError::ApplicationVerificationFailure,
        CertificateError::ExpiredRevocationListContext {
            time: UnixTime::since_unix_epoch(Duration::from_secs(2)),
            next_update: UnixTime::since_unix_epoch(Duration::from_secs(1)),
        },
    ] {
        for problem in problems(LONG, None, Some(Err(error.clone().into()))) {
            let letters: Vec<char> = problem.chars().collect();
            let is_rust = letters
                .windows(2)
                .any(|pair| pair[0].is_lowercase() && pair[1].is_uppercase());
            assert!(
                !is_rust && !problem.contains("::") && !problem.contains('{'),
                "{error:?}: {problem}"
            );
        }
    }
    let general = problems(LONG, None, Some(Err(Error::General("x::Y".to_owned()))));
    assert_eq!(general, ["the certificates cannot be verified"]);
}
