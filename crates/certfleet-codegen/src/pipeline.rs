//! From a vendor's document to the one progenitor sees: overlay, passes, and a lint of the outcome.

use crate::{
    context::{Context, Decisions},
    lint,
    lowered::Lowered,
    overlay,
    pass::Pass,
    passes,
    problem::{Problem, Problems, Result},
    source::Source,
    step::Step,
};
use serde_json::Value;

/// Changes a document and finds problems. A pass is idempotent.
type Run = fn(&mut Value, &Context<'_>) -> Vec<Problem>;

/// The function of a pass.
fn function(pass: Pass) -> Run {
    match pass {
        Pass::References => passes::references::run,
        Pass::SelectOperations => passes::select_operations::run,
        Pass::BreakCycles => passes::break_cycles::run,
        Pass::OperationNames => passes::operation_names::run,
        Pass::Downgrade => passes::downgrade::run,
        Pass::DropMeaninglessKeywords => passes::drop_meaningless_keywords::run,
        Pass::Resolve => passes::resolve::run,
        Pass::Parameters => passes::parameters::run,
        Pass::Errors => passes::errors::run,
        Pass::SingleSuccess => passes::single_success::run,
        Pass::Bodies => passes::bodies::run,
        Pass::Recursive => passes::recursive::run,
        Pass::Compose => passes::compose::run,
        Pass::Widen => passes::widen::run,
        Pass::Urlencoded => passes::urlencoded::run,
        Pass::Hoist => passes::hoist::run,
        Pass::UniqueTypeNames => passes::unique_type_names::run,
        Pass::TolerateResponses => passes::tolerate_responses::run,
        Pass::Secrets => passes::secrets::run,
        Pass::Forms => passes::forms::run,
    }
}

/// Lowers a document with its overlay and all passes. `record` keeps what every step changed, which
/// needs a copy of the document for each.
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

    let context = Context::new(&provider, described, &configuration);
    let mut problems = Vec::new();
    for &pass in Pass::ALL {
        let before = record.then(|| document.clone());
        problems = function(pass)(&mut document, &context);
        if let Some(before) = before
            && before != document
        {
            steps.push(Step {
                name: format!("pass {pass}"),
                reason: pass.reason().to_owned(),
                before,
                after: document.clone(),
            });
        }
        // First before anything is loosened: what contradicts itself is for the overlay to mend.
        let is_linted = matches!(pass, Pass::OperationNames | Pass::Forms);
        if is_linted && problems.is_empty() {
            problems = lint::refused(&document, &context.document);
        }
        if !problems.is_empty() {
            break;
        }
    }
    if !problems.is_empty() {
        return Ok(Attempt::Refused {
            problems: Problems(problems),
            state: document,
        });
    }
    let Decisions {
        notes,
        forms,
        choices,
        nullable,
    } = context.into_decisions();
    Ok(Attempt::Lowered(Box::new(Lowered {
        notes,
        provider,
        package,
        name,
        configuration,
        effective,
        document,
        forms,
        choices,
        nullable,
        steps,
    })))
}
