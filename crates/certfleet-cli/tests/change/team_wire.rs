//! Several machines that share a journal in PostgreSQL: what one of them is, and what lies between it and the server.

use crate::{
    postgres::{PASSWORD, Server},
    served::{Plug, Served},
    support::Ran,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// The served sandbox, and a journal that every machine of the team uses.
pub struct Team {
    pub served: Served,
    pub server: Arc<Server>,
    pub database: String,
}

impl Team {
    /// `None` where the tests with a server are to be left out.
    pub fn new() -> Option<Self> {
        Some(Self::on(Server::shared()?))
    }

    pub fn on(server: Arc<Server>) -> Self {
        let database = server.database();
        let served = Served::new();
        served.place.write_private("password", PASSWORD);
        let team = Self {
            served,
            server,
            database,
        };
        team.use_journal(&team.address(team.server.port));
        let ran = team.served.run(&["journal", "migrate"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        team
    }

    pub fn address(&self, port: u16) -> String {
        format!(
            "postgres://owner@127.0.0.1:{port}/{}?sslmode=disable&password=file:password",
            self.database
        )
    }

    /// Sets the journal in the configuration that all machines read.
    pub fn use_journal(&self, address: &str) {
        let path = self.served.place.0.path().join("config.toml");
        let text = std::fs::read_to_string(path).unwrap();
        let accounts = text.lines().filter(|line| !line.starts_with("journal"));
        let accounts: Vec<_> = accounts.collect();
        let text = format!("journal = {address:?}\n{}\n", accounts.join("\n"));
        self.served.place.write("config.toml", &text);
    }

    /// A program on a machine: it has a home and, where this process may give it one, a host name of its own. A
    /// machine whose clock is fast is three days ahead, where the library for that is installed.
    pub fn machine(&self, name: &str, is_fast: bool, arguments: &[&str]) -> Command {
        let plain = self.served.command(arguments);
        let mut command = if names_hosts() {
            let mut command = Command::new("unshare");
            command
                .args(["--uts", "sh", "-c", "hostname \"$0\" && exec \"$@\"", name])
                .arg(plain.get_program());
            command
        } else {
            Command::new(plain.get_program())
        };
        let home = self.served.place.0.path().join(name);
        std::fs::create_dir_all(&home).unwrap();
        command
            .args(plain.get_args())
            .current_dir(self.served.place.0.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .envs(
                plain
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("HOME", &home)
            .env("XDG_STATE_HOME", home.join("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let (true, Some(library)) = (is_fast, fast_clock()) {
            command
                .env("LD_PRELOAD", library)
                .env("FAKETIME", "+3d")
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        command
    }

    /// Starts a program, with the plug as it is said.
    pub fn start(&self, plug: Plug, mut command: Command) -> Child {
        self.served.detach();
        let child = command.spawn().unwrap();
        self.served.attach_plugged(plug, &child);
        child
    }

    /// Runs a program on a machine to its end, and reads the document that it prints.
    pub fn json(&self, name: &str, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--output", "json"]].concat();
        let child = self.start(Plug::In, self.machine(name, false, &arguments));
        let ran: Ran = child.wait_with_output().unwrap().into();
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    }

    pub fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.database, sql)
    }

    /// Keeps what is held from ending by itself.
    pub fn hold_leases(&self) {
        self.sql("UPDATE certfleet.leases SET until = clock_timestamp() + interval '1 hour'");
    }

    /// Ends every lease, as if its holder had not been heard of for as long.
    pub fn end_leases(&self) {
        self.sql("UPDATE certfleet.leases SET until = clock_timestamp() - interval '1 second'");
    }

    /// How many changes were begun and have no end.
    pub fn pending(&self) -> usize {
        let count = "SELECT count(*) FROM certfleet.entries AS begun WHERE begun.entry->'event'->'begun' IS NOT NULL AND NOT EXISTS (SELECT FROM certfleet.entries AS ended WHERE ended.entry->>'operation' = begun.entry->>'operation' AND ended.entry->'event'->'ended' IS NOT NULL)";
        self.sql(count).parse().unwrap()
    }

    /// Waits until a change was begun.
    pub fn wait_until_begun(&self) {
        wait_until("a change is begun", || self.pending() > 0);
    }
}

/// Waits until something is so.
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..3000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("it never comes to it: {what}");
}

/// Whether this process may give another a host name.
pub fn names_hosts() -> bool {
    let mut command = Command::new("unshare");
    command.args(["--uts", "sh", "-c", "hostname x"]);
    command.output().is_ok_and(|ran| ran.status.success())
}

fn fast_clock() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?;
    let mut libraries =
        folders.map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"));
    libraries.find(|library| library.is_file())
}

/// What is done when so many bytes went between the programs and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Nothing.
    None,
    /// The program is killed.
    KillProgram,
    /// The connection is cut.
    Cut,
    /// The server is killed, and starts again.
    KillServer,
}

/// What lies between the programs and the server.
pub struct Wire {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    deed: Deed,
    at: usize,
    bytes: usize,
    is_done: bool,
    child: Option<Pid>,
}

impl Wire {
    pub fn new(server: &Arc<Server>, deed: Deed, at: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            deed,
            at,
            bytes: 0,
            is_done: false,
            child: None,
        }));
        // The server ends with its test, and not with this thread.
        let (shared, server) = (Arc::clone(&state), Arc::downgrade(server));
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                let Some(server) = server.upgrade() else {
                    return;
                };
                // Refused while the server starts again.
                let Ok(upstream) = TcpStream::connect(("127.0.0.1", server.port)) else {
                    continue;
                };
                for (from, to) in [
                    (client.try_clone().unwrap(), upstream.try_clone().unwrap()),
                    (upstream, client),
                ] {
                    let (state, server) = (Arc::clone(&shared), Arc::clone(&server));
                    thread::spawn(move || carry(from, to, &state, &server));
                }
            }
        });
        Self { port, state }
    }

    pub fn attach(&self, child: &Child) {
        self.state.lock().unwrap().child = Some(Pid::from_child(child));
    }

    pub fn bytes(&self) -> usize {
        self.state.lock().unwrap().bytes
    }

    pub fn is_done(&self) -> bool {
        self.state.lock().unwrap().is_done
    }
}

/// Carries what one side says to the other, up to the byte at which something is done.
fn carry(mut from: TcpStream, mut to: TcpStream, state: &Mutex<State>, server: &Arc<Server>) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        wait_until("a program is attached", || {
            state.lock().unwrap().child.is_some()
        });
        let (passes, deed, child) = {
            let mut state = state.lock().unwrap();
            let left = state.at.saturating_sub(state.bytes);
            let is_due = state.deed != Deed::None && !state.is_done && count >= left;
            state.bytes += count;
            if is_due {
                state.is_done = true;
                (left.min(count), state.deed, state.child)
            } else {
                (count, Deed::None, state.child)
            }
        };
        if to.write_all(&buffer[..passes]).is_err() {
            break;
        }
        match deed {
            Deed::None => continue,
            Deed::KillProgram => kill_process(child.unwrap(), Signal::KILL).unwrap(),
            Deed::Cut => {}
            Deed::KillServer => server.kill_and_start(),
        }
        break;
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
