//! A credential goes to its own account's host, and nowhere else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::sync::{Arc, OnceLock};
use support::{
    Place,
    canary::Canary,
    server::{Server, Then},
};

const PROVIDERS: [&str; 4] = ["openai", "cloudflare", "patchworks", "apinizer"];

/// Four accounts, each with a server and a token of its own. What the servers do gets the servers' ports
/// and the number of the one that is asked.
struct Four {
    place: Place,
    servers: Vec<Server>,
    tokens: Vec<Canary>,
}

impl Four {
    fn new(then: fn(&[u16], usize) -> Then) -> Self {
        let ports = Arc::new(OnceLock::<Vec<u16>>::new());
        let servers: Vec<_> = (0..4)
            .map(|index| {
                let ports = Arc::clone(&ports);
                Server::start(move |_| then(ports.get().unwrap(), index))
            })
            .collect();
        ports
            .set(servers.iter().map(|server| server.port).collect())
            .unwrap();
        let tokens: Vec<_> = (0..4).map(|_| Canary::new()).collect();
        let place = Place::new();
        let place_and_key = [
            "admin_key",
            "account_id = \"a\"\napi_token",
            "api_key",
            "project = \"P\"\naccess_token",
        ];
        let config: String = (0..4)
            .map(|index| {
                // Files end with a line end, which is not the secret's.
                place.write_private(PROVIDERS[index], &format!("{}\n", tokens[index].value));
                format!(
                    "[[account]]\nprovider = \"{0}\"\nbase_url = \"{1}\"\n{2} = \"file:{0}\"\n",
                    PROVIDERS[index],
                    servers[index].base(),
                    place_and_key[index],
                )
            })
            .collect();
        place.write("config.toml", &config);
        Self {
            place,
            servers,
            tokens,
        }
    }

    fn run(&self) {
        for arguments in [
            &["list"][..],
            &["get", "openai/openai/x"],
            &["get", "cloudflare/cloudflare/x"],
            &["get", "apinizer/apinizer/x"],
        ] {
            let all = [&["--config", "config.toml"], arguments].concat();
            assert_ne!(self.place.run(&all).code, Some(0));
        }
    }

    /// Each token at its own server, whole, and at none of the other three.
    fn assert_bound(&self) {
        for (index, server) in self.servers.iter().enumerate() {
            let seen = server.seen();
            assert!(!seen.is_empty(), "{}", PROVIDERS[index]);
            for request in &seen {
                let value = request.header("authorization").unwrap();
                let token = value.strip_prefix("Bearer ").unwrap_or(value);
                assert_eq!(token, self.tokens[index].value);
            }
            let all: String = seen.iter().map(|request| request.whole()).collect();
            for (other, token) in self.tokens.iter().enumerate() {
                let found = token.found_in(&all).is_some();
                assert_eq!(
                    found,
                    other == index,
                    "{} at {}",
                    PROVIDERS[other],
                    PROVIDERS[index]
                );
            }
        }
    }
}

#[test]
fn four_tokens_and_four_servers() {
    let four = Four::new(|_, _| Then::json(401, "{}"));
    four.run();
    four.assert_bound();
}

#[test]
fn a_redirect_to_another_account_takes_no_token_there() {
    let four = Four::new(|ports, index| {
        let location = format!("http://127.0.0.1:{}/", ports[(index + 1) % 4]);
        Then::Answer(307, vec![("location", location)], Vec::new())
    });
    four.run();
    four.assert_bound();
}
