//! `proxy`: which accounts go through one, and what the environment may say.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::{
    Place, Ran,
    proxy::Proxy,
    server::Server,
    tls::{authority, server},
};

/// What `it` and `proxy-canary-5150` become.
const BASIC: &str = "Basic aXQ6cHJveHktY2FuYXJ5LTUxNTA=";
const PASSWORD: &str = "proxy-canary-5150";

const VARIABLES: [&str; 8] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// A place with an authority, and a vendor whose certificate is of it.
fn place() -> (Place, Server) {
    let place = Place::new();
    let (issuer, pem) = authority("own");
    place.write("ca.pem", &pem);
    place.write_private("password", PASSWORD);
    (place, server(&issuer, |_| {}))
}

fn account(name: &str, server: &Server, more: &str) -> String {
    format!(
        "[[account]]\nprovider = \"openai\"\nname = \"{name}\"\nbase_url = \"https://127.0.0.1:{}\"\n\
         admin_key = \"env:KEY\"\nca_file = \"ca.pem\"\n{more}\n",
        server.port
    )
}

fn list(place: &Place, config: &str, environment: &[(&str, &str)]) -> Ran {
    place.write("config.toml", config);
    let mut command = place.certfleet(&["--config", "config.toml", "-vv", "list"]);
    for name in VARIABLES {
        command.env_remove(name);
    }
    command.env("KEY", "vendor-canary-1");
    command.envs(environment.iter().copied());
    let ran: Ran = command.output().unwrap().into();
    for text in [&ran.stdout, &ran.stderr] {
        for secret in ["canary", BASIC.trim_start_matches("Basic ")] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    ran
}

#[test]
fn of_all_accounts_and_of_one() {
    let (place, server) = place();
    let (all, own) = (Proxy::start(Some(BASIC)), Proxy::start(None));
    let common = format!(
        "[proxy]\nurl = \"{}\"\nusername = \"it\"\npassword = \"file:password\"\n",
        all.address()
    );
    let config = [
        common.clone(),
        account("one", &server, ""),
        account("two", &server, &format!("proxy = \"{}\"", own.address())),
        account("three", &server, "proxy = \"none\""),
    ]
    .concat();
    let ran = list(&place, &config, &[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("3 accounts read"), "{}", ran.stdout);
    assert_eq!(server.seen().len(), 3);
    for proxy in [&all, &own] {
        let seen = proxy.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        let target = format!("CONNECT 127.0.0.1:{} HTTP/1.1\r\n", server.port);
        assert!(seen[0].starts_with(&target), "{seen:?}");
    }

    // Hosts of `no_proxy` are reached directly.
    let config = common + "no_proxy = [\"127.0.0.1\"]\n" + &account("one", &server, "");
    assert_eq!(list(&place, &config, &[]).code, Some(0));
    assert_eq!((all.seen().len(), server.seen().len()), (1, 4));
}

#[test]
fn what_it_refuses_is_told_from_what_the_vendor_says() {
    let (place, server) = place();
    let proxy = Proxy::start(Some("Basic b3RoZXI="));
    let address = proxy.address();
    for (settings, words) in [
        (
            format!("{{ url = \"{address}\", username = \"it\", password = \"file:password\" }}"),
            "does not accept its username and password: check them (407)",
        ),
        (
            format!("\"{address}\""),
            "asks for a username and a password: set them (407)",
        ),
    ] {
        let config = account("a", &server, &format!("proxy = {settings}"));
        let ran = list(&place, &config, &[]);
        assert_eq!(ran.code, Some(5), "{ran:?}");
        let named = format!("the proxy {address} {words}");
        assert!(ran.stderr.contains(&named), "{}", ran.stderr);
        assert!(ran.stderr.contains("Nothing was sent"), "{}", ran.stderr);
    }
    assert!(server.seen().is_empty());
}

#[test]
fn the_environment_is_read_where_the_configuration_says_so() {
    let (place, server) = place();
    let proxy = Proxy::start(Some(BASIC));
    let address = format!("http://it:{PASSWORD}@127.0.0.1:{}", proxy.port);
    let environment = "proxy = \"environment\"\n".to_owned() + &account("a", &server, "");
    for (variables, connects) in [
        (vec![("HTTPS_PROXY", address.as_str())], true),
        (vec![("all_proxy", address.as_str())], true),
        (vec![("HTTP_PROXY", address.as_str())], false),
        (vec![], false),
        (
            vec![
                ("https_proxy", address.as_str()),
                ("NO_PROXY", "10.0.0.0/8, 127.0.0.1"),
            ],
            false,
        ),
    ] {
        let before = (proxy.seen().len(), server.seen().len());
        let ran = list(&place, &environment, &variables);
        assert_eq!(ran.code, Some(0), "{variables:?}: {ran:?}");
        assert!(!ran.stderr.contains("warning: "), "{}", ran.stderr);
        let came = (
            proxy.seen().len() - before.0,
            server.seen().len() - before.1,
        );
        assert_eq!(came, (usize::from(connects), 1), "{variables:?}");
    }
    let bad = list(
        &place,
        &environment,
        &[("HTTPS_PROXY", "ftp://it:canary@proxy")],
    );
    assert_eq!(bad.code, Some(2), "{bad:?}");
    assert!(
        bad.stderr.contains("proxy: HTTPS_PROXY: "),
        "{}",
        bad.stderr
    );
}

#[test]
fn a_proxy_of_the_environment_that_is_not_used_is_named_once() {
    let (place, server) = place();
    let proxy = Proxy::start(None);
    let address = proxy.address();
    let two = account("a", &server, "") + &account("b", &server, "");
    for (config, variables, named) in [
        (
            two.clone(),
            vec![("HTTPS_PROXY", address.as_str())],
            Some("HTTPS_PROXY"),
        ),
        (
            two.clone(),
            vec![("all_proxy", address.as_str())],
            Some("all_proxy"),
        ),
        (two.clone(), vec![("HTTPS_PROXY", "")], None),
        (two.clone(), vec![("HTTP_PROXY", address.as_str())], None),
        (
            two.clone(),
            vec![
                ("HTTPS_PROXY", address.as_str()),
                ("NO_PROXY", "127.0.0.0/8"),
            ],
            None,
        ),
        (
            "proxy = \"none\"\n".to_owned() + &two,
            vec![("HTTPS_PROXY", address.as_str())],
            None,
        ),
    ] {
        let ran = list(&place, &config, &variables);
        assert_eq!(ran.code, Some(0), "{variables:?}: {ran:?}");
        let warnings: Vec<_> = ran
            .stderr
            .lines()
            .filter(|line| line.starts_with("warning: "))
            .collect();
        match named {
            None => assert!(warnings.is_empty(), "{variables:?}: {warnings:?}"),
            Some(name) => {
                assert_eq!(warnings.len(), 1, "{warnings:?}");
                let words = format!("warning: {name} is set and certfleet does not use it");
                assert!(warnings[0].starts_with(&words), "{warnings:?}");
            }
        }
    }
    assert!(proxy.seen().is_empty());
}
