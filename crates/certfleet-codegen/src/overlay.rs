//! OpenAPI Overlay 1.1: corrections of a vendor's document, action by action.

use crate::{
    problem::{Problem, Problems, Result},
    step::Step,
};
use roas_overlay::{
    apply::{Apply, ApplyOptions},
    v1_1::Overlay,
};
use serde_json::Value;

/// The outcome of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It changed the document.
    Changed,
    /// The document says so already.
    Unneeded,
    /// It cannot be applied: its target matches nothing, or is not a JSONPath.
    Inapplicable(String),
}

/// An action that was tried.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The pointer of the action in the overlay.
    pub pointer: String,
    /// Its target, a JSONPath.
    pub target: String,
    /// Its reason (`description`).
    pub reason: String,
    /// Its outcome.
    pub outcome: Outcome,
}

/// Applies every action of an overlay in its order. An action needs a reason (`description`), and
/// one that matches nothing, or changes nothing, is a problem: it hides a change of the vendor.
///
/// # Errors
/// A document that is not an overlay, and every action that is wrong.
pub fn apply(overlay: &Value, name: &str, target: &mut Value) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let tried = each(overlay, name, target, &mut |tried, before, after| {
        steps.push(Step {
            name: tried.pointer.replace("/actions/", "overlay action "),
            reason: tried.reason.clone(),
            before,
            after: after.clone(),
        });
    })?;
    let mut problems = Vec::new();
    for action in tried {
        let (what, remedy) = if action.reason.is_empty() {
            (
                "the action gives no reason".to_owned(),
                "add a description that says what is wrong in the vendored document and how it is known",
            )
        } else {
            match action.outcome {
                Outcome::Changed => continue,
                Outcome::Unneeded => (
                    format!("target {}: the action changes nothing", action.target),
                    "remove the action: the vendored document already says so",
                ),
                Outcome::Inapplicable(why) => (
                    format!("target {}: {why}", action.target),
                    "compare the target with the vendored document; remove the action if the vendor has mended it",
                ),
            }
        };
        problems.push(Problem::new(name, action.pointer, what, remedy));
    }
    if problems.is_empty() {
        Ok(steps)
    } else {
        Err(Problems(problems))
    }
}

/// Applies the actions that can be applied, and returns the outcome of each.
///
/// # Errors
/// A document that is not an overlay.
pub fn attempt(overlay: &Value, name: &str, target: &mut Value) -> Result<Vec<Tried>> {
    each(overlay, name, target, &mut |_, _, _| {})
}

/// Tries each action; `changed` gets the document before and after those that change it.
fn each(
    overlay: &Value,
    name: &str,
    target: &mut Value,
    changed: &mut dyn FnMut(&Tried, Value, &Value),
) -> Result<Vec<Tried>> {
    let overlay: Overlay = serde_json::from_value(overlay.clone()).map_err(|error| {
        Problem::new(
            name,
            "",
            format!("is not an OpenAPI Overlay 1.1: {error}"),
            "write overlay: 1.1.0, info and actions, each with target, description and update or remove",
        )
    })?;
    let mut tried = Vec::new();
    for (index, action) in overlay.actions.iter().enumerate() {
        let reason = action.description.as_deref().map_or("", str::trim);
        let single = Overlay {
            actions: vec![action.clone()],
            ..overlay.clone()
        };
        let mut action_tried = Tried {
            pointer: format!("/actions/{index}"),
            target: action.target.clone(),
            reason: reason.to_owned(),
            outcome: Outcome::Unneeded,
        };
        // Without a reason a reviewer cannot tell whether it is right.
        if !reason.is_empty() {
            let before = target.clone();
            let outcome = single.apply(
                target,
                ApplyOptions::ErrorOnZeroMatch | ApplyOptions::ErrorOnMixedKindMatch,
            );
            match outcome {
                Err(error) => {
                    *target = before;
                    action_tried.outcome = Outcome::Inapplicable(error.kind.to_string());
                }
                Ok(_) if *target == before => {}
                Ok(_) => {
                    action_tried.outcome = Outcome::Changed;
                    changed(&action_tried, before, target);
                }
            }
        }
        tried.push(action_tried);
    }
    Ok(tried)
}
