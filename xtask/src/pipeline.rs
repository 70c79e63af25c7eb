//! The passes in their order: from a vendored document to the one progenitor sees.

use crate::{
    document, lint, overlay,
    passes::{self, FormOperation},
    problem::{Problem, Problems, Result},
    provider::Provider,
    workspace::Workspace,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What one step did.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// The step: an overlay action or a pass.
    pub(crate) name: String,
    /// Why it is there.
    pub(crate) reason: String,
    pub(crate) before: Value,
    pub(crate) after: Value,
}

/// A provider's document on its way.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub(crate) provider: Provider,
    /// Vendored plus overlay: what the vendor offers, corrected.
    pub(crate) effective: Value,
    /// What progenitor sees.
    pub(crate) document: Value,
    /// Operations that progenitor cannot express, taken out of [`document`](Self::document).
    pub(crate) forms: Vec<FormOperation>,
    pub(crate) steps: Vec<Step>,
}

/// What every pass may look at.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) provider: &'a Provider,
    /// How problems name the document.
    pub(crate) document: String,
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

/// Runs the whole pipeline for a provider.
pub(crate) fn lower(workspace: &Workspace, name: &str) -> Result<Lowered> {
    let provider = workspace.provider(name)?;
    let below = format!("specs/{name}/{}", provider.document);
    let path = workspace.path(&below);
    check_provenance(workspace, name, &below)?;
    let mut document = document::read(&path, &below)?;
    let overlay = format!("specs/{name}/overlay.yaml");
    let mut steps = overlay::apply(&workspace.path(&overlay), &overlay, &mut document)?;
    let effective = document.clone();

    let context = Context {
        provider: &provider,
        document: format!("{below} + overlay"),
    };
    let mut problems = Vec::new();
    for (pass, reason, run) in PASSES {
        let before = document.clone();
        problems.extend(run(&mut document, &context));
        if before != document {
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
        effective,
        document,
        forms,
        steps,
    })
}

/// Checks that the vendored document is the one whose origin is written down.
fn check_provenance(workspace: &Workspace, name: &str, document: &str) -> Result<()> {
    let below = format!("specs/{name}/provenance.toml");
    let text = std::fs::read_to_string(workspace.path(&below)).map_err(|error| {
        Problem::new(
            &below,
            "",
            format!("cannot be read: {error}"),
            "restore it: `git checkout -- specs`",
        )
    })?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        Problem::new(
            &below,
            "",
            format!("is not TOML: {}", error.message()),
            "mend it",
        )
    })?;
    let stated = table
        .get("sha256")
        .and_then(toml::Value::as_str)
        .unwrap_or_default();
    let bytes = std::fs::read(workspace.path(document)).map_err(|error| {
        Problem::new(
            document,
            "",
            format!("cannot be read: {error}"),
            "restore it: `git checkout -- specs`",
        )
    })?;
    let actual: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if stated == actual {
        Ok(())
    } else {
        Err(Problem::new(
            &below,
            "",
            format!("sha256 is not the vendored document's, which is {actual}"),
            format!("a vendored document is not edited: corrections go into overlay.yaml. Restore it (`git checkout -- {document}`), or, if it was fetched anew, write the hash and the date here"),
        )
        .into())
    }
}
