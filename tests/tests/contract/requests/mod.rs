//! What the clients send is what the documents ask for.

mod conform;
mod credentials;
mod refused;
mod required;
mod sent;

use crate::{each, trial};
use certfleet_tests::contract::check_table;
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    each("requests", conform::conform)
        .chain(each("requests::required", required::required))
        .chain(each("requests::credentials", credentials::credentials))
        .chain(each("requests::refused", refused::refused))
        .chain([trial("requests::table", || check_table().unwrap())])
        .collect()
}
