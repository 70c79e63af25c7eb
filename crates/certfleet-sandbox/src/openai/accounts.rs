//! OpenAI's account and what opens it.

use crate::{Account, Credential, Provider, Scope};

/// The admin key of the OpenAI organization.
pub const OPENAI_ADMIN_KEY: &str = "sandbox-openai-admin-key";
/// A normal key of one of its projects, which the certificate API refuses.
pub const OPENAI_PROJECT_KEY: &str = "sandbox-openai-project-key";
/// The OpenAI organization.
pub const OPENAI_ORGANIZATION: &str = "org-sandboxnorthwind";
/// Its projects.
pub const OPENAI_PROJECTS: &[(&str, &str)] = &[
    ("proj_sandboxcheckout", "checkout"),
    ("proj_sandboxresearch", "research"),
    ("proj_sandboxstaging", "staging"),
];

pub(crate) fn all() -> Vec<Account> {
    vec![Account::new(
        Provider::OpenAi,
        "openai",
        &[Credential::Bearer(OPENAI_ADMIN_KEY)],
        Credential::Bearer(OPENAI_PROJECT_KEY),
        Scope::Organization {
            id: OPENAI_ORGANIZATION,
            projects: OPENAI_PROJECTS,
        },
    )]
}
