//! What plans show, on a terminal and as JSON: the certificate, old and new, and what is odd about the new one.

use crate::{
    asked::typed,
    served::{Plug, Served, only_reads},
    story::share,
};
use certfleet_sandbox::{Sample, behaviour::UpdateRule};
use serde_json::Value;

/// A command line as the command takes it.
fn words(line: &str) -> Vec<String> {
    shlex::split(line).unwrap()
}

fn run_json(served: &Served, line: &str) -> Value {
    let words = words(line);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    served.json(&words)
}

/// A text in which fingerprints, times and ids of records are the same in every run.
fn steady(text: &str) -> String {
    let mut parts = text.split("cert_");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for after in parts {
        let after = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        text.push_str(&format!("cert_<id>{after}"));
    }
    let is_part = |c: char| c.is_ascii_hexdigit() || matches!(c, '-' | ':' | 'T' | 'Z');
    let mut steady = String::new();
    let mut rest = text.as_str();
    while let Some(begin) = rest.find(is_part) {
        let (before, from) = rest.split_at(begin);
        steady.push_str(before);
        let (word, after) = from.split_at(from.find(|c| !is_part(c)).unwrap_or(from.len()));
        let digits = word.chars().filter(char::is_ascii_hexdigit).count();
        steady.push_str(match (word.len(), digits) {
            (64, 64) => "<SHA-256>",
            (36, 32) => "<id>",
            (20, 14) if word.contains('T') => "<time>",
            (12, 12) => "<beginning of a SHA-256>",
            _ => word,
        });
        rest = after;
    }
    steady + rest
}

/// Every plan, as a terminal of 80 columns shows it before the question, which is answered with no.
#[test]
fn plans_on_a_terminal() {
    let served = Served::new();
    share(&served);
    let earlier = served.sandbox.sample(Sample::Authority, "short", 10);
    served.place.write("short.pem", &earlier);
    let chain = [
        std::fs::read_to_string(served.place.0.path().join("new.pem")).unwrap(),
        earlier,
    ];
    served.place.write("chain.pem", &chain.concat());
    let requests = served.sandbox.requests().len();
    let mut shown = String::new();
    for line in [
        "upload new.pem --account openai --name shared",
        "upload chain.pem --account patchworks --connector 306",
        "upload new.pem --account apinizer-payments --name n --alias n --description d --environment test",
        "generate --account cloudflare-corp --days 100",
        "rename retired-vpn-ca --account openai --to shared",
        "activate device-fleet-root --account openai --at organization",
        "activate 'Northwind TLS Inspection CA'",
        "deactivate payments-mtls-2026 --account openai --at organization",
        "replace shared --account apinizer-payments --with new.pem --environment test --references keep",
        "replace shared --account apinizer-payments --with short.pem --environment test --references detach",
        "delete retired-vpn-ca --account openai",
        &format!(
            "rotate {} --account openai --with short.pem --keep-old",
            &served.sha256("old.pem")[..12]
        ),
        &format!(
            "rotate {} --account apinizer-payments --with short.pem",
            &served.sha256("old.pem")[..12]
        ),
        "rotate 'Northwind TLS Inspection CA' --generate",
    ] {
        let arguments = words(line);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let (code, text) = typed(&served, &arguments, "no\n");
        shown.push_str(&format!(
            "$ certfleet {}\n{}[exit code {code:?}]\n\n",
            steady(line),
            steady(&text.replace('\r', ""))
        ));
    }
    let since = served.sandbox.requests().split_off(requests);
    assert!(since.iter().all(|seen| seen.method == "GET"), "{since:#?}");
    insta::assert_snapshot!(shown);
}

