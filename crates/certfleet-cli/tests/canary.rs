//! No secret comes out: random ones, through every command, ending, form of output and level of log.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use certfleet_sandbox::{Clock, Sandbox};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    net::TcpListener,
    path::Path,
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};
use support::{
    Place,
    canary::{Canary, escaped},
    server::{Request, Server, Then},
};

/// Every command with the arguments it is run with. A command that is added needs its line here.
const COMMANDS: &[(&str, &[&[&str]])] = &[
    (
        "list",
        &[
            &["list"],
            &["list", "--output", "json"],
            &["list", "--output", "ndjson"],
            &["list", "--output", "csv", "--fetch-content"],
        ],
    ),
    (
        "get",
        &[
            &["get", "openai/openai/cert_a"],
            &["get", "openai/openai/cert_a", "--output", "json"],
            &["get", "cloudflare/cloudflare/a", "--native"],
            &["get", "patchworks/patchworks/1"],
            &["get", "apinizer/apinizer/a", "--output", "json"],
        ],
    ),
    (
        "inspect",
        &[
            &["inspect", "key.pem", "secrets/token", "broken.pem"],
            &[
                "inspect",
                "key.pem",
                "secrets/token",
                "broken.pem",
                "--output",
                "json",
            ],
            &["inspect", "key.pem", "broken.pem", "--output", "csv"],
        ],
    ),
    (
        "check",
        &[&["check", "--within", "30d", "--output", "json"]],
    ),
    (
        "diff",
        &[&["diff", "key.pem"], &["diff", "broken.pem", "key.pem"]],
    ),
    (
        "export",
        &[&["export", "apinizer/apinizer/a", "--to", "out.zip"]],
    ),
    (
        "upload",
        &[
            &[
                "upload",
                "new.pem",
                "--account",
                "openai",
                "--name",
                "n",
                "--yes",
            ],
            // The key and its passphrase go to the vendor, which repeats them.
            &[
                "upload",
                "--account",
                "patchworks",
                "--key-ref",
                "file:pair.pem",
                "--passphrase-ref",
                "file:secrets/passphrase",
                "--yes",
                ALL[0],
                ALL[1],
                "--output",
                "json",
            ],
            &["upload", "key.pem", "--account", "openai", "--yes"],
        ],
    ),
    (
        "generate",
        &[&[
            "generate",
            "--account",
            "cloudflare",
            "--yes",
            ALL[0],
            ALL[1],
            "--no-wait",
        ]],
    ),
    (
        "rename",
        &[&["rename", "openai/openai/cert_a", "--to", "n", "--yes"]],
    ),
    (
        "activate",
        &[&[
            "activate",
            "openai/openai/cert_a",
            "--at",
            "organization",
            "--yes",
            ALL[0],
            ALL[1],
        ]],
    ),
    (
        "deactivate",
        &[&[
            "deactivate",
            "cloudflare/cloudflare/a",
            "--yes",
            ALL[0],
            ALL[1],
            "--no-wait",
        ]],
    ),
    (
        "replace",
        &[&[
            "replace",
            "apinizer/apinizer/a",
            "--with",
            "new.pem",
            "--environment",
            "test",
            "--references",
            "keep",
            "--yes",
            ALL[0],
            ALL[1],
        ]],
    ),
    (
        "delete",
        &[&[
            "delete",
            "patchworks/patchworks/1",
            "--yes",
            ALL[0],
            ALL[1],
            "--output",
            "json",
        ]],
    ),
    ("plan", &[&["plan", "delete", "patchworks/patchworks/1"]]),
    ("apply", &[&["apply", "key.pem", "--yes"]]),
    (
        "rotate",
        &[&[
            "rotate",
            "openai/openai/cert_a",
            "--with",
            "new.pem",
            "--yes",
            ALL[0],
            ALL[1],
            "--verified",
        ]],
    ),
    ("resume", &[&["resume", "--output", "json"]]),
    ("journal", &[&["journal"], &["journal", "--output", "json"]]),
    (
        "capabilities",
        &[&["capabilities"], &["capabilities", "--output", "json"]],
    ),
    ("schema", &[&["schema", "list"]]),
    // It would serve until it is interrupted.
    ("sandbox", &[&["sandbox", "--port", TAKEN]]),
    ("completions", &[&["completions", "bash"]]),
    ("man", &[&["man", "list"]]),
];

