//! A PostgreSQL server of a test's own, on a free port of this machine, in a folder that goes with it.
//!
//! `CERTFLEET_POSTGRES_TEST=required` fails a test where there is no server to start; `off` leaves the tests out. Without
//! it they are left out where there is none, and say so.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and not every test uses everything"
)]

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicU32, Ordering},
    },
    thread::sleep,
    time::Duration,
};
use tempfile::TempDir;

/// The password of [`Server::OWNER`] and of every role that a test makes.
pub const PASSWORD: &str = "canary-of-the-journal";

pub struct Server {
    folder: TempDir,
    bin: PathBuf,
    user: Option<(u32, u32)>,
    pub port: u16,
    child: Mutex<Option<Child>>,
    names: AtomicU32,
}

/// The server that the tests of a process share while one of them runs.
static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());

/// The certificate that the server presents, and its key, as PEM.
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

impl Server {
    pub const OWNER: &str = "owner";

    /// The server that other tests use too; `None` where the tests are to be left out.
    pub fn shared() -> Option<Arc<Self>> {
        let mut shared = SHARED.lock().unwrap_or_else(|error| error.into_inner());
        if let Some(server) = shared.upgrade() {
            return Some(server);
        }
        let server = Arc::new(Self::start(None)?);
        *shared = Arc::downgrade(&server);
        Some(server)
    }

    /// A new server; `None` where the tests are to be left out.
    pub fn start(identity: Option<&Identity>) -> Option<Self> {
        let bin = binaries()?;
        let folder = tempfile::tempdir().unwrap();
        let user = unprivileged();
        if let Some((uid, gid)) = user {
            chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        let server = Self {
            port: free_port(),
            bin,
            user,
            child: Mutex::new(None),
            names: AtomicU32::new(0),
            folder,
        };
        server.write("password", PASSWORD);
        let data = server.data();
        let password = server.folder.path().join("password");
        let made = server
            .command("initdb")
            .args([
                "--no-sync",
                "--no-locale",
                "--encoding=UTF8",
                "--auth=scram-sha-256",
            ])
            .args(["--username", Self::OWNER, "--pwfile"])
            .arg(password)
            .arg("--pgdata")
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        if let Some(identity) = identity {
            server.write("server.crt", &identity.certificate);
            server.write("server.key", &identity.key);
        }
        server.run(identity.is_some());
        Some(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn write(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        if let Some((uid, gid)) = self.user {
            chown(&path, Some(uid), Some(gid)).unwrap();
        }
    }

    /// A program of the server's package, run as who may run it.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("PGPASSWORD", PASSWORD)
            .stdin(Stdio::null());
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Starts it, and waits until it answers.
    fn run(&self, tls: bool) {
        let spawn = || {
            let mut command = self.command("postgres");
            command.arg("-D").arg(self.data());
            let settings = [
                format!("port={}", self.port),
                "listen_addresses=127.0.0.1".to_owned(),
                format!("unix_socket_directories={}", self.folder.path().display()),
                "fsync=off".to_owned(),
                "max_connections=200".to_owned(),
            ];
            let folder = self.folder.path().display();
            let of_tls = [
                "ssl=on".to_owned(),
                format!("ssl_cert_file={folder}/server.crt"),
                format!("ssl_key_file={folder}/server.key"),
            ];
            for setting in settings.iter().chain(of_tls.iter().filter(|_| tls)) {
                command.arg("-c").arg(setting);
            }
            let log = fs::File::options()
                .create(true)
                .append(true)
                .open(self.folder.path().join("log"))
                .unwrap();
            command.stdout(log.try_clone().unwrap()).stderr(log);
            command.spawn().unwrap()
        };
        let mut child = spawn();
        for _ in 0..600 {
            if self.is_ready() {
                *self.child.lock().unwrap() = Some(child);
                return;
            }
            // What was killed may leave its shared memory for a moment.
            if child.try_wait().unwrap().is_some() {
                child = spawn();
            }
            sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
        panic!("it does not start: {log}");
    }

    fn is_ready(&self) -> bool {
        let mut command = self.command("pg_isready");
        let port = self.port.to_string();
        command.args(["-q", "-h", "127.0.0.1", "-p", &port]);
        command.status().unwrap().success()
    }

    /// Kills it with SIGKILL, and starts it again.
    pub fn kill_and_start(&self) {
        if let Some(mut child) = self.child.lock().unwrap().take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        self.run(false);
    }

    /// Stops it for good.
    pub fn stop(&self) {
        if let Some(mut child) = self.child.lock().unwrap().take() {
            let mut command = self.command("pg_ctl");
            command.args(["stop", "--mode=immediate", "--silent", "-D"]);
            let stopped = command.arg(self.data()).output();
            if !stopped.is_ok_and(|stopped| stopped.status.success()) {
                let _ = child.kill();
            }
            let _ = child.wait();
        }
    }

    /// Runs a statement as the owner.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        self.try_sql(database, sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Runs a statement as the owner, or returns what the server says against it.
    pub fn try_sql(&self, database: &str, sql: &str) -> Result<String, String> {
        let port = self.port.to_string();
        let ran = self
            .command("psql")
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &port,
                "-U",
                Self::OWNER,
                "-d",
                database,
            ])
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set=ON_ERROR_STOP=1", "--command", sql])
            .output()
            .unwrap();
        if !ran.status.success() {
            return Err(String::from_utf8(ran.stderr).unwrap());
        }
        Ok(String::from_utf8(ran.stdout).unwrap().trim().to_owned())
    }

    /// Makes an empty database.
    pub fn database(&self) -> String {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        let name = format!("fleet_{number}");
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        name
    }

    /// The address of a database, over an unencrypted connection. The password is in the variable of the environment
    /// that it names.
    pub fn address(&self, user: &str, database: &str, variable: &str) -> String {
        Self::address_at(self.port, user, database, variable)
    }

    pub fn address_at(port: u16, user: &str, database: &str, variable: &str) -> String {
        format!(
            "postgres://{user}@127.0.0.1:{port}/{database}?sslmode=disable&password=env:{variable}"
        )
    }

    /// Moves the end of every lease of an account into the past, as if its holder had not been heard of.
    pub fn end_lease(&self, database: &str, account: &str) {
        self.sql(
            database,
            &format!("UPDATE certfleet.leases SET until = clock_timestamp() - interval '1 second' WHERE account = '{account}'"),
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The folder of the newest server's programs.
fn binaries() -> Option<PathBuf> {
    let wanted = std::env::var("CERTFLEET_POSTGRES_TEST").unwrap_or_default();
    if wanted == "off" {
        eprintln!("left out: CERTFLEET_POSTGRES_TEST=off");
        return None;
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut found: Vec<PathBuf> = versions
        .map(|version| version.unwrap().path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    found.sort();
    let newest = found.pop();
    assert!(
        newest.is_some() || wanted != "required",
        "there is no PostgreSQL server below /usr/lib/postgresql: install Debian's package postgresql"
    );
    if newest.is_none() {
        eprintln!("left out: there is no PostgreSQL server below /usr/lib/postgresql");
    }
    newest
}

/// The server refuses to run as root: whom it runs as then.
fn unprivileged() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let own = fs::metadata("/proc/self").unwrap().uid();
    if own != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let user = users.lines().find(|line| line.starts_with("postgres:"));
    let mut fields = user.expect("a user postgres").split(':').skip(2);
    let mut number = || fields.next().unwrap().parse().unwrap();
    Some((number(), number()))
}
