//! How the process ends: one line on stderr and an exit code.

use crate::terminal;
use certfleet::{Error, ErrorKind};
use std::{fmt, io, io::Write as _, process::ExitCode};

/// Why a command ended early, or without everything it was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    message: Option<String>,
    nothing_found: bool,
}

/// The exit codes. `--help` documents them. The same number means one thing of commands that read,
/// another of those that write, of `check` and of `diff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// All done, or the reader of stdout closed it.
    Done,
    /// What was asked for failed; nothing was changed.
    Failed,
    /// Arguments, configuration, a secret or an input file: nothing was sent.
    Usage,
    /// Reading: an account could not be read.
    Account,
    /// `diff`: something is different.
    Different,
    /// `check`, `inspect`: something expires soon, or its end is not known.
    Expiring,
    /// `check`, `inspect`: something has expired; `check`: something ends within `--crit`; `inspect --verify`: a
    /// chain does not verify.
    Expired,
    /// `check --output nagios`: the plugin's own.
    Plugin(u8),
    /// `who-has`: every account was read, and none holds it.
    NotHeld,
    /// Writing: done in part.
    Partial,
    /// Writing: the outcome is not known, or the answer could not be read.
    Unknown,
    /// Writing: the credentials are not accepted.
    Unauthenticated,
    /// Writing: too many requests.
    RateLimited,
    /// Writing: the vendor could not be reached. `inspect`, `who-has`: a server could not.
    Unreachable,
    /// Writing: interrupted.
    Interrupted,
}

impl Code {
    /// The process's exit code.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed | Self::Different => 1,
            Self::Usage => 2,
            Self::Expiring | Self::NotHeld | Self::Partial => 3,
            Self::Expired | Self::Unknown => 4,
            Self::Account | Self::Unauthenticated => 5,
            Self::RateLimited => 6,
            Self::Unreachable => 7,
            Self::Interrupted => 130,
            Self::Plugin(number) => number,
        }
    }
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

    /// Any end with a reason.
    pub(crate) fn new(code: Code, message: impl fmt::Display) -> Self {
        Self {
            code,
            message: Some(message.to_string()),
            nothing_found: false,
        }
    }

    /// Marks that everything was looked at, and that no record is what the operator named.
    #[must_use]
    pub(crate) fn nothing_found(mut self) -> Self {
        self.nothing_found = true;
        self
    }

    /// Returns whether no record is what the operator named.
    pub(crate) fn is_nothing_found(&self) -> bool {
        self.nothing_found
    }

    /// The end, early and well.
    pub(crate) fn done() -> Self {
        Self::said(Code::Done)
    }

    /// Returns the reason, unless it has been said already.
    pub(crate) fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// An exit code whose reason has been said already.
    pub(crate) fn said(code: Code) -> Self {
        Self {
            code,
            message: None,
            nothing_found: false,
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

/// Returns the failure of a call to an account, which it names.
pub(crate) fn failure_at(account: &str, error: Error) -> Failure {
    let is_named = error.context().is_some() || error.http().is_none();
    let error = if is_named {
        error
    } else {
        error.with_context(account)
    };
    Failure::of_call(&error)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.as_deref().unwrap_or_default())
    }
}

impl From<certfleet_config::Error> for Failure {
    fn from(error: certfleet_config::Error) -> Self {
        Self::usage(error)
    }
}

impl From<io::Error> for Failure {
    /// An output that cannot be written. A reader that stops (`| head`) is not a failure.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::done();
        }
        Self::failed(format!("the output cannot be written: {error}"))
    }
}

/// Prints what went wrong, and turns it into the exit code.
pub(crate) fn report(ended: Result<()>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = &failure.message {
                print_error(message);
            }
            ExitCode::from(failure.code.number())
        }
    }
}

/// Prints what explains an output, and is not a part of it, to stderr.
pub(crate) fn print_note(message: &str) {
    print("note", message);
}

/// Prints an anomaly that is not a failure to stderr.
pub(crate) fn print_warning(message: &str) {
    print("warning", message);
}

/// Prints an error to stderr.
pub(crate) fn print_error(message: &str) {
    print("error", message);
}

/// Prints one line, which a terminal that is too narrow for it gets broken between words. A closed stderr is ignored.
fn print(kind: &str, message: &str) {
    let text = format!("{kind}: {}", terminal::sanitize(message));
    drop(writeln!(io::stderr(), "{}", terminal::for_stderr(&text)));
}
