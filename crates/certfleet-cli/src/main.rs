//! `certfleet`: which certificates are where, and which are about to expire.

mod accounts;
mod clap_error;
mod cli;
mod commands;
mod crash;
mod dial;
mod duration;
mod exit;
mod filter;
mod fingerprint;
mod hardening;
mod jq;
mod log;
mod output;
mod progress;
mod sandbox_accounts;
mod terminal;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    hardening::apply();
    crash::install();
    let ended = match cli::Cli::try_parse() {
        Ok(cli) => log::start(cli.global.verbose).and_then(|()| commands::run(cli)),
        Err(error) => Err(clap_error::into_failure(&error)),
    };
    exit::report(ended)
}
