//! The program under test, away from the caller's own configuration.
#![allow(dead_code, unreachable_pub)]

pub mod canary;
pub mod proxy;
pub mod pty;
pub mod served;
pub mod server;
pub mod tls;

use assert_cmd::Command;
use std::{fs, path::PathBuf, process::Output};
use tempfile::TempDir;

/// A time at which the sandbox stands still.
pub const NOW: &str = "2026-11-22T12:00:00Z";

/// A folder of a test's own, in which it has no home and no configuration.
pub struct Place(pub TempDir);

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn certfleet(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_certfleet"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env("HOME", self.0.path())
            .env("XDG_CONFIG_HOME", self.0.path().join("none"))
            .env("XDG_STATE_HOME", self.0.path().join("state"))
            .env("TMPDIR", self.0.path())
            .env_remove("CERTFLEET_CONFIG")
            .env_remove("OPENAI_ADMIN_KEY")
            .env_remove("CLOUDFLARE_ACCOUNT_ID")
            .env_remove("CLOUDFLARE_API_TOKEN")
            .env_remove("PATCHWORKS_API_KEY")
            .env_remove("APINIZER_URL")
            .env_remove("APINIZER_PROJECT")
            .env_remove("APINIZER_TOKEN")
            .env_remove("RUST_LOG")
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE");
        command
    }

    /// Runs on a terminal of so many columns, without colour, over the sandbox at [`NOW`].
    pub fn on_terminal(&self, columns: u16, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_certfleet"));
        command
            .args(["--sandbox", "--sandbox-time", NOW, "--color", "never"])
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .env("HOME", self.0.path());
        let (code, shown) = pty::on_terminal(command, columns, |_| {}, |_| None);
        (code, pty::lines(&shown))
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.certfleet(arguments).output().unwrap().into()
    }

    /// Over the sandbox, at [`NOW`].
    pub fn sandbox(&self, arguments: &[&str]) -> Ran {
        let mut all = vec!["--sandbox", "--sandbox-time", NOW];
        all.extend(arguments);
        self.run(&all)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        // Whatever the umask is: a configuration that others can change is refused.
        set_mode(&path, 0o644);
        path
    }

    /// A file that only its owner can read.
    pub fn write_private(&self, name: &str, text: &str) -> PathBuf {
        let path = self.write(name, text);
        set_mode(&path, 0o600);
        path
    }
}

pub fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Stdout of a run that went well.
    pub fn ok(self) -> String {
        assert_eq!(
            (self.code, self.stderr.as_str()),
            (Some(0), ""),
            "{}",
            self.stdout
        );
        self.stdout
    }
}
