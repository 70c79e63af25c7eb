//! `certfleet completions` and `certfleet man`.

use crate::{
    cli::{Completions, Man, help},
    exit::{Code, Failure, Result},
};
use std::io::Write as _;

pub(crate) fn completions(options: &Completions) -> Result<()> {
    // Into memory: the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(
        options.shell,
        &mut help::command(),
        "certfleet",
        &mut script,
    );
    print(&script)
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
