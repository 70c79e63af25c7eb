//! Patchworks' part of the fleet: what connectors identify themselves with.

use super::certificate::New;
use crate::certificates::issue::When::{self, Days, Never};
use crate::certificates::issue::{Order, Organization};
use crate::certificates::keys::PublicKey;
use crate::certificates::pem::{self, Layout};
use crate::certificates::public_keys::{P256_C, RSA_2048_B, RSA_2048_C};
use crate::seed::{CONTOSO, NORTHWIND, Shared, client};

/// A client's certificate, issued the day before it was created here.
struct Row {
    name: &'static str,
    connector: Option<u64>,
    created: i64,
    label: &'static str,
    host: &'static str,
    until: When,
    key: Option<&'static PublicKey>,
}

const ARCHIVED: Row = Row {
    name: "netsuite-client-2024",
    connector: None,
    created: -899,
    label: "archived client",
    host: "netsuite.clients.northwind.example",
    until: Days(-170),
    key: None,
};
const CARRIER: Row = Row {
    name: "carrier-tracking-client",
    connector: Some(305),
    created: -399,
    label: "carrier client",
    host: "carrier-tracking.clients.northwind.example",
    until: Days(-35),
    key: Some(&RSA_2048_C),
};
const BANK: Row = Row {
    name: "bank-payouts-client",
    connector: Some(302),
    created: -345,
    label: "bank client",
    host: "northwind-payouts.contoso.example",
    until: Days(19),
    key: Some(&RSA_2048_B),
};
const SAP: Row = Row {
    name: "sap-s4-client",
    connector: Some(301),
    created: -179,
    label: "sap client",
    host: "sap-s4-eu.clients.northwind.example",
    until: Days(185),
    key: Some(&P256_C),
};
const SHOP: Row = Row {
    name: "shopify-plus-client",
    connector: Some(303),
    created: -29,
    label: "shop client",
    host: "shopify-plus.clients.northwind.example",
    until: Days(60),
    key: None,
};
const ROBOT: Row = Row {
    name: "returns-robot-client",
    connector: None,
    created: -14,
    label: "robot client",
    host: "returns-robot.clients.northwind.example",
    until: Never,
    key: None,
};

/// Armour around something else.
const UNREADABLE: &str = "-----BEGIN CERTIFICATE-----\nVGhpcyBpcyBub3QgYSBjZXJ0aWZpY2F0ZS4K\n-----END CERTIFICATE-----\n";

pub(crate) fn make(shared: &Shared) -> Result<Vec<New>, rcgen::Error> {
    let unreadable = New {
        name: Some("warehouse-sftp-client".to_owned()),
        connector: Some(304),
        content: UNREADABLE.to_owned(),
        passphrase: None,
        created_at: shared.mint.at(Days(-90)),
    };
    Ok(vec![
        own(shared, &ARCHIVED)?,
        own(shared, &CARRIER)?,
        New {
            passphrase: Some("sandbox-passphrase-sepa".to_owned()),
            ..partners(shared, &BANK)?
        },
        own(shared, &SAP)?,
        unreadable,
        own(shared, &SHOP)?,
        New {
            passphrase: Some("sandbox-passphrase-robot".to_owned()),
            ..own(shared, &ROBOT)?
        },
    ])
}

/// Under the company's root, alone.
fn own(shared: &Shared, row: &Row) -> Result<New, rcgen::Error> {
    let x509 = shared
        .mint
        .issue(&shared.root, order(row, NORTHWIND), row.key)?;
    Ok(new(shared, row, x509.pem(Layout::Lines)))
}

/// From the partner, with its issuers.
fn partners(shared: &Shared, row: &Row) -> Result<New, rcgen::Error> {
    let issuing = &shared.partner_issuing;
    let x509 = shared.mint.issue(issuing, order(row, CONTOSO), row.key)?;
    let chain = [
        &x509,
        &issuing.certificate,
        &shared.partner_root.certificate,
    ];
    let content = pem::encode(chain.iter().map(|one| one.der.as_slice()), Layout::Lines);
    Ok(new(shared, row, content))
}

fn order(row: &Row, organization: Organization) -> Order<'_> {
    Order {
        organization,
        ..client(row.label, row.host, row.created - 1, row.until)
    }
}

fn new(shared: &Shared, row: &Row, content: String) -> New {
    New {
        name: Some(row.name.to_owned()),
        connector: row.connector,
        content,
        passphrase: None,
        created_at: shared.mint.at(Days(row.created)),
    }
}
