//! What is wrong with a document, found before progenitor sees it: it would refuse, panic, or silently
//! mistype. A finding in a raw document names the pass that takes care of it; a finding without a pass
//! needs an overlay action.

mod compositions;
mod document;
mod finding;
mod names;
mod parameters;
mod references;
mod request_bodies;
mod responses;
mod schemas;
mod security;

pub use finding::Finding;

use crate::{composition::Composition, problem::Problem, schema};
use finding::Findings;
use serde_json::Value;

/// Everything found in a document, in the order of its pointers.
pub fn all(document: &Value, name: &str) -> Vec<Finding> {
    let mut findings = Findings::new(name);
    document::check(document, &mut findings);
    references::check(document, &mut findings);
    names::check(document, &mut findings);
    security::check(document, &mut findings);
    for at in schema::operations(document) {
        parameters::check(document, &at, &mut findings);
        request_bodies::check(document, &at, &mut findings);
        responses::check(document, &at, &mut findings);
    }
    schema::walk_all(document, &mut |at, schema| {
        schemas::check(document, at, schema, &mut findings);
    });
    let composition = Composition::new(document);
    compositions::cycles(&composition, &mut findings);
    compositions::extents(&composition, &mut findings);
    let mut findings = findings.into_vec();
    findings.sort();
    findings.dedup();
    findings
}

/// The problems that no pass mends. If schemas go further than can be followed, those alone: nothing else
/// is looked for in them.
pub fn refused(document: &Value, name: &str) -> Vec<Problem> {
    let mut beyond = Findings::new(name);
    compositions::extents(&Composition::new(document), &mut beyond);
    let beyond = beyond.into_vec();
    let findings = if beyond.is_empty() {
        all(document, name)
    } else {
        beyond
    };
    findings
        .into_iter()
        .filter(|finding| finding.mended_by.is_none())
        .map(|finding| finding.problem)
        .collect()
}
