//! Apinizer's part of the fleet: what the gateway's environments trust.

use super::state::{Certificate, Entry};
use crate::Jwk;
use crate::certificates::Certificate as X509;
use crate::certificates::issue::When::{self, Days, Never};
use crate::certificates::issue::{Order, Use};
use crate::certificates::keys::PublicKey;
use crate::certificates::public_keys::{P256_D, P256_E, P384_B, RSA_2048_D};
use crate::seed::{CONTOSO, Shared, client};

pub(crate) fn make(shared: &Shared) -> Result<(Vec<Certificate>, Vec<Jwk>), rcgen::Error> {
    let northwind =
        |label, name, from, until, key| northwind(shared, label, name, from, until, key);
    let contoso = |label, name, from, until, key| contoso(shared, label, name, from, until, key);

    let api_production = northwind(
        "api production",
        "api.northwind.example",
        -50,
        Days(40),
        Some(&P256_D),
    )?;
    let api_test = northwind(
        "api test",
        "api.test.northwind.example",
        -300,
        Days(65),
        None,
    )?;
    let api_dev = northwind(
        "api dev",
        "api.dev.northwind.example",
        -380,
        Days(-15),
        None,
    )?;
    let anchor = shared.edge_anchor.certificate.clone();
    let soap = northwind(
        "soap",
        "soap.northwind.example",
        -730,
        Days(-1),
        Some(&RSA_2048_D),
    )?;
    let store = shared.root.certificate.clone();
    let signing = northwind(
        "token signing",
        "tokens.northwind.example",
        -10,
        Days(720),
        Some(&P384_B),
    )?;
    let bank_production = contoso(
        "bank production",
        "open-banking.contoso.example",
        -347,
        Days(18),
        Some(&P256_E),
    )?;
    let bank_test = contoso(
        "bank test",
        "open-banking.sandbox.contoso.example",
        -347,
        Days(383),
        None,
    )?;
    let retail = contoso(
        "retail",
        "retail-feed.contoso.example",
        -100,
        Days(265),
        None,
    )?;
    let logistics = contoso("logistics", "logistics.contoso.example", -200, Never, None)?;
    let logistics_next = contoso(
        "logistics next",
        "logistics.contoso.example",
        -2,
        Days(728),
        None,
    )?;

    let payments = |name, description, entries| certificate("Payments", name, description, entries);
    let partners = |name, description, entries| certificate("Partners", name, description, entries);
    let certificates = vec![
        payments(
            "payments-api",
            "TLS of the payments API, another in each environment",
            &[
                ("production", "payments-api", api_production),
                ("test", "payments-api-test", api_test),
                ("dev", "payments-api-dev", api_dev),
            ],
        ),
        payments(
            "edge-trust-anchor",
            "Trust anchor of the edge",
            &[("production", "edge-anchor", anchor)],
        ),
        payments(
            "legacy-soap",
            "SOAP endpoint, to be switched off",
            &[("dev", "legacy-soap", soap)],
        ),
        payments(
            "northwind-root",
            "The company's root, the same everywhere",
            &[
                ("production", "northwind-root", store.clone()),
                ("test", "northwind-root", store.clone()),
                ("dev", "northwind-root", store),
            ],
        ),
        payments(
            "token-signing-2028",
            "Source of the token keys",
            &[("production", "token-signing", signing)],
        ),
        partners(
            "contoso-bank",
            "Open banking, live and sandbox",
            &[
                ("production", "contoso-bank", bank_production),
                ("test", "contoso-bank-sandbox", bank_test),
            ],
        ),
        partners(
            "contoso-retail",
            "",
            &[("production", "contoso-retail", retail)],
        ),
        partners(
            "contoso-logistics",
            "Updated once without removing the old entry: two for one environment",
            &[
                ("test", "contoso-logistics", logistics),
                ("test", "contoso-logistics-next", logistics_next),
            ],
        ),
    ];
    let jwk = |project: &str, name: &str, certificate: (&str, &str)| Jwk {
        project: project.to_owned(),
        name: name.to_owned(),
        certificate: Some((certificate.0.to_owned(), certificate.1.to_owned())),
        updates: 0,
    };
    let jwks = vec![
        jwk(
            "Payments",
            "token-signing-jwk",
            ("Payments", "token-signing-2028"),
        ),
        jwk(
            "Partners",
            "token-verification-jwk",
            ("Payments", "token-signing-2028"),
        ),
        jwk("Partners", "contoso-bank-jwk", ("Partners", "contoso-bank")),
    ];
    Ok((certificates, jwks))
}

fn northwind(
    shared: &Shared,
    label: &'static str,
    host: &'static str,
    from: i64,
    until: When,
    key: Option<&PublicKey>,
) -> Result<X509, rcgen::Error> {
    let order = Order {
        usage: Use::Server(host),
        ..client(label, host, from, until)
    };
    shared.mint.issue(&shared.root, order, key)
}

fn contoso(
    shared: &Shared,
    label: &'static str,
    host: &'static str,
    from: i64,
    until: When,
    key: Option<&PublicKey>,
) -> Result<X509, rcgen::Error> {
    let order = Order {
        organization: CONTOSO,
        ..client(label, host, from, until)
    };
    shared.mint.issue(&shared.partner_issuing, order, key)
}

fn certificate(
    project: &str,
    name: &str,
    description: &str,
    entries: &[(&str, &str, X509)],
) -> Certificate {
    let entry = |(environment, alias, x509): &(&str, &str, X509)| Entry {
        environment: (*environment).to_owned(),
        alias: (*alias).to_owned(),
        x509: x509.clone(),
    };
    Certificate {
        project: project.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        entries: entries.iter().map(entry).collect(),
    }
}
