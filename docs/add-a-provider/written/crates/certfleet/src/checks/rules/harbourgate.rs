//! Harbourgate wants authorities, each with a name, and trusts them at once.

use super::{Field, NOTHING, Rules};

pub(super) const RULES: Rules = Rules {
    authority: true,
    single: true,
    valid_now: true,
    fields: [Field::Required, Field::None, Field::None],
    ..NOTHING
};
