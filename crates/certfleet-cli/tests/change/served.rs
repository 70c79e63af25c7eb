//! The sandbox on a loopback port of this process, so that tests see every request, can lose it or
//! its answer, and can pull the plug of the program that sent it.

use crate::support::{Place, Ran};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    response::Response,
};
use certfleet_sandbox::{Provider, Record, Sample, Sandbox, Scope as At, Snapshot};
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

/// What is done to a program on one of its requests, or to the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plug {
    /// Nothing.
    #[default]
    In,
    /// The program is killed when it has sent its request number so-and-so, which is lost.
    Before(usize),
    /// The program is killed when that request has taken effect, before it hears of it.
    After(usize),
    /// The program ends when it writes beyond so many bytes of a file: in the middle of a line of
    /// its journal. The kernel does that, with SIGXFSZ.
    AtByte(u64),
    /// SIGINT when that request has taken effect, which is not answered.
    Interrupt(usize),
    /// That request takes effect, and the connection is cut instead of an answer.
    LoseAnswer(usize),
    /// Every request from that one on is answered with this status.
    Status(usize, u16),
    /// This happens to every request that changes something.
    Writes(Fault),
    /// Every read waits until [`Served::release`].
    HoldReads,
    /// Every write waits until then.
    HoldWrites,
}

/// What happens to a request that changes something, each time that it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is carried out.
    None,
    /// It is not carried out, and the connection is cut instead of an answer.
    LostRequest,
    /// It is carried out, and the connection is cut instead of an answer.
    LostAnswer,
    /// It is not carried out, and is answered with a status and a body.
    Refused(u16, &'static str),
    /// It is carried out, and is answered with a status and a body.
    CarriedOut(u16, &'static str),
}

#[derive(Default)]
struct Wire {
    plug: Plug,
    child: Option<Pid>,
    requests: usize,
    held: usize,
    is_released: bool,
}

/// A served sandbox, and a folder in which the program is run.
pub struct Served {
    pub sandbox: Sandbox,
    pub place: Place,
    wire: Arc<Mutex<Wire>>,
    variables: Vec<(String, String)>,
    address: std::net::SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Served {
    pub fn new() -> Self {
        let sandbox = Sandbox::new();
        let wire = Arc::new(Mutex::new(Wire::default()));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (one, other) = (sandbox.clone(), Arc::clone(&wire));
        let address = runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let router = Router::new().fallback(move |request: Request| {
                let (sandbox, wire) = (one.clone(), Arc::clone(&other));
                async move { answer(&sandbox, &wire, request).await }
            });
            tokio::spawn(async move { axum::serve(listener, router).await });
            address
        });
        let mut served = Self {
            sandbox,
            place: Place::new(),
            wire,
            variables: Vec::new(),
            address,
            _runtime: runtime,
        };
        served.configure();
        for (file, name, days) in [
            ("old.pem", "shared old", 30),
            ("new.pem", "shared new", 400),
        ] {
            let pem = served.sandbox.sample(Sample::Authority, name, days);
            served.place.write(file, &pem);
        }
        served
    }

    /// Writes a configuration of all accounts.
    fn configure(&mut self) {
        let mut text = String::new();
        for account in self.sandbox.accounts() {
            let variable = format!("KEY_{}", account.name.to_uppercase().replace('-', "_"));
            let token = account.token().unwrap();
            self.variables.push((variable.clone(), token.to_owned()));
            let (key, place) = match (account.provider, &account.scope) {
                (Provider::OpenAi, At::Organization { projects, .. }) => {
                    let ids: Vec<_> = projects.iter().map(|(id, _)| *id).collect();
                    ("admin_key", format!("projects = {ids:?}"))
                }
                (Provider::Cloudflare, At::Account { id }) => {
                    ("api_token", format!("account_id = {id:?}"))
                }
                (Provider::Apinizer, At::Project { name, .. }) => {
                    ("access_token", format!("project = {name:?}"))
                }
                _ => ("api_key", String::new()),
            };
            text.push_str(&format!(
                "[[account]]\nprovider = {:?}\nname = {:?}\nbase_url = \"http://{}{}\"\n{key} = \"env:{variable}\"\n{place}\n\n",
                account.provider.prefix(),
                account.name,
                self.address,
                account.base_path,
            ));
        }
        self.place.write("config.toml", &text);
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_certfleet"));
        command
            .args(arguments)
            .current_dir(self.place.0.path())
            .env_clear()
            .env("HOME", self.place.0.path())
            .env("XDG_STATE_HOME", self.place.0.path().join("state"))
            .env("CERTFLEET_CONFIG", self.place.0.path().join("config.toml"))
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program with the plug as it is said, to its end.
    pub fn plugged(&self, plug: Plug, arguments: &[&str]) -> Output {
        *self.wire.lock().unwrap() = Wire {
            plug,
            ..Wire::default()
        };
        let child = self.command(arguments).spawn().unwrap();
        self.wire.lock().unwrap().child = Some(Pid::from_child(&child));
        child.wait_with_output().unwrap()
    }

    /// Tells the wire of a program that was started otherwise.
    pub fn attach(&self, child: &std::process::Child) {
        self.attach_plugged(Plug::In, child);
    }

    /// Lets every request wait until a program is attached.
    pub fn detach(&self) {
        *self.wire.lock().unwrap() = Wire::default();
    }

    pub fn attach_plugged(&self, plug: Plug, child: &std::process::Child) {
        *self.wire.lock().unwrap() = Wire {
            plug,
            child: Some(Pid::from_child(child)),
            ..Wire::default()
        };
    }

    /// Lets the requests that are held go on.
    pub fn release(&self) {
        self.wire.lock().unwrap().is_released = true;
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.plugged(Plug::In, arguments).into()
    }

    /// Runs with `--output json` and gives the document; the exit code has to be the one it says.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.json_of(self.run(&[arguments, &["--output", "json"]].concat()))
    }

    pub fn json_of(&self, ran: Ran) -> Value {
        let document: Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        assert_eq!(
            document["exit_code"].as_i64(),
            ran.code.map(i64::from),
            "{ran:?}"
        );
        document
    }

    /// How many requests of the last run are held, or were.
    #[cfg(feature = "postgres")]
    pub fn held(&self) -> usize {
        self.wire.lock().unwrap().held
    }

    /// How many requests the last run sent.
    pub fn requests(&self) -> usize {
        self.wire.lock().unwrap().requests
    }

    pub fn snapshot(&self) -> Snapshot {
        self.sandbox.snapshot()
    }

    /// What is there, as it is when Cloudflare has brought about what was asked of it: two of them differ by
    /// what a client changed between them, and not by the time that passed.
    pub fn settled(&self) -> Snapshot {
        let mut snapshot = self.snapshot();
        let placements = snapshot
            .records
            .iter_mut()
            .flat_map(|one| &mut one.placements);
        for placement in placements {
            match placement.as_str() {
                "pending_deployment" => *placement = "available".to_owned(),
                "pending_deletion" => *placement = "inactive".to_owned(),
                _ => {}
            }
        }
        snapshot
    }

    /// The SHA-256 of a certificate in a file.
    pub fn sha256(&self, file: &str) -> String {
        let pem = std::fs::read(self.place.0.path().join(file)).unwrap();
        certfleet::x509::read_all(&pem).unwrap()[0]
            .sha256
            .to_string()
    }

    /// The records that hold a certificate, by vendor.
    pub fn holding(&self, sha256: &str) -> BTreeMap<&'static str, Vec<Record>> {
        let mut found: BTreeMap<_, Vec<Record>> = BTreeMap::new();
        for record in self.snapshot().records {
            if record.sha256.iter().any(|one| one == sha256) {
                found
                    .entry(record.provider.prefix())
                    .or_default()
                    .push(record);
            }
        }
        found
    }

    /// Holds a document against its committed schema.
    pub fn validate(&self, schema: &str, document: &Value) {
        let schema = self.run(&["schema", schema]).stdout;
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(document)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
    }
}

