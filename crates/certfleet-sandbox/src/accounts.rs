//! The accounts the sandbox has, and the credentials that open them.
//!
//! All of it is fixed and public: nothing here opens anything but a sandbox.

use crate::Vendor;

/// An account of the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Whose API it is at.
    pub vendor: Vendor,
    /// A name to configure it under.
    pub name: &'static str,
    /// What a client's base URL ends with, for example `/openai/v1`.
    pub base_path: &'static str,
    /// What opens it, each on its own.
    pub credentials: &'static [Credential],
    /// A credential that is known but has no rights here: what it asks for is refused as a missing permission.
    pub powerless: Credential,
    /// What the account holds certificates in.
    pub place: Place,
}

/// Something that authenticates a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credential {
    /// `Authorization: Bearer <token>`.
    Bearer(&'static str),
    /// A header that holds nothing but the key.
    Key {
        /// The header.
        header: &'static str,
        /// The key.
        key: &'static str,
    },
    /// `X-Auth-Email` and `X-Auth-Key`.
    EmailAndKey {
        /// The e-mail address.
        email: &'static str,
        /// The key.
        key: &'static str,
    },
}

impl Credential {
    /// The headers that carry it.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        match *self {
            Self::Bearer(token) => vec![("authorization", format!("Bearer {token}"))],
            Self::Key { header, key } => vec![(header, key.to_owned())],
            Self::EmailAndKey { email, key } => {
                vec![
                    ("x-auth-email", email.to_owned()),
                    ("x-auth-key", key.to_owned()),
                ]
            }
        }
    }
}

/// Where an account's certificates are: what its vendor's paths are completed with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// An OpenAI organization.
    Organization {
        /// Its id, which no path needs.
        id: &'static str,
        /// The id and name of each project.
        projects: &'static [(&'static str, &'static str)],
    },
    /// A Cloudflare account.
    Account {
        /// `account_id` in the path.
        id: &'static str,
    },
    /// A Patchworks company.
    Company {
        /// The id and name of each connector.
        connectors: &'static [(u64, &'static str)],
    },
    /// An Apinizer project.
    Project {
        /// `projectName` in the path.
        name: &'static str,
        /// The environments of the installation.
        environments: &'static [&'static str],
    },
    // new-provider: place
}

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

/// The token of the first Cloudflare account.
pub const CLOUDFLARE_CORP_TOKEN: &str = "sandbox-cloudflare-corp-token";
/// The token of the second.
pub const CLOUDFLARE_LABS_TOKEN: &str = "sandbox-cloudflare-labs-token";
/// A token that may do nothing with Zero Trust certificates.
pub const CLOUDFLARE_POWERLESS_TOKEN: &str = "sandbox-cloudflare-dns-token";
/// The user both accounts know.
pub const CLOUDFLARE_EMAIL: &str = "ops@northwind.example";
/// That user's key.
pub const CLOUDFLARE_KEY: &str = "sandbox-cloudflare-global-key";
/// The first Cloudflare account.
pub const CLOUDFLARE_CORP: &str = "c0ffee00000000000000000000000001";
/// The second.
pub const CLOUDFLARE_LABS: &str = "c0ffee00000000000000000000000002";

/// The API key of the Patchworks company, sent without a scheme.
pub const PATCHWORKS_KEY: &str = "sandbox-patchworks-api-key";
/// A login's token for it, sent as a bearer.
pub const PATCHWORKS_JWT: &str = "sandbox-patchworks-jwt";
/// A key without rights to certificates.
pub const PATCHWORKS_POWERLESS_KEY: &str = "sandbox-patchworks-viewer-key";
/// The company's connectors.
pub const PATCHWORKS_CONNECTORS: &[(u64, &str)] = &[
    (301, "SAP S/4HANA EU"),
    (302, "Bank payouts (SEPA)"),
    (303, "Shopify Plus"),
    (304, "Warehouse SFTP gateway"),
    (305, "Carrier tracking"),
    (306, "NetSuite sandbox"),
];

/// The token of the Apinizer installation, for both projects.
pub const APINIZER_TOKEN: &str = "sandbox-apinizer-token";
/// A token without rights in either project.
pub const APINIZER_POWERLESS_TOKEN: &str = "sandbox-apinizer-viewer-token";
/// The environments of the Apinizer installation.
pub const APINIZER_ENVIRONMENTS: &[&str] = &["production", "test", "dev"];
/// The projects of the Apinizer installation.
pub const APINIZER_PROJECTS: &[&str] = &["Payments", "Partners"];

/// Every account.
pub(crate) fn all() -> Vec<Account> {
    let account = |vendor: Vendor, name, credentials, powerless, place| Account {
        vendor,
        name,
        base_path: vendor.base_path(),
        credentials,
        powerless,
        place,
    };
    let cloudflare = |name, credentials, id| {
        let powerless = Credential::Bearer(CLOUDFLARE_POWERLESS_TOKEN);
        account(
            Vendor::Cloudflare,
            name,
            credentials,
            powerless,
            Place::Account { id },
        )
    };
    let apinizer = |name, project| {
        account(
            Vendor::Apinizer,
            name,
            &[Credential::Bearer(APINIZER_TOKEN)],
            Credential::Bearer(APINIZER_POWERLESS_TOKEN),
            Place::Project {
                name: project,
                environments: APINIZER_ENVIRONMENTS,
            },
        )
    };
    vec![
        account(
            Vendor::OpenAi,
            "openai",
            &[Credential::Bearer(OPENAI_ADMIN_KEY)],
            Credential::Bearer(OPENAI_PROJECT_KEY),
            Place::Organization {
                id: OPENAI_ORGANIZATION,
                projects: OPENAI_PROJECTS,
            },
        ),
        cloudflare(
            "cloudflare-corp",
            &[
                Credential::Bearer(CLOUDFLARE_CORP_TOKEN),
                Credential::EmailAndKey {
                    email: CLOUDFLARE_EMAIL,
                    key: CLOUDFLARE_KEY,
                },
            ],
            CLOUDFLARE_CORP,
        ),
        cloudflare(
            "cloudflare-labs",
            &[
                Credential::Bearer(CLOUDFLARE_LABS_TOKEN),
                Credential::EmailAndKey {
                    email: CLOUDFLARE_EMAIL,
                    key: CLOUDFLARE_KEY,
                },
            ],
            CLOUDFLARE_LABS,
        ),
        account(
            Vendor::Patchworks,
            "patchworks",
            &[
                Credential::Key {
                    header: "authorization",
                    key: PATCHWORKS_KEY,
                },
                Credential::Bearer(PATCHWORKS_JWT),
            ],
            Credential::Key {
                header: "authorization",
                key: PATCHWORKS_POWERLESS_KEY,
            },
            Place::Company {
                connectors: PATCHWORKS_CONNECTORS,
            },
        ),
        apinizer("apinizer-payments", "Payments"),
        apinizer("apinizer-partners", "Partners"),
        // new-provider: account
    ]
}
