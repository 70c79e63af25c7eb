//! The passes in their order: from a vendor's document to the one progenitor sees.

use crate::{
    lint, overlay,
    passes::{self, FormOperation},
    problem::{Problem, Problems, Result},
    provider::Provider,
};
use serde_json::Value;
use std::{cell::RefCell, collections::BTreeSet, fmt};

/// A document and what is needed to make a client of it.
#[derive(Debug, Clone)]
pub struct Source {
    /// How problems name the document, for instance its path.
    pub name: String,
    /// How problems name the file that `provider` came from.
    pub configuration: String,
    /// The document as the vendor has it.
    pub document: Value,
    /// An OpenAPI Overlay with corrections, and how problems name it.
    pub overlay: Option<(String, Value)>,
    /// What the document does not say.
    pub provider: Provider,
    /// The crate that is written.
    pub package: Package,
}

/// The crate that is written.
#[derive(Debug, Clone)]
pub struct Package {
    /// The crate's name.
    pub name: String,
    /// The crate's description.
    pub description: String,
    /// The first sentence of every generated file: what wrote it, out of what.
    pub notice: String,
    /// Where the document is kept, for the crate's front page; `None` if nowhere.
    pub kept_in: Option<String>,
    /// How problems name the lowered document.
    pub lowered: String,
    /// Where the crate's dependencies come from.
    pub dependencies: Dependencies,
}

/// Where a generated crate's dependencies come from.
#[derive(Debug, Clone)]
pub enum Dependencies {
    /// The crate is a member of a workspace that names them.
    Workspace,
    /// The crate stands alone; `certfleet-http` is at this path.
    Path(String),
}

/// What one step did.
#[derive(Debug, Clone)]
pub struct Step {
    /// The step: an overlay action or a pass.
    pub name: String,
    /// Why it is there.
    pub reason: String,
    /// The document before.
    pub before: Value,
    /// The document after.
    pub after: Value,
}

/// A document on its way.
#[derive(Debug)]
pub struct Lowered {
    /// What the document does not say.
    pub provider: Provider,
    /// The crate that is written.
    pub package: Package,
    /// How problems name the document.
    pub(crate) name: String,
    /// How problems name the configuration.
    pub(crate) configuration: String,
    /// Vendored plus overlay: what the vendor offers, corrected.
    pub effective: Value,
    /// What progenitor sees.
    pub document: Value,
    /// Operations that progenitor cannot express, taken out of [`document`](Self::document).
    pub forms: Vec<FormOperation>,
    /// What was decided that a user has to know.
    pub notes: BTreeSet<Note>,
    /// What every overlay action and every pass did, in order; empty unless it was asked for.
    pub steps: Vec<Step>,
}

/// What every pass may look at.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) provider: &'a Provider,
    /// How problems name the document.
    pub(crate) document: String,
    /// How problems name the configuration.
    pub(crate) configuration: &'a str,
    /// What passes decided that a user of the client has to know.
    pub(crate) notes: RefCell<BTreeSet<Note>>,
}

/// Something that a pass decided and that a user of the client has to know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The operation, where it is about one.
    pub operation: Option<String>,
    /// The JSON pointer (RFC 6901) of what it is about, in the document as that pass saw it.
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

impl Context<'_> {
    pub(crate) fn problem(
        &self,
        pointer: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem::new(self.document.clone(), pointer, what, remedy)
    }

    /// Keeps what a user has to know. `operation` is empty where it is about no one operation.
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
}