#[test]
fn a_plan_as_json_says_the_same() {
    let served = Served::new();
    share(&served);
    for (line, parts, warnings) in [
        (
            "upload new.pem --account openai --name shared",
            vec!["new"],
            vec!["name_taken"],
        ),
        (
            "upload new.pem --account openai --name other",
            vec!["new"],
            vec![],
        ),
        (
            "rename retired-vpn-ca --account openai --to shared",
            vec!["subject"],
            vec!["name_taken"],
        ),
        (
            "delete retired-vpn-ca --account openai",
            vec!["subject"],
            vec![],
        ),
        ("generate --account cloudflare-corp", vec!["new"], vec![]),
        (
            "replace shared --account apinizer-payments --with new.pem --environment test --references keep",
            vec!["old", "new"],
            vec![],
        ),
    ] {
        let report = run_json(&served, &format!("{line} --dry-run"));
        served.validate("write", &report);
        let contents = report["plan"]["contents"].as_array().unwrap();
        let found: Vec<_> = contents
            .iter()
            .map(|one| one["part"].as_str().unwrap())
            .collect();
        assert_eq!(found, parts, "{line}");
        for one in contents {
            let first = &one["certificates"][0];
            let is_made = line.starts_with("generate");
            assert_eq!(first["sha256"].is_string(), !is_made, "{line}: {one:#}");
            assert_eq!(first["key"].is_object(), !is_made, "{line}: {one:#}");
            assert_eq!(one["not_known"].is_string(), is_made, "{line}: {one:#}");
        }
        let kinds = report["plan"]["warnings"].as_array();
        let kinds: Vec<_> = kinds.into_iter().flatten().collect();
        let kinds: Vec<_> = kinds
            .iter()
            .map(|one| one["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, warnings, "{line}");
    }
    let (old, new) = (served.sha256("old.pem"), served.sha256("new.pem"));
    let rotation = run_json(
        &served,
        &format!("rotate {} --with new.pem --dry-run", &old[..12]),
    );
    served.validate("rotate", &rotation);
    for plan in rotation["plans"].as_array().unwrap() {
        let of = |part: &str| {
            let contents = plan["contents"].as_array().unwrap();
            let one = contents.iter().find(|one| one["part"] == part).unwrap();
            one["certificates"][0]["sha256"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            (of("old"), of("new")),
            (old.clone(), new.clone()),
            "{plan:#}"
        );
    }
}

/// An update at Apinizer may take the place of all that a record holds; an import's going live is inferred.
#[test]
fn environments_that_are_not_named_are_consequences_and_are_read_back() {
    let line = "replace shared --account apinizer-payments --with new.pem --environment test";
    let inferred = |report: &Value| -> Vec<(String, String)> {
        let all = report["plan"]["consequences"].as_array().unwrap();
        let of = all.iter().filter(|one| one["inferred"] == true);
        of.map(|one| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            assert!(text(&one["message"]).contains("inferred"), "{one:#}");
            (text(&one["kind"]), text(&one["scope"]["name"]))
        })
        .collect()
    };
    let pair = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
    for (references, rule, planned, lost) in [
        ("keep", UpdateRule::Replaces, pair("deploys", "test"), false),
        (
            "detach",
            UpdateRule::Replaces,
            pair("undeploys", "dev"),
            true,
        ),
        ("detach", UpdateRule::Adds, pair("undeploys", "dev"), false),
    ] {
        let served = Served::new();
        share(&served);
        served
            .sandbox
            .change_behaviour(|behaviour| behaviour.apinizer.update = rule);
        let plan = run_json(
            &served,
            &format!("{line} --references {references} --dry-run"),
        );
        assert_eq!(inferred(&plan), [planned], "{references}");
        let kinds = match references {
            "keep" => "deploys",
            _ => "deploys,undeploys,adds_entries,detaches_references",
        };
        let agreed = format!("{line} --references {references} --yes --acknowledge {kinds}");
        let done = run_json(&served, &agreed);
        assert_eq!(done["outcome"], "done", "{done:#}");
        let notes = done["result"]["notes"].to_string();
        let is_said = notes.contains("environment dev was not named, and lost the certificate");
        assert_eq!(is_said, lost, "{references} {rule:?}: {notes}");
    }
    // What could not be read back is not called lost.
    let agreed = format!(
        "{line} --references detach --yes --acknowledge deploys,undeploys,adds_entries,detaches_references"
    );
    let written = {
        let served = Served::new();
        share(&served);
        served.sandbox.forget_requests();
        run_json(&served, &agreed);
        let seen = served.sandbox.requests();
        seen.iter().position(|one| one.method != "GET").unwrap() + 1
    };
    let served = Served::new();
    share(&served);
    let blind = words(&format!("{agreed} --output json"));
    let blind: Vec<_> = blind.iter().map(String::as_str).collect();
    let ran = served.plugged(Plug::Status(written + 1, 403), &blind);
    let report = served.json_of(ran.into());
    let notes = report["result"]["notes"].to_string();
    assert!(notes.contains("it was not read back"), "{report:#}");
    assert!(!notes.contains("lost the certificate"), "{report:#}");
    // Without the consequence being acknowledged nothing is sent.
    let served = Served::new();
    share(&served);
    let agreed = format!(
        "{line} --references detach --yes --acknowledge deploys,adds_entries,detaches_references"
    );
    let refused = run_json(&served, &agreed);
    assert_eq!(refused["exit_code"], 2, "{refused:#}");
    assert!(
        refused["next"].to_string().contains("undeploys"),
        "{refused:#}"
    );
}

#[test]
fn what_is_gone_already_is_said() {
    let served = Served::new();
    let delete = "delete retired-vpn-ca --account openai --yes --acknowledge cannot_be_undone";
    let id = {
        let listed = run_json_of(&served, "list --account openai --output json");
        let all = listed["certificates"].as_array().unwrap().clone();
        let one = all
            .iter()
            .find(|one| one["name"] == "retired-vpn-ca")
            .unwrap();
        one["id"].as_str().unwrap().to_owned()
    };
    // Another client, or a person, has deleted it: certfleet cannot know whether that was meant.
    let unknown = [
        "delete no-such-ca --account openai --yes --acknowledge cannot_be_undone".to_owned(),
        format!("delete {id}x --yes --acknowledge cannot_be_undone"),
    ];
    for line in &unknown {
        let ran = served.run(&words(line).iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ran.code, Some(2), "{line}: {ran:?}");
        assert!(ran.stderr.contains("openai/openai"), "{}", ran.stderr);
        let name = line.split(' ').nth(1).unwrap();
        assert!(ran.stderr.contains(name), "{}", ran.stderr);
    }
    assert!(only_reads(&served));
    let deleted = run_json(&served, delete);
    assert_eq!(deleted["outcome"], "done", "{deleted:#}");
    for again in [
        delete.to_owned(),
        format!("delete {id} --yes --acknowledge cannot_be_undone"),
        "delete retired-vpn-ca --yes".to_owned(),
    ] {
        let again = run_json(&served, &again);
        assert_eq!(again["outcome"], "unchanged", "{again:#}");
        assert_eq!(again["exit_code"], 0);
        let notes = again["result"]["notes"].to_string();
        assert!(notes.contains("made the same change at"), "{again:#}");
    }
    // It was of another account.
    let ran = served.run(&[
        "delete",
        "retired-vpn-ca",
        "--account",
        "patchworks",
        "--yes",
    ]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

fn run_json_of(served: &Served, line: &str) -> Value {
    let words = words(line);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    serde_json::from_str(&served.run(&words).stdout).unwrap()
}

#[test]
fn options_without_an_effect_are_refused() {
    let served = Served::new();
    for (line, said) in [
        (
            "upload new.pem --account openai --wait-for 5m --yes",
            "have no effect on upload",
        ),
        (
            "delete retired-vpn-ca --account openai --no-wait --yes",
            "have no effect on delete",
        ),
        (
            "rotate shared --generate --key-ref env:X",
            "cannot be used with",
        ),
        (
            "rotate shared --with new.pem --keep-old --soak 1h",
            "cannot be used with",
        ),
        (
            "resume --dismiss x --note y --verified",
            "cannot be used with",
        ),
        ("resume x --dismiss x --note y", "cannot be used with"),
    ] {
        let ran = served.run(&words(line).iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ran.code, Some(2), "{line}: {ran:?}");
        assert!(ran.stderr.contains(said), "{line}: {}", ran.stderr);
    }
    assert!(served.sandbox.requests().is_empty());
    let plan = [
        "plan",
        "--save",
        "p.json",
        "upload",
        "new.pem",
        "--account",
        "patchworks",
        "--connector",
        "306",
    ];
    assert_eq!(served.run(&plan).code, Some(0));
    let ran = served.run(&["apply", "p.json", "--passphrase-ref", "env:HOME", "--yes"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("--passphrase-ref"), "{}", ran.stderr);
}
