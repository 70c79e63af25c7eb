//! Harbourgate's part of the fleet: partners whose clients may come in.

use super::certificate::New;
use crate::certificates::issue::Order;
use crate::certificates::issue::When::{self, Days};
use crate::seed::{CONTOSO, Shared, authority};

pub(crate) fn make(shared: &Shared) -> Result<Vec<New>, rcgen::Error> {
    let mint = &shared.mint;
    let order = |name: &'static str, from: i64, until: When| authority(name, name, from, until);
    let partner = Order {
        organization: CONTOSO,
        ..order("Contoso Partners CA", -340, Days(21))
    };
    let mut all = Vec::new();
    for (name, created, authority) in [
        (
            "retired-partners",
            -800,
            mint.root(
                order("Northwind Partners CA 1", -800, Days(-70)),
                "partners 1",
            )?,
        ),
        (
            "contoso-partners",
            -339,
            mint.root(partner, "contoso partners")?,
        ),
        (
            "suppliers",
            -40,
            mint.root(order("Northwind Suppliers CA", -40, Days(690)), "suppliers")?,
        ),
    ] {
        all.push(New {
            name: name.to_owned(),
            certificate: authority.certificate,
            created_at: mint.at(Days(created)),
        });
    }
    Ok(all)
}
