//! OpenAI's part of the fleet: authorities whose clients may call the API.

use super::accounts::OPENAI_PROJECTS;
use super::certificate::Certificate;
use crate::certificates::Certificate as X509;
use crate::certificates::issue::When::{self, Days, Never};
use crate::certificates::keys::PublicKey;
use crate::certificates::pem::{self, Layout};
use crate::certificates::public_keys::{P256_A, P384_A, RSA_4096_A};
use crate::seed::{Shared, authority};

const ORGANIZATION: &str = "organization";
const CHECKOUT: &str = "checkout";
const RESEARCH: &str = "research";
const STAGING: &str = "staging";

/// One certificate to upload.
struct Row {
    name: &'static str,
    common_name: &'static str,
    from: i64,
    until: When,
    active: &'static [&'static str],
}

const fn row(
    name: &'static str,
    common_name: &'static str,
    from: i64,
    until: When,
    active: &'static [&'static str],
) -> Row {
    Row {
        name,
        common_name,
        from,
        until,
        active,
    }
}

/// Self-signed, with Ed25519 keys.
const ROOTS: &[Row] = &[
    row(
        "payments-mtls-2026",
        "Northwind Payments Client CA",
        -353,
        Days(12),
        &[ORGANIZATION],
    ),
    row(
        "payments-mtls-2027",
        "Northwind Payments Client CA",
        -3,
        Days(427),
        &[ORGANIZATION],
    ),
    row(
        "checkout-service-ca-previous",
        "Northwind Checkout CA 1",
        -750,
        Days(-20),
        &[CHECKOUT],
    ),
    row(
        "research-batch-ca",
        "Northwind Research Batch CA",
        -120,
        Days(90),
        &[RESEARCH],
    ),
    row(
        "research-notebooks-ca",
        "Northwind Research Notebooks CA",
        -336,
        Days(29),
        &[RESEARCH, STAGING],
    ),
    row(
        "staging-clients-ca",
        "Northwind Staging Clients CA",
        -84,
        Days(6),
        &[STAGING],
    ),
    row(
        "device-fleet-root",
        "Northwind Device Fleet Root",
        -500,
        Never,
        &[],
    ),
    row(
        "retired-vpn-ca",
        "Northwind VPN CA (retired)",
        -1300,
        Days(-204),
        &[],
    ),
    row(
        "legacy-console-import",
        "Northwind Console Import CA",
        -230,
        Days(500),
        &[],
    ),
];

/// Under the company's root, for keys of other types.
const INTERMEDIATES: &[(Row, &PublicKey)] = &[
    (
        row(
            "checkout-service-ca",
            "Northwind Checkout CA 2",
            -165,
            Days(200),
            &[CHECKOUT, STAGING],
        ),
        &P256_A,
    ),
    (
        row(
            "offline-issuing-2035",
            "Northwind Offline Issuing CA 2035",
            -40,
            Days(3285),
            &[],
        ),
        &RSA_4096_A,
    ),
    (
        row(
            "analytics-gateway-ca",
            "Northwind Analytics Gateway CA",
            -60,
            Days(305),
            &[RESEARCH],
        ),
        &P384_A,
    ),
];

pub(crate) fn make(shared: &Shared) -> Result<Vec<Certificate>, rcgen::Error> {
    let mint = &shared.mint;
    let mut all = Vec::new();
    for row in ROOTS {
        // Both payments certificates have one key: the newer is the renewal of the older.
        let key = if row.common_name == "Northwind Payments Client CA" {
            "openai payments"
        } else {
            row.name
        };
        let x509 = mint
            .root(
                authority(row.name, row.common_name, row.from, row.until),
                key,
            )?
            .certificate;
        let layout = if row.name == "legacy-console-import" {
            Layout::OneLine
        } else {
            Layout::Lines
        };
        all.push(uploaded(
            shared,
            Some(row.name),
            row.from,
            row.active,
            vec![x509],
            layout,
        ));
    }
    for (row, key) in INTERMEDIATES {
        let order = authority(row.name, row.common_name, row.from, row.until);
        let x509 = mint.issue(&shared.root, order, Some(key))?;
        all.push(uploaded(
            shared,
            Some(row.name),
            row.from,
            row.active,
            vec![x509],
            Layout::Lines,
        ));
    }
    let unnamed = authority(
        "openai unnamed",
        "Northwind Support Tools CA",
        -320,
        Days(45),
    );
    let unnamed = mint.root(unnamed, "openai unnamed")?.certificate;
    all.push(uploaded(
        shared,
        None,
        -50,
        &[],
        vec![unnamed],
        Layout::Lines,
    ));
    let chain = vec![
        shared.partner_issuing.certificate.clone(),
        shared.partner_root.certificate.clone(),
    ];
    all.push(uploaded(
        shared,
        Some("contoso-partner-chain"),
        -200,
        &[CHECKOUT],
        chain,
        Layout::Lines,
    ));
    let anchor = vec![shared.edge_anchor.certificate.clone()];
    all.push(uploaded(
        shared,
        Some("edge-trust-anchor-2029"),
        -201,
        &[],
        anchor,
        Layout::WindowsLines,
    ));
    Ok(all)
}

/// So many certificates more, to measure with: each ends on another day of the next two years.
pub(crate) fn more(shared: &Shared, count: usize) -> Result<Vec<Certificate>, rcgen::Error> {
    let mut all = Vec::new();
    for (number, days) in (1..=count).zip((1..=730).cycle()) {
        let name = format!("measured-{number:05}");
        let common_name = format!("Northwind Measured CA {number}");
        let order = authority(&name, &common_name, -30, Days(days));
        let x509 = shared.mint.intermediate(&shared.root, order)?.certificate;
        all.push(uploaded(
            shared,
            Some(&name),
            -30,
            &[],
            vec![x509],
            Layout::Lines,
        ));
    }
    Ok(all)
}

fn uploaded(
    shared: &Shared,
    name: Option<&str>,
    from: i64,
    active: &[&str],
    chain: Vec<X509>,
    layout: Layout,
) -> Certificate {
    let projects = OPENAI_PROJECTS
        .iter()
        .filter(|(_, name)| active.contains(name));
    let (valid_at, expires_at) = chain.first().map_or_else(Default::default, |first| {
        (first.not_before, first.not_after)
    });
    Certificate {
        id: format!(
            "cert_{}",
            shared
                .mint
                .seed
                .hex(&format!("openai seeded {}", name.unwrap_or_default()), 24)
        ),
        name: name.map(str::to_owned),
        // The day after it was made.
        created_at: shared.mint.at(Days((from + 1).min(-1))),
        pem: pem::encode(chain.iter().map(|one| one.der.as_slice()), layout),
        chain,
        valid_at,
        expires_at,
        active: active.contains(&ORGANIZATION),
        projects: projects.map(|(id, _)| (*id).to_owned()).collect(),
    }
}
