//! A running `certfleet serve`, and a plain HTTP client.

use crate::support::Place;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Stdio},
    thread,
    time::Duration,
};

pub(crate) struct Serving {
    child: Child,
    pub(crate) address: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Serving {
    /// Starts it on a free port.
    pub(crate) fn start(place: &Place, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_certfleet"));
        let mut child = command
            .args(arguments)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(place.0.path())
            .env_clear()
            .env("HOME", place.0.path())
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let address = line
            .strip_prefix("serving http://")
            .and_then(|rest| rest.split('/').next());
        let address = address.unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, address }
    }

    /// Sends bytes and reads what comes back until the connection is closed.
    pub(crate) fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        // It may answer and close before everything is written.
        drop(stream.write_all(bytes));
        let mut read = Vec::new();
        drop(stream.read_to_end(&mut read));
        let text = String::from_utf8(read).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text.as_str(), ""));
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Answer {
            status: status.unwrap_or(0),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> Answer {
        let host = &self.address;
        self.send(format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n\r\n").as_bytes())
    }

    /// Asks until the accounts have been read.
    pub(crate) fn get(&self, path: &str) -> Answer {
        loop {
            let answer = self.request("GET", path);
            if answer.status != 503 {
                return answer;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends a signal and waits for the end. The exit code, and what it wrote to stderr.
    pub(crate) fn stop(mut self, signal: Signal) -> (Option<i32>, String) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        let mut stderr = String::new();
        let mut pipe = self.child.stderr.take().unwrap();
        pipe.read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap().code(), stderr)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already, unless a test failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
