//! Values as vendors write them: whole numbers, dates, enums that accept values invented later, values of
//! one of several types, and members that may be null.

pub mod choice;
mod integer;
mod nullable;
mod open_enum;
mod strict_structs;
mod timestamp;

pub use integer::Integer;
pub use nullable::Nullable;
pub(crate) use strict_structs::StrictStructs;
pub use timestamp::{Timestamp, UnixSeconds};
