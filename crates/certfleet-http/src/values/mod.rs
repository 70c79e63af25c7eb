//! Values as vendors write them: whole numbers, dates, enums that accept values invented later, and values
//! of one of several types.

pub mod choice;
mod integer;
mod open_enum;
mod strict_structs;
mod timestamp;

pub use integer::Integer;
pub(crate) use strict_structs::StrictStructs;
pub use timestamp::{Timestamp, UnixSeconds};
