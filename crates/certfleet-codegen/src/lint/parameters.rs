//! The parameters of an operation: what cannot be sent, what the path does not have, and names that are
//! taken in Rust.

use super::finding::{Findings, Site};
use crate::{
    parameter,
    pass::Pass,
    path_template, pointer, rust_name,
    schema::{self, OperationAt},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(document: &Value, at: &OperationAt<'_>, findings: &mut Findings<'_>) {
    let mut names = Names::default();
    let mut declared = BTreeSet::new();
    for (pointer, parameter) in stated(document, at) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let location = parameter["in"].as_str().unwrap_or_default();
        let mut parameter = Parameter {
            document,
            at,
            pointer,
            parameter,
            name,
            is_in_path: location == "path",
            findings,
        };
        match location {
            "path" => {
                declared.insert(name);
                parameter.path();
            }
            "query" | "header" | "cookie" => {}
            other => parameter.site().report(
                format!("{name} is in {other:?}, where no parameter can be"),
                "correct `in` in overlay.yaml",
            ),
        }
        parameter.value();
        parameter.rust_name(&mut names);
    }
    for name in path_template::names(at.path) {
        if !declared.contains(name.as_str()) {
            findings
                .at(at.pointer())
                .in_operation(&at.name())
                .mended_by(Pass::Parameters)
                .report(
                    format!("the path parameter {name} is not declared"),
                    "nothing to do: it is a text",
                );
        }
    }
}

/// The parameters of an operation and of its path item, each with its pointer.
fn stated<'a>(document: &'a Value, at: &OperationAt<'a>) -> Vec<(String, &'a Value)> {
    let own = (at.pointer(), at.operation);
    let above = (pointer::join(["paths", at.path]), at.item);
    [own, above]
        .into_iter()
        .flat_map(|(pointer, owner)| {
            schema::parameters(owner)
                .enumerate()
                .map(move |(index, parameter)| (format!("{pointer}/parameters/{index}"), parameter))
        })
        .filter_map(|(at, parameter)| Some((at, schema::follow(document, parameter)?)))
        .collect()
}

/// By the name in Rust, the name of the first parameter that has it, and whether it is in the path.
type Names = BTreeMap<String, (String, bool)>;

/// One parameter that is checked.
struct Parameter<'c, 'f> {
    document: &'c Value,
    at: &'c OperationAt<'c>,
    pointer: String,
    parameter: &'c Value,
    name: &'c str,
    is_in_path: bool,
    findings: &'c mut Findings<'f>,
}

impl<'f> Parameter<'_, 'f> {
    fn site(&mut self) -> Site<'_, 'f> {
        self.findings
            .at(&self.pointer)
            .in_operation(&self.at.name())
    }

    fn path(&mut self) {
        let name = self.name;
        if self.parameter["required"] != true {
            self.site().mended_by(Pass::Parameters).report(
                format!("the path parameter {name} is not required"),
                "nothing to do: a path without it is another path",
            );
        }
        if !path_template::has_place(self.at.path, name) {
            self.site().mended_by(Pass::Parameters).report(
                format!("the path has no place for the parameter {name}"),
                "remove the parameter, or correct the path, in overlay.yaml",
            );
        }
    }

    /// Whether its value can be sent.
    fn value(&mut self) {
        let (parameter, name) = (self.parameter, self.name);
        let has_content = parameter.get("content").is_some();
        if parameter.get("schema").is_none() && !has_content {
            self.site()
                .report(format!("{name} has no schema"), "add one in overlay.yaml");
        } else if let Some(why) = parameter::refusal(self.document, parameter) {
            self.site().report(
                format!("{name} has to be sent and cannot be: {why}"),
                "describe it in overlay.yaml as the header it is, or as one parameter for each plain value; or remove it if the vendor does not need it",
            );
        } else if has_content || is_object(self.document, &parameter["schema"]) {
            self.site().mended_by(Pass::Parameters).report(
                format!("{name} is an object or a text of its own media type, which progenitor cannot send"),
                "nothing to do: it becomes plain parameters, or is left out if it is optional",
            );
        }
    }

    /// Whether its name in Rust is free.
    fn rust_name(&mut self, names: &mut Names) {
        let (name, is_in_path) = (self.name, self.is_in_path);
        let ident = rust_name::snake(name);
        let has_body = self.at.operation.get("requestBody").is_some();
        if parameter::is_taken(&ident, has_body) {
            // A parameter of the path keeps its name, and its setter gets another.
            let is_renamed = !is_in_path || !matches!(ident.as_str(), "body" | "body_map");
            self.site().mended_if(is_renamed, Pass::Parameters).report(
                format!("{name} is the name of a method that every builder has"),
                "rename it in overlay.yaml, in the path and in its parameter",
            );
        }
        if let Some((first, first_in_path)) = names.insert(ident, (name.to_owned(), is_in_path))
            && !(first == name && self.at.item["parameters"].is_array())
        {
            self.site()
                .mended_if(!is_in_path || !first_in_path, Pass::Parameters)
                .report(
                    format!("{name} and {first} have the same name in Rust"),
                    "rename one in overlay.yaml, in the path and in its parameter",
                );
        }
    }
}

fn is_object(document: &Value, schema: &Value) -> bool {
    schema::follow(document, schema)
        .is_some_and(|schema| schema["type"] == "object" || schema["properties"].is_object())
}
