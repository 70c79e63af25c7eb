//! Debian's chromium, without a screen.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// Whether tests with the browser have to run (`required`) or cannot (`off`). Elsewhere they are left out where there
/// is none.
const REQUIRED: &str = "CERTFLEET_BROWSER_TEST";

/// A browser with a profile of its own, and the page that it shows.
pub struct Browser {
    program: PathBuf,
    folder: TempDir,
}

/// What the browser made of the page.
pub struct Shown {
    /// The document after its scripts have run.
    pub dom: String,
    /// What the browser wrote to its console and its log.
    pub log: String,
}

impl Browser {
    /// Finds the browser. `None`, and a line on stderr, where there is none.
    pub fn find() -> Option<Self> {
        let wanted = std::env::var_os(REQUIRED);
        if wanted.as_ref().is_some_and(|value| value == "off") {
            leave_out("no browser starts here");
            return None;
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&path)
            .map(|folder| folder.join("chromium"))
            .find(|program| program.is_file());
        let Some(program) = program else {
            assert!(
                wanted.is_none_or(|value| value != "required"),
                "{REQUIRED}=required, and chromium is not installed: apt-get install chromium"
            );
            leave_out("chromium is not installed");
            return None;
        };
        Some(Self {
            program,
            folder: tempfile::tempdir().unwrap(),
        })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Shows a page with a fragment, and returns what became of it.
    pub fn show(&self, page: &str, fragment: &str) -> Shown {
        let file = self.path("page.html");
        fs::write(&file, page).unwrap();
        let address = format!("file://{}#{fragment}", file.display());
        self.run(&["--dump-dom", &address])
    }

    /// Runs the browser once. No name of a host is resolved.
    pub fn run(&self, arguments: &[&str]) -> Shown {
        let profile = self.path("profile");
        let output = Command::new(&self.program)
            // Chromium's own sandbox needs rights that a container does not give; the page is ours.
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
            ])
            .args([
                "--no-first-run",
                "--disable-extensions",
                "--disable-background-networking",
            ])
            .args([
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--enable-logging=stderr",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .args(arguments)
            .env("HOME", self.folder.path())
            .output()
            .unwrap();
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: {log}", output.status);
        Shown {
            dom: String::from_utf8_lossy(&output.stdout).into_owned(),
            log,
        }
    }
}

impl Shown {
    /// The texts between two texts, in their order.
    pub fn between(&self, start: &str, end: &str) -> Vec<&str> {
        let parts = self.dom.split(start).skip(1);
        parts.map(|part| part.split(end).next().unwrap()).collect()
    }

    /// The names of the rows that are shown, in their order.
    pub fn names(&self) -> Vec<&str> {
        self.between("aria-controls=\"details-", "</bdi>")
            .into_iter()
            .map(|part| part.split("<bdi>").nth(1).unwrap())
            .collect()
    }

    /// What is said of how many there are.
    pub fn count(&self) -> &str {
        self.between("aria-live=\"polite\">", "</output>")[0]
    }

    /// What the page's own policy, or a fault of its script, made the browser say.
    pub fn complaints(&self) -> Vec<&str> {
        let lines = self.log.lines();
        lines.filter(|line| line.contains("CONSOLE")).collect()
    }
}

/// Whether a file is a PDF.
pub fn is_pdf(file: &Path) -> bool {
    fs::read(file).is_ok_and(|bytes| bytes.starts_with(b"%PDF"))
}

/// Says that a test is left out. Not by eprintln: what a test that passes prints so is not shown.
fn leave_out(why: &str) {
    let mut stderr = std::io::stderr();
    drop(writeln!(
        stderr,
        "left out: {why}, so the page was not tested in a browser"
    ));
}
