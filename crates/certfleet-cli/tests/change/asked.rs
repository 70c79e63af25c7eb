//! Questions on a real terminal.

use crate::{
    served::{Plug, Served, only_reads},
    story::{rotate, share},
    support::pty::on_terminal,
};
use std::process::Command;

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
    typed_to(served.command(arguments), columns, served, answers)
}

fn typed_to(
    command: Command,
    columns: u16,
    served: &Served,
    answers: &[(&str, &str)],
) -> (Option<i32>, String) {
    let mut answers = answers.iter();
    let mut next = answers.next();
    let mut from = 0;
    on_terminal(
        command,
        columns,
        |child| served.attach(child),
        |shown| {
            let (question, answer) = next?;
            if !shown.get(from..)?.contains(question) {
                return None;
            }
            from = shown.len();
            next = answers.next();
            Some((*answer).to_owned())
        },
    )
}

/// With stdout in a file, the plan stands on stderr above its question, and is broken for that terminal.
#[test]
fn a_plan_beside_output_that_goes_elsewhere_fits_the_terminal() {
    let served = Served::new();
    share(&served);
    let old = served.sha256("old.pem");
    let told = served.command(&[
        "rotate",
        &old,
        "--with",
        "new.pem",
        "--verified",
        "--account",
        "openai",
    ]);
    let mut command = Command::new("/bin/sh");
    command
        .env_clear()
        .args(["-c", "exec \"$0\" \"$@\" > out"])
        .arg(told.get_program())
        .args(told.get_args())
        .current_dir(told.get_current_dir().unwrap());
    let set = told.get_envs();
    command.envs(set.filter_map(|(name, value)| Some((name, value?))));
    let (code, shown) = typed_to(command, 80, &served, &[("go on: ", "no\n")]);
    assert_eq!(code, Some(1), "{shown}");
    let (plan, _) = shown.split_once("Do this?").unwrap();
    assert!(plan.contains("What follows:"), "{shown}");
    let is_long = |line: &&str| line.chars().count() > 80;
    assert_eq!(plan.lines().find(is_long), None);
    assert!(served.holding(&old).contains_key("openai"));
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

/// A wait of more than a second says on a terminal what for, a write's included, and is gone when it ends.
#[test]
fn long_waits_say_what_for() {
    let served = Served::new();
    let delete = ["delete", "retired-vpn-ca", "--account", "openai", "--yes"];
    let delete = [&delete[..], &["--acknowledge", "cannot_be_undone"]].concat();
    for (plug, arguments, text) in [
        (Plug::HoldReads, &["list"][..], "0 of 6 accounts done"),
        (
            Plug::HoldReads,
            &[
                "check",
                "--within",
                "0d",
                "--provider",
                "cloudflare",
                "--active",
            ],
            "reading the accounts",
        ),
        (
            Plug::HoldReads,
            &["get", "sap-s4-client"],
            "reading the accounts",
        ),
        (
            Plug::HoldWrites,
            &delete,
            "openai/openai: delete, waiting for an answer",
        ),
    ] {
        // Beside it the same, as far as it reads, with its stderr elsewhere: that says nothing.
        served.detach();
        let beside = served.command(&["list"]).spawn().unwrap();
        let (code, shown) = on_terminal(
            served.command(arguments),
            80,
            |child| served.attach_plugged(plug, child),
            |shown| {
                if shown.contains(text) {
                    served.release();
                }
                None
            },
        );
        assert_eq!(code, Some(0), "{arguments:?}: {shown}");
        let (_, after) = shown.rsplit_once(text).unwrap();
        assert!(after.contains("\u{1b}[2K"), "{arguments:?}: {after:?}");
        let beside = beside.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&beside.stderr), "", "{arguments:?}");
    }
}

/// What was said while it was waited stands nowhere in or behind the question.
#[test]
fn no_progress_is_drawn_over_a_question() {
    let served = Served::new();
    let mut is_asked = false;
    let (code, shown) = on_terminal(
        served.command(&["delete", "retired-vpn-ca", "--account", "openai"]),
        60,
        |child| served.attach_plugged(Plug::HoldReads, child),
        |shown| {
            if shown.contains("reading the accounts") {
                served.release();
            }
            let is_new = !is_asked && shown.contains("go on: ");
            is_asked |= is_new;
            is_new.then(|| "no\n".to_owned())
        },
    );
    assert_eq!(code, Some(1), "{shown}");
    let (_, question) = shown.split_once("Plan: ").unwrap();
    assert!(!question.contains('\u{1b}'), "{question:?}");
    assert!(question.contains("go on: no"), "{question:?}");
    assert!(only_reads(&served));
}
