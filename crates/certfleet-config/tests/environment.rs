//! Accounts that the environment makes.
#![cfg(all(
    feature = "openai",
    feature = "cloudflare",
    feature = "patchworks",
    feature = "apinizer"
))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use certfleet::{ProviderId, Secret};
use certfleet_config::{
    Config, Environment, OpenOptions, ReferenceContext, Result, SecretRef, SecretSource, Selection,
};
use futures_util::future::{BoxFuture, ready};

fn environment(variables: &'static [(&'static str, &'static str)]) -> Environment {
    Environment::new(move |name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.into())
    })
}

fn accounts(variables: &'static [(&'static str, &'static str)]) -> Vec<String> {
    let config = Config::from_environment(&environment(variables)).unwrap();
    let accounts = config.accounts().iter();
    accounts
        .map(|account| format!("{}/{}", account.provider(), account.name()))
        .collect()
}

/// Knows every secret by its variable.
struct Known;

impl SecretSource for Known {
    fn fetch<'a>(
        &'a self,
        reference: &'a SecretRef,
        _context: &'a ReferenceContext<'a>,
    ) -> BoxFuture<'a, Result<Secret>> {
        assert!(matches!(reference, SecretRef::Env(_)));
        Box::pin(ready(Ok(Secret::new("made-up"))))
    }
}

#[test]
fn a_provider_whose_variables_are_all_set_is_an_account() {
    for (variables, expected) in [
        (
            &[
                ("OPENAI_ADMIN_KEY", "canary"),
                ("CLOUDFLARE_API_TOKEN", "x"),
            ][..],
            &["openai/openai"][..],
        ),
        (
            &[
                ("CLOUDFLARE_API_TOKEN", "canary"),
                ("CLOUDFLARE_ACCOUNT_ID", "a"),
                ("OPENAI_ADMIN_KEY", ""),
            ],
            &["cloudflare/cloudflare"],
        ),
        (
            &[
                ("PATCHWORKS_API_KEY", "canary"),
                ("APINIZER_URL", "https://gw.example"),
                ("APINIZER_PROJECT", "P"),
                ("APINIZER_TOKEN", "canary"),
            ],
            &["patchworks/patchworks", "apinizer/apinizer"],
        ),
    ] {
        assert_eq!(accounts(variables), expected);
    }
}

#[tokio::test]
async fn they_are_opened_with_the_rules_of_a_file() {
    let whole = environment(&[
        ("APINIZER_URL", "https://gw.example"),
        ("APINIZER_PROJECT", "P"),
        ("APINIZER_TOKEN", "canary"),
    ]);
    let config = Config::from_environment(&whole).unwrap();
    let options = OpenOptions::default().secrets(Known);
    let fleet = config.open(Default::default(), &options).await.unwrap();
    assert_eq!(fleet.accounts().len(), 1);
    for (url, project, wrong) in [
        ("http://gw.example", "P", "APINIZER_URL"),
        ("https://u:canary@gw.example", "P", "APINIZER_URL"),
        ("https://gw.example", "..", "APINIZER_PROJECT"),
    ] {
        let environment = Environment::new(|name| match name {
            "APINIZER_URL" => Some(url.into()),
            "APINIZER_PROJECT" => Some(project.into()),
            "APINIZER_TOKEN" => Some("canary".into()),
            _ => None,
        });
        let error = Config::from_environment(&environment)
            .unwrap_err()
            .to_string();
        assert!(error.contains(wrong), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn what_is_missing_is_named_and_what_is_set_not_shown() {
    let begun = environment(&[("CLOUDFLARE_API_TOKEN", "canary"), ("APINIZER_URL", "")]);
    let missing = begun.incomplete();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].1, ["CLOUDFLARE_ACCOUNT_ID"]);
    let error = Config::from_environment(&begun).unwrap_err().to_string();
    for part in [
        "CLOUDFLARE_API_TOKEN is set",
        "CLOUDFLARE_ACCOUNT_ID is missing",
        "OPENAI_ADMIN_KEY is missing",
        "PATCHWORKS_API_KEY is missing",
        "APINIZER_URL is missing",
    ] {
        assert!(error.contains(part), "{error}");
    }
    assert!(!format!("{error}{begun:?}").contains("canary"));
}

/// No variable redirects a token: only where a vendor has no address of its own there is one for it.
#[test]
fn no_variable_says_where_a_known_vendor_is() {
    let variables = environment(&[]).variables();
    let addresses: Vec<_> = variables
        .iter()
        .filter(|one| one.key == "base_url")
        .map(|one| one.name)
        .collect();
    assert_eq!(addresses, ["APINIZER_URL"]);
}

#[tokio::test]
async fn an_account_that_is_not_made_says_what_is_missing() {
    let variables = environment(&[("OPENAI_ADMIN_KEY", "x"), ("CLOUDFLARE_API_TOKEN", "x")]);
    let config = Config::from_environment(&variables).unwrap();
    let selection = Selection {
        providers: &[ProviderId::CLOUDFLARE],
        ..Selection::default()
    };
    let options = OpenOptions::default().secrets(Known);
    let error = config.open(selection, &options).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "no account is selected: there are openai/openai; for one at cloudflare, set CLOUDFLARE_ACCOUNT_ID too"
    );
}
