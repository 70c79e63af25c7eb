//! `certfleet`: which certificates are where, and which are about to expire.

mod accounts;
mod clap_error;
mod cli;
mod commands;
mod completion_cache;
mod crash;
mod dial;
mod duration;
mod endpoint;
mod exit;
mod filter;
mod fingerprint;
mod hardening;
mod jq;
mod judging;
mod log;
mod output;
mod progress;
mod sandbox_accounts;
mod terminal;

use clap::FromArgMatches as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    hardening::apply();
    crash::install();
    if let Some(shell) = std::env::var_os(commands::COMPLETE).filter(|shell| !shell.is_empty()) {
        return exit::report(commands::complete(&shell));
    }
    let parsed = cli::help::command().try_get_matches();
    let ended = match parsed.and_then(|matches| cli::Cli::from_arg_matches(&matches)) {
        Ok(cli) => log::start(cli.global.verbose).and_then(|()| commands::run(cli)),
        Err(error) => Err(clap_error::into_failure(&error)),
    };
    exit::report(ended)
}
