//! Clap's errors as one line; help and version as they are.

use crate::exit::{Code, Failure};
use clap::error::ErrorKind;
use std::io::Write as _;

/// Prints what is not an error, and makes a failure of what is.
pub(crate) fn into_failure(error: &clap::Error) -> Failure {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let printed = write!(anstream::stdout(), "{}", error.render().ansi());
            match printed {
                Ok(()) => Failure::done(),
                Err(error) => error.into(),
            }
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            drop(write!(anstream::stderr(), "{}", error.render().ansi()));
            Failure::said(Code::Usage)
        }
        _ => Failure::usage(one_line(&error.render().to_string())),
    }
}

/// Clap writes a paragraph for each part of an error; the last says where help is.
fn one_line(rendered: &str) -> String {
    let text = rendered.strip_prefix("error: ").unwrap_or(rendered);
    let parts: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| {
            !line.is_empty()
                && !line.starts_with("Usage:")
                && !line.starts_with("For more information")
        })
        .collect();
    format!("{} (see --help)", parts.join("; ").replace(":; ", ": "))
}
