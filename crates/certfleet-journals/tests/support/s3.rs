//! An S3-compatible server of a test's own: moto, of PyPI, on a free port of this machine.
//!
//! `CERTFLEET_S3_PYTHON` names a Python that has `moto[server]`; without one, that of the path is tried.
//! `CERTFLEET_S3_TEST=required` fails a test where there is none; `off` leaves the tests out.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

/// What the cloud's own variables are for this server.
pub const CREDENTIALS: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_SECRET_ACCESS_KEY", "canary-of-the-bucket"),
    ("AWS_REGION", "us-east-1"),
];

/// One request at a time, as an engine does whose conditional writes are atomic; `moto_server` uses threads.
const PROGRAM: &str = "
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from moto.s3.models import s3_backends
import logging
logging.getLogger('werkzeug').setLevel(logging.ERROR)
app = DomainDispatcherApplication(create_backend_app)
s3_backends['123456789012']['aws'].create_bucket('journals', 'us-east-1')
server = make_server('127.0.0.1', 0, app, threaded=False)
print(server.server_port, flush=True)
server.serve_forever()
";

pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// `None` where the tests are to be left out.
    pub fn start() -> Option<Self> {
        let wanted = std::env::var("CERTFLEET_S3_TEST").unwrap_or_default();
        if wanted == "off" {
            eprintln!("left out: CERTFLEET_S3_TEST=off");
            return None;
        }
        let python = std::env::var("CERTFLEET_S3_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let spawned = Command::new(python)
            .args(["-c", PROGRAM])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = spawned else {
            assert_ne!(wanted, "required", "no Python starts");
            eprintln!("left out: no Python starts");
            return None;
        };
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let Ok(port) = line.trim().parse() else {
            assert_ne!(wanted, "required", "no Python with moto[server] starts");
            eprintln!("left out: no Python with moto[server] starts");
            let _ = child.kill();
            let _ = child.wait();
            return None;
        };
        Some(Self { child, port })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
