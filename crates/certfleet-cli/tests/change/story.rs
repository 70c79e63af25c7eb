//! The story that the README tells: a certificate shared by three vendors is rotated on a bad day.

use crate::served::{Plug, Served};
use serde_json::Value;

const AGREED: &str = "trust_ends,cannot_be_undone,deploys,displaces";

/// Puts the certificate in place at all three, in force.
pub fn share(served: &Served) {
    for line in [
        "upload old.pem --account openai --name shared --yes",
        "activate shared --account openai --at organization --yes",
        "upload old.pem --account patchworks --connector 306 --yes",
        "upload old.pem --account apinizer-payments --name shared --alias shared --description Shared \
         --environment test,dev --yes --acknowledge deploys",
    ] {
        let arguments = shlex::split(line).unwrap();
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let ran = served.run(&arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
    }
}

/// The command that rotates it.
pub fn rotate(old: &str) -> Vec<String> {
    [
        "rotate",
        &old[..12],
        "--with",
        "new.pem",
        "--verified",
        "--yes",
        "--acknowledge",
        AGREED,
    ]
    .map(str::to_owned)
    .into()
}

/// How far the rotation of each vendor's record is, as the journal has it.
fn steps(served: &Served) -> Vec<(String, String)> {
    let ran = served.run(&["journal", "--output", "json"]);
    let story: Value = serde_json::from_str(&ran.stdout).unwrap();
    let mut steps: Vec<_> = story["rotations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|told| {
            let text = |key: &str| told["rotation"][key].as_str().unwrap().to_owned();
            (text("provider"), text("step"))
        })
        .collect();
    steps.sort();
    steps
}

fn of(provider: &str, step: &str) -> (String, String) {
    (provider.to_owned(), step.to_owned())
}

#[test]
fn a_shared_certificate_is_rotated_on_a_bad_day() {
    let served = Served::new();
    share(&served);
    let (old, new) = (served.sha256("old.pem"), served.sha256("new.pem"));
    assert_eq!(served.holding(&old).len(), 3);
    let rotate = rotate(&old);
    let rotate: Vec<_> = rotate.iter().map(String::as_str).collect();

    // What would happen, and that nothing has.
    let before = served.settled();
    let plan = served.json(&["rotate", &old[..12], "--with", "new.pem", "--dry-run"]);
    served.validate("rotate", &plan);
    assert_eq!(plan["outcome"], "planned");
    assert_eq!(plan["plans"].as_array().unwrap().len(), 3);
    assert_eq!(served.settled(), before);

    // An environment cannot be reached: the rotation stops before anything old is retired.
    served.sandbox.change_behaviour(|behaviour| {
        behaviour
            .apinizer
            .failing_environments
            .insert("test".to_owned());
    });
    let stopped = served.json(&rotate);
    served.validate("rotate", &stopped);
    assert_eq!(stopped["outcome"], "partial", "{stopped:#}");
    let stopped_at = [
        of("apinizer", "introduce"),
        of("openai", "retire"),
        of("patchworks", "retire"),
    ];
    assert_eq!(steps(&served), stopped_at);
    let openai = &served.holding(&old)["openai"];
    assert_eq!(
        openai[0].placements,
        ["organization"],
        "the old one still counts"
    );
    assert!(served.holding(&old).contains_key("apinizer"));

    // It is mended, and somebody pulls the plug in the middle of going on.
    served
        .sandbox
        .change_behaviour(|behaviour| behaviour.apinizer.failing_environments.clear());
    let resume = ["resume", "--yes", "--verified"];
    let killed = served.plugged(Plug::After(9), &resume);
    assert_eq!(killed.status.code(), None, "{killed:?}");

    // Resuming brings it to its end.
    let resumed = served.json(&resume);
    served.validate("resume", &resumed);
    assert_eq!(resumed["outcome"], "done", "{resumed:#}");
    let done = [
        of("apinizer", "done"),
        of("openai", "done"),
        of("patchworks", "done"),
    ];
    assert_eq!(steps(&served), done);
    assert!(
        served.holding(&old).is_empty(),
        "{:#?}",
        served.holding(&old)
    );
    let holding = served.holding(&new);
    assert_eq!(
        holding.values().map(Vec::len).collect::<Vec<_>>(),
        [1, 1, 1],
        "{holding:#?}"
    );
    assert_eq!(holding["openai"][0].placements, ["organization"]);
    assert_eq!(holding["patchworks"][0].placements, ["306"]);
    assert_eq!(holding["apinizer"][0].placements, ["test", "dev"]);

    // The journal tells the story.
    let told = served.run(&["journal"]).stdout;
    for words in [
        "stopped on its way: apinizer/apinizer-payments: the new certificate is stored, but not deployed everywhere: environment test",
        "Rotation",
        ": done at ",
        "replace shared SHA-256",
        "at environment test, environment dev: done",
        "delete",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("Pending"), "{told}");
}

