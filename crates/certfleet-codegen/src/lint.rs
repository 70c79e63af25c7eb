//! What is wrong with a document, found before progenitor sees it: it would refuse, panic, or
//! silently mistype. Findings in a raw document say which pass takes care of them; what no pass can
//! mend needs an overlay action.

use crate::{
    composition::{self, Composition, Endless},
    passes::{bodies, parameters, success::is_json},
    pointer,
    problem::Problem,
    rust_name,
    schema::{self, OperationAt},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What is wrong, where, and what to do.
    pub problem: Problem,
    /// The pass that takes care of it; `None` where somebody has to act.
    pub mended_by: Option<&'static str>,
}

/// Collects findings of one document.
struct Lint<'a> {
    document: &'a Value,
    name: &'a str,
    findings: Vec<Finding>,
}

/// Everything found in a document, in the order of its pointers.
pub fn all(document: &Value, name: &str) -> Vec<Finding> {
    let mut lint = Lint {
        document,
        name,
        findings: Vec::new(),
    };
    lint.root();
    lint.references();
    lint.names();
    for at in schema::operations(document) {
        lint.parameters(&at);
        lint.body(&at);
        lint.responses(&at);
    }
    schema::walk_all(document, &mut |at, schema| lint.schema(at, schema));
    lint.compositions();
    let mut findings = lint.findings;
    findings.sort();
    findings.dedup();
    findings
}

/// What no pass mends. Where schemas go further than can be followed, that alone: nothing else is
/// looked for in them.
pub fn refused(document: &Value, name: &str) -> Vec<Problem> {
    let mut lint = Lint {
        document,
        name,
        findings: Vec::new(),
    };
    lint.extents(&Composition::of(document));
    let findings = if lint.findings.is_empty() {
        all(document, name)
    } else {
        lint.findings
    };
    findings
        .into_iter()
        .filter(|finding| finding.mended_by.is_none())
        .map(|finding| finding.problem)
        .collect()
}

