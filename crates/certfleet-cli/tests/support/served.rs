//! The sandbox as another program's server.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

/// The sandbox in a process of its own.
pub struct Served {
    child: Child,
    pub config: String,
    pub variables: Vec<(String, String)>,
}

impl Served {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_certfleet"))
            .arg("sandbox")
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut config = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Every account's secret is exported first and referred to last; the last line is one such.
        let pending = |config: &str| {
            let (exported, used) = (
                config.matches("#   export ").count(),
                config.matches("env:").count(),
            );
            used == 0 || used < exported
        };
        while pending(&config) {
            config.push_str(&lines.next().unwrap().unwrap());
            config.push('\n');
        }
        let variables = config
            .lines()
            .filter_map(|line| line.strip_prefix("#   export ")?.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self {
            child,
            config,
            variables,
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
