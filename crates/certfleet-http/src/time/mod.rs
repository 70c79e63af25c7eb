//! Clocks and deadlines: the local clock, how far the vendor's is ahead of it, the dates of
//! headers, and the moment by which a call has to be over.

mod clock;
mod deadline;
pub(crate) mod http_date;
mod skew;

pub use clock::{Clock, SystemClock};
pub use deadline::Deadline;
pub(crate) use skew::Skew;
