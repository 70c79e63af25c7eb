//! What `accounts` finds out of accounts that work and of those that do not.

use crate::support::{
    Place, Ran,
    canary::Canary,
    server::{Request, Server, Then},
    set_mode, tls,
};
use serde_json::{Value, json};
use std::net::TcpListener;

fn table(name: &str, base: &str, more: &str) -> String {
    format!(
        "[[account]]\nprovider = \"openai\"\nname = \"{name}\"\nbase_url = \"{base}\"\nadmin_key = \"env:KEY\"\n{more}\n"
    )
}

fn run(place: &Place, arguments: &[&str]) -> Ran {
    let mut command = place.certfleet(&[&["--config", "config.toml"], arguments].concat());
    command.env("KEY", "sk-canary");
    command.output().unwrap().into()
}

fn json_of(place: &Place) -> (Option<i32>, Value) {
    let ran = run(place, &["accounts", "--output", "json"]);
    assert!(!ran.stdout.contains("canary") && !ran.stderr.contains("canary"));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    validate(&report);
    assert_eq!(report["exit_code"].as_i64(), ran.code.map(i64::from));
    (ran.code, report)
}

fn validate(report: &Value) {
    let schema = Place::new().run(&["schema", "accounts"]).ok();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<_> = validator
        .iter_errors(report)
        .map(|e| e.to_string())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The steps of an account that did not end well, as `step outcome`, in order.
fn ends(account: &Value) -> Vec<String> {
    let steps = account["steps"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    steps
        .filter(|step| step["outcome"] != "ok")
        .map(|step| format!("{} {}", text(&step["step"]), text(&step["outcome"])))
        .collect()
}

/// An empty list, as every scope of OpenAI answers it.
fn empty() -> Then {
    Then::json(200, r#"{"object":"list","data":[],"has_more":false}"#)
}

#[test]
fn the_sandbox_is_well() {
    let place = Place::new();
    let (code, shown) = place.on_terminal(80, &["accounts"]);
    assert_eq!(code, Some(0), "{shown}");
    for line in shown.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    insta::assert_snapshot!("the_sandbox", shown);
    let ran = place.sandbox(&["accounts", "--output", "json"]);
    let report: Value = serde_json::from_str(&ran.ok()).unwrap();
    validate(&report);
    let of = |name: &str| {
        let accounts = report["accounts"].as_array().unwrap();
        accounts
            .iter()
            .find(|one| one["account"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(of("openai")["quotas"][0]["limit"], 50);
    assert_eq!(of("cloudflare-corp")["quotas"][0]["limit"], 3);
    assert_eq!(
        of("cloudflare-corp")["request_limits"][0]["remaining"],
        1199
    );
    assert!(of("openai").get("request_limits").is_none());
    let patchworks = of("patchworks")["cannot_show"].to_string();
    assert!(patchworks.contains("attached to nothing"), "{patchworks}");
}

/// One account for each way to fail, all in one configuration: each is told, and none hides another.
#[test]
fn each_failure_is_told_at_its_step_and_hides_no_other() {
    let place = Place::new();
    let server = Server::start(|request| match request.path().split('/').nth(1) {
        Some("refused") => Then::json(401, r#"{"error":{"message":"no sk-canary"}}"#),
        Some("forbidden") => Then::json(403, r#"{"error":{"message":"no sk-canary"}}"#),
        Some("page") => Then::Answer(404, Vec::new(), b"<html>".to_vec()),
        Some("broken") => Then::json(500, "{}"),
        Some("strange") => Then::json(200, "[]"),
        Some("gone") => Then::Close,
        Some("elsewhere") => {
            let there = "http://127.0.0.1:1/".to_owned();
            Then::Answer(302, vec![("location", there)], Vec::new())
        }
        _ => empty(),
    });
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let (secured, _) = tls::self_signed("127.0.0.1");
    let untrusted = secured.base().replace("http:", "https:");
    let base = server.base();
    let at = |name: &str| table(name, &format!("{base}/{name}"), "");
    let config = [
        at("well"),
        at("refused"),
        at("forbidden"),
        at("page"),
        at("broken"),
        at("strange"),
        at("gone"),
        at("elsewhere"),
        table("closed", &format!("http://{closed}"), ""),
        table("nowhere", "https://certfleet.invalid", ""),
        table("untrusted", &untrusted, ""),
        table(
            "proxy",
            "https://gw.example",
            &format!("proxy = \"http://{closed}\""),
        ),
        table("roots", &base, "ca_file = \"none.pem\""),
        at("no-secret").replace("env:KEY", "env:CERTFLEET_TEST_NOT_SET"),
        at("last"),
    ];
    place.write("config.toml", &config.concat());
    let (code, report) = json_of(&place);
    assert_eq!(code, Some(5));
    let chain = [
        "secret",
        "network",
        "address",
        "tls",
        "answer",
        "credentials",
        "read",
        "clock",
    ];
    let from = |step: &str| {
        let begin = chain.iter().position(|one| *one == step).unwrap();
        let rest = chain[begin + 1..]
            .iter()
            .map(|one| format!("{one} not_tried"));
        std::iter::once(format!("{step} failed"))
            .chain(rest)
            .collect::<Vec<_>>()
    };
    let all = report["accounts"].as_array().unwrap();
    assert_eq!(all.len(), config.len());
    for account in all {
        let name = account["account"].as_str().unwrap();
        let expected = match name {
            "well" | "last" => Vec::new(),
            "refused" => from("credentials"),
            "forbidden" | "page" => {
                let all = ["credentials warning", "read failed", "clock not_tried"];
                all.map(str::to_owned).to_vec()
            }
            "broken" | "strange" | "gone" | "elsewhere" => from("answer"),
            "closed" | "nowhere" => from("address"),
            "untrusted" => from("tls"),
            "proxy" | "roots" => from("network"),
            "no-secret" => from("secret")
                .into_iter()
                .filter(|one| !one.starts_with("network"))
                .collect(),
            other => panic!("{other}"),
        };
        assert_eq!(ends(account), expected, "{account:#}");
        let failed = account["steps"].as_array().unwrap().iter();
        for step in failed.filter(|step| step["outcome"] == "failed") {
            assert!(step["message"].as_str().unwrap().len() > 10, "{step}");
            assert!(
                step["advice"].is_string() || name == "untrusted",
                "{name}: {step}"
            );
        }
    }
    // Each that answers was asked once, and nothing was written.
    let seen = server.seen();
    assert!(seen.iter().all(|request| request.line.starts_with("GET ")));
    let asked = |name: &str| {
        let of = |request: &&Request| request.path().starts_with(&format!("/{name}/"));
        seen.iter().filter(of).count()
    };
    for name in ["well", "refused", "forbidden", "broken", "gone", "last"] {
        assert_eq!(asked(name), 1, "{name}");
    }
    assert_eq!(asked("roots") + asked("no-secret"), 0);

    let text = run(&place, &["accounts"]);
    assert_eq!(text.code, Some(5));
    assert!(!text.stdout.contains("canary"), "{}", text.stdout);
    for line in text.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(
        text.stdout
            .contains("15 accounts, 13 of them cannot be read"),
        "{}",
        text.stdout
    );
    assert_eq!(text.stderr.lines().count(), 13, "{}", text.stderr);
    // Only what is asked for counts.
    let one = run(&place, &["accounts", "--account", "well"]);
    assert_eq!((one.code, one.stderr.as_str()), (Some(0), ""));
    let unknown = run(&place, &["accounts", "--account", "wel"]);
    assert_eq!(unknown.code, Some(2));
}

#[test]
fn scopes_are_told_one_by_one() {
    let place = Place::new();
    let server = Server::start(|request| {
        if request.path().contains("proj_closed") {
            return Then::json(403, r#"{"error":{"message":"no"}}"#);
        }
        empty()
    });
    let projects = "projects = [\"proj_open\", \"proj_closed\"]";
    place.write("config.toml", &table("a", &server.base(), projects));
    let (code, report) = json_of(&place);
    assert_eq!(code, Some(5));
    let steps = report["accounts"][0]["steps"].as_array().unwrap().clone();
    let reads: Vec<_> = steps
        .iter()
        .filter(|step| step["step"] == "read")
        .map(|step| (step["scope"].clone(), step["outcome"].as_str().unwrap()))
        .collect();
    let project = |id: &str| json!({ "kind": "project", "id": id });
    assert_eq!(
        reads,
        [
            (json!({ "kind": "organization" }), "ok"),
            (project("proj_open"), "ok"),
            (project("proj_closed"), "failed")
        ]
    );
}

#[test]
fn records_that_cannot_be_read_are_a_failure() {
    let place = Place::new();
    let server = Server::start(|_| {
        let odd = r#"{"object":"list","data":[{"object":"certificate","id":"cert_a","created_at":[]}],"has_more":false}"#;
        Then::json(200, odd)
    });
    place.write("config.toml", &table("a", &server.base(), ""));
    let (code, report) = json_of(&place);
    assert_eq!(code, Some(5));
    assert_eq!(ends(&report["accounts"][0]), ["read failed"]);
}

#[test]
fn a_clock_that_is_off_is_a_warning() {
    let place = Place::new();
    let server = Server::start(|_| {
        let date = "Sun, 22 Nov 2020 10:10:00 GMT".to_owned();
        let mut then = empty();
        if let Then::Answer(_, headers, _) = &mut then {
            headers.push(("date", date));
        }
        then
    });
    place.write("config.toml", &table("a", &server.base(), ""));
    let (code, report) = json_of(&place);
    assert_eq!(code, Some(0));
    assert_eq!(ends(&report["accounts"][0]), ["clock warning"]);
    let skew = report["accounts"][0]["clock_skew_seconds"].as_i64();
    assert!(skew.unwrap() < -86_400, "{skew:?}");
}

#[test]
fn a_reader_that_stops_is_no_failure_of_the_accounts() {
    let place = Place::new();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_certfleet"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command
        .args(["--sandbox", "accounts"])
        .current_dir(place.0.path())
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn without_anything_it_says_which_variables_are_missing() {
    let place = Place::new();
    let ran = place.run(&["accounts"]);
    assert_eq!(ran.code, Some(2));
    for part in [
        "certfleet config init",
        "OPENAI_ADMIN_KEY is missing",
        "APINIZER_URL is missing",
    ] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    set_mode(&place.write("config.toml", "[[account]]\n"), 0o666);
    let ran = run(&place, &["accounts"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
}

/// A token of the environment goes to its own address, and comes out nowhere.
#[test]
fn tokens_of_the_environment_are_not_shown() {
    let (own, other) = (Canary::new(), Canary::new());
    let server = Server::start(|request| {
        let all = request.whole();
        let limit = format!("\"{all}\";r=5;t=30").replace(['\n', '\r'], " ");
        let body = json!({ "error": all, "error_description": all, "resultMessage": all });
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("ratelimit", limit),
        ];
        Then::Answer(401, headers, body.to_string().into_bytes())
    });
    let place = Place::new();
    for arguments in [
        &["accounts"][..],
        &["accounts", "--output", "json", "-vv"],
        &["list", "-v"],
        &["config", "path"],
        &["config", "check"],
    ] {
        let ran: Ran = place
            .certfleet(arguments)
            .env("APINIZER_URL", server.base())
            .env("APINIZER_PROJECT", "P")
            .env("APINIZER_TOKEN", &own.value)
            .env("CLOUDFLARE_API_TOKEN", &other.value)
            .output()
            .unwrap()
            .into();
        for canary in [&own, &other] {
            for text in [&ran.stdout, &ran.stderr] {
                assert_eq!(canary.found_in(text), None, "{arguments:?}: {text}");
            }
        }
    }
    let seen: String = server.seen().iter().map(Request::whole).collect();
    assert!(own.found_in(&seen).is_some());
    assert!(other.found_in(&seen).is_none());
}
