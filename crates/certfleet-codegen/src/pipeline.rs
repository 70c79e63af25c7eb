//! The passes in their order: from a vendor's document to the one progenitor sees.

use crate::{
    lint, overlay,
    passes::{self, FormOperation},
    problem::{Problem, Problems, Result},
    provider::Provider,
};
use serde_json::Value;

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
}

/// A pass changes a document and finds problems. It is idempotent.
type Pass = fn(&mut Value, &Context<'_>) -> Vec<Problem>;

/// The passes, each with why it is there.
pub(crate) const PASSES: [(&str, &str, Pass); 10] = [
    (
        "slice",
        "only the operations that provider.toml names, and what they need",
        passes::slice::run,
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
        "resolve",
        "parameters and responses stand where they are used",
        passes::resolve::run,
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
        "a JSON body without a schema is sent as {}",
        passes::bodies::run,
    ),
    (
        "compose",
        "an allOf of plain objects is one object, a named scalar stands where it is used",
        passes::compose::run,
    ),
    (
        "hoist",
        "every inline schema of a body, a response and an enum has a name of its own",
        passes::hoist::run,
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
    };
    let mut problems = Vec::new();
    for (pass, reason, run) in PASSES {
        let before = record.then(|| document.clone());
        problems.extend(run(&mut document, &context));
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
            return Err(Problems(problems));
        }
    }
    let forms = passes::forms::take(&mut document, &context).map_err(Problems)?;
    let refused = lint::refused(&document, &context.document);
    if !refused.is_empty() {
        return Err(Problems(refused));
    }
    Ok(Lowered {
        provider,
        package,
        name,
        configuration,
        effective,
        document,
        forms,
        steps,
    })
}
