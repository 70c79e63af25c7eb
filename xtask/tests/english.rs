//! Habits of English that the repository's texts have been rid of do not come back.
//!
//! Looks at what a person reads: pages, and the sources of what is built, with their comments and messages. Tests are
//! left out.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};
use xtask::Workspace;

/// Where texts are, and the ends of their files' names.
const FOLDERS: [&str; 6] = ["crates", "docs", "examples", "fuzz", "specs", "xtask"];
const ENDS: [&str; 7] = ["rs", "md", "in", "sh", "toml", "service", "timer"];

/// What is not ours, not read by a person, or a test.
const LEFT_OUT: [&str; 6] = [
    "target",
    "tests",
    "corpus",
    "artifacts",
    "openapi.yaml",
    "lowered.json",
];

/// A habit: the words, what they may stand before or after, and what to write instead.
struct Habit {
    words: &'static str,
    before: &'static [&'static str],
    after: &'static [&'static str],
    instead: &'static str,
}

const HABITS: [Habit; 6] = [
    Habit {
        words: "is no",
        before: &["there"],
        after: &["longer", "more", "larger", "later", "earlier", "other"],
        instead: "is not a",
    },
    Habit {
        words: "are no",
        before: &["there"],
        after: &["longer", "more", "larger", "later", "earlier", "other"],
        instead: "are not",
    },
    Habit {
        words: "somebody",
        before: &[],
        after: &[],
        instead: "the one who does it: the caller, the operator, the vendor",
    },
    Habit {
        words: "nobody",
        before: &[],
        after: &[],
        instead: "no caller, no operator, no vendor",
    },
    Habit {
        words: "may be had",
        before: &[],
        after: &[],
        instead: "can be fetched, can be obtained",
    },
    Habit {
        words: "could be had",
        before: &[],
        after: &[],
        instead: "could be fetched, could be obtained",
    },
];

/// The words of a line, in small letters, without what stands around them. Where a part of a sentence ends after one, an
/// empty word follows.
fn words(line: &str) -> Vec<String> {
    let is_part = |one: char| one.is_alphanumeric() || one == '_';
    let mut words = Vec::new();
    let parts = line.split(|one: char| one.is_whitespace() || matches!(one, '"' | '(' | ')'));
    for text in parts {
        let word = text.trim_matches(|one| !is_part(one)).to_lowercase();
        if !word.is_empty() {
            words.push(word);
        }
        if text.ends_with(['.', ',', ';', ':', '!', '?', '`']) {
            words.push(String::new());
        }
    }
    words
}

/// The habits in a text, with the numbers of their lines. A sentence goes on in the next line.
fn found(text: &str) -> Vec<(usize, &'static Habit)> {
    let numbered: Vec<(usize, String)> = text
        .lines()
        .enumerate()
        .flat_map(|(at, line)| words(line).into_iter().map(move |word| (at + 1, word)))
        .collect();
    let word = |at: usize| numbered.get(at).map(|(_, word)| word.as_str());
    let mut found = Vec::new();
    for habit in &HABITS {
        let wanted: Vec<&str> = habit.words.split(' ').collect();
        for (start, (line, _)) in numbered.iter().enumerate() {
            let is_here = (wanted.iter().enumerate())
                .all(|(offset, wanted)| word(start + offset) == Some(wanted));
            let is_right = start
                .checked_sub(1)
                .and_then(word)
                .is_some_and(|before| habit.before.contains(&before))
                || word(start + wanted.len()).is_some_and(|after| habit.after.contains(&after));
            if is_here && !is_right {
                found.push((*line, habit));
            }
        }
    }
    found
}

fn texts(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if LEFT_OUT.contains(&name) || name.starts_with("tests.") {
            continue;
        }
        if path.is_dir() {
            texts(&path, paths);
        } else if path
            .extension()
            .is_some_and(|end| ENDS.iter().any(|known| end == *known))
        {
            paths.push(path);
        }
    }
}

#[test]
fn no_text_has_a_habit_that_is_named_here() {
    let workspace = Workspace::of_this_build();
    let mut paths = Vec::new();
    for folder in FOLDERS {
        texts(&workspace.path(folder), &mut paths);
    }
    for entry in fs::read_dir(workspace.path("")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "md") {
            paths.push(path);
        }
    }
    paths.push(workspace.path("tests/README.md"));
    paths.push(workspace.path(".ci/run"));
    assert!(paths.len() > 400, "{} texts", paths.len());
    let mut all = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        for (line, habit) in found(&text) {
            all.push(format!(
                "{}:{line}: {:?}; write: {}",
                path.display(),
                habit.words,
                habit.instead
            ));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn what_is_right_is_let_through() {
    for (text, lines) in [
        ("A dash is no hyphen.", &[1][..]),
        ("/// A dash is\n/// no hyphen, somebody said.", &[1, 2]),
        ("There is no record. It is no longer there.", &[]),
        ("There are no records, and they are no files.", &[1]),
        ("None may be had. Nobody knows.", &[1, 1]),
        ("`nobodys_key`, the user nobody_else", &[]),
        ("Until they are, no old one is. No one waits.", &[]),
    ] {
        let mut found: Vec<_> = found(text).into_iter().map(|(line, _)| line).collect();
        found.sort_unstable();
        assert_eq!(found, lines, "{text}");
    }
}
