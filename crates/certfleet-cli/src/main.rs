//! `certfleet`: which certificates are where, and which are about to expire.

mod accounts;
mod clap_error;
mod cli;
mod commands;
mod config;
mod duration;
mod exit;
mod filter;
mod identifier;
mod output;
mod progress;
mod secret_ref;
mod terminal;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    no_core_dumps();
    let ended = match cli::Cli::try_parse() {
        Ok(cli) => commands::run(cli),
        Err(error) => Err(clap_error::into_failure(&error)),
    };
    exit::report(ended)
}

/// A core dump would hold the accounts' secrets.
fn no_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        // Best effort: it only fails where a lower limit is in force.
        let _ = setrlimit(Resource::Core, none);
    }
}
