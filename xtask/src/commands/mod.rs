//! One file per command. A command writes to a given output and returns its exit code.

pub mod drift;
pub mod effective;
pub mod explain;
pub mod fetch;
pub mod generate;
pub mod generate_from;
pub mod lint;
pub mod new_provider;
pub mod release;

use crate::Problems;
use std::{fmt, io};

/// Why a command ended early.
#[derive(Debug)]
pub enum Failure {
    /// Problems with documents.
    Problems(Problems),
    /// The output could not be written.
    Output(io::Error),
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

impl From<crate::Problem> for Failure {
    fn from(problem: crate::Problem) -> Self {
        Self::Problems(problem.into())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problems(problems) => problems.fmt(f),
            Self::Output(error) => write!(f, "output: {error}"),
        }
    }
}

impl std::error::Error for Failure {}
