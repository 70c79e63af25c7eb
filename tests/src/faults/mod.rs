//! What goes wrong on a network, as data, and what has to come of it.
//!
//! [`rows`] is the matrix of faults: for each, what happens to the attempts of a call, and what a read, an
//! idempotent write and a create then end with. [`network`] plays it in virtual time, [`wire`] over
//! sockets, [`facade`] between the facade's writes and the sandbox; [`run`] holds the end of a call against what is expected and against what holds always.

pub mod expected;
pub mod facade;
pub mod matrix;
pub mod network;
pub mod rows;
pub mod run;
pub mod wire;
pub mod writes;

pub use expected::{Case, Expected, Verify};
pub use matrix::Tally;
pub use network::{Faulty, Step};
