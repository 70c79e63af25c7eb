//! Help: the groups of the commands, and what `-h` leaves to `--help`.

use super::{Cli, complete::completed};
use clap::{Arg, ArgAction, Command, CommandFactory as _};
use std::fmt::Write as _;

/// Every command in its group, in the order in which the help shows them. A new command gets a line here.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Look",
        &[
            "list",
            "get",
            "inspect",
            "who-has",
            "check",
            "report",
            "serve",
            "diff",
            "export",
            "capabilities",
        ],
    ),
    (
        "Change",
        &[
            "upload",
            "generate",
            "rename",
            "activate",
            "deactivate",
            "replace",
            "delete",
            "rotate",
            "plan",
            "apply",
        ],
    ),
    ("Recover", &["resume", "journal"]),
    ("Set up", &["accounts", "config", "sandbox"]),
    ("Tools", &["consequences", "schema", "completions", "man"]),
];

/// What stands above the options of all commands, which `-h` leaves out.
const GLOBAL: &str = "\
certfleet COMMAND -h shows its options; certfleet --help examples, configuration, exit
codes and the options of all commands (--sandbox, --config FILE, --read-only, …)";

/// The group whose commands are only named.
const IN_ONE_LINE: &str = "Tools";

/// Headings of options that `-h` leaves to `--help`.
const LEFT_OUT: [&str; 2] = ["Waiting", "Journal"];

/// The most characters of an option's text that `-h` shows, where it can be cut: on a terminal of 80 columns
/// it then stays in its line.
const SHORT: usize = 54;

/// The most characters of an option's values that `-h` shows.
const VALUES: usize = 30;

/// The columns of the narrowest terminal that the groups of commands are made for.
const COLUMNS: usize = 80;

/// Returns the command line, with its help.
pub(crate) fn command() -> Command {
    let command = Cli::command();
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}\n{GLOBAL}\n{{options}}{{after-help}}",
        groups(&command)
    );
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .global(true)
        .hide_short_help(true)
        .help_heading("Global options")
        .help("Print help: -h a summary, --help everything");
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .hide_short_help(true)
        .help_heading("Global options")
        .help("Print the version");
    command
        .disable_help_flag(true)
        .arg(help)
        .disable_version_flag(true)
        .arg(version)
        .mut_args(|argument| completed(shortened(argument)))
        .mut_subcommands(|command| summarised(command, "certfleet"))
        .help_template(template)
}

/// The commands by their groups.
fn groups(command: &Command) -> String {
    let width = GROUPS.iter().flat_map(|(_, names)| *names);
    let width = width.map(|name| name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for (group, names) in GROUPS {
        if *group == IN_ONE_LINE {
            let _ = writeln!(text, "{group}: {}", names.join(", "));
            continue;
        }
        let _ = writeln!(text, "{group}:");
        for name in *names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let about = first_clause(&about, COLUMNS.saturating_sub(width + 4));
            let _ = writeln!(text, "  {name:width$}  {about}");
        }
    }
    text
}

/// A command whose `-h` is a summary: its examples and the rest are for `--help`.
fn summarised(mut command: Command, above: &str) -> Command {
    let path = format!("{above} {}", command.get_name());
    if let (Some(text), None) = (command.get_after_help(), command.get_after_long_help()) {
        let text = text.clone();
        command = command.after_long_help(text);
    }
    command
        .after_help(format!(
            "{path} --help shows everything, with examples and the global options"
        ))
        .mut_args(|argument| completed(shortened(argument)))
        .mut_subcommands(|command| summarised(command, &path))
}

/// An option whose text in `-h` is its first clause.
fn shortened(mut argument: Arg) -> Arg {
    let is_left_out = argument.is_global_set()
        || argument
            .get_help_heading()
            .is_some_and(|heading| LEFT_OUT.contains(&heading));
    if is_left_out {
        argument = argument.hide_short_help(true);
    }
    let Some(help) = argument.get_help().map(ToString::to_string) else {
        return argument;
    };
    let mut long = argument
        .get_long_help()
        .map_or_else(|| help.clone(), ToString::to_string);
    let values = argument.get_possible_values();
    let length: usize = values.iter().map(|value| value.get_name().len() + 2).sum();
    if length > VALUES && !argument.is_hide_possible_values_set() {
        long.push_str("\n\nPossible values:");
        for value in values.iter().filter(|value| !value.is_hide_set()) {
            let _ = match value.get_help() {
                Some(help) => write!(long, "\n- {}: {help}", value.get_name()),
                None => write!(long, "\n- {}", value.get_name()),
            };
        }
        argument = argument.hide_possible_values(true);
    }
    argument
        .help(first_clause(&help, SHORT).to_owned())
        .long_help(long)
}

/// The beginning of a text: as many of its clauses as fit together, one at least.
fn first_clause(text: &str, most: usize) -> &str {
    if text.chars().count() <= most {
        return text;
    }
    let ends = [". ", ": ", "; ", " (", ", "]
        .into_iter()
        .flat_map(|end| text.match_indices(end));
    let mut ends: Vec<_> = ends.map(|(at, _)| at).collect();
    ends.sort_unstable();
    let short = ends.iter().rev().find(|at| **at <= most);
    let end = short.or(ends.first()).copied().unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_command_is_in_one_group() {
        let command = Cli::command();
        let there: BTreeSet<_> = command.get_subcommands().map(Command::get_name).collect();
        let grouped: Vec<_> = GROUPS
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        let once: BTreeSet<_> = grouped.iter().copied().collect();
        assert_eq!(once.len(), grouped.len(), "a command is in two groups");
        assert_eq!(once, there, "give GROUPS a line for each command");
    }

    /// Every command's summary and its name.
    fn summaries() -> Vec<(String, String)> {
        fn walk(command: &mut Command, path: &str, all: &mut Vec<(String, String)>) {
            let path = format!("{path}{} ", command.get_name());
            all.push((path.clone(), command.render_help().to_string()));
            for command in command.get_subcommands_mut() {
                if command.get_name() != "help" {
                    walk(command, &path, all);
                }
            }
        }
        let mut command = command().term_width(80);
        command.build();
        let mut all = Vec::new();
        walk(&mut command, "", &mut all);
        all
    }

    #[test]
    fn summaries_are_short() {
        for (path, text) in summaries() {
            let lines = text.lines().count();
            assert!(lines < 40, "{path}-h has {lines} lines:\n{text}");
        }
    }

    /// What `-h` leaves out is in `--help`.
    #[test]
    fn everything_is_in_the_long_help() {
        let mut command = command();
        command.build();
        let mut list = command.find_subcommand("rotate").unwrap().clone();
        let text = list.render_long_help().to_string();
        for said in [
            "--wait-for",
            "--sandbox",
            "--journal",
            "Examples:",
            "- enforcement_starts",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
        let summary = list.render_help().to_string();
        assert!(!summary.contains("--sandbox"), "{summary}");
        assert!(summary.contains("certfleet rotate --help"), "{summary}");
    }

    #[test]
    fn clauses() {
        let long = "x".repeat(80);
        for (text, first) in [
            ("The output format", "The output format"),
            ("One. Two", "One. Two"),
            (&format!("One: two. {long}"), "One: two"),
            (&format!("One: {long}. Two"), "One"),
            (&format!("{long}: {long}"), &long),
            (&long, &long),
        ] {
            assert_eq!(first_clause(text, SHORT), first);
        }
    }
}
