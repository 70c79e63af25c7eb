//! What to do about a failed call.

use super::ErrorKind;

/// Returns what to do where the vendor did not take the credentials. Vendors answer 401 and 403 for a wrong
/// account as well as for a wrong token.
pub(super) fn advice(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Unauthenticated => Some(
            "The token may be wrong or expired, or the account id another account's: check the account's secret and ids",
        ),
        ErrorKind::PermissionDenied => Some(
            "The token may lack the right for this, be wrong or expired, or the account id another account's: check the account's secret and ids",
        ),
        _ => None,
    }
}
