//! Security schemes that a generated client cannot be given credentials for.

use super::finding::Findings;
use crate::{pass::Pass, security};
use serde_json::Value;

pub(super) fn check(document: &Value, findings: &mut Findings<'_>) {
    for (at, name, why) in security::ungivable(document) {
        findings.at(at).mended_by(Pass::SelectOperations).report(
            format!("no credentials can be given for the security scheme {name}: {why}"),
            "nothing to do, if another scheme will do; else describe in overlay.yaml what is sent",
        );
    }
}
