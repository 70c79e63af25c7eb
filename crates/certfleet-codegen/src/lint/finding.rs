//! What lint finds, and how its parts report it.

use crate::{pass::Pass, problem::Problem};

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What is wrong, where, and what to do.
    pub problem: Problem,
    /// The pass that takes care of it; `None` if the overlay has to.
    pub mended_by: Option<Pass>,
}

/// The findings of one document.
pub(super) struct Findings<'a> {
    document_name: &'a str,
    found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(document_name: &'a str) -> Self {
        Self {
            document_name,
            found: Vec::new(),
        }
    }

    /// Begins a finding at a pointer: of no operation, and for the overlay to mend.
    pub(super) fn at(&mut self, pointer: impl Into<String>) -> Site<'_, 'a> {
        Site {
            pointer: pointer.into(),
            operation: None,
            mended_by: None,
            findings: self,
        }
    }

    pub(super) fn into_vec(self) -> Vec<Finding> {
        self.found
    }
}

/// A finding that is begun: [`report`](Self::report) ends it.
#[must_use]
pub(super) struct Site<'f, 'a> {
    findings: &'f mut Findings<'a>,
    pointer: String,
    operation: Option<String>,
    mended_by: Option<Pass>,
}

impl Site<'_, '_> {
    /// Names the operation that the finding belongs to.
    pub(super) fn in_operation(mut self, operation: &str) -> Self {
        self.operation = Some(operation.to_owned());
        self
    }

    /// Names the pass that takes care of it.
    pub(super) fn mended_by(self, pass: Pass) -> Self {
        self.mended_if(true, pass)
    }

    /// Names the pass that takes care of it under a condition.
    pub(super) fn mended_if(mut self, condition: bool, pass: Pass) -> Self {
        self.mended_by = condition.then_some(pass);
        self
    }

    /// Adds the finding.
    pub(super) fn report(self, what: impl Into<String>, remedy: &str) {
        let mut problem = Problem::new(self.findings.document_name, self.pointer, what, remedy);
        problem.operation = self.operation;
        self.findings.found.push(Finding {
            problem,
            mended_by: self.mended_by,
        });
    }
}
