//! How the process ends: one line on stderr and an exit code.

use crate::terminal;
use certfleet::{Error, ErrorKind};
use std::{fmt, io, io::Write as _, process::ExitCode};

/// Why a command ended early, or without everything it was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    message: Option<String>,
}

/// The exit codes. `--help` documents them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// All done, or nobody reads on.
    Done = 0,
    /// What was asked for failed; nothing was changed.
    Failed = 1,
    /// Arguments, configuration, a secret or an input file: nothing was sent.
    Usage = 2,
    /// An account could not be read.
    Account = 5,
}

/// What a command gives back.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// Bad arguments, configuration or input.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(Code::Usage, message)
    }

    /// Everything that is not the caller's doing.
    pub(crate) fn failed(message: impl fmt::Display) -> Self {
        Self::new(Code::Failed, message)
    }

    fn new(code: Code, message: impl fmt::Display) -> Self {
        Self {
            code,
            message: Some(message.to_string()),
        }
    }

    /// The end, early and well.
    pub(crate) fn done() -> Self {
        Self::said(Code::Done)
    }

    /// An exit code whose reason has been said already.
    pub(crate) fn said(code: Code) -> Self {
        Self {
            code,
            message: None,
        }
    }

    /// A failed call for one record.
    pub(crate) fn of_call(error: &Error) -> Self {
        let code = match error.kind() {
            // Without a status nothing was sent: it is an identifier or a setting of the caller's.
            ErrorKind::InvalidInput | ErrorKind::Config if error.status().is_none() => Code::Usage,
            ErrorKind::InvalidInput | ErrorKind::NotFound | ErrorKind::Unsupported => Code::Failed,
            _ => Code::Account,
        };
        Self::new(code, error)
    }
}

impl From<io::Error> for Failure {
    /// An output that cannot be written. Whoever reads it may stop (`| head`): that is no failure.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::done();
        }
        Self::failed(format!("the output cannot be written: {error}"))
    }
}

/// Says what went wrong, and turns it into the exit code.
pub(crate) fn report(ended: Result<()>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = &failure.message {
                complain(message);
            }
            ExitCode::from(failure.code as u8)
        }
    }
}

/// One line on stderr. A closed stderr is nobody's loss.
pub(crate) fn complain(message: &str) {
    drop(writeln!(
        io::stderr(),
        "error: {}",
        terminal::neutral(message)
    ));
}
