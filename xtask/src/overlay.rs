//! Applying `overlay.yaml` (OpenAPI Overlay 1.1), action by action.

use crate::{
    document,
    pipeline::Step,
    problem::{Problem, Problems, Result},
};
use roas_overlay::{
    apply::{Apply, ApplyOptions},
    v1_1::Overlay,
};
use serde_json::Value;
use std::path::Path;

/// Applies every action of an overlay in its order. An action needs a reason (`description`), and
/// one that matches nothing, or changes nothing, is a problem: it hides that the vendor moved.
pub(crate) fn apply(path: &Path, name: &str, target: &mut Value) -> Result<Vec<Step>> {
    let value = document::read(path, name)?;
    let overlay: Overlay = serde_json::from_value(value).map_err(|error| {
        Problem::new(
            name,
            "",
            format!("is no OpenAPI Overlay 1.1: {error}"),
            "write overlay: 1.1.0, info and actions, each with target, description and update or remove",
        )
    })?;
    let mut steps = Vec::new();
    let mut problems = Vec::new();
    for (index, action) in overlay.actions.iter().enumerate() {
        let at = format!("/actions/{index}");
        let reason = match action.description.as_deref().map(str::trim) {
            Some(reason) if !reason.is_empty() => reason.to_owned(),
            _ => {
                problems.push(Problem::new(
                    name,
                    &at,
                    "the action gives no reason",
                    "add a description that says what is wrong in the vendored document and how it is known",
                ));
                continue;
            }
        };
        let one = Overlay {
            actions: vec![action.clone()],
            ..overlay.clone()
        };
        let before = target.clone();
        let outcome = one.apply(
            target,
            ApplyOptions::ErrorOnZeroMatch | ApplyOptions::ErrorOnMixedKindMatch,
        );
        match outcome {
            Err(error) => problems.push(Problem::new(
                name,
                &at,
                format!("target {}: {}", action.target, error.kind),
                "compare the target with the vendored document; remove the action if the vendor has mended it",
            )),
            Ok(_) if *target == before => problems.push(Problem::new(
                name,
                &at,
                format!("target {}: the action changes nothing", action.target),
                "remove the action: the vendored document already says so",
            )),
            Ok(_) => steps.push(Step {
                name: format!("overlay action {index}"),
                reason,
                before,
                after: target.clone(),
            }),
        }
    }
    if problems.is_empty() {
        Ok(steps)
    } else {
        Err(Problems(problems))
    }
}
