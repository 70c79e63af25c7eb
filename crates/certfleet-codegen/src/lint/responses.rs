//! The responses of an operation: JSON without a schema, and more than one type.

use super::finding::Findings;
use crate::{
    media_type::is_json,
    pass::Pass,
    schema::{self, OperationAt},
};
use serde_json::Value;

pub(super) fn check(document: &Value, at: &OperationAt<'_>, findings: &mut Findings<'_>) {
    let operation = at.name();
    let pointer = format!("{}/responses", at.pointer());
    let mut failures: Vec<Value> = Vec::new();
    let mut successes: Vec<Value> = Vec::new();
    for (status, response) in at.operation["responses"].as_object().into_iter().flatten() {
        let Some(response) = schema::follow(document, response) else {
            continue;
        };
        let (pass, shapes) = if schema::is_success(status) {
            (Pass::SingleSuccess, &mut successes)
        } else {
            (Pass::Errors, &mut failures)
        };
        let content = response["content"].as_object();
        for (media_type, body) in content.into_iter().flatten() {
            if is_json(media_type) && body.get("schema").is_none() {
                findings
                    .at(format!("{pointer}/{status}"))
                    .in_operation(&operation)
                    .mended_by(pass)
                    .report(
                        "a JSON answer without a schema",
                        "nothing to do: any JSON is accepted",
                    );
            }
        }
        let shape = content.map_or(Value::Null, |content| {
            content
                .values()
                .map(|body| body["schema"].clone())
                .collect()
        });
        if !shapes.contains(&shape) {
            shapes.push(shape);
        }
    }
    if failures.len() > 1 {
        findings
            .at(&pointer)
            .in_operation(&operation)
            .mended_by(Pass::Errors)
            .report(
                format!("{} different shapes of failure", failures.len()),
                "nothing to do: one decoder reads every failure",
            );
    }
    if successes.len() > 1 {
        findings
            .at(&pointer)
            .in_operation(&operation)
            .mended_by(Pass::SingleSuccess)
            .report(
                format!("{} different shapes of success", successes.len()),
                "choose one with `success` in provider.toml",
            );
    }
}
