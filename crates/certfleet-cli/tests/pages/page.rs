//! What a page holds: its blocks of command lines.

use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) struct Page {
    /// Its path below the workspace.
    pub(crate) name: String,
    text: String,
}

pub(crate) struct Block {
    /// False where `<!-- not run: why -->` stands before it.
    pub(crate) is_run: bool,
    pub(crate) lines: Vec<Line>,
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) command: String,
    /// What it ends with; any code where the page says so.
    pub(crate) code: Option<i32>,
}

/// The README, the page for contributors, and every page of the book.
pub(crate) fn all() -> Vec<Page> {
    let mut paths = ["README.md", "CONTRIBUTING.md"].map(PathBuf::from).to_vec();
    add(&mut paths, Path::new("docs"));
    paths
        .into_iter()
        .map(|path| Page {
            text: fs::read_to_string(root().join(&path)).unwrap(),
            name: path.to_str().unwrap().to_owned(),
        })
        .collect()
}

fn add(paths: &mut Vec<PathBuf>, below: &Path) {
    let mut found: Vec<_> = fs::read_dir(root().join(below))
        .unwrap()
        .map(|entry| below.join(entry.unwrap().file_name()))
        .collect();
    found.sort();
    for path in found {
        if root().join(&path).is_dir() {
            add(paths, &path);
        } else if path.extension().is_some_and(|one| one == "md") {
            paths.push(path);
        }
    }
}

impl Page {
    /// Its blocks of command lines.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut before = "";
        // In a list a block is indented.
        let mut lines = self.text.lines().map(str::trim_start);
        while let Some(line) = lines.next() {
            if line.starts_with("```") && line != "```console" {
                // A block of something else may hold what looks like one.
                let skipped: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
                let has_prompt = skipped.iter().any(|line| line.starts_with("$ "));
                assert!(!has_prompt, "{}: a prompt in a {line} block", self.name);
            }
            if line == "```console" {
                let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
                blocks.push(self.block(before, &block));
            }
            before = line;
        }
        blocks
    }

    /// Its blocks of a language.
    pub(crate) fn blocks_of(&self, language: &str) -> Vec<String> {
        let start = format!("```{language}");
        let mut blocks = Vec::new();
        let mut lines = self.text.lines();
        while lines.any(|line| line == start) {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(block.join("\n"));
        }
        blocks
    }

    fn block(&self, before: &str, lines: &[&str]) -> Block {
        let comment = before
            .strip_prefix("<!-- ")
            .and_then(|rest| rest.strip_suffix(" -->"));
        let (is_run, all) = match comment {
            Some(text) if text.starts_with("not run: ") => (false, Some(0)),
            Some(text) => (true, code(text)),
            None => (true, Some(0)),
        };
        let mut commands: Vec<String> = Vec::new();
        let mut goes_on = false;
        for line in lines {
            if goes_on {
                let command = commands.last_mut().unwrap();
                command.push('\n');
                command.push_str(line);
            } else if let Some(line) = line.strip_prefix("$ ") {
                commands.push(line.to_owned());
            } else {
                // What a command printed.
                continue;
            }
            goes_on = line.ends_with('\\');
        }
        assert!(!commands.is_empty(), "{}: {lines:?}", self.name);
        let line = |command: String| {
            let said = command.rsplit_once(" # ").map(|(_, comment)| comment);
            let code = match said {
                Some(comment) if comment.contains("any exit code") => None,
                Some(comment) if comment.contains("exit code") => code(comment),
                _ => all,
            };
            Line { command, code }
        };
        Block {
            is_run,
            lines: commands.into_iter().map(line).collect(),
        }
    }
}

/// The code that a comment names first.
fn code(comment: &str) -> Option<i32> {
    let (_, after) = comment.split_once("exit code ").unwrap();
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    Some(digits.parse().unwrap())
}

/// The arguments of each call of certfleet in a line.
pub(crate) fn calls(command: &str) -> Vec<Vec<String>> {
    let words = shlex::split(command.split(" # ").next().unwrap()).unwrap();
    let mut calls: Vec<Vec<String>> = Vec::new();
    // Where the words go: to the call that is last, or nowhere; or the next one is a program.
    let (mut is_call, mut is_program) = (false, true);
    for word in words {
        let ends = word.strip_suffix(';');
        let text = ends.unwrap_or(&word);
        if matches!(text, "|" | "&&" | "||" | ">" | ">>" | "<") {
            (is_call, is_program) = (false, !text.starts_with(['>', '<']));
            continue;
        }
        if is_call {
            calls.last_mut().unwrap().push(text.to_owned());
        } else if is_program && text == "certfleet" {
            calls.push(Vec::new());
            is_call = true;
        }
        // Before a program variables may be set.
        is_program = ends.is_some() || (is_program && text.contains('='));
        is_call &= ends.is_none();
    }
    calls
}

#[test]
fn calls_are_found_where_a_program_stands() {
    let calls = |line| {
        let calls = calls(line).into_iter();
        calls.map(|call| call.join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(
        calls("A=b certfleet list; certfleet check"),
        ["list", "check"]
    );
    assert_eq!(calls("x | certfleet inspect - > certfleet"), ["inspect -"]);
    assert_eq!(calls("install -o certfleet -g certfleet key")[..], [""; 0]);
}
