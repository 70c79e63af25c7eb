//! Runs of the program, and the search for secrets in what they print and leave behind.

use crate::{
    commands::{COMMANDS, TAKEN, TAKEN_ADDRESS},
    home::Secrets,
    support::Place,
};
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

/// How the log is asked for.
const LOGS: [&[(&str, &str)]; 3] = [
    &[],
    &[("RUST_LOG", "debug"), ("RUST_BACKTRACE", "1")],
    &[("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full")],
];

/// One run of the program. Its exit code.
fn run(
    place: &Place,
    secrets: &Secrets,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Option<i32> {
    static LISTENER: LazyLock<TcpListener> =
        LazyLock::new(|| TcpListener::bind("127.0.0.1:0").unwrap());
    let address = LISTENER.local_addr().unwrap();
    let taken = address.port().to_string();
    let address = address.to_string();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|argument| match *argument {
            TAKEN => &taken,
            TAKEN_ADDRESS => &address,
            argument => argument,
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
pub fn run_all(
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
