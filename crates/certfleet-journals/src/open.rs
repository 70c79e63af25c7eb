//! Opening a shared journal.

use crate::{
    address::{Address, Kind},
    options::Options,
};
use certfleet::Result;
use certfleet_changes::Journal;

/// Opens the journal at an address.
///
/// # Errors
/// [`ErrorKind::Journal`](certfleet::ErrorKind): the store cannot be reached, or holds no journal that this version can
/// write. [`ErrorKind::Config`](certfleet::ErrorKind): a secret cannot be fetched, or this build has no such store.
pub async fn open(address: &Address, options: &Options) -> Result<Journal> {
    match &address.0 {
        #[cfg(feature = "postgres")]
        Kind::Postgres(postgres) => crate::postgres::open(address, postgres, options).await,
        #[cfg(not(feature = "postgres"))]
        Kind::Postgres(_) => left_out(options, "postgres"),
        #[cfg(feature = "object-store")]
        Kind::Objects(objects) => crate::objects::open(address, objects).await,
        #[cfg(not(feature = "object-store"))]
        Kind::Objects(_) => left_out(options, "object-store"),
    }
}

/// Makes what a journal needs at an address (the tables of a database; the mark of a bucket, after it was made sure that
/// two machines can use it safely). Returns whether there was anything to do.
///
/// # Errors
/// As [`open`]; the user of the address may not make it, or the engine cannot keep a journal.
pub async fn migrate(address: &Address, options: &Options) -> Result<bool> {
    match &address.0 {
        #[cfg(feature = "postgres")]
        Kind::Postgres(postgres) => crate::postgres::migrate(address, postgres, options).await,
        #[cfg(not(feature = "postgres"))]
        Kind::Postgres(_) => left_out(options, "postgres"),
        #[cfg(feature = "object-store")]
        Kind::Objects(objects) => crate::objects::migrate(address, objects).await,
        #[cfg(not(feature = "object-store"))]
        Kind::Objects(_) => left_out(options, "object-store"),
    }
}

#[cfg(not(all(feature = "object-store", feature = "postgres")))]
fn left_out<T>(_: &Options, feature: &str) -> Result<T> {
    Err(crate::address::wrong(
        format!(
            "this build of certfleet keeps no journal in such a store: its feature {feature} was left out"
        ),
        &format!("build it with the feature, as in: cargo install --features {feature}"),
    ))
}
