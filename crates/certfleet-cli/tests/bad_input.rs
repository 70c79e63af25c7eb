//! Bad input: one line that says what, where and what to do; exit code 2; nothing sent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::{fmt::Write as _, net::TcpListener};
use support::{Place, set_mode};

/// Runs all cases and shows how each ended.
fn table(place: &Place, cases: &[(&str, Vec<String>)]) -> String {
    let mut shown = String::new();
    for (name, arguments) in cases {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let ran = place.run(&arguments);
        assert_eq!(ran.code, Some(2), "{name}: {ran:?}");
        assert_eq!(ran.stderr.lines().count(), 1, "{name}: {}", ran.stderr);
        assert!(!ran.stderr.contains("canary"), "{name}: {}", ran.stderr);
        writeln!(shown, "{name}\n  {}", ran.stderr.trim_end()).unwrap();
    }
    shown.replace(place.0.path().to_str().unwrap(), "[here]")
}

#[test]
fn configurations() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let secret = place.write_private("secret", "canary\n");
    let secret = secret.display();
    let open = place.write("open", "canary\n");
    set_mode(&open, 0o644);
    // Whoever can write to the folder can exchange the link.
    let shared = place.0.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    set_mode(&shared, 0o777);
    std::os::unix::fs::symlink(place.0.path().join("secret"), shared.join("link")).unwrap();
    place.write_private("empty", "\n");
    place.write_private("two-lines", "canary\ncanary\n");
    let openai =
        |more: &str| format!("[[account]]\nprovider = \"openai\"\nbase_url = \"{base}\"\n{more}\n");
    let with_key = |more: &str| openai(&format!("admin_key = \"file:{secret}\"\n{more}"));
    let apinizer = |base: &str| {
        format!(
            "[[account]]\nprovider = \"apinizer\"\nproject = \"P\"\naccess_token = \"file:{secret}\"\nbase_url = \"{base}\"\n"
        )
    };
    let cloudflare = |more: &str| {
        format!("[[account]]\nprovider = \"cloudflare\"\nbase_url = \"{base}\"\n{more}\n")
    };

    let cases = [
        ("not TOML", "[[account]\nadmin_key = canary".to_owned()),
        ("secret without quotes", openai("admin_key = sk-canary")),
        ("empty", String::new()),
        ("unknown key at the top", "accounts = \"canary\"".to_owned()),
        (
            "account without double brackets",
            "[account]\nprovider = \"openai\"".to_owned(),
        ),
        ("no provider", "[[account]]\nname = \"x\"".to_owned()),
        (
            "unknown provider",
            "[[account]]\nprovider = \"acme\"".to_owned(),
        ),
        ("unknown key", with_key("projekts = []")),
        ("missing key", openai("")),
        ("wrong type", with_key("projects = 5")),
        (
            "secret in place of its reference",
            openai("admin_key = \"sk-canary\""),
        ),
        (
            "secret of another type",
            openai("admin_key = [\"sk-canary\"]"),
        ),
        ("secret as a number", openai("admin_key = 123")),
        (
            "variable that is not set",
            openai("admin_key = \"env:CERTFLEET_TEST_NOT_SET\""),
        ),
        (
            "file that is not there",
            openai("admin_key = \"file:nothing\""),
        ),
        (
            "file that others can read",
            openai("admin_key = \"file:open\""),
        ),
        (
            "file that is a link others can change",
            openai("admin_key = \"file:shared/link\""),
        ),
        ("file that is a folder", openai("admin_key = \"file:.\"")),
        (
            "file that is a device",
            openai("admin_key = \"file:/dev/null\""),
        ),
        ("empty file", openai("admin_key = \"file:empty\"")),
        (
            "file with two lines",
            openai("admin_key = \"file:two-lines\""),
        ),
        (
            "command that is not there",
            openai("admin_key = \"cmd:certfleet-no-such-command canary\""),
        ),
        (
            "command that fails",
            openai("admin_key = \"cmd:sh -c 'echo canary; echo canary >&2; exit 3'\""),
        ),
        (
            "command with an open quote",
            openai("admin_key = \"cmd:echo 'canary\""),
        ),
        ("two accounts with one name", with_key("") + &with_key("")),
        (
            "name with a control character",
            with_key("name = \"a\\u001b[31m\""),
        ),
        ("name with a slash", with_key("name = \"a/b\"")),
        ("project ..", with_key("projects = [\"proj_a\", \"..\"]")),
        (
            "project with a backslash",
            with_key("projects = [\"..\\\\x\"]"),
        ),
        (
            "empty account id",
            cloudflare(&format!("account_id = \"\"\napi_token = \"file:{secret}\"")),
        ),
        ("no credentials", cloudflare("account_id = \"a\"")),
        (
            "two credentials",
            cloudflare(&format!(
                "account_id = \"a\"\napi_token = \"file:{secret}\"\napi_key = \"file:{secret}\""
            )),
        ),
        (
            "base URL with credentials",
            apinizer("https://user:canary@gw.example"),
        ),
        ("http beyond this machine", apinizer("http://gw.example")),
        ("base URL that is none", apinizer("gw.example")),
        (
            "base URL that is read in two ways",
            apinizer("http://localhost\\\\@gw.example"),
        ),
        (
            "base URL with a line break",
            apinizer("https://gw.example\\n"),
        ),
        (
            "command that prints a blank before the secret",
            openai("admin_key = \"cmd:printf ' canary'\""),
        ),
        (
            "proxy with credentials in its address",
            format!(
                "proxy = \"http://it:canary@proxy.example\"\n{}",
                with_key("")
            ),
        ),
        (
            "proxy of another kind",
            with_key("proxy = \"ftp://proxy.example\""),
        ),
        ("proxy that is a number", with_key("proxy = 3128")),
        (
            "proxy with half of the credentials",
            with_key("proxy = { url = \"http://proxy.example\", username = \"it\" }"),
        ),
        (
            "proxy with a password in clear",
            with_key(
                "[account.proxy]\nurl = \"http://proxy.example\"\nusername = \"it\"\npassword = \"canary\"",
            ),
        ),
        (
            "proxy with an unknown key",
            with_key("proxy = { url = \"http://proxy.example\", user = \"it\" }"),
        ),
        (
            "proxy with a host that never matches",
            with_key(
                "proxy = { url = \"http://proxy.example\", no_proxy = [\"gw.example:8443\"] }",
            ),
        ),
        (
            "proxy whose password is not there",
            format!(
                "{}[proxy]\nurl = \"http://proxy.example\"\nusername = \"it\"\npassword = \"env:CERTFLEET_TEST_NOT_SET\"",
                with_key("")
            ),
        ),
        (
            "variables that are none",
            format!("pass_env = \"A\"\n{}", with_key("")),
        ),
        (
            "no base URL",
            format!(
                "[[account]]\nprovider = \"apinizer\"\nproject = \"P\"\naccess_token = \"file:{secret}\""
            ),
        ),
    ];
    let cases: Vec<_> = cases
        .into_iter()
        .enumerate()
        .map(|(index, (name, text))| {
            let path = place.write(&format!("{index}.toml"), &text);
            (
                name,
                vec![
                    "--config".to_owned(),
                    path.display().to_string(),
                    "list".to_owned(),
                ],
            )
        })
        .collect();
    let shown = table(&place, &cases);
    let shown: String = shown
        .lines()
        .map(|line| match line.split_once(".toml") {
            Some((_, rest)) => format!("  error: [config]{rest}\n"),
            None => format!("{line}\n"),
        })
        .collect();
    insta::assert_snapshot!(shown);

    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "something was sent");
}

