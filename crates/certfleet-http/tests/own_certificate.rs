//! A server whose own certificate is trusted, also where it is marked as a CA.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/proxy.rs"]
#[allow(dead_code, reason = "each test uses its own part")]
mod proxy;
#[path = "support/server.rs"]
mod server;
mod support;

use certfleet_http::{Error, ErrorKind, Network, Reason, Retry};
use proxy::{Listening, acceptor};
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd,
};
use std::sync::Arc;
use support::{CREATE, builder, call};

/// As `openssl req -x509` makes it.
fn self_signed(edit: impl Fn(&mut CertificateParams)) -> (Vec<u8>, KeyPair) {
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    edit(&mut params);
    let key = KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap().der().to_vec(), key)
}

/// A write to a server that presents a certificate and signs with a key, where another is trusted.
async fn sent(presented: &[u8], key: &KeyPair, trusted: &[u8]) -> (Result<(), Error>, usize) {
    let tls = acceptor(presented.to_vec(), key);
    let server = Listening::server(tls, "200 OK", r#"{"id":"a"}"#.to_owned()).await;
    let session = builder()
        .base_url(format!("https://{}", server.address))
        .transport(Arc::new(Network::new().trust(trusted.to_vec())))
        .retry(Retry::off())
        .build()
        .unwrap();
    let result = call(&session, &CREATE)
        .await
        .map(|done| assert_eq!(done.id, "a"));
    (result, server.seen().len())
}

#[tokio::test]
async fn the_very_certificate_is_trusted() {
    for edit in [
        (|_| {}) as fn(&mut CertificateParams),
        |params| params.is_ca = IsCa::NoCa,
        |params| params.is_ca = IsCa::ExplicitNoCa,
        |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
        |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any],
    ] {
        let (der, key) = self_signed(edit);
        let (result, seen) = sent(&der, &key, &der).await;
        assert!(result.is_ok(), "{result:?}");
        assert_eq!(seen, 1);
    }
}

#[tokio::test]
async fn nothing_else_about_it_is_weakened() {
    let (der, key) = self_signed(|_| {});
    let (other, other_key) = self_signed(|_| {});
    // The same names and the same key, signed again: not the same to the byte.
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_after = date_time_ymd(2080, 1, 1);
    let again = params.self_signed(&key).unwrap().der().to_vec();
    let named = self_signed(|params| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName("gw.example".try_into().unwrap())];
    });
    let expired = self_signed(|params| params.not_after = date_time_ymd(2020, 1, 1));
    let early = self_signed(|params| params.not_before = date_time_ymd(2090, 1, 1));
    let for_clients = self_signed(|params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    for (what, presented, key, trusted, word) in [
        (
            "another certificate",
            &other,
            &other_key,
            &der,
            "ca used as end entity",
        ),
        ("the same, renewed", &again, &key, &der, ""),
        ("a key that it does not hold", &der, &other_key, &der, ""),
        (
            "another name",
            &named.0,
            &named.1,
            &named.0,
            "check the host of the address",
        ),
        ("expired", &expired.0, &expired.1, &expired.0, "has expired"),
        (
            "not yet valid",
            &early.0,
            &early.1,
            &early.0,
            "not valid yet",
        ),
        (
            "for clients",
            &for_clients.0,
            &for_clients.1,
            &for_clients.0,
            "invalid purpose",
        ),
    ] {
        let (result, seen) = sent(presented, key, trusted).await;
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotSent, "{what}: {error}");
        assert_eq!(error.reason(), Some(Reason::Tls), "{what}: {error}");
        assert!(error.to_string().contains(word), "{what}: {error}");
        assert_eq!(seen, 0, "{what}");
    }
}