#[test]
fn it_can_be_rolled_back_until_the_old_one_is_removed() {
    let served = Served::new();
    share(&served);
    let (old, new) = (served.sha256("old.pem"), served.sha256("new.pem"));
    let mut rotate = rotate(&old);
    rotate.extend(
        [
            "--account",
            "openai",
            "--account",
            "apinizer-payments",
            "--soak",
            "1d",
            "--no-wait",
        ]
        .map(str::to_owned),
    );
    let rotate: Vec<_> = rotate.iter().map(String::as_str).collect();
    let soaking = served.json(&rotate);
    assert_eq!(soaking["outcome"], "under_way", "{soaking:#}");
    assert_eq!(served.holding(&old)["openai"][0].placements, [""; 0]);
    assert!(!served.holding(&old).contains_key("apinizer"));

    let refused = served.json(&["rotate", "--roll-back", "all", "--yes"]);
    assert_eq!(refused["outcome"], "refused");
    let back = [
        "rotate",
        "--roll-back",
        "all",
        "--yes",
        "--acknowledge",
        "trust_ends,deploys,cannot_be_undone",
    ];
    let back = served.json(&back);
    served.validate("rotate", &back);
    assert_eq!(back["outcome"], "done", "{back:#}");
    assert_eq!(
        served.holding(&old)["openai"][0].placements,
        ["organization"]
    );
    assert_eq!(
        served.holding(&old)["apinizer"][0].placements,
        ["test", "dev"]
    );
    // The new record was made by the rotation, and goes with it.
    assert!(!served.holding(&new).contains_key("openai"));
}

#[test]
fn nobody_is_asked_so_the_verification_waits() {
    let served = Served::new();
    share(&served);
    let old = served.sha256("old.pem");
    let mut rotate = rotate(&old);
    rotate.retain(|argument| argument != "--verified");
    let rotate: Vec<_> = rotate.iter().map(String::as_str).collect();
    let waiting = served.json(&rotate);
    assert_eq!(waiting["outcome"], "under_way", "{waiting:#}");
    let verify = ["apinizer", "openai", "patchworks"].map(|provider| of(provider, "verify"));
    assert_eq!(steps(&served), verify);

    // A command that fails touches nothing old; one that passes goes on.
    let failing = [
        "rotate",
        "--resume",
        "all",
        "--yes",
        "--verify-command",
        "sh -c 'echo the handshake fails >&2; exit 1'",
    ];
    let failed = served.json(&failing);
    assert_eq!(failed["outcome"], "partial", "{failed:#}");
    let said = failed.to_string();
    assert!(said.contains("the handshake fails"), "{failed:#}");
    assert_eq!(
        served.holding(&old)["openai"][0].placements,
        ["organization"]
    );
    served.place.write(
        "check.sh",
        "set -e\ngrep -q 'BEGIN CERTIFICATE'\necho \"$CERTFLEET_PROVIDER $CERTFLEET_SHA256\" >> checked\nenv >> environment\n",
    );
    let passing = [
        "rotate",
        "--resume",
        "all",
        "--yes",
        "--verify-command",
        "/bin/sh check.sh",
    ];
    let passed = served.json(&passing);
    assert_eq!(passed["outcome"], "done", "{passed:#}");
    let checked = std::fs::read_to_string(served.place.0.path().join("checked")).unwrap();
    // It gets what it needs, and none of the tokens that certfleet has.
    let environment = std::fs::read_to_string(served.place.0.path().join("environment")).unwrap();
    assert!(environment.contains("HOME="), "{environment}");
    assert!(!environment.contains("SANDBOX_"), "{environment}");
    let new = served.sha256("new.pem");
    let mut lines: Vec<_> = checked.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            format!("apinizer {new}"),
            format!("openai {new}"),
            format!("patchworks {new}")
        ]
    );
    assert!(served.holding(&old).is_empty());
}

