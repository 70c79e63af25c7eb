//! Cloudflare's part of the fleet: authorities that Gateway signs with.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::accounts::{CLOUDFLARE_CORP, CLOUDFLARE_LABS};
use super::certificate::{Binding, Certificate};
use crate::certificates::issue::When::{self, Days, Never};
use crate::certificates::issue::{Order, Organization, Use};
use crate::certificates::pem::Layout;
use crate::certificates::public_keys::{P256_B, RSA_2048_A};
use crate::certificates::{Certificate as X509, Mint};
use crate::clock::later;
use crate::seed::{Shared, authority};

const CLOUDFLARE: Organization = Organization {
    name: "Cloudflare, Inc.",
    locality: "San Francisco",
    state: Some("California"),
    country: "US",
};

/// What the vendor generates, for so many days from the mint's start.
pub(crate) fn gateway_authority(mint: &Mint, label: &str, days: i64) -> Result<X509, rcgen::Error> {
    Ok(mint
        .root(
            gateway(label, &common_name(mint, label), 0, Days(days)),
            label,
        )?
        .certificate)
}

fn common_name(mint: &Mint, label: &str) -> String {
    format!(
        "Gateway CA - Cloudflare Managed G1 {}",
        mint.seed.hex(&format!("gateway {label}"), 32)
    )
}

fn gateway<'a>(label: &'a str, name: &'a str, from: i64, until: When) -> Order<'a> {
    Order {
        label,
        name,
        organization: CLOUDFLARE,
        usage: Use::Authority,
        from: When::Days(from),
        until,
    }
}

/// What an account starts with.
pub(crate) struct Seeded {
    pub(crate) certificates: Vec<Certificate>,
    /// The certificate that interception uses.
    pub(crate) in_use: String,
}

/// A generated certificate.
struct Row {
    label: &'static str,
    from: i64,
    until: When,
    binding: Binding,
}

const fn row(label: &'static str, from: i64, until: i64, binding: Binding) -> Row {
    Row {
        label,
        from,
        until: Days(until),
        binding,
    }
}

/// The id of a generated certificate.
fn id(mint: &Mint, label: &str) -> String {
    mint.seed.uuid(&format!("cloudflare {label}"))
}

const CORP: &[Row] = &[
    row("corp gateway 2024", -745, 1080, Binding::Available),
    row("corp gateway standby", -340, 25, Binding::Available),
    row("corp gateway expired", -375, -10, Binding::Inactive),
    row("corp gateway new", -1, 1824, Binding::Inactive),
];
const LABS: &[Row] = &[
    row("labs gateway 2025", -362, 3, Binding::Available),
    row("labs gateway next", -5, 725, Binding::Available),
    row("labs gateway spare", -30, 335, Binding::Inactive),
];

pub(crate) fn make(shared: &Shared) -> Result<BTreeMap<&'static str, Seeded>, rcgen::Error> {
    let mint = &shared.mint;
    let mut corp = generated(shared, CORP)?;
    // Activated just before the sandbox began: it settles before anyone's eyes.
    let deploying = row(
        "corp gateway deploying",
        -2,
        363,
        Binding::Deploying(later(mint.start, TimeDelta::seconds(3))),
    );
    corp.extend(generated(shared, &[deploying])?);
    corp.push(custom(
        shared,
        "anchor",
        -209,
        shared.edge_anchor.certificate.clone(),
        Layout::Lines,
        Binding::Available,
    ));
    let inspection = authority(
        "corp inspection",
        "Northwind TLS Inspection CA",
        -300,
        Never,
    );
    let inspection = mint.issue(&shared.root, inspection, Some(&P256_B))?;
    corp.push(custom(
        shared,
        "inspection",
        -299,
        inspection,
        Layout::LiteralNewlines,
        Binding::Inactive,
    ));

    let mut labs = generated(shared, LABS)?;
    let byod = authority("labs byod", "Northwind Labs BYOD CA", -80, Days(650));
    let byod = mint.issue(&shared.root, byod, Some(&RSA_2048_A))?;
    labs.push(custom(
        shared,
        "byod",
        -79,
        byod,
        Layout::Lines,
        Binding::Inactive,
    ));
    let seeded = |certificates, in_use| Seeded {
        certificates,
        in_use: id(mint, in_use),
    };
    Ok(BTreeMap::from([
        (CLOUDFLARE_CORP, seeded(corp, "corp gateway 2024")),
        (CLOUDFLARE_LABS, seeded(labs, "labs gateway 2025")),
    ]))
}

fn generated(shared: &Shared, rows: &[Row]) -> Result<Vec<Certificate>, rcgen::Error> {
    let mint = &shared.mint;
    let make = |row: &Row| {
        let name = common_name(mint, row.label);
        let x509 = mint
            .root(gateway(row.label, &name, row.from, row.until), row.label)?
            .certificate;
        let created_at = mint.at(Days(row.from));
        Ok(Certificate {
            id: id(mint, row.label),
            x509,
            layout: Layout::Lines,
            custom: false,
            created_at,
            updated_at: created_at,
            binding: row.binding,
        })
    };
    rows.iter().map(make).collect()
}

fn custom(
    shared: &Shared,
    label: &str,
    created: i64,
    x509: X509,
    layout: Layout,
    binding: Binding,
) -> Certificate {
    let created_at = shared.mint.at(Days(created));
    Certificate {
        id: shared.mint.seed.uuid(&format!("cloudflare custom {label}")),
        x509,
        layout,
        custom: true,
        created_at,
        updated_at: created_at,
        binding,
    }
}
