//! A shell on a terminal, with the sandbox on a port as its vendors.

use crate::support::{Place, pty, served::Served};
use certfleet_sandbox::{Sample, Sandbox};
use std::{path::Path, process::Command};

pub(crate) struct Session {
    place: Place,
    served: Served,
    port: String,
}

/// The port that the pages name.
const PORT: &str = "8700";

/// What certfleet asks with.
const QUESTIONS: [&str; 2] = ["Type yes to go on: ", "(yes, no, later) "];

impl Session {
    pub(crate) fn new() -> Self {
        let place = Place::new();
        let folder = place.0.path().to_str().unwrap().to_owned();
        let served = Served::start_with(&["--samples", &folder, "--latency", "20"]);
        let (_, after) = served.config.split_once("http://127.0.0.1:").unwrap();
        let port = after.split('/').next().unwrap().to_owned();
        place.write_private("sandbox.toml", &served.config);
        let sandbox = Sandbox::new();
        for name in ["new-ca", "newer-ca"] {
            let pem = sandbox.sample(Sample::Authority, name, 400);
            place.write(&format!("{name}.pem"), &pem);
        }
        place.write("check.sh", "#!/bin/sh\ngrep -q 'BEGIN CERTIFICATE'\n");
        crate::support::set_mode(&place.0.path().join("check.sh"), 0o755);
        let session = Self {
            place,
            served,
            port,
        };
        // A certificate that an account holds already.
        let filter = ".certificates[0].contents[0].x509.pem";
        let held = format!(
            "certfleet list --name payments-mtls-2026 --fetch-content --jq '{filter}' > client-ca.pem"
        );
        assert_eq!(session.run(&[&held])[0].0, 0);
        session
    }

    /// Runs command lines, one after another, answering `yes` to every question. Gives the code of each, and
    /// what it showed.
    pub(crate) fn run(&self, lines: &[&str]) -> Vec<(i32, String)> {
        let mut script = String::new();
        for line in lines {
            // It is built already.
            let line = line.replace("cargo run -- ", "certfleet ");
            let line = line.replace(PORT, &self.port);
            // In braces, so that what it sets stays set.
            script.push_str(&format!("{{ {line}\n}}\nprintf '\\n@@%d@@\\n' $?\n"));
        }
        let script = self.place.write("page.sh", &script);
        let mut answered = 0;
        let answer = |shown: &str| {
            let count = |question| shown.matches(question).count();
            let asked = QUESTIONS.into_iter().map(count).sum();
            let is_new = asked > answered;
            answered = asked;
            is_new.then(|| "yes\n".to_owned())
        };
        let (_, shown) = pty::on_terminal(self.shell(&script), 80, |_| {}, answer);
        let mut ended = Vec::new();
        let shown = pty::lines(&shown);
        let mut parts = shown.split("\n@@");
        let mut showed = parts.next().unwrap_or_default();
        for part in parts {
            let (code, rest) = part.split_once("@@").unwrap();
            ended.push((code.parse().unwrap(), showed.to_owned()));
            showed = rest;
        }
        ended
    }

    fn shell(&self, script: &Path) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_certfleet"));
        let mut path = vec![program.parent().unwrap().to_owned()];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let folder = self.place.0.path();
        // A question that is not known here would keep the test waiting for ever.
        let mut command = Command::new("timeout");
        command
            .args(["--foreground", "300", "bash"])
            .arg(script)
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("HOME", folder)
            .env("XDG_STATE_HOME", folder.join("state"))
            .env("CERTFLEET_CONFIG", folder.join("sandbox.toml"))
            .env("NO_COLOR", "1")
            .envs(self.served.variables.iter().cloned());
        command
    }
}
