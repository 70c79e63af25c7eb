//! `certfleet completions` and `certfleet man`.

use crate::{
    cli::{Completions, Man, help},
    exit::{Code, Failure, Result},
};
use clap_complete::env::{EnvCompleter, Shells};
use std::{ffi::OsStr, io::Write as _};

/// The variable in which a completion script names its shell when it asks what can come next.
pub(crate) const COMPLETE: &str = "CERTFLEET_COMPLETE";

pub(crate) fn completions(options: &Completions) -> Result<()> {
    let shells = Shells::builtins();
    let shell = completer(&shells, &options.shell.to_string())?;
    let mut script = Vec::new();
    shell.write_registration(COMPLETE, "certfleet", "certfleet", "certfleet", &mut script)?;
    print(&script)
}

/// Answers a completion script: what can come next after these words.
pub(crate) fn complete(shell: &OsStr) -> Result<()> {
    let shells = Shells::builtins();
    let shell = completer(&shells, &shell.to_string_lossy())?;
    let mut words = std::env::args_os()
        .skip_while(|word| word != "--")
        .skip(1)
        .peekable();
    if words.peek().is_none() {
        return Err(Failure::usage(format!(
            "{COMPLETE} is set, and no words to complete are given: unset it"
        )));
    }
    let folder = std::env::current_dir().ok();
    let mut answer = Vec::new();
    shell.write_complete(
        &mut help::command(),
        words.collect(),
        folder.as_deref(),
        &mut answer,
    )?;
    print(&answer)
}

fn completer<'a>(shells: &'a Shells<'_>, name: &str) -> Result<&'a dyn EnvCompleter> {
    let known = || shells.names().collect::<Vec<_>>().join(", ");
    shells.completer(name).ok_or_else(|| {
        Failure::usage(format!(
            "{name:?} is not a shell with completions: use {}",
            known()
        ))
    })
}

pub(crate) fn man(options: &Man) -> Result<()> {
    let mut command = help::command();
    command.build();
    if let Some(name) = &options.command {
        command = command.find_subcommand(name).cloned().ok_or_else(|| {
            Failure::usage(format!(
                "there is no command {name:?}: see certfleet --help"
            ))
        })?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    print(&page)
}

fn print(text: &[u8]) -> Result<()> {
    crate::output::print(|out| Ok(out.write_all(text)?)).ended(Code::Done)
}
