//! The words for how near an end is.

use crate::Nearness;

/// The word of a nearness in attributes and in the page's address.
pub(super) fn key(nearness: Nearness) -> &'static str {
    match nearness {
        Nearness::Expired => "expired",
        Nearness::Month => "month",
        Nearness::Quarter => "quarter",
        Nearness::Later => "later",
        Nearness::Unknown => "unknown",
    }
}

/// The word of a nearness for people.
pub(super) fn label(nearness: Nearness) -> &'static str {
    match nearness {
        Nearness::Expired => "expired",
        Nearness::Month => "within 30 days",
        Nearness::Quarter => "in 31 to 90 days",
        Nearness::Later => "later or never",
        Nearness::Unknown => "end not known",
    }
}
