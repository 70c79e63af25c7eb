//! `config init`, `check`, `path` and `schema`.

use crate::support::{Place, pty::on_terminal, set_mode};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

/// Where the file is in a [`Place`] unless it is told.
const HERE: &str = "none/certfleet/config.toml";

/// Types each answer once its question is shown, and returns the exit code and what was shown.
fn typed(place: &Place, arguments: &[&str], answers: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certfleet"));
    command
        .args(arguments)
        .current_dir(place.0.path())
        .env_clear()
        .env("HOME", place.0.path())
        .env("XDG_CONFIG_HOME", place.0.path().join("none"));
    let mut answers = answers.iter();
    let mut next = answers.next();
    let mut from = 0;
    on_terminal(
        command,
        80,
        |_| {},
        |shown| {
            let (question, answer) = next?;
            if !shown.get(from..)?.contains(question) {
                return None;
            }
            from = shown.len();
            next = answers.next();
            Some((*answer).to_owned())
        },
    )
}

#[test]
fn asked_on_a_terminal() {
    let place = Place::new();
    let (code, shown) = typed(
        &place,
        &["config", "init"],
        &[
            ("Providers (", "openai, acme\n"),
            ("is not a provider", "openai cloudflare\n"),
            ("Name of this account [openai]", "production\n"),
            ("[env:OPENAI_ADMIN_KEY]: ", "sk-canary\n"),
            ("only referenced", "cmd:pass show openai\n"),
            ("Name of this account [cloudflare]", "\n"),
            ("account_id", "..\n"),
            ("path of dots", "abc\n"),
            ("[env:CLOUDFLARE_API_TOKEN]: ", "\n"),
        ],
    );
    assert_eq!(code, Some(0), "{shown}");
    let path = place.0.path().join(HERE);
    assert!(shown.contains("try it: certfleet accounts"), "{shown}");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains("canary"), "{text}");
    insta::assert_snapshot!("asked", text);
    assert_eq!(
        place.run(&["config", "check"]).stdout,
        "openai/production\ncloudflare/cloudflare\n"
    );
    // It is there now: nothing is asked, and nothing changed.
    let (code, shown) = typed(&place, &["config", "init"], &[]);
    assert_eq!(code, Some(2), "{shown}");
    assert!(shown.contains("--force replaces it"), "{shown}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

/// Two accounts of one provider: what is asked names the one that it is about, and a name that is taken is refused
/// before anything else is asked.
#[test]
fn two_accounts_of_one_provider() {
    let place = Place::new();
    let (code, shown) = typed(
        &place,
        &["config", "init"],
        &[
            ("Providers (", "openai openai\n"),
            ("Name of this account [openai]", "openai-2\n"),
            ("openai-2 admin_key", "env:FIRST\n"),
            ("Name of this account [openai-2]", "\n"),
            ("another account of openai has this name", "second\n"),
            ("second admin_key", "env:SECOND\n"),
        ],
    );
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(
        place.run(&["config", "check"]).stdout,
        "openai/openai-2\nopenai/second\n"
    );
}

#[test]
fn answers_that_cannot_be_used_come_to_an_end() {
    for answer in ["\n", "\u{4}"] {
        let place = Place::new();
        let asked = ("Providers", answer);
        let again = ("write one or more", answer);
        let answers = [asked, again, again, again, again];
        let (code, shown) = typed(&place, &["config", "init"], &answers);
        assert_eq!(code, Some(2), "{shown}");
        assert!(shown.contains("nothing was written"), "{shown}");
        assert!(!place.0.path().join(HERE).exists());
    }
}

#[test]
fn without_a_terminal_it_writes_examples() {
    let place = Place::new();
    let ran = place.run(&["config", "init"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--provider"), "{}", ran.stderr);

    let all = [
        "config",
        "init",
        "--provider",
        "openai,cloudflare,patchworks,apinizer,openai",
    ];
    let printed = place.run(&[&all[..], &["--print"]].concat()).ok();
    insta::assert_snapshot!("template", printed);
    assert!(!place.0.path().join(HERE).exists());
    place.run(&all).ok();
    let path = place.0.path().join(HERE);
    assert_eq!(fs::read_to_string(&path).unwrap(), printed);
    let check = place.run(&["config", "check"]);
    assert_eq!(check.code, Some(0), "{}", check.stderr);
    assert!(
        check.stdout.contains("openai/openai-2\n"),
        "{}",
        check.stdout
    );

    // Not over another file, also over a link to one, unless it is told.
    fs::write(&path, "mine").unwrap();
    assert_eq!(place.run(&all).code, Some(2));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    place.run(&[&all[..], &["--force"]].concat()).ok();
    assert_eq!(fs::read_to_string(&path).unwrap(), printed);
    std::os::unix::fs::symlink("nowhere", place.0.path().join("link.toml")).unwrap();
    let linked = place.run(&[&["--config", "link.toml"][..], &all].concat());
    assert_eq!(linked.code, Some(2), "{}", linked.stderr);
    assert!(!place.0.path().join("nowhere").exists());
    for wrong in [
        &["config", "init", "--provider", "acme"][..],
        &["config", "init", "--print", "--force"],
        &["config"],
        &["config", "chekc"],
        &["--sandbox", "config", "check"],
    ] {
        assert_eq!(place.run(wrong).code, Some(2), "{wrong:?}");
    }
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let place = Place::new();
    place.write(
        "config.toml",
        "proxy = 5\n[[account]]\nprovider = \"openai\"\nadmin_key = \"sk-canary\"\nprojekts = []\n",
    );
    let ran = place.run(&["--config", "config.toml", "config", "check"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(ran.stdout, "");
    insta::assert_snapshot!("mistakes", ran.stderr);
    let gone = place.run(&["config", "check"]);
    assert_eq!(gone.code, Some(2));
    assert!(
        gone.stderr.contains("there is no configuration file"),
        "{}",
        gone.stderr
    );
    // It fetches no secret: this one would fail.
    place.write(
        "config.toml",
        "[[account]]\nprovider = \"openai\"\nadmin_key = \"cmd:touch ran\"\n",
    );
    let well = place.run(&["--config", "config.toml", "config", "check"]);
    assert_eq!(
        (well.code, well.stdout.as_str()),
        (Some(0), "openai/openai\n")
    );
    assert!(!place.0.path().join("ran").exists());
    set_mode(&place.0.path().join("config.toml"), 0o666);
    assert_eq!(
        place
            .run(&["--config", "config.toml", "config", "check"])
            .code,
        Some(2)
    );
}

#[test]
fn which_file_is_used_and_why() {
    let place = Place::new();
    let default = place.0.path().join(HERE).display().to_string();
    let told = |arguments: &[&str], variable: Option<&str>| {
        let mut command = place.certfleet(arguments);
        if let Some(file) = variable {
            command.env("CERTFLEET_CONFIG", file);
        }
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
        (text(output.stdout), text(output.stderr))
    };
    let (path, why) = told(&["config", "path"], None);
    assert_eq!(path, default);
    assert!(why.contains("the environment makes the accounts"), "{why}");
    assert_eq!(
        told(&["config", "path"], Some("a.toml")),
        (
            "a.toml".to_owned(),
            "note: named by CERTFLEET_CONFIG; there is no such file".to_owned()
        )
    );
    place.run(&["config", "init", "--provider", "openai"]).ok();
    assert_eq!(
        told(&["config", "path"], None),
        (default, "note: the platform's place for it".to_owned())
    );
    place.write("b.toml", "");
    let (path, why) = told(&["--config", "b.toml", "config", "path"], Some("a.toml"));
    assert_eq!(
        (path.as_str(), why.as_str()),
        ("b.toml", "note: named by --config")
    );
}

#[test]
fn the_schema_takes_what_init_writes() {
    let place = Place::new();
    let schema: Value = serde_json::from_str(&place.run(&["config", "schema"]).ok()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let text = place
        .run(&["config", "init", "--provider", "apinizer", "--print"])
        .ok();
    let table: toml::Table = text.parse().unwrap();
    let mut value = serde_json::to_value(table).unwrap();
    assert!(validator.is_valid(&value));
    value["account"][0]["projekt"] = "P".into();
    assert!(!validator.is_valid(&value));
    // A reader that is gone is not a failure.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = place_command(&place)
        .args(["config", "schema"])
        .stdout(writer)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

fn place_command(place: &Place) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certfleet"));
    command.current_dir(place.0.path());
    command
}