/// Agrees to everything.
const ALL: [&str; 2] = [
    "--acknowledge",
    "enforcement_starts,enforcement_stops,trust_ends,deploys,undeploys,displaces,detaches_references,deletes_references,updates_references,adds_entries,consumes_daily_quota,allow_partial,cannot_be_undone,cannot_be_read",
];

/// Stands for a port that cannot be had.
const TAKEN: &str = "a port that is taken";

/// How the log is asked for.
const LOGS: [&[(&str, &str)]; 3] = [
    &[],
    &[("RUST_LOG", "debug"), ("RUST_BACKTRACE", "1")],
    &[("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full")],
];

/// The secrets of a run.
#[derive(Clone)]
struct Secrets {
    openai: Canary,
    cloudflare: Canary,
    patchworks: Canary,
    apinizer: Canary,
    /// What a vendor gives out with its records, and must not.
    passphrase: Canary,
    private_key: Canary,
}

impl Secrets {
    fn new() -> Self {
        let new = Canary::new;
        Self {
            openai: new(),
            cloudflare: new(),
            patchworks: new(),
            apinizer: new(),
            passphrase: new(),
            private_key: new(),
        }
    }

    fn all(&self) -> [(&'static str, &Canary); 6] {
        [
            ("the OpenAI admin key", &self.openai),
            ("the Cloudflare token", &self.cloudflare),
            ("the Patchworks key", &self.patchworks),
            ("the Apinizer token", &self.apinizer),
            ("the passphrase", &self.passphrase),
            ("the private key", &self.private_key),
        ]
    }

    /// Fails if one of them is in a text.
    fn assert_absent(&self, text: &str, from: &str) {
        for (name, canary) in self.all() {
            if let Some(form) = canary.found_in(text) {
                panic!("{from} shows {name} ({form}):\n{text}");
            }
        }
    }
}

/// A home with a configuration whose accounts are all at one server, and secrets of every kind.
fn home(secrets: &Secrets, base: impl Fn(&str) -> String) -> Place {
    let place = Place::new();
    fs::create_dir(place.0.path().join("secrets")).unwrap();
    place.write_private("secrets/token", &format!("{}\n", secrets.cloudflare.value));
    place.write_private("secrets/printed", &secrets.patchworks.value);
    let key = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        secrets.private_key.value
    );
    place.write_private("key.pem", &key);
    place.write_private("secrets/passphrase", &secrets.passphrase.value);
    let authority = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    parameters.key_usages = vec![
        rcgen::KeyUsagePurpose::KeyCertSign,
        rcgen::KeyUsagePurpose::CrlSign,
    ];
    parameters.use_authority_key_identifier_extension = true;
    let new = parameters.self_signed(&authority).unwrap().pem();
    place.write("new.pem", &new);
    place.write_private("pair.pem", &format!("{new}{key}"));
    place.write_private("broken.pem", &key.replace("PRIVATE KEY", "CERTIFICATE"));
    let config = format!(
        "[[account]]\nprovider = \"openai\"\nbase_url = \"{}\"\nadmin_key = \"env:THE_KEY\"\nprojects = [\"proj_sandboxcheckout\"]\n\
         [[account]]\nprovider = \"cloudflare\"\nbase_url = \"{}\"\naccount_id = \"{}\"\napi_token = \"file:secrets/token\"\n\
         [[account]]\nprovider = \"patchworks\"\nbase_url = \"{}\"\napi_key = \"cmd:cat secrets/printed\"\n\
         [[account]]\nprovider = \"apinizer\"\nbase_url = \"{}\"\nproject = \"{}\"\naccess_token = \"env:THE_TOKEN\"\n",
        base("openai"),
        base("cloudflare"),
        certfleet_sandbox::CLOUDFLARE_CORP,
        base("patchworks"),
        base("apinizer"),
        certfleet_sandbox::APINIZER_PROJECTS[0],
    );
    place.write("config.toml", &config);
    place
}

