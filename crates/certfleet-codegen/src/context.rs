//! What every pass may look at, and what passes decide beside changing the document.

use crate::{
    choice::Choices, multipart::FormOperation, nullable::NullableMembers, problem::Problem,
    provider::Provider,
};
use std::{cell::RefCell, collections::BTreeSet, fmt};

/// The configuration and the decisions of one run.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) provider: &'a Provider,
    /// How problems name the document.
    pub(crate) document: String,
    /// How problems name the configuration.
    pub(crate) configuration: &'a str,
    /// Decisions that a user of the client has to know.
    notes: RefCell<BTreeSet<Note>>,
    /// The operations whose bodies pass `forms` took out.
    forms: RefCell<Vec<FormOperation>>,
    /// The schemas with alternatives that pass `hoist` named.
    choices: RefCell<Choices>,
    /// The members of requests that may be null, as pass `hoist` found them.
    nullable: RefCell<NullableMembers>,
}

/// What passes decided beside changing the document.
pub(crate) struct Decisions {
    pub(crate) notes: BTreeSet<Note>,
    pub(crate) forms: Vec<FormOperation>,
    pub(crate) choices: Choices,
    pub(crate) nullable: NullableMembers,
}

/// A decision of a pass that a user of the client has to know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The operation, if the decision is about one.
    pub operation: Option<String>,
    /// A JSON pointer (RFC 6901) into the document as that pass saw it.
    pub pointer: String,
    /// What was decided.
    pub what: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.operation {
            Some(operation) => write!(f, "{operation}: {} (#{})", self.what, self.pointer),
            None => write!(f, "{} (#{})", self.what, self.pointer),
        }
    }
}

impl<'a> Context<'a> {
    /// A context without decisions.
    pub(crate) fn new(provider: &'a Provider, document: String, configuration: &'a str) -> Self {
        Self {
            provider,
            document,
            configuration,
            notes: RefCell::default(),
            forms: RefCell::default(),
            choices: RefCell::default(),
            nullable: RefCell::default(),
        }
    }

    /// The decisions of a run that is over.
    pub(crate) fn into_decisions(self) -> Decisions {
        Decisions {
            notes: self.notes.into_inner(),
            forms: self.forms.into_inner(),
            choices: self.choices.into_inner(),
            nullable: self.nullable.into_inner(),
        }
    }

    /// A problem of the document.
    pub(crate) fn problem(
        &self,
        pointer: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem::new(self.document.clone(), pointer, what, remedy)
    }

    /// Keeps a decision. `operation` is empty if the decision is not about one operation.
    pub(crate) fn note(
        &self,
        operation: &str,
        pointer: impl Into<String>,
        what: impl Into<String>,
    ) {
        self.notes.borrow_mut().insert(Note {
            operation: (!operation.is_empty()).then(|| operation.to_owned()),
            pointer: pointer.into(),
            what: what.into(),
        });
    }

    /// Keeps the schemas with alternatives.
    pub(crate) fn choices(&self, choices: Choices) {
        *self.choices.borrow_mut() = choices;
    }

    /// Keeps the members of requests that may be null.
    pub(crate) fn nullable(&self, members: NullableMembers) {
        *self.nullable.borrow_mut() = members;
    }

    /// Keeps an operation whose multipart body was taken out.
    pub(crate) fn form(&self, form: FormOperation) {
        self.forms.borrow_mut().push(form);
    }
}