impl Lint<'_> {
    fn found(
        &mut self,
        mended_by: Option<&'static str>,
        operation: Option<String>,
        pointer: impl Into<String>,
        what: impl Into<String>,
        remedy: &str,
    ) {
        let mut problem = Problem::new(self.name, pointer, what, remedy);
        problem.operation = operation;
        self.findings.push(Finding { problem, mended_by });
    }

    fn root(&mut self) {
        let version = self.document["openapi"].as_str().unwrap_or_default();
        if version.starts_with("3.1.") {
            self.found(
                Some("downgrade"),
                None,
                "/openapi",
                format!("version {version}"),
                "nothing to do",
            );
        } else if !version.starts_with("3.0.") {
            self.found(
                None,
                None,
                "/openapi",
                "is no OpenAPI 3.0 or 3.1 document",
                "vendor a document of OpenAPI 3.0 or 3.1",
            );
        }
        for field in ["title", "version"] {
            match self.document["info"][field].as_str() {
                None => self.found(
                    None,
                    None,
                    format!("/info/{field}"),
                    "is missing or no text",
                    "add it in overlay.yaml",
                ),
                Some(text) if field == "version" && !text.is_ascii() => self.found(
                    None,
                    None,
                    "/info/version",
                    "is not ASCII",
                    "correct it in overlay.yaml",
                ),
                Some(_) => {}
            }
        }
        let paths = &self.document["paths"];
        if !paths.is_object() {
            self.found(
                None,
                None,
                "/paths",
                "is missing or no object",
                "vendor a document that describes operations",
            );
        }
        for (path, item) in paths.as_object().into_iter().flatten() {
            let at = pointer::of(["paths", path]);
            if item.get("$ref").is_some() {
                let leads_somewhere = schema::follow(self.document, item).is_some();
                self.found(
                    leads_somewhere.then_some("references"),
                    None,
                    at,
                    "the path is a reference, which progenitor does not read",
                    "put the path's operations in its place with overlay.yaml",
                );
            } else if path.contains(['?', '#']) {
                self.found(
                    None,
                    None,
                    at,
                    "the path holds a query or a fragment, which is no path",
                    "describe it in overlay.yaml as a path with query parameters",
                );
            } else if !path.starts_with('/') {
                self.found(
                    None,
                    None,
                    at,
                    "the path does not begin with a slash",
                    "correct it in overlay.yaml",
                );
            }
        }
    }

    fn references(&mut self) {
        let mut found = Vec::new();
        schema::references(self.document, "", &mut found);
        // Nothing is made of these.
        found.retain(|(at, reference)| {
            !at.contains("/links/")
                && !["links", "callbacks", "examples"]
                    .iter()
                    .any(|section| reference.starts_with(&format!("#/components/{section}/")))
        });
        for (at, reference) in found {
            // progenitor reads no discriminators.
            let unread = at.contains("/discriminator/mapping/").then_some("keywords");
            // Those to schemas are compositions of one part.
            if !reference.starts_with("#/components/schemas/")
                && let Some(endless) = composition::endless(self.document, &reference)
            {
                let what = match endless {
                    Endless::Circle => "comes back to itself",
                    Endless::Row => "leads through more references than are followed",
                };
                self.found(
                    unread,
                    None,
                    at,
                    format!("the reference {reference:?} {what}"),
                    "refer to what is meant in overlay.yaml",
                );
                continue;
            }
            match pointer::of_reference(&reference) {
                None => self.found(
                    unread,
                    None,
                    at,
                    format!("the reference {reference:?} leads out of the document"),
                    "put what it leads to under components with overlay.yaml",
                ),
                Some(target) if self.document.pointer(target).is_none() => self.found(
                    unread,
                    None,
                    at,
                    format!("the reference {reference:?} leads nowhere"),
                    "add the component, or correct the reference in overlay.yaml",
                ),
                Some(target) if !target.starts_with("/components/") => self.found(
                    Some("references"),
                    None,
                    at,
                    format!("the reference {reference:?} leads into the document's body, where progenitor does not look"),
                    "nothing to do: what it leads to gets a name",
                ),
                Some(_) => {}
            }
        }
    }

    fn names(&mut self) {
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        for at in schema::operations(self.document) {
            match at.operation["operationId"].as_str() {
                None => self.found(
                    Some("names"),
                    None,
                    at.pointer(),
                    format!("{} has no operationId", at.call()),
                    "nothing to do: provider.toml names it",
                ),
                Some(id) => {
                    if let Some(first) = ids.insert(rust_name::snake(id), at.call()) {
                        self.found(
                            Some("names"),
                            Some(id.to_owned()),
                            at.pointer(),
                            format!(
                                "{} and {first} have the same operationId as a Rust name",
                                at.call()
                            ),
                            "nothing to do: provider.toml names them",
                        );
                    }
                }
            }
        }
        let mut types: BTreeMap<String, &String> = BTreeMap::new();
        for name in self.document["components"]["schemas"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
        {
            if let Some(first) = types.insert(rust_name::pascal(name), name) {
                self.found(
                    Some("names"),
                    None,
                    pointer::of(["components", "schemas", name]),
                    format!("{name} and {first} have the same name as Rust types"),
                    "nothing to do: one gets a number",
                );
            }
        }
    }

    fn parameters(&mut self, at: &OperationAt<'_>) {
        let operation = Some(at.name());
        let own = at.operation["parameters"].as_array();
        let above = at.item["parameters"].as_array();
        let parameters: Vec<(String, &Value)> = own
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, parameter)| (format!("{}/parameters/{index}", at.pointer()), parameter))
            .chain(
                above
                    .into_iter()
                    .flatten()
                    .enumerate()
                    .map(|(index, parameter)| {
                        (
                            format!("{}/parameters/{index}", pointer::of(["paths", at.path])),
                            parameter,
                        )
                    }),
            )
            .filter_map(|(at, parameter)| Some((at, schema::follow(self.document, parameter)?)))
            .collect();
        let mut idents: BTreeMap<String, (String, bool)> = BTreeMap::new();
        let mut declared = BTreeSet::new();
        for (pointer, parameter) in parameters {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let place = parameter["in"].as_str().unwrap_or_default().to_owned();
            match place.as_str() {
                "path" => {
                    declared.insert(name.clone());
                    if parameter["required"] != true {
                        self.found(
                            Some("parameters"),
                            operation.clone(),
                            &pointer,
                            format!("the path parameter {name} is not required"),
                            "nothing to do: a path without it is another path",
                        );
                    }
                    if !at.path.contains(&format!("{{{name}}}")) {
                        self.found(
                            Some("parameters"),
                            operation.clone(),
                            &pointer,
                            format!("the path has no place for the parameter {name}"),
                            "remove the parameter, or correct the path, in overlay.yaml",
                        );
                    }
                }
                "query" | "header" | "cookie" => {}
                other => self.found(
                    None,
                    operation.clone(),
                    &pointer,
                    format!("{name} stands in {other:?}, which is no place for a parameter"),
                    "correct `in` in overlay.yaml",
                ),
            }
            if parameter.get("schema").is_none() && parameter.get("content").is_none() {
                self.found(
                    None,
                    operation.clone(),
                    &pointer,
                    format!("{name} has no schema"),
                    "add one in overlay.yaml",
                );
            } else if let Some(why) = parameters::refusal(self.document, parameter) {
                self.found(
                    None,
                    operation.clone(),
                    &pointer,
                    format!("{name} has to be sent and cannot be: {why}"),
                    "describe it in overlay.yaml as the header it is, or as one parameter for each plain value; or remove it if the vendor does not need it",
                );
            } else if parameter.get("content").is_some()
                || place == "cookie"
                || is_object(self.document, &parameter["schema"])
            {
                self.found(
                    Some("parameters"),
                    operation.clone(),
                    &pointer,
                    format!("{name} is a cookie, an object or a text of its own media type, which progenitor cannot send"),
                    "nothing to do: it becomes plain parameters, or is left out if it is optional",
                );
            }
            let ident = rust_name::snake(&name);
            let is_in_path = place == "path";
            let has_body = at.operation.get("requestBody").is_some();
            if parameters::is_taken(&ident, has_body) {
                self.found(
                    (place != "path").then_some("parameters"),
                    operation.clone(),
                    &pointer,
                    format!("{name} is the name of a method that every builder has"),
                    "rename it in overlay.yaml, in the path and in its parameter",
                );
            }
            if let Some((first, first_in_path)) = idents.insert(ident, (name.clone(), is_in_path))
                && !(first == name && at.item["parameters"].is_array())
            {
                self.found(
                    (!is_in_path || !first_in_path).then_some("parameters"),
                    operation.clone(),
                    &pointer,
                    format!("{name} and {first} have the same name in Rust"),
                    "rename one in overlay.yaml, in the path and in its parameter",
                );
            }
        }
        for name in template_names(at.path) {
            if !declared.contains(&name) {
                self.found(
                    Some("parameters"),
                    operation.clone(),
                    at.pointer(),
                    format!("the path parameter {name} is not declared"),
                    "nothing to do: it is a text",
                );
            }
        }
    }

    fn body(&mut self, at: &OperationAt<'_>) {
        let Some(body) = schema::follow(self.document, &at.operation["requestBody"]) else {
            return;
        };
        let pointer = format!("{}/requestBody", at.pointer());
        let operation = Some(at.name());
        let whole = body;
        let Some(content) = body["content"].as_object() else {
            return;
        };
        if content.len() > 1 {
            self.found(
                Some("bodies"),
                operation.clone(),
                &pointer,
                "the body has several media types",
                "nothing to do: JSON is sent",
            );
        }
        for (media_type, body) in content {
            if is_json(media_type) && body.get("schema").is_none() {
                self.found(Some("bodies"), operation.clone(), &pointer, "a JSON body without a schema", "nothing to do: any JSON is sent; remove the body in overlay.yaml if nothing is to be sent, or give it `example: {}` if that is");
            } else if media_type == bodies::MULTIPART {
                self.found(
                    Some("forms"),
                    operation.clone(),
                    &pointer,
                    "a multipart body, which progenitor cannot send",
                    "nothing to do: xtask generates it",
                );
            } else if media_type == bodies::URLENCODED && body.get("encoding").is_some() {
                self.found(
                    Some("urlencoded"),
                    operation.clone(),
                    &pointer,
                    "a form with encodings, which progenitor does not read",
                    "nothing to do: xtask writes what they say",
                );
            }
        }
        // Whether a choice was made already or is the overlay's to make, a body has to be sendable.
        if !content.keys().any(|media_type| is_json(media_type))
            && !content
                .iter()
                .any(|(_, body)| bodies::is_needless(at.method, whole, body))
            && let Err((what, remedy)) = bodies::chosen(content, true)
        {
            self.found(None, operation, &pointer, what, remedy);
        }
    }

    fn responses(&mut self, at: &OperationAt<'_>) {
        let operation = Some(at.name());
        let pointer = format!("{}/responses", at.pointer());
        let mut failures: Vec<Value> = Vec::new();
        let mut successes: Vec<Value> = Vec::new();
        for (status, response) in at.operation["responses"].as_object().into_iter().flatten() {
            let Some(response) = schema::follow(self.document, response) else {
                continue;
            };
            let content = response.get("content").cloned().unwrap_or(Value::Null);
            for (media_type, body) in content.as_object().into_iter().flatten() {
                if is_json(media_type) && body.get("schema").is_none() {
                    let mended = if schema::is_success(status) {
                        "success"
                    } else {
                        "errors"
                    };
                    self.found(
                        Some(mended),
                        operation.clone(),
                        format!("{pointer}/{status}"),
                        "a JSON answer without a schema",
                        "nothing to do: any JSON is accepted",
                    );
                }
            }
            let shapes = if schema::is_success(status) {
                &mut successes
            } else {
                &mut failures
            };
            let shape: Value = content
                .as_object()
                .map(|content| {
                    content
                        .values()
                        .map(|body| body["schema"].clone())
                        .collect()
                })
                .unwrap_or(Value::Null);
            if !shapes.contains(&shape) {
                shapes.push(shape);
            }
        }
        if failures.len() > 1 {
            self.found(
                Some("errors"),
                operation.clone(),
                &pointer,
                format!("{} different shapes of failure", failures.len()),
                "nothing to do: one decoder reads every failure",
            );
        }
        if successes.len() > 1 {
            self.found(
                Some("success"),
                operation.clone(),
                &pointer,
                format!("{} different shapes of success", successes.len()),
                "choose one with `success` in provider.toml",
            );
        }
    }

    fn schema(&mut self, at: &str, schema: &Value) {
        let Some(fields) = schema.as_object() else {
            return;
        };
        for (keyword, types) in [
            ("minLength", &["string"][..]),
            ("maxLength", &["string"]),
            ("pattern", &["string"]),
            ("uniqueItems", &["array"]),
            ("minItems", &["array"]),
            ("maxItems", &["array"]),
        ] {
            if let (Some(_), Some(Value::String(name))) = (fields.get(keyword), fields.get("type"))
                && !types.contains(&name.as_str())
            {
                self.found(
                    Some("harden"),
                    None,
                    at,
                    format!("{keyword} says nothing about type {name}"),
                    "remove it in overlay.yaml",
                );
            }
        }
        if let (Some(default), Some(Value::String(name))) =
            (fields.get("default"), fields.get("type"))
            && !fits(default, name)
            && !(default.is_null() && fields.get("nullable") == Some(&Value::Bool(true)))
        {
            self.found(
                Some("keywords"),
                None,
                at,
                format!("the default is not of type {name}"),
                "nothing to do: it is left out",
            );
        }
        if let Some(Value::Array(parts)) = fields.get("allOf") {
            self.contradiction(at, parts);
            if fields.get("type").is_some_and(|name| name == "object")
                && parts
                    .iter()
                    .filter_map(|part| schema::follow(self.document, part))
                    .any(|part| part["type"] == "array")
            {
                self.found(
                    None,
                    None,
                    at,
                    "an object that is made of an array: nothing can be both",
                    "correct its type in overlay.yaml",
                );
            }
        }
        if fields.contains_key("discriminator")
            && (fields.contains_key("oneOf") || fields.contains_key("anyOf"))
        {
            self.found(Some("harden"), None, at, "a discriminator, which progenitor ignores: the alternatives are tried in their order", "nothing to do, if no alternative accepts another's values");
        }
    }

    /// Parts of an `allOf` that demand different values of one property.
    fn contradiction(&mut self, at: &str, parts: &[Value]) {
        let mut demanded: BTreeMap<String, Value> = BTreeMap::new();
        for part in parts {
            let mut found = Vec::new();
            collect(self.document, part, 0, &mut found);
            for (name, values) in found {
                match demanded.get(&name) {
                    Some(first) if !overlap(first, &values) => {
                        self.found(
                            None,
                            None,
                            at,
                            format!("nothing satisfies it: {name} has to be {first} and {values}"),
                            "name the schema that is meant in overlay.yaml",
                        );
                        return;
                    }
                    _ => {
                        demanded.insert(name, values);
                    }
                }
            }
        }
    }

    /// Schemas that are made of themselves, which progenitor follows without end, or of more than
    /// anybody means.
    fn compositions(&mut self) {
        let composition = Composition::of(self.document);
        for name in composition.circles().flatten() {
            self.found(
                Some("circles"),
                None,
                pointer::of(["components", "schemas", name]),
                format!("{name} is made of itself (allOf, anyOf, oneOf)"),
                "nothing to do: the part that leads back is left out",
            );
        }
        self.extents(&composition);
    }

    fn extents(&mut self, composition: &Composition<'_>) {
        for name in composition.beyond(schema::LONGEST, WIDEST) {
            self.found(
                None,
                None,
                pointer::of(["components", "schemas", name]),
                format!("{name} is made of more schemas (allOf, anyOf, oneOf, $ref) than can be followed: more than {} in a row, or {WIDEST} in all", schema::LONGEST),
                "say in overlay.yaml in one schema what is meant",
            );
        }
    }
}

/// Of how many schemas one may be made.
pub(crate) const WIDEST: usize = 4096;

/// The enums of a schema's properties, through `allOf` and references.
fn collect(document: &Value, schema: &Value, depth: usize, found: &mut Vec<(String, Value)>) {
    if depth > 16 {
        return;
    }
    let Some(schema) = schema::follow(document, schema) else {
        return;
    };
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(property) = schema::follow(document, property)
            && property["enum"].is_array()
        {
            found.push((name.clone(), property["enum"].clone()));
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        collect(document, part, depth + 1, found);
    }
}

fn overlap(one: &Value, other: &Value) -> bool {
    match (one.as_array(), other.as_array()) {
        (Some(one), Some(other)) => one.iter().any(|value| other.contains(value)),
        _ => true,
    }
}

fn is_object(document: &Value, schema: &Value) -> bool {
    schema::follow(document, schema)
        .is_some_and(|schema| schema["type"] == "object" || schema["properties"].is_object())
}

fn fits(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

/// The names in braces of a path template.
pub fn template_names(path: &str) -> Vec<String> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}
