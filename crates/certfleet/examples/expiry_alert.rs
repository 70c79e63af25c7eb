//! An alert for what expires within 30 days, from an account whose token is renewed while the program runs.
//! The source of the tokens hands out a new one as soon as the vendor refuses the old one.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use certfleet::{
    Connection, ListOptions,
    http::{Authorization, BoxFuture, CredentialsSource, Result},
    openai::Credentials,
    reading::ExpiryStatus,
};
use certfleet_sandbox::{OPENAI_ADMIN_KEY, Sandbox};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Stands for a vault whose tokens are valid for a while only.
#[derive(Debug, Default)]
struct Vault {
    asked: AtomicUsize,
}

impl CredentialsSource for Vault {
    fn authorization<'a>(
        &'a self,
        refused: Option<&'a Authorization>,
    ) -> BoxFuture<'a, Result<Authorization>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::Relaxed);
            let token = match refused {
                None => "the token of last week",
                Some(_) => OPENAI_ADMIN_KEY,
            };
            Credentials::AdminKey(token.into()).authorization()
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::new();
    let vault = Arc::new(Vault::default());
    let connection = Connection::default()
        .transport(Arc::new(sandbox.clone()))
        .credentials(vault.clone());
    let fleet = sandbox.fleet_with(&connection)?;
    let fleet = fleet.only(|one| one.name() == "openai");

    let inventory = fleet.inventory(ListOptions::default()).await;
    let report = inventory.expiry("30d".parse()?, sandbox.clock().now());
    for one in &report.items {
        let name = one.name.as_deref().unwrap_or("without a name");
        let days = one.seconds_left.unwrap_or_default() / 86_400;
        match one.status {
            ExpiryStatus::Expiring => println!("{name} ends in {days} days ({})", one.id),
            ExpiryStatus::Expired => println!("{name} has ended ({})", one.id),
            _ => {}
        }
    }
    assert!(inventory.is_complete(), "{:?}", inventory.accounts);
    assert_eq!(report.count(ExpiryStatus::Expiring), 3);
    assert_eq!(vault.asked.load(Ordering::Relaxed), 2);
    Ok(())
}
