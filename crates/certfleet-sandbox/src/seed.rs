//! What the certificates of every vendor's part of the fleet are made from.

use crate::certificates::Mint;
use crate::certificates::issue::{Authority, Order, Organization, Use, When};

/// The company the sandbox plays.
pub(crate) const NORTHWIND: Organization = Organization {
    name: "Northwind Traders",
    locality: "Rotterdam",
    state: None,
    country: "NL",
};
/// A partner of it.
pub(crate) const CONTOSO: Organization = Organization {
    name: "Contoso Bank",
    locality: "Frankfurt am Main",
    state: Some("Hessen"),
    country: "DE",
};

/// What more than one vendor's part is made from.
pub(crate) struct Shared {
    pub(crate) mint: Mint,
    /// Signs most of the company's certificates.
    pub(crate) root: Authority,
    /// A partner's root.
    pub(crate) partner_root: Authority,
    /// What that partner issues with.
    pub(crate) partner_issuing: Authority,
    /// The certificate that is at three vendors.
    pub(crate) edge_anchor: Authority,
}

impl Shared {
    pub(crate) fn make(mint: Mint) -> Result<Self, rcgen::Error> {
        let root = authority(
            "northwind-root",
            "Northwind Root CA R1",
            -900,
            When::Days(4000),
        );
        let partner_root = Order {
            organization: CONTOSO,
            ..authority(
                "contoso-root",
                "Contoso Bank Root CA 2024",
                -760,
                When::Days(6500),
            )
        };
        let partner_issuing = Order {
            organization: CONTOSO,
            ..authority(
                "contoso-issuing",
                "Contoso Bank Issuing CA 3",
                -400,
                When::Days(1150),
            )
        };
        let edge_anchor = authority(
            "edge-anchor",
            "Northwind Edge Trust Anchor 2029",
            -210,
            When::Days(1040),
        );
        let partner_root = mint.root(partner_root, "contoso-root")?;
        Ok(Self {
            mint,
            root: mint.root(root, "northwind-root")?,
            partner_issuing: mint.intermediate(&partner_root, partner_issuing)?,
            partner_root,
            edge_anchor: mint.root(edge_anchor, "edge-anchor")?,
        })
    }
}

/// An order for one of the company's authorities.
pub(crate) fn authority<'a>(label: &'a str, name: &'a str, from: i64, until: When) -> Order<'a> {
    Order {
        label,
        name,
        organization: NORTHWIND,
        usage: Use::Authority,
        from: When::Days(from),
        until,
    }
}

/// An order for one of the company's clients.
pub(crate) fn client<'a>(label: &'a str, name: &'a str, from: i64, until: When) -> Order<'a> {
    Order {
        usage: Use::Client,
        ..authority(label, name, from, until)
    }
}
