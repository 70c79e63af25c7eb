//! Choices: schemas of which a value is one of several alternatives. Each gets a name, and so does each
//! alternative that is not a plain value. The emitter writes their types, because typify tells alternatives
//! apart by their order alone.

mod naming;
mod overlap;
mod tag;

pub(crate) use naming::{Choice, Choices, name_all};
pub(crate) use overlap::overlap;
pub(crate) use tag::{Tag, alternatives, members, tag};
