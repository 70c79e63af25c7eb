//! Only the configured host is contacted, whatever the environment and the answers name.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::{
    ffi::OsStr,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use support::{
    Place,
    server::{Server, Then},
};

/// What reads, and what writes; every one of them ends with an answer of the server.
const COMMANDS: [&[&str]; 6] = [
    &["list", "--fetch-content"],
    &["check", "--within", "30d"],
    &["get", "openai/it/cert_1"],
    &["rename", "openai/it/cert_1", "--to", "other", "--yes"],
    &[
        "delete",
        "openai/it/cert_1",
        "--yes",
        "--acknowledge",
        "cannot_be_undone",
    ],
    &["resume"],
];

/// What `resume` finds open: a rename that is killed while its answer is awaited.
const LEFT_OPEN: &[&str] = &["rename", "openai/it/cert_1", "--to", "awaited", "--yes"];

/// A vendor whose every answer names another host, where an answer can.
fn vendor(elsewhere: String) -> Server {
    Server::start(move |request| {
        if request.body.contains("awaited") {
            return Then::Close;
        }
        let named = format!("{elsewhere}/v1/organization/certificates");
        let certificate = serde_json::json!({
            "object": "certificate", "id": "cert_1", "name": named, "created_at": 1, "active": false,
            "certificate_details": {}, "url": named,
        });
        if request.line.starts_with("DELETE") {
            let headers = vec![("location", named)];
            return Then::Answer(307, headers, Vec::new());
        }
        let body = if request.path().ends_with("/certificates") {
            serde_json::json!({"object": "list", "data": [certificate], "has_more": false,
                               "next": named, "links": {"next": named}})
        } else {
            certificate
        };
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("link", format!("<{named}>; rel=\"next\"")),
            ("refresh", format!("0; url={named}")),
            ("alt-svc", "h2=\":1\"".to_owned()),
        ];
        Then::Answer(200, headers, body.to_string().into_bytes())
    })
}

/// The place of a configuration with that vendor, and the names that lead elsewhere.
fn place(server: &Server) -> Place {
    let place = Place::new();
    place.write(
        "config.toml",
        &format!(
            "[[account]]\nprovider = \"openai\"\nname = \"it\"\nbase_url = \"{}\"\nadmin_key = \"env:KEY\"\n",
            server.base()
        ),
    );
    place
}

/// The command as it is, for what only the standard library's can do.
fn plain(place: &Place, arguments: &[&str]) -> Command {
    through(&[], place, arguments)
}

/// The same, run by another program.
fn through(tracer: &[&str], place: &Place, arguments: &[&str]) -> Command {
    let command = place.certfleet(&[&["--config", "config.toml"], arguments].concat());
    let mut words = tracer.iter().map(OsStr::new).chain([command.get_program()]);
    let mut plain = Command::new(words.next().unwrap());
    plain
        .args(words)
        .args(command.get_args())
        .current_dir(place.0.path())
        .env_remove("CERTFLEET_CONFIG")
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("KEY", "canary");
    plain
}

/// Kills [`LEFT_OPEN`] once it has sent its request, so that the journal has an open entry.
fn leave_open(place: &Place, server: &Server) {
    let mut command = plain(place, LEFT_OPEN);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while !server.seen().iter().any(|one| one.line.starts_with("POST")) {
        assert!(Instant::now() < until, "it was never sent");
        thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

fn proxies(elsewhere: &Server) -> Vec<(&'static str, String)> {
    [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ]
    .map(|name| (name, elsewhere.base()))
    .to_vec()
}

#[test]
fn no_other_listener_is_contacted() {
    let elsewhere = Server::start(|_| Then::json(200, "{}"));
    for command in COMMANDS {
        let server = vendor(elsewhere.base());
        let place = place(&server);
        if command[0] == "resume" {
            leave_open(&place, &server);
        }
        let before = server.seen().len();
        let output = plain(&place, command)
            .envs(proxies(&elsewhere))
            .output()
            .unwrap();
        let method = match command[0] {
            "rename" => "POST",
            "delete" => "DELETE",
            _ => "GET",
        };
        let seen = server.seen();
        let came = seen
            .iter()
            .skip(before)
            .any(|one| one.line.starts_with(method));
        assert!(came, "{command:?}: {output:?}");
        assert_eq!(elsewhere.connections(), 0, "{command:?}");
    }
}

/// The same from below: every address that the process connects to. Where `strace` is not installed, or may not
/// trace, only the listener above stands for it.
#[cfg(target_os = "linux")]
#[test]
fn no_other_address_is_connected_to() {
    use std::{collections::BTreeSet, fs};

    let works = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=connect", "true"])
        .output();
    if !works.is_ok_and(|output| output.status.success()) {
        eprintln!("strace is not installed or may not trace: not checked");
        return;
    }
    let elsewhere = Server::start(|_| Then::json(200, "{}"));
    for command in COMMANDS {
        let server = vendor(elsewhere.base());
        let place = place(&server);
        let log = place.0.path().join("connects");
        if command == ["resume"] {
            leave_open(&place, &server);
        }
        let tracer = [
            "strace",
            "-f",
            "-qq",
            "-e",
            "trace=connect",
            "-o",
            "connects",
        ];
        let mut traced = through(&tracer, &place, command);
        traced.envs(proxies(&elsewhere));
        let output = traced.output().unwrap();
        let lines = fs::read_to_string(&log).unwrap();
        let to: BTreeSet<_> = lines
            .lines()
            .filter(|line| line.contains("connect(") && line.contains("AF_INET"))
            .map(|line| {
                let port = line.split("htons(").nth(1).unwrap_or_default();
                let address = line.split("inet_addr(").nth(1).unwrap_or_default();
                (
                    address.split(')').next().unwrap_or_default().to_owned(),
                    port.split(')').next().unwrap_or_default().to_owned(),
                )
            })
            .collect();
        let there = ("\"127.0.0.1\"".to_owned(), server.port.to_string());
        assert_eq!(
            to,
            BTreeSet::from([there]),
            "{command:?}: {output:?}\n{lines}"
        );
    }
}
