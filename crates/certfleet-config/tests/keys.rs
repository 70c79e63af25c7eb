//! The keys of a configuration: what the parser takes, the schema says and the templates write is the same.
#![cfg(all(
    feature = "openai",
    feature = "cloudflare",
    feature = "patchworks",
    feature = "apinizer"
))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use certfleet::ProviderId;
use certfleet_config::{AccountTemplate, Config, example, new_configuration, schema};
use jsonschema::Validator;
use serde_json::Value;
use std::{fs, path::Path};

/// What stands in the sets of keys that exclude each other and is not in a provider's template.
const OTHERS: [(&str, &str); 3] = [
    ("cloudflare", "api_email"),
    ("cloudflare", "api_key"),
    ("patchworks", "bearer"),
];

fn validator() -> Validator {
    jsonschema::draft7::new(&schema()).unwrap()
}

/// A text's TOML as JSON, for the schema.
fn json(text: &str) -> Value {
    let table: toml::Table = text.parse().unwrap();
    serde_json::to_value(table).unwrap()
}

/// Whether parser and schema take a text; they have to agree.
fn is_taken(text: &str) -> bool {
    let by_parser = Config::parse(text, "x.toml");
    let by_schema = validator().is_valid(&json(text));
    assert_eq!(by_parser.is_ok(), by_schema, "{text}\n{by_parser:?}");
    by_schema
}

fn template(provider: ProviderId) -> String {
    new_configuration(&[AccountTemplate::new(provider).unwrap()]).unwrap()
}

/// The properties of a provider's accounts in the schema.
fn properties(schema: &Value, provider: ProviderId) -> Vec<String> {
    let accounts = schema["properties"]["account"]["items"]["oneOf"].as_array();
    let account = accounts
        .unwrap()
        .iter()
        .find(|one| one["properties"]["provider"]["const"] == provider.as_str());
    let properties = account.unwrap()["properties"].as_object().unwrap();
    properties.keys().cloned().collect()
}

#[test]
fn the_parser_takes_what_the_schema_says_and_nothing_else() {
    let schema = schema();
    for provider in AccountTemplate::providers() {
        let bare = template(provider);
        assert!(is_taken(&bare));
        let keys = properties(&schema, provider);
        assert!(keys.len() > 6, "{keys:?}");
        for key in &keys {
            // Every key is in the template, in force or as a comment with an example.
            let comment = format!("\n# {key} = ");
            let is_commented = bare.rfind(&comment);
            let is_used = bare.contains(&format!("\n{key} = "));
            assert!(is_commented.is_some() || is_used, "{provider} {key}");
            if let Some(at) = is_commented.filter(|_| !is_used) {
                let mut with = bare.clone();
                with.replace_range(at + 1..at + 3, "");
                let is_other = OTHERS.contains(&(provider.as_str(), key));
                assert_eq!(is_taken(&with), !is_other, "{provider} {key}");
            }
            // Another type is taken by neither.
            let wrong = bare
                .lines()
                .filter(|line| {
                    !line
                        .trim_start_matches("# ")
                        .starts_with(&format!("{key} = "))
                })
                .collect::<Vec<_>>()
                .join("\n");
            assert!(!is_taken(&format!("{wrong}\n{key} = true\n")), "{key}");
        }
        for unknown in ["projekts", "account", "pass_env", "Name", "secret"] {
            if !keys.iter().any(|key| key == unknown) {
                assert!(!is_taken(&format!("{bare}\n{unknown} = \"env:X\"\n")));
            }
        }
    }
}

/// Each required key, left out.
#[test]
fn what_is_missing_is_missed_by_both() {
    for provider in AccountTemplate::providers() {
        let bare = template(provider);
        for key in AccountTemplate::new(provider).unwrap().questions() {
            let without = bare.replace(&format!("\n{} = ", key.name), "\n#");
            assert_ne!(bare, without);
            assert!(!is_taken(&without), "{provider} {}", key.name);
        }
    }
}

