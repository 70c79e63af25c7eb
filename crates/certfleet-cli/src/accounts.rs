//! From a configuration, or the sandbox, to accounts that can be asked.

use crate::{
    cli::Global,
    config::{self, Config, Settings},
    crash,
    exit::{Failure, Result},
    private_roots,
    secret_ref::{SecretRef, whole_path},
};
use certfleet::{
    Account, Capabilities, Certificate, Connection, Fleet, Network, ProviderKind, Secret,
    Transport, apinizer, cloudflare, openai, patchworks,
};
use certfleet_sandbox::{Clock, Credential, Place, Sandbox, Vendor};
use chrono::{DateTime, Utc};
use std::{path::Path, sync::Arc};

/// The accounts a command needs, and the time it goes by.
pub(crate) struct Opened {
    pub(crate) fleet: Fleet,
    pub(crate) now: DateTime<Utc>,
}

impl Opened {
    /// The time that a certificate's end is judged by: its account's.
    pub(crate) fn time_of(&self, certificate: &Certificate) -> DateTime<Utc> {
        self.fleet
            .account(&certificate.id)
            .map_or(self.now, |account| account.time(self.now))
    }
}

/// Which accounts a command needs. An empty list is no condition.
#[derive(Clone, Copy, Default)]
pub(crate) struct Selection<'a> {
    pub(crate) providers: &'a [ProviderKind],
    /// `NAME` or `PROVIDER/NAME`.
    pub(crate) accounts: &'a [String],
}

/// Opens the accounts of the configuration, or the sandbox's. Only the secrets of the selected ones
/// are fetched. Nothing is sent.
pub(crate) async fn open(global: &Global, selection: Selection<'_>) -> Result<Opened> {
    if global.sandbox {
        open_sandbox(global.sandbox_time, selection)
    } else {
        open_configured(&Config::load(global.config.as_deref())?, selection).await
    }
}

async fn open_configured(config: &Config, selection: Selection<'_>) -> Result<Opened> {
    let folder = config.folder();
    let network: Arc<dyn Transport> = Arc::new(Network::new());
    let selected = selection.of(&config.accounts, |account| {
        (account.settings.provider(), account.name.as_str())
    })?;
    let mut accounts = Vec::new();
    for account in selected {
        let ready = Ready::fetch(&account.settings, &folder)
            .await
            .map_err(|what| config.failure(account, what))?;
        let transport: Arc<dyn Transport> = match account.settings.ca_file() {
            Some(file) => Arc::new(
                private_roots::network(&whole_path(file, &folder))
                    .map_err(|what| config.failure(account, what))?,
            ),
            None => Arc::clone(&network),
        };
        let mut connection = Connection::default().transport(transport);
        if let Some(base_url) = account.settings.base_url() {
            connection = connection.base_url(base_url);
        }
        accounts.push(
            ready
                .account(&account.name, connection)
                .map_err(|error| config.failure(account, error))?,
        );
    }
    Ok(Opened {
        fleet: fleet(accounts)?,
        now: Utc::now(),
    })
}

fn open_sandbox(time: Option<DateTime<Utc>>, selection: Selection<'_>) -> Result<Opened> {
    let clock = time.map_or_else(Clock::real, Clock::fixed);
    let now = clock.now();
    let sandbox = Sandbox::builder().clock(clock.clone()).build();
    let all = sandbox.accounts();
    let transport: Arc<dyn Transport> = Arc::new(sandbox);
    let mut accounts = Vec::new();
    for account in selection.of(&all, |account| (kind(account.vendor), account.name))? {
        let ready = Ready::sandboxed(account).ok_or_else(|| {
            Failure::failed(format!(
                "the sandbox's account {} is of an unknown form",
                account.name
            ))
        })?;
        let connection = Connection::default()
            .base_url(format!("http://localhost{}", account.base_path))
            .clock(Arc::new(clock.clone()))
            .transport(Arc::clone(&transport));
        let opened = ready.account(account.name, connection);
        accounts.push(opened.map_err(|error| Failure::of_call(&error))?);
    }
    Ok(Opened {
        fleet: fleet(accounts)?,
        now,
    })
}

fn fleet(accounts: Vec<Account>) -> Result<Fleet> {
    Fleet::new(accounts).map_err(|error| Failure::of_call(&error))
}

/// What a provider can do.
pub(crate) fn capabilities(provider: ProviderKind) -> Result<Capabilities> {
    certfleet::capabilities(provider)
        .ok_or_else(|| Failure::failed(format!("{provider} is not built in")))
}

impl Selection<'_> {
    /// The selected ones of `all`.
    fn of<'t, T>(
        self,
        all: &'t [T],
        name: impl Fn(&'t T) -> (ProviderKind, &'t str),
    ) -> Result<Vec<&'t T>> {
        let is = |wanted: &str, (provider, account): (ProviderKind, &str)| {
            wanted == account
                || wanted
                    .split_once('/')
                    .is_some_and(|parts| parts == (provider.as_str(), account))
        };
        let known = || {
            let names: Vec<_> = all
                .iter()
                .map(|account| {
                    let (provider, account) = name(account);
                    format!("{provider}/{account}")
                })
                .collect();
            names.join(", ")
        };
        if let Some(missing) = self
            .accounts
            .iter()
            .find(|wanted| !all.iter().any(|account| is(wanted, name(account))))
        {
            return Err(Failure::usage(format!(
                "there is no account {missing}: there are {}",
                known()
            )));
        }
        let selected: Vec<_> = all
            .iter()
            .filter(|account| {
                let (provider, account) = name(account);
                (self.providers.is_empty() || self.providers.contains(&provider))
                    && (self.accounts.is_empty()
                        || self
                            .accounts
                            .iter()
                            .any(|wanted| is(wanted, (provider, account))))
            })
            .collect();
        if selected.is_empty() {
            return Err(Failure::usage(format!(
                "no account is selected: there are {}",
                known()
            )));
        }
        Ok(selected)
    }
}

