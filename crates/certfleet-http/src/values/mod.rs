//! Values as vendors write them: whole numbers, dates, and enums that accept values invented later.

mod integer;
mod open_enum;
mod timestamp;

pub use integer::Integer;
pub use timestamp::{Timestamp, UnixSeconds};
