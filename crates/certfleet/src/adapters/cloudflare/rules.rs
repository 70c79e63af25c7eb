//! Cloudflare's description bounds the days in words.

use super::{NOTHING, Rules};

pub(super) const RULES: Rules = Rules {
    most_days: Some(10_950),
    ..NOTHING
};
