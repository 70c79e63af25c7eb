//! One file per command.

mod accounts;
mod candidates;
mod capabilities;
mod check;
mod config;
mod consequences;
mod diff;
pub(crate) mod export;
mod get;
mod grouped;
mod incomplete;
mod inspect;
mod inventory;
mod journal;
mod list;
mod report;
mod sandbox;
mod schema;
mod search;
mod serve;
mod shell;
mod target;
mod who_has;
pub(crate) mod write;

pub(crate) use shell::{COMPLETE, complete};
pub(crate) use write::write_private;

use crate::{
    cli::{
        Cli, Command, Global,
        write::{ChangeArgs, Write},
    },
    crash,
    exit::{Failure, Result},
};

/// Runs what the command line asks for.
pub(crate) fn run(cli: Cli) -> Result<()> {
    crash::on_demand("command", || format!("{cli:?}"));
    let Cli { global, command } = cli;
    match command {
        Command::List(options) => wait(list::run(&global, &options)),
        Command::Get(options) => wait(get::run(&global, &options)),
        Command::Inspect(options) => wait(inspect::run(&global, &options)),
        Command::WhoHas(options) => wait(who_has::run(&global, &options)),
        Command::Check(options) => wait(check::run(&global, &options)),
        Command::Serve(options) => wait(serve::run(&global, &options)),
        Command::Diff(options) => wait(diff::run(&global, &options)),
        Command::Export(options) => wait(export::run(&global, &options)),
        Command::Report(options) => wait(report::run(&global, &options)),
        Command::Upload(options) => change(&global, options, ChangeArgs::Upload),
        Command::Generate(options) => change(&global, options, ChangeArgs::Generate),
        Command::Rename(options) => change(&global, options, ChangeArgs::Rename),
        Command::Activate(options) => change(&global, options, ChangeArgs::Activate),
        Command::Deactivate(options) => change(&global, options, ChangeArgs::Deactivate),
        Command::Replace(options) => change(&global, options, ChangeArgs::Replace),
        Command::Delete(options) => change(&global, options, ChangeArgs::Delete),
        Command::Plan(options) => wait(write::plan(&global, &options)),
        Command::Apply(options) => {
            let context = context(&global, &options);
            wait(write::apply(&options.what, context))
        }
        Command::Rotate(options) => wait(write::rotate(&global, &options)),
        Command::Resume(options) => wait(write::resume(&global, &options)),
        Command::Journal(options) => wait(journal::run(&global, &options)),
        Command::Capabilities(options) => capabilities::run(&global, &options),
        Command::Accounts(options) => wait(accounts::run(&global, &options)),
        Command::Config(options) => wait(config::run(&global, &options)),
        Command::Consequences(options) => consequences::run(&options),
        Command::Schema(options) => schema::run(&options),
        Command::Sandbox(options) => wait(sandbox::run(&global, &options)),
        Command::Completions(options) => shell::completions(&options),
        Command::Man(options) => shell::man(&options),
    }
}

/// Runs a command that changes something.
fn change<T: clap::Args + Clone>(
    global: &Global,
    options: Write<T>,
    args: fn(T) -> ChangeArgs,
) -> Result<()> {
    let args = args(options.what.clone());
    wait(write::run(&args, context(global, &options)))
}

fn context<'a, T: clap::Args>(
    global: &'a Global,
    options: &'a Write<T>,
) -> write::WriteContext<'a> {
    write::WriteContext {
        global,
        consent: &options.consent,
        patience: options.patience,
        journal: &options.journal,
        output: options.output,
    }
}

/// Runs a command that sends requests, on this thread.
fn wait(command: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("the runtime cannot be started: {error}")))?;
    let ended = runtime.block_on(command);
    // A name lookup whose result is not needed any more must not delay the exit.
    runtime.shutdown_background();
    ended
}
