//! Apinizer's accounts and what opens them.

use crate::{Account, Credential, Provider, Scope};

/// The token of the Apinizer installation, for both projects.
pub const APINIZER_TOKEN: &str = "sandbox-apinizer-token";
/// A token without rights in either project.
pub const APINIZER_POWERLESS_TOKEN: &str = "sandbox-apinizer-viewer-token";
/// The environments of the Apinizer installation.
pub const APINIZER_ENVIRONMENTS: &[&str] = &["production", "test", "dev"];
/// The projects of the Apinizer installation.
pub const APINIZER_PROJECTS: &[&str] = &["Payments", "Partners"];

pub(crate) fn all() -> Vec<Account> {
    let account = |name, project| {
        Account::new(
            Provider::Apinizer,
            name,
            &[Credential::Bearer(APINIZER_TOKEN)],
            Credential::Bearer(APINIZER_POWERLESS_TOKEN),
            Scope::Project {
                name: project,
                environments: APINIZER_ENVIRONMENTS,
            },
        )
    };
    vec![
        account("apinizer-payments", "Payments"),
        account("apinizer-partners", "Partners"),
    ]
}