/// One run of the program. Its exit code.
fn run(
    place: &Place,
    secrets: &Secrets,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Option<i32> {
    static LISTENER: LazyLock<TcpListener> =
        LazyLock::new(|| TcpListener::bind("127.0.0.1:0").unwrap());
    let taken = LISTENER.local_addr().unwrap().port().to_string();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|argument| {
            if *argument == TAKEN {
                &taken
            } else {
                *argument
            }
        })
        .collect();
    let output = place
        .certfleet(&arguments)
        .timeout(Duration::from_secs(120))
        .env("CERTFLEET_CONFIG", place.0.path().join("config.toml"))
        .env("THE_KEY", &secrets.openai.value)
        .env("THE_TOKEN", &secrets.apinizer.value)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let text = String::from_utf8_lossy(bytes);
        secrets.assert_absent(
            &text,
            &format!("{name} of {arguments:?} with {variables:?}"),
        );
    }
    output.status.code()
}

/// Runs every command in a home with every log, and looks through what it left behind. The exit codes.
fn run_all(
    place: &Place,
    secrets: &Secrets,
    variables: &[(&str, &str)],
) -> BTreeSet<(&'static str, i32)> {
    let runs: Vec<_> = COMMANDS
        .iter()
        .flat_map(|(name, forms)| forms.iter().map(move |arguments| (*name, *arguments)))
        .flat_map(|(name, arguments)| LOGS.iter().map(move |log| (name, arguments, *log)))
        .collect();
    let next = AtomicUsize::new(0);
    let codes = Mutex::new(BTreeSet::new());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some((name, arguments, log)) =
                    runs.get(next.fetch_add(1, Ordering::SeqCst))
                {
                    let variables = [variables, log].concat();
                    let code = run(place, secrets, arguments, &variables);
                    codes.lock().unwrap().insert((*name, code.unwrap()));
                }
            });
        }
    });
    left_behind(place.0.path(), secrets);
    codes.into_inner().unwrap()
}

/// Looks through all files but those that hold the secrets from the beginning.
fn left_behind(folder: &Path, secrets: &Secrets) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "secrets" {
            left_behind(&path, secrets);
        } else if path.is_file() && !["key.pem", "broken.pem", "pair.pem"].contains(&name) {
            let bytes = fs::read(&path).unwrap();
            secrets.assert_absent(&String::from_utf8_lossy(&bytes), name);
        }
    }
}

/// Runs every command against a server that always does the same.
fn against(
    then: impl Fn(&Request) -> Then + Send + Sync + 'static,
) -> BTreeSet<(&'static str, i32)> {
    let secrets = Secrets::new();
    let server = Server::start(then);
    let place = home(&secrets, |_| server.base());
    let codes = run_all(&place, &secrets, &[]);
    // The secrets did go where they belong: the search had something to find.
    let sent: String = server.seen().iter().map(Request::whole).collect();
    for (name, canary) in &secrets.all()[..4] {
        assert!(canary.found_in(&sent).is_some(), "{name} was never sent");
    }
    codes
}

/// An error body that repeats the whole request, in the place of every vendor's message.
fn echoing(request: &Request) -> Value {
    let all = request.whole();
    let headers: Vec<_> = request
        .headers
        .iter()
        .map(|(_, value)| value.clone())
        .collect();
    let message = format!("cannot take {} of {all}", headers.join(", "));
    json!({
        "error": { "message": message, "type": message, "code": headers.join(" "), "param": all },
        "success": false,
        "status": "FAILURE",
        "errors": [{ "code": 1000, "message": message }],
        "messages": [{ "code": 1000, "message": message }],
        "message": message,
        "resultMessage": message,
        "request": all,
    })
}