#[test]
fn cloudflare_makes_the_new_one_itself() {
    let served = Served::new();
    let agreed = "consumes_daily_quota,trust_ends,cannot_be_undone";
    let target = "cloudflare/cloudflare-corp";
    let custom = served
        .snapshot()
        .of(certfleet_sandbox::Provider::Cloudflare)
        .find(|one| {
            one.name.is_none() && one.account.ends_with('1') && one.placements == ["available"]
        })
        .unwrap()
        .id
        .clone();
    let address = format!("{target}/{custom}");
    let rotate = [
        "rotate",
        &address,
        "--generate",
        "--verified",
        "--yes",
        "--acknowledge",
        agreed,
    ];
    let done = served.json(&rotate);
    assert_eq!(done["outcome"], "done", "{done:#}");
    assert!(
        served
            .snapshot()
            .record(certfleet_sandbox::Provider::Cloudflare, &custom)
            .is_none()
    );
    let new = done["parts"][0]["rotation"]["new"].as_str().unwrap();
    let new = new.rsplit('/').next().unwrap();
    let record = served.snapshot();
    let record = record
        .record(certfleet_sandbox::Provider::Cloudflare, new)
        .unwrap();
    assert_eq!(record.placements, ["available"]);
}

/// A TLS server on a loopback port that presents these certificates to everybody.
fn presents(pem: &str, key: &rcgen::KeyPair) -> u16 {
    use tokio_rustls::rustls::{
        ServerConfig, ServerConnection,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    };
    let chain = certfleet::x509::read_all(pem.as_bytes()).unwrap();
    let chain = chain
        .iter()
        .map(|one| CertificateDer::from(one.der().unwrap().to_vec()))
        .collect();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(std::sync::Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = std::sync::Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut session = ServerConnection::new(std::sync::Arc::clone(&config)).unwrap();
            // The other side closes once it has seen the certificate.
            drop(session.complete_io(&mut stream.unwrap()));
        }
    });
    port
}

#[test]
fn a_server_has_to_present_the_new_one() {
    let served = Served::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned()];
    let make = || {
        rcgen::CertificateParams::new(names.clone())
            .unwrap()
            .self_signed(&key)
            .unwrap()
            .pem()
    };
    let (new, other) = (make(), make());
    served.place.write("server.pem", &new);
    let (right, wrong) = (presents(&new, &key), presents(&other, &key));
    let rotate = |port: u16, first: &[&str]| {
        let server = format!("localhost:{port}");
        served.json(&[first, &["--verify-tls", &server, "--yes"]].concat())
    };
    let begin = [
        "rotate",
        "apinizer/apinizer-payments/token-signing-2028",
        "--with",
        "server.pem",
        "--acknowledge",
        "deploys",
    ];
    let failed = rotate(wrong, &begin);
    assert_eq!(failed["outcome"], "partial", "{failed:#}");
    let message = failed["parts"][0]["error"]["message"].as_str().unwrap();
    assert!(
        message.contains(&format!("localhost:{wrong} presents another certificate")),
        "{message}"
    );
    let passed = rotate(right, &["rotate", "--resume", "all"]);
    assert_eq!(passed["outcome"], "done", "{passed:#}");
}
