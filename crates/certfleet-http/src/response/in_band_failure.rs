//! Successes that say that they failed.

/// A decoded success that may say that the call failed. Generated for every success type from the
/// vendor's envelope.
pub trait InBandFailure {
    /// Returns `true` if the vendor responded with 2xx and refused all the same.
    fn refused(&self) -> bool;
}

/// Implements it for values without an envelope, which cannot say so.
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