/// Whether nothing but reads arrived.
pub fn only_reads(served: &Served) -> bool {
    served
        .sandbox
        .requests()
        .iter()
        .all(|seen| seen.method == "GET")
}

/// Answers one request, and does what the plug says.
async fn answer(sandbox: &Sandbox, wire: &Mutex<Wire>, request: Request) -> Response {
    let child = loop {
        if let Some(child) = wire.lock().unwrap().child {
            break child;
        }
        // The program was quicker than this process's note of it.
        tokio::time::sleep(Duration::from_millis(1)).await;
    };
    let (number, plug) = {
        let mut wire = wire.lock().unwrap();
        wire.requests += 1;
        (wire.requests, wire.plug)
    };
    if let (1, Plug::AtByte(limit)) = (number, plug) {
        let limit = Rlimit {
            current: Some(limit),
            maximum: Some(limit),
        };
        prlimit(Some(child), Resource::Fsize, limit).unwrap();
    }
    let is_read = request.method() == axum::http::Method::GET;
    let is_held = match plug {
        Plug::HoldReads => is_read,
        Plug::HoldWrites => !is_read,
        _ => false,
    };
    wire.lock().unwrap().held += usize::from(is_held);
    while is_held && !wire.lock().unwrap().is_released {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    match plug {
        Plug::Before(at) if at == number => {
            kill_process(child, Signal::KILL).unwrap();
            return std::future::pending().await;
        }
        Plug::Status(from, status) if number >= from => {
            return with_body(status, "{\"message\":\"no\"}");
        }
        _ => {}
    }
    let fault = match plug {
        Plug::Writes(fault) if request.method() != axum::http::Method::GET => fault,
        Plug::LoseAnswer(at) if at == number => Fault::LostAnswer,
        _ => Fault::None,
    };
    match fault {
        Fault::LostRequest => return cut(),
        Fault::Refused(status, body) => return with_body(status, body),
        _ => {}
    }
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, 64 << 20).await.unwrap();
    let response = sandbox
        .handle(axum::http::Request::from_parts(parts, body))
        .await;
    match plug {
        Plug::After(at) if at == number => {
            kill_process(child, Signal::KILL).unwrap();
            std::future::pending().await
        }
        Plug::Interrupt(at) if at == number => {
            kill_process(child, Signal::INT).unwrap();
            std::future::pending().await
        }
        _ => match fault {
            Fault::LostAnswer => cut(),
            Fault::CarriedOut(status, body) => with_body(status, body),
            _ => response.map(Body::from),
        },
    }
}

/// An answer whose connection is cut before its body.
fn cut() -> Response {
    let error = std::io::Error::other("the connection is cut");
    let stream = futures_util::stream::once(async { Err::<Bytes, _>(error) });
    Response::new(Body::from_stream(stream))
}

fn with_body(status: u16, body: &'static str) -> Response {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap()
}
