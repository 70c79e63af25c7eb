//! Apinizer's part of the fleet: what the gateway's environments trust.

use super::certificate::{Certificate, Entry};
use crate::Jwk;
use crate::certificates::Certificate as X509;
use crate::certificates::issue::When::{self, Days, Never};
use crate::certificates::issue::{Order, Use};
use crate::certificates::keys::PublicKey;
use crate::certificates::public_keys::{P256_D, P256_E, P384_B, RSA_2048_D};
use crate::seed::{CONTOSO, Shared, client};

/// A certificate of a project, with its entries: environment, alias and content.
struct Row {
    project: &'static str,
    name: &'static str,
    description: &'static str,
    entries: &'static [(&'static str, &'static str, Content)],
}

enum Content {
    /// A server's, under the company's root.
    Northwind(Leaf),
    /// A client's, from the partner.
    Contoso(Leaf),
    /// The company's root.
    Root,
    /// The certificate that is at three vendors.
    EdgeAnchor,
}

struct Leaf {
    label: &'static str,
    host: &'static str,
    from: i64,
    until: When,
    key: Option<&'static PublicKey>,
}

const fn leaf(
    label: &'static str,
    host: &'static str,
    from: i64,
    until: When,
    key: Option<&'static PublicKey>,
) -> Leaf {
    Leaf {
        label,
        host,
        from,
        until,
        key,
    }
}

const ROWS: &[Row] = &[
    Row {
        project: "Payments",
        name: "payments-api",
        description: "TLS of the payments API, another in each environment",
        entries: &[
            (
                "production",
                "payments-api",
                Content::Northwind(leaf(
                    "api production",
                    "api.northwind.example",
                    -50,
                    Days(40),
                    Some(&P256_D),
                )),
            ),
            (
                "test",
                "payments-api-test",
                Content::Northwind(leaf(
                    "api test",
                    "api.test.northwind.example",
                    -300,
                    Days(65),
                    None,
                )),
            ),
            (
                "dev",
                "payments-api-dev",
                Content::Northwind(leaf(
                    "api dev",
                    "api.dev.northwind.example",
                    -380,
                    Days(-15),
                    None,
                )),
            ),
        ],
    },
    Row {
        project: "Payments",
        name: "edge-trust-anchor",
        description: "Trust anchor of the edge",
        entries: &[("production", "edge-anchor", Content::EdgeAnchor)],
    },
    Row {
        project: "Payments",
        name: "legacy-soap",
        description: "SOAP endpoint, to be switched off",
        entries: &[(
            "dev",
            "legacy-soap",
            Content::Northwind(leaf(
                "soap",
                "soap.northwind.example",
                -730,
                Days(-1),
                Some(&RSA_2048_D),
            )),
        )],
    },
    Row {
        project: "Payments",
        name: "northwind-root",
        description: "The company's root, the same everywhere",
        entries: &[
            ("production", "northwind-root", Content::Root),
            ("test", "northwind-root", Content::Root),
            ("dev", "northwind-root", Content::Root),
        ],
    },
    Row {
        project: "Payments",
        name: "token-signing-2028",
        description: "Source of the token keys",
        entries: &[(
            "production",
            "token-signing",
            Content::Northwind(leaf(
                "token signing",
                "tokens.northwind.example",
                -10,
                Days(720),
                Some(&P384_B),
            )),
        )],
    },
    Row {
        project: "Partners",
        name: "contoso-bank",
        description: "Open banking, live and sandbox",
        entries: &[
            (
                "production",
                "contoso-bank",
                Content::Contoso(leaf(
                    "bank production",
                    "open-banking.contoso.example",
                    -347,
                    Days(18),
                    Some(&P256_E),
                )),
            ),
            (
                "test",
                "contoso-bank-sandbox",
                Content::Contoso(leaf(
                    "bank test",
                    "open-banking.sandbox.contoso.example",
                    -347,
                    Days(383),
                    None,
                )),
            ),
        ],
    },
    Row {
        project: "Partners",
        name: "contoso-retail",
        description: "",
        entries: &[(
            "production",
            "contoso-retail",
            Content::Contoso(leaf(
                "retail",
                "retail-feed.contoso.example",
                -100,
                Days(265),
                None,
            )),
        )],
    },
    Row {
        project: "Partners",
        name: "contoso-logistics",
        description: "Updated once without removing the old entry: two for one environment",
        entries: &[
            (
                "test",
                "contoso-logistics",
                Content::Contoso(leaf(
                    "logistics",
                    "logistics.contoso.example",
                    -200,
                    Never,
                    None,
                )),
            ),
            (
                "test",
                "contoso-logistics-next",
                Content::Contoso(leaf(
                    "logistics next",
                    "logistics.contoso.example",
                    -2,
                    Days(728),
                    None,
                )),
            ),
        ],
    },
];

/// A JWK: its project and name, and those of the certificate that it was made from.
const JWKS: &[[&str; 4]] = &[
    [
        "Payments",
        "token-signing-jwk",
        "Payments",
        "token-signing-2028",
    ],
    [
        "Partners",
        "token-verification-jwk",
        "Payments",
        "token-signing-2028",
    ],
    ["Partners", "contoso-bank-jwk", "Partners", "contoso-bank"],
];

pub(crate) fn make(shared: &Shared) -> Result<(Vec<Certificate>, Vec<Jwk>), rcgen::Error> {
    let certificates = ROWS
        .iter()
        .map(|row| certificate(shared, row))
        .collect::<Result<_, _>>()?;
    let jwk = |[project, name, source_project, source]: &[&str; 4]| Jwk {
        project: (*project).to_owned(),
        name: (*name).to_owned(),
        certificate: Some(((*source_project).to_owned(), (*source).to_owned())),
        updates: 0,
    };
    Ok((certificates, JWKS.iter().map(jwk).collect()))
}

fn certificate(shared: &Shared, row: &Row) -> Result<Certificate, rcgen::Error> {
    let entry = |(environment, alias, content): &(&str, &str, Content)| {
        Ok(Entry {
            environment: (*environment).to_owned(),
            alias: (*alias).to_owned(),
            x509: x509(shared, content)?,
        })
    };
    Ok(Certificate {
        project: row.project.to_owned(),
        name: row.name.to_owned(),
        description: row.description.to_owned(),
        entries: row.entries.iter().map(entry).collect::<Result<_, _>>()?,
    })
}

fn x509(shared: &Shared, content: &Content) -> Result<X509, rcgen::Error> {
    let order = |leaf: &Leaf| client(leaf.label, leaf.host, leaf.from, leaf.until);
    match content {
        Content::Northwind(leaf) => {
            let usage = Use::Server(leaf.host);
            let order = Order {
                usage,
                ..order(leaf)
            };
            shared.mint.issue(&shared.root, order, leaf.key)
        }
        Content::Contoso(leaf) => {
            let organization = CONTOSO;
            let order = Order {
                organization,
                ..order(leaf)
            };
            shared.mint.issue(&shared.partner_issuing, order, leaf.key)
        }
        Content::Root => Ok(shared.root.certificate.clone()),
        Content::EdgeAnchor => Ok(shared.edge_anchor.certificate.clone()),
    }
}