/// A pass changes a document and finds problems. It is idempotent.
type Pass = fn(&mut Value, &Context<'_>) -> Vec<Problem>;

/// The passes, each with why it is there.
pub(crate) const PASSES: [(&str, &str, Pass); 18] = [
    (
        "references",
        "a reference leads to a named component",
        passes::references::run,
    ),
    (
        "slice",
        "only the operations that provider.toml names, and what they need",
        passes::slice::run,
    ),
    (
        "circles",
        "no schema is made of itself",
        passes::circles::run,
    ),
    (
        "names",
        "every operation has the name that provider.toml gives it, and types have no prefix",
        passes::names::run,
    ),
    (
        "downgrade",
        "progenitor reads OpenAPI 3.0 only",
        passes::downgrade::run,
    ),
    (
        "keywords",
        "a keyword that cannot be meant is none",
        passes::keywords::run,
    ),
    (
        "resolve",
        "parameters and responses stand where they are used",
        passes::resolve::run,
    ),
    (
        "parameters",
        "every parameter is a text, a number, a truth value or a list of them",
        passes::parameters::run,
    ),
    (
        "errors",
        "one decoder keeps status, headers and body of every failure, so no failure has a type",
        passes::errors::run,
    ),
    (
        "success",
        "an operation returns one type",
        passes::success::run,
    ),
    (
        "bodies",
        "a request body has one media type",
        passes::bodies::run,
    ),
    (
        "recursive",
        "a composition that leads back to where it stands has a name",
        passes::recursive::run,
    ),
    (
        "compose",
        "an allOf of plain objects is one object, a named scalar stands where it is used",
        passes::compose::run,
    ),
    (
        "widen",
        "a composition that is no Rust type accepts what its parts accept",
        passes::widen::run,
    ),
    (
        "urlencoded",
        "a form says how each of its members is sent",
        passes::urlencoded::run,
    ),
    (
        "hoist",
        "every inline schema of a body, a response and an enum has a name of its own",
        passes::hoist::run,
    ),
    (
        "apart",
        "no two inline schemas have one name",
        passes::apart::run,
    ),
    (
        "harden",
        "answers are read tolerantly, secrets have their own type",
        passes::harden::run,
    ),
];

/// Lowers a document: overlay, passes, and what progenitor cannot express taken out. `record` keeps
/// what every step did, which needs a copy of the document for each.
///
/// # Errors
/// Everything that is wrong with the document, the overlay or the configuration.
pub fn lower(source: Source, record: bool) -> Result<Lowered> {
    match attempt(source, record)? {
        Attempt::Lowered(lowered) => Ok(*lowered),
        Attempt::Refused { problems, .. } => Err(problems),
    }
}

/// How far a document came.
pub(crate) enum Attempt {
    Lowered(Box<Lowered>),
    /// `state` is the document that the problems' pointers point into.
    Refused {
        problems: Problems,
        state: Value,
    },
}

/// [`lower`], with the document as it was when problems were found. An error is about the overlay.
pub(crate) fn attempt(source: Source, record: bool) -> Result<Attempt> {
    let Source {
        name,
        configuration,
        mut document,
        overlay,
        provider,
        package,
    } = source;
    let mut steps = Vec::new();
    let mut described = name.clone();
    if let Some((overlay_name, overlay)) = overlay {
        steps = overlay::apply(&overlay, &overlay_name, &mut document)?;
        described = format!("{described} + overlay");
    }
    if !record {
        steps.clear();
    }
    let effective = document.clone();

    let context = Context {
        provider: &provider,
        document: described,
        configuration: &configuration,
        notes: RefCell::default(),
    };
    for (pass, reason, run) in PASSES {
        let before = record.then(|| document.clone());
        let mut problems = run(&mut document, &context);
        if let Some(before) = before
            && before != document
        {
            steps.push(Step {
                name: format!("pass {pass}"),
                reason: reason.to_owned(),
                before,
                after: document.clone(),
            });
        }
        if pass == "names" && problems.is_empty() {
            // Before anything is loosened: what contradicts itself is for the overlay to mend.
            problems.extend(lint::refused(&document, &context.document));
        }
        if !problems.is_empty() {
            return Ok(Attempt::Refused {
                problems: Problems(problems),
                state: document,
            });
        }
    }
    let problems = match passes::forms::take(&mut document, &context) {
        Ok(forms) => {
            let refused = lint::refused(&document, &context.document);
            if refused.is_empty() {
                let notes = context.notes.into_inner();
                return Ok(Attempt::Lowered(Box::new(Lowered {
                    notes,
                    provider,
                    package,
                    name,
                    configuration,
                    effective,
                    document,
                    forms,
                    steps,
                })));
            }
            refused
        }
        Err(problems) => problems,
    };
    Ok(Attempt::Refused {
        problems: Problems(problems),
        state: document,
    })
}
