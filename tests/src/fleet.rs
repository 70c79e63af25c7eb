//! A sandbox's accounts, as a consumer of the facade sets them up.

use crate::{Scripted, contract::Recorder};
use certfleet::{
    Account, Connection, ProviderId,
    apinizer::{self, Apinizer},
    cloudflare::{self, Cloudflare},
    http::{Retry, Transport},
    openai::{self, OpenAi},
    patchworks::{self, Patchworks},
};
use certfleet_sandbox::{Clock, Sandbox};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// The time at which every test's sandbox starts.
///
/// # Panics
/// Never.
pub fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("a date")
}

/// A sandbox that starts at [`start`].
pub fn sandbox() -> Sandbox {
    Sandbox::builder()
        .seed(7)
        .clock(Clock::fixed(start()))
        .build()
}

/// Every account of a sandbox, reached in process, every request and answer held against the
/// documents.
pub fn accounts(sandbox: &Sandbox) -> Vec<Account> {
    accounts_over(sandbox, Arc::new(Recorder::strict(sandbox.clone())))
}

/// Every account that a sandbox has, reached through any transport, by the sandbox's time.
///
/// # Panics
/// An account cannot be set up.
pub fn accounts_over(sandbox: &Sandbox, transport: Arc<dyn Transport>) -> Vec<Account> {
    accounts_by(sandbox, transport, Arc::new(sandbox.clock().clone()))
}

/// The same by any clock.
///
/// # Panics
/// An account cannot be set up.
pub fn accounts_by(
    sandbox: &Sandbox,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn certfleet::http::Clock>,
) -> Vec<Account> {
    accounts_of(
        sandbox,
        Connection::default().clock(clock).transport(transport),
    )
}

/// The same by any connection; its address is set here.
///
/// # Panics
/// An account cannot be set up.
pub fn accounts_of(sandbox: &Sandbox, connection: Connection) -> Vec<Account> {
    let fleet = sandbox.fleet_with(&connection).expect("a fleet");
    fleet.accounts().to_vec()
}

/// An account `acme` of a vendor whose answers are written by the test. It sends everything once. OpenAI's
/// has one project, `proj_1`.
///
/// # Panics
/// There is no such vendor.
pub fn scripted_account(kind: ProviderId, transport: Scripted) -> Account {
    let connection = Connection::default()
        .base_url("http://localhost")
        .transport(Arc::new(transport))
        .retry(Retry::off());
    match kind {
        ProviderId::OPENAI => OpenAi::new(
            "acme",
            openai::Credentials::AdminKey("test-key".into()),
            vec!["proj_1".to_owned()],
            connection,
        )
        .map(Account::new),
        ProviderId::CLOUDFLARE => Cloudflare::new(
            "acme",
            cloudflare::Credentials::ApiToken("test-key".into()),
            "id",
            connection,
        )
        .map(Account::new),
        ProviderId::PATCHWORKS => Patchworks::new(
            "acme",
            patchworks::Credentials::ApiKey("test-key".into()),
            connection,
        )
        .map(Account::new),
        ProviderId::APINIZER => Apinizer::new(
            "acme",
            apinizer::Credentials::AccessToken("test-key".into()),
            "project",
            connection,
        )
        .map(Account::new),
        // new-provider: scripted account
        other => panic!("{other} has no account here"),
    }
    .expect("an account")
}