/// The headers that a vendor names a request by, with everything it was sent.
fn echoing_headers(request: &Request, content_type: &str) -> Vec<(&'static str, String)> {
    let credential = request.header("authorization").unwrap_or_default();
    vec![
        ("content-type", content_type.to_owned()),
        ("x-request-id", credential.to_owned()),
        ("cf-ray", credential.to_owned()),
    ]
}

#[test]
fn every_form_is_found() {
    let canary = Canary::new();
    let plain = &canary.value;
    let percent = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    for text in [
        plain.clone(),
        plain.bytes().map(percent).collect(),
        escaped(plain),
        format!("{plain:?}"),
        format!("{:?}", plain.as_bytes()),
        BASE64_STANDARD.encode(plain),
        BASE64_URL_SAFE_NO_PAD.encode(plain),
        BASE64_STANDARD.encode(format!("x{plain}")),
        BASE64_STANDARD.encode(format!("me:{plain}")),
    ] {
        assert!(
            canary.found_in(&format!("before {text} after")).is_some(),
            "{text}"
        );
    }
    assert!(canary.found_in("nothing of it").is_none());
}

#[test]
fn every_command_is_here() {
    let place = Place::new();
    let help = place.run(&["--help"]).ok();
    let listed = help
        .split("Commands:\n")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    let listed: BTreeSet<_> = listed
        .lines()
        .filter_map(|line| {
            line.strip_prefix("  ")?
                .split(' ')
                .find(|word| !word.is_empty())
        })
        .filter(|name| *name != "help")
        .collect();
    let here: BTreeSet<_> = COMMANDS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, here, "give COMMANDS above a line for each command");
}

#[test]
fn all_well() {
    let secrets = Secrets::new();
    let sandbox = Sandbox::builder().clock(Clock::real()).build();
    let accounts = sandbox.accounts();
    let (known, patched) = (secrets.clone(), secrets.clone());
    let runtime = Mutex::new(
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap(),
    );
    let server = Server::start(move |request| {
        let (path, vendor) = (request.path().to_owned(), request.path().split('/').nth(1));
        let account = accounts
            .iter()
            .find(|account| account.base_path.split('/').nth(1) == vendor);
        let mut builder = http::Request::builder()
            .method(request.line.split(' ').next().unwrap())
            .uri(format!("{path}?{}", request.query()));
        let own = known.all()[..4].iter().any(|(_, canary)| {
            request
                .header("authorization")
                .is_some_and(|value| value.ends_with(&canary.value))
        });
        if own {
            for (name, value) in account.unwrap().credentials[0].headers() {
                builder = builder.header(name, value);
            }
        }
        let asked = builder
            .body(bytes::Bytes::from(request.body.clone()))
            .unwrap();
        let answer = runtime.lock().unwrap().block_on(sandbox.handle(asked));
        // Patchworks' description has the passphrase in every answer that holds a certificate.
        let mut body = String::from_utf8(answer.body().to_vec()).unwrap();
        if vendor == Some("patchworks") {
            let mut value: Value = serde_json::from_str(&body).unwrap();
            add(&mut value, &patched);
            body = value.to_string();
        }
        Then::Answer(
            answer.status().as_u16(),
            echoing_headers(request, "application/json"),
            body.into_bytes(),
        )
    });
    let all = Sandbox::builder().build().accounts();
    let place = home(&secrets, |provider| {
        let account = all
            .iter()
            .find(|account| account.provider.prefix() == provider)
            .unwrap();
        format!("{}{}", server.base(), account.base_path)
    });
    let codes = run_all(&place, &secrets, &[]);
    assert!(
        codes.contains(&("list", 0)) && !codes.contains(&("list", 5)),
        "{codes:?}"
    );
    assert!(server.seen().len() > 50);
}

