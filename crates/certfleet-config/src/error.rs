//! What is wrong with a configuration, and what to do about it.

use certfleet::{ErrorKind, ErrorReport, ProviderId};
use std::{fmt, path::PathBuf};

/// The result of reading a configuration or opening its accounts.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong with a configuration, a secret or a file, where, and what to do about it. [`Display`](fmt::Display)
/// joins the three in one line. No part of it holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: String,
    context: Box<Context>,
    advice: Option<String>,
}

/// Where an [`Error`] happened, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Context {
    /// The configuration.
    pub file: Option<PathBuf>,
    /// The line of the configuration, counted from 1.
    pub line: Option<usize>,
    /// The account: its provider and its name.
    pub account: Option<(ProviderId, String)>,
}

impl Error {
    /// What happened.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it happened.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// What to do about it.
    pub fn advice(&self) -> Option<&str> {
        self.advice.as_deref()
    }

    /// An error without context and advice. A [`SecretSource`](crate::SecretSource) makes its own with it;
    /// the message must not hold the secret.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            context: Box::default(),
            advice: None,
        }
    }

    /// Sets the advice.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Returns the error as data, for a report of the account that it is of.
    pub(crate) fn report(&self) -> ErrorReport {
        let mut error = certfleet::Error::new(ErrorKind::Config, self.message.clone());
        if let Some(file) = &self.context.file {
            let line = self
                .context
                .line
                .map_or(String::new(), |line| format!(":{line}"));
            error = error.with_context(format_args!("{}{line}", file.display()));
        }
        if let Some(advice) = &self.advice {
            error = error.with_advice(advice);
        }
        error.report()
    }

    /// Begins the message with what it is about.
    pub(crate) fn about(mut self, subject: impl fmt::Display) -> Self {
        self.message.insert_str(0, &subject.to_string());
        self
    }

    pub(crate) fn in_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.context.file = Some(file.into());
        self
    }

    /// Sets the line, unless a nearer one is known.
    pub(crate) fn on_line(mut self, line: usize) -> Self {
        self.context.line.get_or_insert(line);
        self
    }

    pub(crate) fn of_account(mut self, provider: ProviderId, name: &str) -> Self {
        self.context.account = Some((provider, name.to_owned()));
        self
    }
}

impl From<certfleet::Error> for Error {
    fn from(error: certfleet::Error) -> Self {
        Self::new(error.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.context.file {
            write!(f, "{}:", file.display())?;
            if let Some(line) = self.context.line {
                write!(f, "{line}:")?;
            }
            f.write_str(" ")?;
        }
        if let Some((provider, name)) = &self.context.account {
            write!(f, "account {provider}/{name}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.advice {
            Some(advice) => write!(f, ": {advice}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line() {
        let bare = Error::new("it is empty");
        assert_eq!(bare.to_string(), "it is empty");
        let whole = bare
            .about("name: ")
            .advise("write one")
            .of_account(ProviderId::OPENAI, "a")
            .on_line(3)
            .on_line(1)
            .in_file("config.toml");
        assert_eq!(
            whole.to_string(),
            "config.toml:3: account openai/a: name: it is empty: write one"
        );
    }
}
