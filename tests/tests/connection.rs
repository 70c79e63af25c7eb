//! How an account is reached: with credentials that are renewed, and through a proxy.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code outside #[test] functions, which are all that clippy.toml knows"
)]

use certfleet::{
    Connection, ErrorKind, ListOptions,
    http::{
        AuthScheme, Authorization, Binding, BoxFuture, CredentialsSource, Error, Place, Proxy,
        Retry, Secret,
    },
    openai::{Credentials, OpenAi},
};
use certfleet_sandbox::{Account, Credential};
use certfleet_tests::{accounts_of, sandbox};
use futures_util::TryStreamExt;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Gives a token that is not accepted, and the right one once it was refused.
#[derive(Debug)]
struct Renewing {
    expired: Authorization,
    renewed: Authorization,
    asked: AtomicUsize,
}

impl CredentialsSource for Renewing {
    fn authorization<'a>(
        &'a self,
        refused: Option<&'a Authorization>,
    ) -> BoxFuture<'a, Result<Authorization, Error>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let given = match refused {
            Some(_) => &self.renewed,
            None => &self.expired,
        };
        Box::pin(std::future::ready(Ok(given.clone())))
    }
}

/// A token of an account, where `edit` makes another one of it.
fn authorization(account: &Account, edit: impl Fn(&str) -> String) -> Authorization {
    let (name, prefix, secret) = account
        .credentials
        .iter()
        .find_map(|credential| match credential {
            Credential::Bearer(token) => Some(("authorization", "Bearer ", *token)),
            Credential::Key { header, key } => Some((*header, "", *key)),
            _ => None,
        })
        .expect("a token or a key");
    let bindings = vec![Binding {
        place: Place::Header,
        name,
        prefix,
    }];
    let scheme: &'static AuthScheme = Box::leak(Box::new(AuthScheme {
        name: "a token",
        bindings: bindings.leak(),
    }));
    Authorization::new(scheme, &[&Secret::new(edit(secret))]).unwrap()
}

#[tokio::test]
async fn a_renewed_token_is_asked_for_at_every_vendor() {
    let sandbox = sandbox();
    for (index, account) in sandbox.accounts().iter().enumerate() {
        let source = Arc::new(Renewing {
            expired: authorization(account, |token| format!("{token}-expired")),
            renewed: authorization(account, str::to_owned),
            asked: AtomicUsize::new(0),
        });
        let connection = Connection::default()
            .transport(Arc::new(sandbox.clone()))
            .credentials(source.clone());
        let opened = accounts_of(&sandbox, connection).remove(index);
        let listed: Result<Vec<_>, _> = opened.list(ListOptions::default()).try_collect().await;
        assert!(listed.is_ok(), "{}: {listed:?}", account.name);
        assert_eq!(source.asked.load(Ordering::SeqCst), 2, "{}", account.name);
    }
}

#[tokio::test]
async fn an_account_is_reached_through_its_proxy() {
    // Bound and not listening: nobody else gets it, and it refuses.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    let open = |connection: Connection| {
        let credentials = Credentials::AdminKey("made-up".into());
        OpenAi::new("acme", credentials, Vec::new(), connection).map(certfleet::Account::new)
    };
    let connection = Connection::default()
        .base_url("https://127.0.0.1:9")
        .retry(Retry::off())
        .proxy(Proxy::new(&address).unwrap());
    let account = open(connection.clone()).unwrap();
    let listed: Result<Vec<_>, _> = account.list(ListOptions::default()).try_collect().await;
    let error = listed.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    let named = format!("the proxy {address} cannot be reached");
    assert!(error.message().contains(&named), "{error}");

    // A transport has its own way: one of the two would be ignored.
    let both = open(connection.transport(Arc::new(sandbox())));
    assert_eq!(both.unwrap_err().kind(), ErrorKind::Config);
}
