//! The pages of the book and the README: their command lines are run, their picture is what the command prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used
)]
#![cfg(unix)]

mod page;
mod picture;
mod providers;
mod session;
#[path = "../support/mod.rs"]
mod support;

use crate::{
    page::{Block, Page},
    session::Session,
};

/// Pages whose lines another test runs.
const RUN_ELSEWHERE: [(&str, &str); 1] =
    [("docs/add-a-provider.md", "xtask/tests/new_provider.rs")];

#[test]
fn every_command_line_is_run_or_says_why_not() {
    let mut run = 0;
    for page in page::all() {
        if let Some((_, test)) = RUN_ELSEWHERE.iter().find(|(name, _)| *name == page.name) {
            assert!(page::root().join(test).exists(), "{test}");
            continue;
        }
        let (to_run, left_out): (Vec<_>, Vec<_>) =
            page.blocks().into_iter().partition(|block| block.is_run);
        for line in left_out.iter().flat_map(|block| &block.lines) {
            is_taken(&page, &line.command);
        }
        run += to_run.iter().map(|block| block.lines.len()).sum::<usize>();
        if !to_run.is_empty() {
            as_written(&page, &to_run);
        }
    }
    assert!(run > 80, "only {run} lines were run");
}

/// Runs a page from its top to its end, as a reader would: in one shell, on a terminal, answering `yes`.
fn as_written(page: &Page, blocks: &[Block]) {
    let session = Session::new();
    let lines: Vec<_> = blocks.iter().flat_map(|block| &block.lines).collect();
    let commands: Vec<_> = lines.iter().map(|line| line.command.as_str()).collect();
    let ended = session.run(&commands);
    for (line, (code, shown)) in lines.iter().zip(&ended) {
        let is_right = line.code.is_none_or(|expected| expected == *code);
        assert!(
            is_right,
            "{}: {}\nended with {code}, the page says {:?}\n{shown}",
            page.name, line.command, line.code
        );
    }
    assert_eq!(ended.len(), lines.len(), "{}: {ended:#?}", page.name);
}

/// Of a line that cannot be run: certfleet knows its command and every option.
fn is_taken(page: &Page, command: &str) {
    for arguments in page::calls(command) {
        let mut arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        // Reads the arguments before it, and runs nothing.
        arguments.push("--help");
        let ran = support::Place::new().run(&arguments);
        assert_eq!(ran.code, Some(0), "{}: {command}\n{ran:?}", page.name);
    }
}

#[test]
fn the_first_two_commands_of_the_readme_show_a_fleet_and_run_the_tests() {
    let readme = page::all()
        .into_iter()
        .find(|page| page.name == "README.md")
        .unwrap();
    let blocks = readme.blocks();
    let lines: Vec<_> = blocks
        .iter()
        .flat_map(|block| &block.lines)
        .map(|line| line.command.as_str())
        .collect();
    assert_eq!(
        lines[..2],
        ["cargo run -- --sandbox list", "cargo test --workspace"]
    );
}

#[test]
fn what_is_shown_of_files_can_be_read() {
    let mut read = 0;
    for page in page::all() {
        for block in page.blocks_of("toml") {
            if let Err(error) = block.parse::<toml::Table>() {
                panic!("{}: {error}\n{block}", page.name);
            }
            read += 1;
        }
        for block in page.blocks_of("yaml") {
            let value: Result<serde_json::Value, _> = serde_saphyr::from_str(&block);
            if let Err(error) = value {
                panic!("{}: {error}\n{block}", page.name);
            }
            read += 1;
        }
    }
    assert!(read >= 9, "{read}");
}
