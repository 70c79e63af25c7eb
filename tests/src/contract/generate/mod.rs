//! Makes values from schemas with proptest: always the same ones, unless a seed is given.

mod arguments;
mod run;
mod scalars;
mod values;

pub use arguments::{arguments, plain};
pub use run::{SEED, run};
pub use scalars::Side;
pub use values::values;

pub(super) use values::types;