/// Puts a passphrase and a private key into every certificate.
fn add(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(|value| add(value, secrets));
            if members.contains_key("id") {
                members.insert("passphrase".into(), secrets.passphrase.value.clone().into());
            }
            if let Some(Value::String(certificate)) = members.get_mut("certificate") {
                *certificate =
                    format!("-----BEGIN PRIVATE KEY-----\n{}", secrets.private_key.value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|value| add(value, secrets)),
        _ => {}
    }
}

#[test]
fn refused_with_an_echo() {
    for status in [401, 422, 500] {
        let codes = against(move |request| {
            let body = echoing(request).to_string().into_bytes();
            Then::Answer(status, echoing_headers(request, "application/json"), body)
        });
        assert!(codes.contains(&("list", 5)), "{codes:?}");
    }
}

#[test]
fn refused_with_an_echo_in_other_escapes() {
    let codes = against(|request| {
        let all = escaped(&request.whole());
        let body = format!(
            r#"{{"error":{{"message":"{all}","code":"{all}"}},"success":false,"status":"FAILURE","errors":[{{"code":1,"message":"{all}"}}],"message":"{all}"}}"#
        );
        Then::Answer(
            422,
            echoing_headers(request, "application/json"),
            body.into_bytes(),
        )
    });
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}

#[test]
fn refused_with_a_page() {
    let codes = against(|request| {
        let page = format!("<html><pre>{}</pre>", request.whole()).into_bytes();
        Then::Answer(403, echoing_headers(request, "text/html"), page)
    });
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}

#[test]
fn an_answer_of_another_shape() {
    let codes = against(|request| {
        let all = request.whole();
        let body = json!({
            "object": "list", "success": true, "status": "SUCCESS", "has_more": all, "current_page": all,
            "data": [{ "id": [all], "type": all }],
            "result": all, "id": { "of": all }, "resultList": [all],
        });
        Then::Answer(
            200,
            echoing_headers(request, "application/json"),
            body.to_string().into_bytes(),
        )
    });
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}

#[test]
fn no_json_at_all() {
    let codes = against(|request| {
        Then::Answer(
            200,
            echoing_headers(request, "application/json"),
            request.whole().into_bytes(),
        )
    });
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}

#[test]
fn a_redirect_with_an_echo() {
    let codes = against(|request| {
        let credential = request.header("authorization").unwrap_or_default();
        let mut headers = echoing_headers(request, "text/plain");
        headers.push(("location", format!("http://127.0.0.1:1/{credential}")));
        Then::Answer(302, headers, request.whole().into_bytes())
    });
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}

#[test]
fn a_lost_connection() {
    let codes = against(|_| Then::Close);
    assert!(codes.contains(&("list", 5)), "{codes:?}");
    let codes = against(|request| Then::Break(request.whole().into_bytes()));
    assert!(codes.contains(&("list", 5)), "{codes:?}");
}

#[test]
fn a_panic() {
    let secrets = Secrets::new();
    let place = home(&secrets, |_| "http://127.0.0.1:1".to_owned());
    // Release builds cannot be made to panic.
    if !cfg!(debug_assertions) {
        return;
    }
    // With a secret in its message.
    let codes = run_all(&place, &secrets, &[("CERTFLEET_TEST_PANIC", "secret")]);
    for name in ["list", "get"] {
        assert!(codes.contains(&(name, 101)), "{codes:?}");
    }
    let codes = run_all(&place, &secrets, &[("CERTFLEET_TEST_PANIC", "command")]);
    let all: BTreeSet<_> = COMMANDS.iter().map(|(name, _)| (*name, 101)).collect();
    assert_eq!(codes, all);
    let ran = place
        .certfleet(&["capabilities"])
        .env("CERTFLEET_TEST_PANIC", "command")
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(
        said.starts_with("error: a fault in certfleet ") && said.contains("crash.rs:"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}
