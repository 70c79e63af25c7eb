//! One file per command.

mod capabilities;
mod get;
mod inspect;
mod list;
mod sandbox;
mod schema;
mod shell;

use crate::{
    cli::{Cli, Command},
    crash,
    exit::{Failure, Result},
};
use std::io::{BufWriter, StdoutLock, stdout};

/// Runs what the command line asks for.
pub(crate) fn run(cli: Cli) -> Result<()> {
    crash::on_demand("command", || format!("{cli:?}"));
    let Cli { global, command } = cli;
    match command {
        Command::List(options) => wait(list::run(&global, &options)),
        Command::Get(options) => wait(get::run(&global, &options)),
        Command::Inspect(options) => inspect::run(&global, &options),
        Command::Capabilities(options) => capabilities::run(&global, &options),
        Command::Schema(options) => schema::run(&options),
        Command::Sandbox(options) => wait(sandbox::run(&global, &options)),
        Command::Completions(options) => shell::completions(&options),
        Command::Man(options) => shell::man(&options),
    }
}

/// Runs a command that talks to somebody, on this thread.
fn wait(command: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("the runtime cannot be started: {error}")))?;
    let ended = runtime.block_on(command);
    // A name lookup that nobody waits for any more must not hold the process up.
    runtime.shutdown_background();
    ended
}

/// Stdout for one command.
fn out() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(64 * 1024, stdout().lock())
}
