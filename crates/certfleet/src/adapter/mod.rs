//! The extension point: everything that an adapter needs, in this workspace or outside it.
//!
//! An adapter maps one vendor's types and calls, and nothing else. It implements [`Provider`], states the
//! vendor's facts as [`Rules`], and hands [`Account::new`](crate::Account::new) what it is. Listings that
//! come in pages are read by [`pages`], which never ends short or endlessly, and the records of an answer by
//! [`records`], so that an odd one costs itself alone. `examples/outside-provider`
//! in the repository is a whole one. The crate `certfleet-conformance` checks that an account keeps to what every
//! account keeps to.

mod connection;
mod pages;
mod provider;
mod records;
mod rules;

pub use connection::Connection;
pub use pages::{Identified, PageOf, pages};
pub use provider::{Profile, Provider};
pub use records::{Entries, RecordList, Records, Unreadable, record, records, whole};
pub use rules::{Field, Rules, ScopeRules, Switching, UploadScopes};

pub use crate::{
    model::{NativePage, read_date, stated},
    reading::{ListingNotes, provider_of},
};
