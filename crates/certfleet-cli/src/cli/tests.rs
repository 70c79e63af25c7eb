//! What no command may offer. Walks all commands, so that later ones are held to it too.

use super::*;
use clap::CommandFactory as _;

/// Every option and argument of every command, with the command's name before it.
fn all_arguments() -> Vec<(String, clap::Arg)> {
    fn walk(command: &clap::Command, path: &str, all: &mut Vec<(String, clap::Arg)>) {
        let path = format!("{path}{} ", command.get_name());
        let own = command.get_arguments().cloned();
        all.extend(own.map(|argument| (path.clone(), argument)));
        for command in command.get_subcommands() {
            walk(command, &path, all);
        }
    }
    let mut command = Cli::command();
    command.build();
    let mut all = Vec::new();
    walk(&command, "", &mut all);
    all
}

/// Its id and every name it can be given by.
fn names(argument: &clap::Arg) -> Vec<String> {
    let mut names = vec![argument.get_id().to_string()];
    names.extend(argument.get_long().map(str::to_owned));
    let aliases = argument.get_all_aliases().unwrap_or_default();
    names.extend(aliases.into_iter().map(str::to_owned));
    names.iter().map(|name| name.replace('_', "-")).collect()
}

/// Whether an option of this name would take a secret itself. Where a secret is to be found may be
/// said: `--token-file`, `--passphrase-stdin`.
fn takes_a_secret(name: &str) -> bool {
    const SECRETS: [&str; 9] = [
        "token",
        "passphrase",
        "password",
        "secret",
        "secrets",
        "key",
        "bearer",
        "credential",
        "credentials",
    ];
    const PLACES: [&str; 5] = ["file", "stdin", "command", "env", "ref"];
    let words: Vec<_> = name.split('-').collect();
    words.iter().any(|word| SECRETS.contains(word))
        && !words.last().is_some_and(|last| PLACES.contains(last))
}

/// Whether an option of this name would switch a protection off.
fn weakens(name: &str) -> bool {
    name.split('-').any(|word| {
        matches!(
            word,
            "insecure" | "unsafe" | "danger" | "dangerous" | "reveal" | "unredacted"
        )
    }) || (name.contains("verify") && name.contains("no"))
        || name.contains("skip-tls")
        || name.contains("show-secret")
}

#[test]
fn no_option_takes_a_secret_or_weakens_anything() {
    let all = all_arguments();
    // The walk reaches options of commands.
    assert!(
        all.iter()
            .any(|(_, argument)| argument.get_id() == "fingerprint")
    );
    for (command, argument) in all {
        for name in names(&argument) {
            assert!(
                !takes_a_secret(&name),
                "{command}{name}: an argument is seen by every process; take env:, file: or cmd: in --{name}-ref"
            );
            assert!(!weakens(&name), "{command}{name}");
        }
    }
}

#[test]
fn what_would_be_caught() {
    for bad in ["token", "api-token", "passphrase", "key", "private-key"] {
        assert!(takes_a_secret(bad), "{bad}");
    }
    for good in [
        "token-file",
        "passphrase-stdin",
        "api-key-command",
        "sort",
        "key-ref",
    ] {
        assert!(!takes_a_secret(good), "{good}");
    }
    for bad in ["insecure", "no-verify", "show-secrets", "skip-tls-verify"] {
        assert!(weakens(bad), "{bad}");
    }
    for good in ["sandbox", "no-content", "verbose"] {
        assert!(!weakens(good), "{good}");
    }
}
