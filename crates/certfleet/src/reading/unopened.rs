//! Accounts that could not be opened.

use crate::{Coverage, ErrorReport, ProviderId};

/// An account that could not be opened, because its secret or a file of it is missing.
#[derive(Clone, Debug)]
pub struct UnopenedAccount {
    /// The provider.
    pub provider: ProviderId,
    /// The account's name.
    pub name: String,
    /// What a complete listing of it covers.
    pub coverage: Coverage,
    /// Why.
    pub error: ErrorReport,
}
