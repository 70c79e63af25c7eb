//! OpenAI's help page on mutual TLS lists what it takes; the description says what is left out here.

use super::{Field, NOTHING, Places, Rules};
use crate::Scope;

pub(super) const RULES: Rules = Rules {
    authority: true,
    key_identifiers: true,
    key_usage: &["keyCertSign", "cRLSign"],
    below_bytes: Some(16 * 1024),
    hours_left: 24,
    fields: [Field::Optional, Field::None, Field::None],
    places: Places::Only(&Scope::Organization),
    ..NOTHING
};
