//! Wrong input: one line that says what is wrong and what to do; exit code 2; nothing sent.

use crate::served::Served;
use std::fmt::Write as _;

#[test]
fn wrong_input() {
    let served = Served::new();
    let second = [
        "upload",
        "new.pem",
        "--account",
        "openai",
        "--name",
        "retired-vpn-ca",
        "--yes",
    ];
    assert_eq!(served.run(&second).code, Some(0));
    served.sandbox.forget_requests();
    served.place.write(
        "bad.pem",
        "-----BEGIN CERTIFICATE-----\ncanary!\n-----END CERTIFICATE-----\n",
    );
    let key = "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n";
    served.place.write("key.pem", key);
    served.place.write("plan.json", "{\"version\": 1}");
    served.place.write("occupied", "");
    served.place.write_private("one-line", "canary\n");
    let client = served
        .sandbox
        .sample(certfleet_sandbox::Sample::Client, "c", 100);
    served.place.write("client.pem", &client);
    let snapshot = served.snapshot();
    let shared = snapshot
        .of(certfleet_sandbox::Provider::OpenAi)
        .find(|one| one.name.as_deref() == Some("edge-trust-anchor-2029"));
    let record = format!("openai/openai/{}", shared.unwrap().id);
    let own = served.run(&["export", &record, "--to", "own.pem"]);
    assert_eq!(own.code, Some(0), "{own:?}");
    let shared = shared.unwrap().sha256[0].as_str();
    let cases: &[(&str, &[&str])] = &[
        ("no account", &["upload", "new.pem"]),
        ("no file", &["upload", "--account", "openai"]),
        (
            "unknown account",
            &["upload", "new.pem", "--account", "acme"],
        ),
        (
            "file that is not there",
            &["upload", "nothing.pem", "--account", "openai"],
        ),
        (
            "no certificate",
            &["upload", "bad.pem", "--account", "openai"],
        ),
        ("private key", &["upload", "key.pem", "--account", "openai"]),
        (
            "secret in place of its reference",
            &["upload", "--key-ref", "canary", "--account", "patchworks"],
        ),
        (
            "secret that is not there",
            &[
                "upload",
                "new.pem",
                "--passphrase-ref",
                "env:NOT_SET",
                "--account",
                "patchworks",
            ],
        ),
        (
            "no authority",
            &["upload", "client.pem", "--account", "openai"],
        ),
        (
            "passphrase where none belongs",
            &[
                "upload",
                "new.pem",
                "--account",
                "openai",
                "--passphrase-ref",
                "file:one-line",
            ],
        ),
        (
            "key where none belongs",
            &[
                "upload",
                "--account",
                "openai",
                "--key-ref",
                "file:one-line",
            ],
        ),
        (
            "no environment",
            &[
                "upload",
                "new.pem",
                "--account",
                "apinizer-payments",
                "--name",
                "n",
            ],
        ),
        (
            "place the vendor has not",
            &[
                "upload",
                "new.pem",
                "--account",
                "openai",
                "--connector",
                "1",
            ],
        ),
        (
            "too many days",
            &[
                "generate",
                "--account",
                "cloudflare-corp",
                "--days",
                "10951",
            ],
        ),
        (
            "no days",
            &["generate", "--account", "cloudflare-corp", "--days", "0"],
        ),
        ("empty target", &["delete", ""]),
        ("no target", &["activate", "--at", "organization"]),
        ("unknown target", &["delete", "no such thing"]),
        ("ambiguous name", &["rename", "retired-vpn-ca", "--to", "x"]),
        ("ambiguous fingerprint", &["delete", shared]),
        ("fingerprint that is too short", &["delete", "7e4cb3a"]),
        ("file without a certificate", &["delete", "plan.json"]),
        ("file that no record holds", &["get", "client.pem"]),
        (
            "file that several records hold",
            &["export", "own.pem", "--to", "out"],
        ),
        (
            "file that is not there by an address's look",
            &["get", "acme/a/b"],
        ),
        (
            "server in place of a file",
            &["upload", "localhost:443", "--account", "openai"],
        ),
        ("address without an id", &["delete", "openai/openai/"]),
        ("id ..", &["delete", "openai/openai/.."]),
        (
            "address of an unknown account",
            &["delete", "openai/acme/x"],
        ),
        (
            "targets of two accounts",
            &[
                "activate",
                "openai/openai/a",
                "cloudflare/cloudflare-corp/b",
                "--at",
                "organization",
            ],
        ),
        (
            "no place",
            &["activate", "device-fleet-root", "--account", "openai"],
        ),
        (
            "unknown place",
            &[
                "activate",
                "device-fleet-root",
                "--account",
                "openai",
                "--at",
                "everywhere",
            ],
        ),
        (
            "project the account does not know",
            &[
                "activate",
                "device-fleet-root",
                "--account",
                "openai",
                "--at",
                "project:proj_x",
            ],
        ),
        (
            "no choice about references",
            &["delete", "apinizer/apinizer-payments/legacy-soap"],
        ),
        (
            "choice the vendor has not",
            &[
                "delete",
                "device-fleet-root",
                "--account",
                "openai",
                "--references",
                "detach",
            ],
        ),
        (
            "empty name",
            &[
                "rename",
                "device-fleet-root",
                "--account",
                "openai",
                "--to",
                " ",
            ],
        ),
        (
            "unknown consequence",
            &["delete", "x", "--acknowledge", "everything"],
        ),
        (
            "agreement to a dry run",
            &["delete", "x", "--yes", "--dry-run"],
        ),
        ("no plan", &["apply", "nothing.json"]),
        ("a file that is no plan", &["apply", "plan.json"]),
        (
            "plan over a file",
            &["plan", "--save", "occupied", "delete", "x"],
        ),
        ("rotation of nothing", &["rotate", "--with", "new.pem"]),
        ("rotation to nothing", &["rotate", shared]),
        ("rotation nobody knows", &["rotate", "--resume", "x"]),
        (
            "no server",
            &[
                "rotate",
                shared,
                "--with",
                "new.pem",
                "--verify-tls",
                "localhost",
            ],
        ),
        (
            "no verification command",
            &[
                "rotate",
                shared,
                "--with",
                "new.pem",
                "--verify-command",
                "'x",
            ],
        ),
        (
            "no time",
            &["rotate", shared, "--with", "new.pem", "--soak", "soon"],
        ),
        ("no threshold", &["check", "--within", "soon"]),
        (
            "critical before warning",
            &["check", "--warn", "1w", "--crit", "30d"],
        ),
        (
            "two ways to say when",
            &["check", "--within", "30d", "--crit", "7d"],
        ),
        ("no ignore list", &["check", "--ignore", "nothing.toml"]),
        (
            "an ignore list that is none",
            &["check", "--ignore", "new.pem"],
        ),
        ("a file for no metrics", &["check", "--to", "out.prom"]),
        ("other machines", &["serve", "--listen", "0.0.0.0:0"]),
        ("no address", &["serve", "--listen", "localhost"]),
        ("too often", &["serve", "--every", "1s"]),
        ("no inventory", &["diff", "plan.json"]),
        (
            "export over a file",
            &["export", "device-fleet-root", "--to", "occupied"],
        ),
    ];
    let mut shown = String::new();
    for (name, arguments) in cases {
        let ran = served.run(arguments);
        assert_eq!(ran.code, Some(2), "{name}: {ran:?}");
        assert_eq!(ran.stderr.lines().count(), 1, "{name}: {}", ran.stderr);
        assert!(!ran.stderr.contains("canary"), "{name}: {}", ran.stderr);
        writeln!(shown, "{name}\n  {}", ran.stderr.trim_end()).unwrap();
    }
    assert!(
        served
            .sandbox
            .requests()
            .iter()
            .all(|seen| seen.method == "GET")
    );
    // Ids and fingerprints count from the sandbox's start.
    let shown = shown
        .split_inclusive(char::is_whitespace)
        .map(|word| {
            let mut bare = word.trim_matches([',', ':', '.', ';', '"', ' ', '\n']);
            bare = bare.rsplit('/').next().unwrap_or(bare);
            let digits = bare.trim_start_matches("cert_");
            let is_id = digits.len() >= 12
                && digits
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
            if is_id {
                word.replace(digits, "[id]")
            } else {
                word.to_owned()
            }
        })
        .collect::<String>();
    insta::assert_snapshot!(shown);
}
