//! What a program sees: errors in parts, selections, and secrets from a source of its own.
#![cfg(all(feature = "openai", feature = "patchworks"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use certfleet::{ProviderId, Secret};
use certfleet_config::{
    Config, Error, OpenOptions, ReferenceContext, Result, SecretRef, SecretSource, Selection,
};
use futures_util::future::{BoxFuture, ready};
use std::{
    path::Path,
    sync::{Arc, Mutex},
};

const TWO: &str = r#"
[[account]]
provider = "openai"
admin_key = "env:CERTFLEET_TEST_NOT_SET"

[[account]]
provider = "patchworks"
name = "mail"
api_key = "cmd:not-run"
"#;

/// Knows every secret, and remembers which were asked for.
#[derive(Clone, Default)]
struct Known(Arc<Mutex<Vec<SecretRef>>>);

impl SecretSource for Known {
    fn fetch<'a>(
        &'a self,
        reference: &'a SecretRef,
        _context: &'a ReferenceContext<'a>,
    ) -> BoxFuture<'a, Result<Secret>> {
        self.0.lock().unwrap().push(reference.clone());
        Box::pin(ready(Ok(Secret::new("made-up"))))
    }
}

fn config() -> Config {
    Config::parse(TWO, "fleet.toml").unwrap()
}

async fn refused(selection: Selection<'_>) -> Error {
    let opened = config().open(selection, &OpenOptions::default()).await;
    opened.err().unwrap()
}

#[tokio::test]
async fn an_error_comes_in_parts() {
    let error = config().fleet().await.err().unwrap();
    assert_eq!(
        error.message(),
        "admin_key: the environment variable CERTFLEET_TEST_NOT_SET is not set"
    );
    assert_eq!(error.advice(), Some("set it to the secret"));
    let context = error.context();
    assert_eq!(context.file.as_deref(), Some(Path::new("fleet.toml")));
    assert_eq!(context.line, Some(2));
    let account = (ProviderId::OPENAI, "openai".to_owned());
    assert_eq!(context.account, Some(account));
    assert_eq!(
        error.to_string(),
        "fleet.toml:2: account openai/openai: admin_key: the environment variable \
         CERTFLEET_TEST_NOT_SET is not set: set it to the secret"
    );
}

#[test]
fn a_malformed_reference_has_its_advice_and_is_not_repeated() {
    let text = TWO.replace("env:CERTFLEET_TEST_NOT_SET", "canary");
    let error = Config::parse(&text, "fleet.toml").unwrap_err();
    assert_eq!(error.context().line, Some(4));
    let advice = "write env:NAME, file:PATH or cmd:COMMAND";
    assert_eq!(error.advice(), Some(advice));
    assert!(!error.to_string().contains("canary"), "{error}");
}

#[tokio::test]
async fn only_the_secrets_of_selected_accounts_are_fetched() {
    let known = Known::default();
    let options = OpenOptions::default().secrets(known.clone());
    let accounts = ["patchworks/mail".to_owned()];
    let selection = Selection {
        accounts: &accounts,
        ..Selection::default()
    };
    let fleet = config().open(selection, &options).await.unwrap();
    assert_eq!(fleet.accounts()[0].name(), "mail");
    let asked = known.0.lock().unwrap();
    assert_eq!(*asked, [SecretRef::parse("cmd:not-run").unwrap()]);
}

#[tokio::test]
async fn a_selection_that_selects_nothing_says_what_there_is() {
    let unknown = ["acme".to_owned()];
    let mail = ["mail".to_owned()];
    for (providers, accounts, message) in [
        (&[][..], &unknown[..], "there is no account acme"),
        (&[ProviderId::OPENAI], &mail, "no account is selected"),
    ] {
        let error = refused(Selection {
            providers,
            accounts,
        })
        .await;
        assert_eq!(error.message(), message);
        let advice = "there are openai/openai, patchworks/mail";
        assert_eq!(error.advice(), Some(advice));
    }
}
