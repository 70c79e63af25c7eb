//! Successes that say that they failed.

/// Whether a decoded success says that the call failed. Generated for every success type from the
/// vendor's envelope.
pub trait InBandFailure {
    /// `true` if the vendor answered 2xx and yet refused.
    fn refused(&self) -> bool;
}

/// Values without an envelope cannot say so.
macro_rules! never_refused {
    ($($name:ty),*) => {
        $(impl InBandFailure for $name {
            fn refused(&self) -> bool {
                false
            }
        })*
    };
}

never_refused!(bool, f64, i64, String, serde_json::Value);

impl<T> InBandFailure for Vec<T> {
    fn refused(&self) -> bool {
        false
    }
}

impl<T> InBandFailure for std::collections::BTreeMap<String, T> {
    fn refused(&self) -> bool {
        false
    }
}
