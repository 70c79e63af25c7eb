//! Compositions of named schemas: cycles, which progenitor would follow without end, and those too large
//! to be followed.

use super::finding::Findings;
use crate::{
    composition::{Composition, WIDEST},
    pass::Pass,
    pointer, schema,
};

pub(super) fn cycles(composition: &Composition<'_>, findings: &mut Findings<'_>) {
    for name in composition.cycles().flatten() {
        findings
            .at(pointer::to_schema(name))
            .mended_by(Pass::BreakCycles)
            .report(
                format!("{name} is made of itself (allOf, anyOf, oneOf)"),
                "nothing to do: the part that leads back is left out",
            );
    }
}

pub(super) fn extents(composition: &Composition<'_>, findings: &mut Findings<'_>) {
    for name in composition.beyond_limits() {
        findings.at(pointer::to_schema(name)).report(
            format!("{name} is made of more schemas (allOf, anyOf, oneOf, $ref) than can be followed: more than {} in a row, or {WIDEST} in all", schema::LONGEST),
            "describe it in overlay.yaml with fewer schemas",
        );
    }
}
