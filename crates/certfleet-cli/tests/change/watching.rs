//! `check` and `diff`.

use crate::served::{Plug, Served};
use serde_json::Value;

#[test]
fn check_ends_with_the_worst() {
    let served = Served::new();
    for (arguments, code, status) in [
        (
            &["--within", "0d", "--provider", "cloudflare", "--active"][..],
            0,
            "ok",
        ),
        (
            &["--within", "10d", "--provider", "cloudflare", "--active"],
            3,
            "warning",
        ),
        (
            &["--within", "99%", "--account", "apinizer-partners"],
            3,
            "warning",
        ),
        (&["--within", "30d"], 4, "expired"),
        // Without options too.
        (&[], 4, "expired"),
        (
            &["--crit", "10d", "--provider", "cloudflare", "--active"],
            4,
            "critical",
        ),
    ] {
        let document = served.json(&[&["check"], arguments].concat());
        assert_eq!(
            (&document["exit_code"], &document["status"]),
            (&code.into(), &status.into()),
            "{arguments:?}"
        );
        served.validate("check", &document);
        let ran = served.run(&[&["check"], arguments].concat());
        assert_eq!(ran.code, Some(code));
        let last = ran.stdout.lines().last().unwrap();
        assert!(last.starts_with(&format!("{}: ", status.to_uppercase())));
    }
    let unreadable = served.plugged(
        Plug::Status(1, 401),
        &["check", "--within", "30d", "--output", "json"],
    );
    let document = served.json_of(unreadable.into());
    assert_eq!(
        (&document["exit_code"], &document["status"]),
        (&5.into(), &"unreadable".into())
    );
}

#[test]
fn diff_compares_with_a_file_and_with_now() {
    let served = Served::new();
    let save = |name: &str| {
        let ran = served.run(&[
            "list",
            "--fetch-content",
            "--output",
            "json",
            // What Cloudflare does takes its time, and would be a difference.
            "--provider",
            "openai,patchworks,apinizer",
        ]);
        served.place.write(name, &ran.stdout);
    };
    save("old.json");
    let same = served.json(&["diff", "old.json"]);
    assert_eq!(same["exit_code"], 0, "{same:#}");
    served.validate("diff", &same);

    for arguments in [
        &[
            "upload",
            "new.pem",
            "--account",
            "openai",
            "--name",
            "fresh",
        ][..],
        &[
            "rename",
            "device-fleet-root",
            "--to",
            "devices",
            "--account",
            "openai",
        ],
        &[
            "delete",
            "retired-vpn-ca",
            "--account",
            "openai",
            "--acknowledge",
            "cannot_be_undone",
        ],
        &[
            "replace",
            "apinizer/apinizer-payments/token-signing-2028",
            "--with",
            "new.pem",
            "--environment",
            "production",
            "--references",
            "keep",
            "--acknowledge",
            "deploys",
        ],
    ] {
        assert_eq!(served.run(&[arguments, &["--yes"]].concat()).code, Some(0));
    }
    save("new.json");
    for arguments in [&["diff", "old.json"][..], &["diff", "old.json", "new.json"]] {
        let document = served.json(arguments);
        served.validate("diff", &document);
        assert_eq!(document["exit_code"], 1);
        let number = |key: &str| document[key].as_array().unwrap().len();
        assert_eq!(
            (number("added"), number("removed"), number("changed")),
            (1, 1, 2),
            "{document:#}"
        );
        let whats: Vec<_> = document["changed"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|one| one["differences"].as_array().unwrap())
            .map(|one| one["what"].as_str().unwrap())
            .collect();
        assert!(
            whats.contains(&"replaced") && whats.contains(&"renamed"),
            "{whats:?}"
        );
        let text = served.run(arguments).stdout;
        for words in [
            "+ openai/openai/",
            "- openai/openai/",
            "~ apinizer/",
            "name: device-fleet-root -> devices",
            "1 added, 1 removed, 2 changed",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
    let unreadable = served.plugged(
        Plug::Status(1, 401),
        &["diff", "old.json", "--output", "json"],
    );
    let document = served.json_of(unreadable.into());
    assert_eq!(document["exit_code"], 5);
    assert_eq!(
        document["removed"],
        Value::Array(Vec::new()),
        "what was not read is not gone"
    );
}
