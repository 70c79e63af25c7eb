//! Patchworks' part of the fleet: what connectors identify themselves with.

use super::state::New;
use crate::certificates::Certificate as X509;
use crate::certificates::issue::Order;
use crate::certificates::issue::When::{Days, Never};
use crate::certificates::pem::{self, Layout};
use crate::certificates::public_keys::{P256_C, RSA_2048_B, RSA_2048_C};
use crate::seed::{CONTOSO, Shared, client};

/// Armour around something else.
const UNREADABLE: &str = "-----BEGIN CERTIFICATE-----\nVGhpcyBpcyBub3QgYSBjZXJ0aWZpY2F0ZS4K\n-----END CERTIFICATE-----\n";

pub(crate) fn make(shared: &Shared) -> Result<Vec<New>, rcgen::Error> {
    let mint = &shared.mint;
    let sap = client(
        "sap client",
        "sap-s4-eu.clients.northwind.example",
        -180,
        Days(185),
    );
    let bank = Order {
        organization: CONTOSO,
        ..client(
            "bank client",
            "northwind-payouts.contoso.example",
            -346,
            Days(19),
        )
    };
    let shop = client(
        "shop client",
        "shopify-plus.clients.northwind.example",
        -30,
        Days(60),
    );
    let carrier = client(
        "carrier client",
        "carrier-tracking.clients.northwind.example",
        -400,
        Days(-35),
    );
    let archived = client(
        "archived client",
        "netsuite.clients.northwind.example",
        -900,
        Days(-170),
    );
    let robot = client(
        "robot client",
        "returns-robot.clients.northwind.example",
        -15,
        Never,
    );

    let bank = mint.issue(&shared.partner_issuing, bank, Some(&RSA_2048_B))?;
    let bank_chain = [
        &bank,
        &shared.partner_issuing.certificate,
        &shared.partner_root.certificate,
    ];
    let one = |order, key| {
        Ok::<_, rcgen::Error>(mint.issue(&shared.root, order, key)?.pem(Layout::Lines))
    };
    let new = |name: &str, connector, created, content, passphrase: Option<&str>| New {
        name: Some(name.to_owned()),
        connector,
        content,
        passphrase: passphrase.map(str::to_owned),
        created_at: mint.at(Days(created)),
    };
    Ok(vec![
        new(
            "netsuite-client-2024",
            None,
            -899,
            one(archived, None)?,
            None,
        ),
        new(
            "carrier-tracking-client",
            Some(305),
            -399,
            one(carrier, Some(&RSA_2048_C))?,
            None,
        ),
        new(
            "bank-payouts-client",
            Some(302),
            -345,
            text(&bank_chain),
            Some("sandbox-passphrase-sepa"),
        ),
        new(
            "sap-s4-client",
            Some(301),
            -179,
            one(sap, Some(&P256_C))?,
            None,
        ),
        new(
            "warehouse-sftp-client",
            Some(304),
            -90,
            UNREADABLE.to_owned(),
            None,
        ),
        new(
            "shopify-plus-client",
            Some(303),
            -29,
            one(shop, None)?,
            None,
        ),
        new(
            "returns-robot-client",
            None,
            -14,
            one(robot, None)?,
            Some("sandbox-passphrase-robot"),
        ),
    ])
}

fn text(chain: &[&X509]) -> String {
    pem::encode(chain.iter().map(|one| one.der.as_slice()), Layout::Lines)
}
