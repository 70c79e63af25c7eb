//! The behaviour suite, over every account of a sandbox, and over a live one where somebody asks
//! for it.

use certfleet::{
    Account, Connection, ProviderId,
    apinizer::{self, Apinizer},
    cloudflare::{self, Cloudflare},
    openai::{self, OpenAi},
    patchworks::{self, Patchworks},
};
use certfleet_conformance::{Outcome, ReadOptions, reads};
use certfleet_sandbox::{Behaviour, Clock, Sandbox, behaviour};
use certfleet_tests::{Scripted, accounts, accounts_over, sandbox, start};
use std::{collections::BTreeSet, sync::Arc};

/// Nothing that is shown may hold a key that opens the sandbox.
fn options() -> ReadOptions {
    let mut options = ReadOptions::default();
    for account in sandbox().accounts() {
        let headers = account
            .credentials
            .iter()
            .flat_map(|credential| credential.headers());
        options
            .secrets
            .extend(headers.map(|(_, value)| value.trim_start_matches("Bearer ").to_owned()));
    }
    options
}

#[tokio::test]
async fn every_account_of_the_sandbox() {
    let sandbox = sandbox();
    let mut kinds = BTreeSet::new();
    for account in accounts(&sandbox) {
        let report = reads(&account, &options()).await;
        report.assert();
        // The suite has something to judge.
        let listed = report.outcome("it lists");
        assert!(matches!(listed, Some(Outcome::Kept(1..))), "{report}");
        kinds.insert(account.provider());
    }
    assert_eq!(kinds, ProviderId::KNOWN.iter().copied().collect());
}

#[tokio::test]
async fn whatever_the_vendors_choose() {
    let changes: [fn(&mut Behaviour); 10] = [
        |b| b.openai.projects_show_inherited = false,
        |b| b.openai.empty_page_ids = behaviour::EmptyPageIds::Absent,
        |b| b.cloudflare.says_active = true,
        |b| b.cloudflare.live_extras = false,
        |b| b.patchworks.loose_fields = behaviour::LooseFields::Object,
        |b| b.patchworks.missing_values = behaviour::MissingValues::Null,
        |b| b.patchworks.dates = behaviour::DateForm::Spaced,
        |b| b.apinizer.errors = behaviour::ErrorShape::Old,
        |b| b.apinizer.successes = behaviour::SuccessShape::Old,
        |b| b.apinizer.content_in_lists = false,
    ];
    for change in changes {
        let mut behaviour = Behaviour::default();
        change(&mut behaviour);
        let sandbox = Sandbox::builder()
            .seed(7)
            .clock(Clock::fixed(start()))
            .behaviour(behaviour)
            .build();
        // Some of it is not as documented, which contract/sandbox.rs is about.
        for account in accounts_over(&sandbox, Arc::new(sandbox.clone())) {
            reads(&account, &options()).await.assert();
        }
    }
}

#[tokio::test]
async fn an_empty_account_conforms() {
    let sandbox = Sandbox::builder()
        .clock(Clock::fixed(start()))
        .without_certificates()
        .build();
    for account in accounts(&sandbox) {
        reads(&account, &options()).await.assert();
    }
}

/// The suite judges: accounts that answer wrongly do not pass.
#[tokio::test]
async fn a_wrong_account_does_not_pass() {
    let sandbox = sandbox();
    for (status, body) in [
        (500, ""),
        (200, "{}"),
        (200, "[]"),
        (
            200,
            r#"{"object":"list","data":null,"result":null,"has_more":true}"#,
        ),
    ] {
        for account in accounts_over(&sandbox, Arc::new(Scripted::always(status, body))) {
            let report = reads(&account, &options()).await;
            assert!(!report.is_kept(), "{status} {body}\n{report}");
        }
    }
    // A record that echoes a key.
    let body = r#"{"success":true,"errors":[],"messages":[],"result":[{"id":"a","issuer_org":"sandbox-openai-admin-key"}]}"#;
    let cloudflare = accounts_over(&sandbox, Arc::new(Scripted::always(200, body)))
        .into_iter()
        .find(|account| account.provider() == ProviderId::CLOUDFLARE)
        .unwrap();
    let report = reads(&cloudflare, &options()).await;
    assert!(
        report
            .to_string()
            .contains("BROKEN   nothing that is shown holds a secret"),
        "{report}"
    );
}

/// Reads a live account: `CERTFLEET_LIVE=cloudflare CERTFLEET_LIVE_KEY=… CERTFLEET_LIVE_PLACE=<account
/// id> cargo test -p certfleet-tests --test conformance -- --ignored --nocapture`. The place is
/// Cloudflare's account id, Apinizer's project, or OpenAI's projects with commas between; Apinizer
/// needs `CERTFLEET_LIVE_URL` too. Only reads are sent.
#[tokio::test]
#[ignore = "needs a live account: see its comment"]
async fn a_live_account() {
    let variable = |name: &str| std::env::var(format!("CERTFLEET_LIVE{name}")).ok();
    let Some(provider) = variable("") else { return };
    let key = || variable("_KEY").expect("CERTFLEET_LIVE_KEY").into();
    let place = variable("_PLACE").unwrap_or_default();
    let mut connection = Connection::default();
    if let Some(url) = variable("_URL") {
        connection = connection.base_url(url);
    }
    let account = match provider.parse().expect("a provider") {
        ProviderId::OPENAI => {
            let projects = place
                .split(',')
                .filter(|one| !one.is_empty())
                .map(str::to_owned)
                .collect();
            OpenAi::new(
                "live",
                openai::Credentials::AdminKey(key()),
                projects,
                connection,
            )
            .map(Account::new)
        }
        ProviderId::CLOUDFLARE => Cloudflare::new(
            "live",
            cloudflare::Credentials::ApiToken(key()),
            place,
            connection,
        )
        .map(Account::new),
        ProviderId::PATCHWORKS => {
            Patchworks::new("live", patchworks::Credentials::ApiKey(key()), connection)
                .map(Account::new)
        }
        ProviderId::APINIZER => Apinizer::new(
            "live",
            apinizer::Credentials::AccessToken(key()),
            place,
            connection,
        )
        .map(Account::new),
        other => panic!("{other} has no account here"),
    }
    .expect("an account");
    let mut options = ReadOptions::default();
    options.secrets = variable("_KEY").into_iter().collect();
    let report = reads(&account, &options).await;
    println!("{report}");
    report.assert();
}