#[test]
fn arguments() {
    let place = Place::new();
    place.write(
        "key.pem",
        "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n",
    );
    place.write(
        "bad.pem",
        "-----BEGIN CERTIFICATE-----\ncanary!\n-----END CERTIFICATE-----\n",
    );
    let cases = [
        ("no configuration", &["list"][..]),
        (
            "configuration that is not there",
            &["--config", "nothing.toml", "list"],
        ),
        (
            "sandbox and configuration",
            &["--sandbox", "--config", "x", "list"],
        ),
        ("unknown command", &["lsit"]),
        (
            "unknown option",
            &["--sandbox", "list", "--sattes", "active"],
        ),
        (
            "unknown provider",
            &["--sandbox", "list", "--provider", "acme"],
        ),
        (
            "unknown account",
            &["--sandbox", "list", "--account", "acme"],
        ),
        (
            "nothing selected",
            &[
                "--sandbox",
                "list",
                "--provider",
                "openai",
                "--account",
                "patchworks",
            ],
        ),
        ("unknown state", &["--sandbox", "list", "--state", "on"]),
        (
            "no duration",
            &["--sandbox", "list", "--expires-within", "soon"],
        ),
        (
            "negative duration",
            &["--sandbox", "list", "--expires-within", "-3d"],
        ),
        (
            "no fingerprint",
            &["--sandbox", "list", "--fingerprint", "xyz"],
        ),
        ("unknown form", &["--sandbox", "list", "--output", "yaml"]),
        (
            "sorted stream",
            &["--sandbox", "list", "--output", "ndjson", "--sort", "name"],
        ),
        (
            "unknown provider in an address",
            &["--sandbox", "get", "acme/a/b"],
        ),
        (
            "address without an id",
            &["--sandbox", "get", "openai/openai/"],
        ),
        ("no address", &["--sandbox", "get", ""]),
        ("id ..", &["--sandbox", "get", "openai/openai/.."]),
        ("id %2e%2e", &["--sandbox", "get", "openai/openai/%2e%2e"]),
        (
            "id with a backslash",
            &["--sandbox", "get", "openai/openai/..\\x"],
        ),
        (
            "id with a slash",
            &["--sandbox", "get", "openai/openai/../x"],
        ),
        (
            "id with a control character",
            &["--sandbox", "get", "openai/openai/a\u{1b}b"],
        ),
        (
            "unknown account in an address",
            &["--sandbox", "get", "openai/acme/a"],
        ),
        ("file that is not there", &["inspect", "nothing.pem"]),
        ("no certificate", &["inspect", "bad.pem"]),
        ("private key", &["inspect", "key.pem"]),
        ("unknown schema", &["schema", "lsit"]),
        ("unknown page", &["man", "lsit"]),
    ];
    let cases: Vec<_> = cases
        .into_iter()
        .map(|(name, arguments)| {
            (
                name,
                arguments.iter().map(|&text| text.to_owned()).collect(),
            )
        })
        .collect();
    insta::assert_snapshot!(table(&place, &cases));
}
