//! The sandbox's accounts, opened with the facade `certfleet`.

use crate::{Account as Place, Sandbox, Scope};
use certfleet::{
    Account, Connection, Fleet, Result, Secret,
    apinizer::{self, Apinizer},
    cloudflare::{self, Cloudflare},
    openai::{self, OpenAi},
    patchworks::{self, Patchworks},
};
use std::sync::Arc;

impl Sandbox {
    /// Opens every account of the sandbox as a fleet, by the sandbox's clock. Requests are answered in
    /// process.
    ///
    /// ```
    /// use certfleet::ListOptions;
    /// use certfleet_sandbox::Sandbox;
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let fleet = Sandbox::new().fleet()?;
    /// let inventory = fleet.inventory(ListOptions::default()).await;
    /// assert_eq!(inventory.accounts.len(), 6);
    /// # Ok::<_, certfleet::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Config`](certfleet::ErrorKind::Config) if an account cannot be opened.
    pub fn fleet(&self) -> Result<Fleet> {
        let connection = Connection::default()
            .clock(Arc::new(self.clock().clone()))
            .transport(Arc::new(self.clone()));
        self.fleet_with(&connection)
    }

    /// Opens every account of the sandbox with a connection of the caller's own: another clock, or a
    /// transport around this sandbox that breaks something. The address is set here.
    ///
    /// # Errors
    /// As [`fleet`](Self::fleet).
    pub fn fleet_with(&self, connection: &Connection) -> Result<Fleet> {
        let open = |place: &Place| open(place, connection.clone());
        let accounts: Result<Vec<Account>> = self.accounts().iter().map(open).collect();
        Fleet::new(accounts?)
    }
}

fn open(place: &Place, connection: Connection) -> Result<Account> {
    let connection = connection.base_url(format!("http://localhost{}", place.base_path));
    let secret = || Secret::from(place.token().unwrap_or_default());
    match &place.scope {
        Scope::Organization { projects, .. } => OpenAi::new(
            place.name,
            openai::Credentials::AdminKey(secret()),
            projects.iter().map(|(id, _)| (*id).to_owned()).collect(),
            connection,
        )
        .map(Account::new),
        Scope::Account { id } => Cloudflare::new(
            place.name,
            cloudflare::Credentials::ApiToken(secret()),
            *id,
            connection,
        )
        .map(Account::new),
        Scope::Company { .. } => Patchworks::new(
            place.name,
            patchworks::Credentials::ApiKey(secret()),
            connection,
        )
        .map(Account::new),
        Scope::Project { name, .. } => Apinizer::new(
            place.name,
            apinizer::Credentials::AccessToken(secret()),
            *name,
            connection,
        )
        .map(Account::new),
        // new-provider: account
    }
}
