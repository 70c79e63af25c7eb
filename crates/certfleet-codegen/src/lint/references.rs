//! References: without end, out of the document, nowhere, or to where progenitor does not look.

use super::finding::Findings;
use crate::{
    composition::{self, Endless},
    pass::Pass,
    pointer, reference_targets, references, schema,
};
use serde_json::Value;

pub(super) fn check(document: &Value, findings: &mut Findings<'_>) {
    let mut found = references::all(document);
    // Nothing is generated from these.
    found.retain(|(at, reference)| {
        !at.contains("/links/")
            && !["links", "callbacks", "examples"]
                .iter()
                .any(|section| reference.starts_with(&format!("#/components/{section}/")))
    });
    for (at, reference) in found {
        // progenitor reads no discriminators.
        let is_unread = at.contains("/discriminator/mapping/");
        let site = findings
            .at(at)
            .mended_if(is_unread, Pass::DropMeaninglessKeywords);
        // Those to schemas are compositions of one part.
        if !reference.starts_with(references::TO_SCHEMAS)
            && let Some(endless) = composition::endless(document, &reference)
        {
            let what = match endless {
                Endless::Cycle => "comes back to itself",
                Endless::Row => "leads through more references than are followed",
            };
            site.report(
                format!("the reference {reference:?} {what}"),
                "correct the reference in overlay.yaml",
            );
            continue;
        }
        match pointer::from_reference(&reference) {
            None => site.report(
                format!("the reference {reference:?} leads out of the document"),
                references::RESOLVE,
            ),
            Some(target)
                if document.pointer(target).is_none()
                    && reference_targets::percent_decoded(&reference)
                        .is_some_and(|plain| schema::resolve(document, &plain).is_some()) =>
            {
                site.mended_by(Pass::References).report(
                    format!("the reference {reference:?} is percent-encoded"),
                    "nothing to do",
                );
            }
            Some(target) if document.pointer(target).is_none() => site.report(
                format!("the reference {reference:?} leads nowhere"),
                "add the component, or correct the reference in overlay.yaml",
            ),
            Some(target) if !target.starts_with("/components/") => {
                site.mended_by(Pass::References).report(
                    format!("the reference {reference:?} leads into the document's body, where progenitor does not look"),
                    "nothing to do: what it leads to gets a name",
                );
            }
            Some(_) => {}
        }
    }
}
