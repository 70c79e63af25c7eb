//! Questions on a real terminal.

use crate::{
    served::{Served, only_reads},
    story::{rotate, share},
};
use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use std::{
    fs::File,
    io::{Read as _, Write as _},
    os::unix::ffi::OsStrExt as _,
};

/// Runs with a terminal of 80 columns as stdin, stdout and stderr, and types.
pub fn typed(served: &Served, arguments: &[&str], answer: &str) -> (Option<i32>, String) {
    typed_at(80, served, arguments, &[("go on: ", answer)])
}

/// The same on a terminal of other columns: each answer once its question is shown, in this order.
pub fn typed_at(
    columns: u16,
    served: &Served,
    arguments: &[&str],
    answers: &[(&str, &str)],
) -> (Option<i32>, String) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let size = Winsize {
        ws_row: 24,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&master, size).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(name.to_bytes())).to_owned();
    let open = || File::options().read(true).write(true).open(&path).unwrap();
    let mut command = served.command(arguments);
    let child = command
        .stdin(open())
        .stdout(open())
        .stderr(open())
        .spawn()
        .unwrap();
    // The command keeps its ends open until it is dropped.
    drop(command);
    served.attach(&child);
    let mut child = child;
    let mut master = File::from(master);
    let mut shown = Vec::new();
    let mut read = [0; 4096];
    let mut answers = answers.iter();
    let mut next = answers.next();
    let mut from = 0;
    // Reading ends with an error when the last end is closed.
    while let Ok(length @ 1..) = master.read(&mut read) {
        shown.extend_from_slice(&read[..length]);
        if let Some((question, answer)) = next
            && String::from_utf8_lossy(&shown[from..]).contains(question)
        {
            from = shown.len();
            next = answers.next();
            master.write_all(answer.as_bytes()).unwrap();
        }
    }
    let code = child.wait().unwrap().code();
    (code, String::from_utf8_lossy(&shown).into_owned())
}

#[test]
fn the_operator_is_asked_on_a_terminal() {
    for (answer, code, gone) in [
        ("yes\n", 0, true),
        ("y\n", 1, false),
        ("no\n", 1, false),
        ("\u{4}", 1, false),
    ] {
        let served = Served::new();
        let delete = ["delete", "retired-vpn-ca", "--account", "openai"];
        let (ended, shown) = typed(&served, &delete, answer);
        assert_eq!(ended, Some(code), "{answer:?}: {shown}");
        assert!(shown.contains("cannot_be_undone"), "{shown}");
        assert!(shown.contains("Type yes to go on"), "{shown}");
        let is_gone = served.snapshot().count(certfleet_sandbox::Provider::OpenAi) == 14;
        assert_eq!(is_gone, gone, "{answer:?}: {shown}");
        assert_eq!(only_reads(&served), !gone);
    }
}

/// Nothing is drawn over the question whose answer retires a certificate, and it says what is to be looked at.
#[test]
fn the_question_of_a_rotation_stands_on_lines_of_its_own() {
    for columns in [60, 80, 200] {
        for (answer, code, is_kept) in
            [("yes\n", 0, false), ("no\n", 3, true), ("later\n", 3, true)]
        {
            let served = Served::new();
            share(&served);
            let old = served.sha256("old.pem");
            let mut arguments = rotate(&old);
            arguments.retain(|argument| argument != "--verified");
            arguments.extend(["--account", "openai"].map(str::to_owned));
            let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
            let (ended, shown) = typed_at(
                columns,
                &served,
                &arguments,
                &[("(yes, no, later) ", answer)],
            );
            assert_eq!(ended, Some(code), "{columns} {answer:?}: {shown}");
            let (before, question) = shown.split_once("The new certificate is in place").unwrap();
            let own_line = ["\n", "\r", "\u{1b}[2K"]
                .iter()
                .any(|end| before.ends_with(end));
            assert!(own_line, "{columns}: {:?}", &before[before.len() - 80..]);
            let (question, after) = question.split_once("(yes, no, later) ").unwrap();
            assert!(!question.contains('\u{1b}'), "{columns}: {question:?}");
            let new = &served.sha256("new.pem")[..32];
            for fact in [
                "openai/openai/cert_",
                "shared",
                new,
                "the old one is retired",
            ] {
                assert!(question.contains(fact), "{fact}: {question}");
            }
            assert!(
                question.lines().all(|line| line.chars().count() < 80),
                "{question}"
            );
            // What is typed stands behind the question.
            let typed = answer.trim_end();
            assert!(after.starts_with(typed), "{columns}: {after:?}");
            assert_eq!(
                served.holding(&old).contains_key("openai"),
                is_kept,
                "{answer:?}"
            );
        }
    }
}