#[test]
fn proxies() {
    let bare = template(ProviderId::OPENAI);
    for (proxy, taken) in [
        ("proxy = \"none\"", true),
        ("proxy = \"http://proxy.example:3128\"", true),
        (
            "proxy = { url = \"socks5://proxy.example\", no_proxy = [\"*\"] }",
            true,
        ),
        (
            "proxy = { url = \"http://p\", username = \"u\", password = \"env:P\" }",
            true,
        ),
        (
            "proxy = { url = \"http://p\", username = \"u\", password = \"clear\" }",
            false,
        ),
        ("proxy = { no_proxy = [] }", false),
        ("proxy = { url = \"http://p\", user = \"u\" }", false),
        ("proxy = 3128", false),
    ] {
        assert_eq!(is_taken(&format!("{bare}\n{proxy}\n")), taken, "{proxy}");
        assert_eq!(is_taken(&format!("{proxy}\n{bare}")), taken, "{proxy}");
    }
}

#[test]
fn documented_examples_are_taken() {
    assert!(is_taken(&example()));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let vendors = fs::read_dir(root.join("docs/providers")).unwrap();
    let mut files: Vec<_> = vendors.map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= AccountTemplate::providers().count());
    files.extend(["README.md", "docs/guide/setting-up.md"].map(|file| root.join(file)));
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let mut blocks = 0;
        for block in text.split("```toml\n").skip(1) {
            let block = block.split("```").next().unwrap();
            if block.contains("[[account]]\n") {
                blocks += 1;
                assert!(is_taken(block), "{}: {block}", file.display());
            }
        }
        assert!(blocks > 0, "{}", file.display());
    }
}

#[test]
fn a_template_takes_no_secret_and_repeats_none() {
    for provider in AccountTemplate::providers() {
        let mut account = AccountTemplate::new(provider).unwrap();
        for key in account.questions() {
            if key.name.contains("key") || key.name.contains("token") {
                let error = account.set(key.name, "sk-canary").unwrap_err();
                assert!(!error.to_string().contains("canary"), "{error}");
            }
        }
        assert!(account.set("proxy", "none").is_err());
        assert!(account.set("provider", "openai").is_err());
        account.set("name", "a \"b\" \\ c").unwrap_err();
        account.set("name", "a \"b\" Ö").unwrap();
        let text = new_configuration(&[account.clone()]).unwrap();
        let config = Config::parse(&text, "x.toml").unwrap();
        assert_eq!(config.accounts()[0].name(), "a \"b\" Ö");
        assert!(new_configuration(&[account.clone(), account]).is_err());
    }
    assert!(new_configuration(&[]).is_err());
}

#[test]
fn every_problem_is_told_with_its_line() {
    let text = "\
prox = 1
pass_env = 5

[[account]]
provider = \"openai\"
admin_key = \"sk-canary\"
projekts = []
projects = [\"..\"]

[[account]]
provider = \"acme\"

[[account]]
provider = \"apinizer\"
base_url = \"http://gw.example\"
access_token = 5
proxy = { user = \"x\" }

[[account]]
provider = \"patchworks\"
";
    let problems = Config::check_text(text, "x.toml").unwrap_err();
    let lines: Vec<_> = problems
        .iter()
        .map(|problem| problem.context().line.unwrap())
        .collect();
    assert_eq!(lines, [1, 2, 6, 7, 8, 11, 13, 15, 16, 17, 17, 19]);
    let all: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(!all.join("\n").contains("canary"), "{all:#?}");
    // Of a text that is not TOML, each line that is not.
    let broken = "a = sk-canary\nb = \"x\"\nc = [\nd == 2\n";
    let problems = Config::check_text(broken, "x.toml").unwrap_err();
    assert!(problems.len() > 1, "{problems:?}");
    assert!(!format!("{problems:?}").contains("canary"), "{problems:?}");
}