/// Everything an adapter needs, secrets fetched.
enum Ready {
    OpenAi {
        credentials: openai::Credentials,
        projects: Vec<String>,
    },
    Cloudflare {
        credentials: cloudflare::Credentials,
        account_id: String,
    },
    Patchworks {
        credentials: patchworks::Credentials,
    },
    Apinizer {
        credentials: apinizer::Credentials,
        project: String,
    },
}

impl Ready {
    /// Fetches the secrets of configured settings.
    async fn fetch(settings: &Settings, folder: &Path) -> std::result::Result<Self, String> {
        let fetch = async |key: &str, reference: &SecretRef| {
            let secret = reference.resolve(folder).await;
            let secret = secret.map_err(|what| format!("{key}: {what}"))?;
            crash::on_demand("secret", || secret.expose().to_owned());
            Ok::<_, String>(secret)
        };
        Ok(match settings {
            Settings::OpenAi(settings) => Self::OpenAi {
                credentials: openai::Credentials::AdminKey(
                    fetch("admin_key", &settings.admin_key).await?,
                ),
                projects: settings.projects.clone(),
            },
            Settings::Cloudflare(settings) => Self::Cloudflare {
                credentials: match settings.credentials()? {
                    config::CloudflareCredentials::Token(token) => {
                        cloudflare::Credentials::ApiToken(fetch("api_token", token).await?)
                    }
                    config::CloudflareCredentials::EmailAndKey(email, key) => {
                        cloudflare::Credentials::EmailAndKey {
                            email: match SecretRef::parse(email) {
                                Ok(reference) => fetch("api_email", &reference).await?,
                                Err(_) => Secret::new(email),
                            },
                            key: fetch("api_key", key).await?,
                        }
                    }
                },
                account_id: settings.account_id.clone(),
            },
            Settings::Patchworks(settings) => Self::Patchworks {
                credentials: match settings.credentials()? {
                    config::PatchworksCredentials::ApiKey(key) => {
                        patchworks::Credentials::ApiKey(fetch("api_key", key).await?)
                    }
                    config::PatchworksCredentials::Bearer(token) => {
                        patchworks::Credentials::Bearer(fetch("bearer", token).await?)
                    }
                },
            },
            Settings::Apinizer(settings) => Self::Apinizer {
                credentials: apinizer::Credentials::AccessToken(
                    fetch("access_token", &settings.access_token).await?,
                ),
                project: settings.project.clone(),
            },
        })
    }

    /// One of the sandbox's accounts. `None` if it has a form that this version does not know.
    fn sandboxed(account: &certfleet_sandbox::Account) -> Option<Self> {
        let credential = *account.credentials.first()?;
        Some(match (account.vendor, credential, &account.place) {
            (Vendor::OpenAi, Credential::Bearer(key), Place::Organization { projects, .. }) => {
                Self::OpenAi {
                    credentials: openai::Credentials::AdminKey(Secret::new(key)),
                    projects: projects.iter().map(|(id, _)| (*id).to_owned()).collect(),
                }
            }
            (Vendor::Cloudflare, Credential::Bearer(token), Place::Account { id }) => {
                Self::Cloudflare {
                    credentials: cloudflare::Credentials::ApiToken(Secret::new(token)),
                    account_id: (*id).to_owned(),
                }
            }
            (Vendor::Patchworks, Credential::Raw(key), Place::Company { .. }) => Self::Patchworks {
                credentials: patchworks::Credentials::ApiKey(Secret::new(key)),
            },
            (Vendor::Apinizer, Credential::Bearer(token), Place::Project { name, .. }) => {
                Self::Apinizer {
                    credentials: apinizer::Credentials::AccessToken(Secret::new(token)),
                    project: (*name).to_owned(),
                }
            }
            _ => return None,
        })
    }

    fn account(self, name: &str, connection: Connection) -> certfleet::Result<Account> {
        Ok(match self {
            Self::OpenAi {
                credentials,
                projects,
            } => Account::new(openai::OpenAi::new(
                name,
                credentials,
                projects,
                connection,
            )?),
            Self::Cloudflare {
                credentials,
                account_id,
            } => Account::new(cloudflare::Cloudflare::new(
                name,
                credentials,
                &account_id,
                connection,
            )?),
            Self::Patchworks { credentials } => {
                Account::new(patchworks::Patchworks::new(name, credentials, connection)?)
            }
            Self::Apinizer {
                credentials,
                project,
            } => Account::new(apinizer::Apinizer::new(
                name,
                credentials,
                &project,
                connection,
            )?),
        })
    }
}

fn kind(vendor: Vendor) -> ProviderKind {
    match vendor {
        Vendor::OpenAi => ProviderKind::OpenAi,
        Vendor::Cloudflare => ProviderKind::Cloudflare,
        Vendor::Patchworks => ProviderKind::Patchworks,
        Vendor::Apinizer => ProviderKind::Apinizer,
    }
}
