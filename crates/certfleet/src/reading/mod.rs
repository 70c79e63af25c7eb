//! Reading: one account, a fleet of them, and what their listings amount to.

mod account;
mod clock;
mod diff;
mod expiry;
mod fleet;
mod inventory;
mod listing;
mod notes;
mod owned;
mod report;
mod unopened;

pub use account::{Account, provider_of};
pub use diff::{Changed, Difference, InventoryDiff};
pub use expiry::{Expiry, ExpiryReport, ExpiryStatus, Threshold};
pub use fleet::{Fleet, FleetItem, FleetListing};
pub use inventory::Inventory;
pub use listing::{ContentFetch, ListOptions, Listing};
pub use notes::ListingNotes;
pub use report::AccountReport;
pub use unopened::UnopenedAccount;
