//! Says how every member of an application/x-www-form-urlencoded body stands in it, as the body's
//! `encoding` has it. progenitor types the body and reads no encoding; certfleet-http writes it.
//! A member that no form can hold is left out and said, or refuses the operation if it is required.

use super::bodies::URLENCODED;
use crate::{pipeline::Context, pointer, problem::Problem, schema};
use serde_json::{Map, Value};
use std::{collections::BTreeSet, ptr};

/// Marks an operation whose body is a form: its members that are no plain pairs, with their styles.
pub(crate) const FORM: &str = "x-certfleet-form";

/// What a member is.
#[derive(Clone, Copy)]
enum Kind {
    Scalar,
    List,
    Object,
    /// What nothing is said of, and alternatives: seen when it is sent.
    Open,
}

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let whole = document.clone();
    let mut problems = Vec::new();
    for (path, method, operation) in schema::operations_mut(document) {
        let name = operation["operationId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let Some(operation) = operation.as_object_mut() else {
            continue;
        };
        if operation.contains_key(FORM) {
            continue;
        }
        let Some(form) = operation
            .get_mut("requestBody")
            .and_then(|body| body.get_mut("content"))
            .and_then(|content| content.get_mut(URLENCODED))
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        let at = pointer::of(["paths", &path, method, "requestBody", "content", URLENCODED]);
        let encoding = form.remove("encoding").unwrap_or_default();
        let mut fitting = Fitting {
            document: &whole,
            encoding: &encoding,
            styles: Map::new(),
            left_out: Vec::new(),
            numbered: Vec::new(),
            unread: Vec::new(),
            described: BTreeSet::new(),
            is_open: false,
            problems: Vec::new(),
        };
        if let Some(schema) = form.get_mut("schema") {
            fitting.form(schema, &format!("{at}/schema"));
        }
        fitting.others();
        for (member, why) in fitting.unread {
            context.note(
                &name,
                &at,
                format!("the encoding of {member} is not followed: {why}"),
            );
        }
        for (member, why) in fitting.left_out {
            context.note(
                &name,
                &at,
                format!("the optional member {member} of the form is left out: {why}"),
            );
        }
        if !fitting.numbered.is_empty() {
            context.note(
                &name,
                &at,
                format!(
                    "{}: a list of style deepObject, of which OpenAPI says nothing, is sent as name[0], name[1]",
                    fitting.numbered.join(", ")
                ),
            );
        }
        problems.extend(
            fitting
                .problems
                .into_iter()
                .map(|(at, what, remedy)| context.problem(at, what, remedy).of(&name)),
        );
        operation.insert(FORM.to_owned(), fitting.styles.into());
    }
    problems
}

/// One form on its way.
struct Fitting<'a> {
    document: &'a Value,
    encoding: &'a Value,
    styles: Map<String, Value>,
    left_out: Vec<(String, &'static str)>,
    /// Lists in brackets.
    numbered: Vec<String>,
    /// Members, and what of their encoding changes nothing.
    unread: Vec<(String, &'static str)>,
    /// Members that a schema has.
    described: BTreeSet<String>,
    /// Whether the form may hold members that no schema has.
    is_open: bool,
    /// Pointer, what is wrong, remedy.
    problems: Vec<(String, String, &'static str)>,
}

impl Fitting<'_> {
    fn form(&mut self, form: &mut Value, at: &str) {
        let whole = form.clone();
        let Some(plain) = plain(self.document, &whole) else {
            return;
        };
        if alternatives(plain).is_some() {
            // Each is a type of its own: nothing can be left out of it here. They agree on the style of a
            // member that several have: all read one encoding, and what it makes of one kind of value
            // writes the others as they would be without it.
            for alternative in objects(self.document, plain) {
                self.members(alternative, at, &all_of(alternative));
            }
            return;
        }
        if !matches!(plain["type"].as_str(), None | Some("object")) {
            self.problems.push((
                at.to_owned(),
                "the form is no object, so it has no members to send".to_owned(),
                "describe its members in overlay.yaml",
            ));
            return;
        }
        let required: BTreeSet<String> = plain["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        let gone = self.members(plain, at, &required);
        if !gone.is_empty() {
            // In a copy: others may refer to the named one.
            let mut own = plain.clone();
            if let Some(properties) = own.get_mut("properties").and_then(Value::as_object_mut) {
                properties.retain(|name, _| !gone.contains(name));
            }
            *form = own;
        }
    }

    /// Gives every member its style. Returns those that are to be left out.
    fn members(&mut self, form: &Value, at: &str, required: &BTreeSet<String>) -> BTreeSet<String> {
        let mut gone = BTreeSet::new();
        let properties = form["properties"].as_object();
        let is_object = matches!(form["type"].as_str(), None | Some("object"));
        let has_others = match form.get("additionalProperties") {
            Some(others) => *others != false,
            None => properties.is_none_or(Map::is_empty),
        };
        self.is_open |= is_object && has_others;
        for (name, property) in properties.into_iter().flatten() {
            let name = name.clone();
            self.described.insert(name.clone());
            let encoding = &self.encoding[&name];
            match style(self.document, property, encoding) {
                Ok(style) => {
                    let kind = kind(self.document, property);
                    if style == Some("brackets") && matches!(kind, Kind::List) {
                        self.numbered.push(name.clone());
                    }
                    self.take(name, kind, style);
                }
                Err(why) if required.contains(&name) => self.problems.push((
                    pointer::child(&format!("{at}/properties"), &name),
                    format!("the form has to hold {name} and cannot: {why}"),
                    "say in overlay.yaml how it is sent: `encoding` with a style (form, deepObject) or a contentType (application/json)",
                )),
                Err(why) => {
                    gone.insert(name.clone());
                    self.left_out.push((name, why));
                }
            }
        }
        gone
    }

    /// The encodings of members that no schema has: of use where the form may hold such.
    fn others(&mut self) {
        for (name, encoding) in self.encoding.as_object().into_iter().flatten() {
            if self.described.contains(name) {
                continue;
            }
            if !self.is_open {
                let why = "the form has no such member";
                self.unread.push((name.clone(), why));
                continue;
            }
            match style(self.document, &Value::Null, encoding) {
                Ok(style) => self.take(name.clone(), Kind::Open, style),
                Err(why) => self.unread.push((name.clone(), why)),
            }
        }
    }

    /// Gives a member its style, and keeps what of its encoding that leaves out.
    fn take(&mut self, name: String, kind: Kind, style: Option<&'static str>) {
        let unread = unread(kind, &self.encoding[&name]);
        self.unread
            .extend(unread.into_iter().map(|why| (name.clone(), why)));
        if let Some(style) = style {
            self.styles.insert(name, style.into());
        }
    }
}

/// What of an encoding changes nothing. Headers are none of it: OpenAPI has them for multipart bodies only.
fn unread(kind: Kind, encoding: &Value) -> Vec<&'static str> {
    let mut unread = Vec::new();
    if encoding["allowReserved"] == true {
        unread.push("with allowReserved too every reserved character is sent encoded");
    }
    if let Some(media_type) = encoding["contentType"].as_str() {
        if ["style", "explode"]
            .iter()
            .any(|key| encoding.get(key).is_some())
        {
            unread.push("it has a style, beside which its contentType does not count");
        } else if !super::success::is_json(media_type)
            && media_type != "text/plain"
            && !matches!(kind, Kind::Scalar)
        {
            unread.push("no value is written as its contentType but a text");
        }
    }
    unread
}

/// The alternatives of a schema.
fn alternatives(form: &Value) -> Option<&Vec<Value>> {
    form["oneOf"].as_array().or(form["anyOf"].as_array())
}

/// What a form with alternatives may be, alternatives of alternatives included.
fn objects<'a>(document: &'a Value, form: &'a Value) -> Vec<&'a Value> {
    let mut objects = Vec::new();
    let mut seen: Vec<&Value> = Vec::new();
    let mut rest = vec![form];
    while let Some(form) = rest.pop() {
        let Some(form) = plain(document, form) else {
            continue;
        };
        // One that leads back to itself, or that several have, is looked at once.
        if seen.iter().any(|seen| ptr::eq(*seen, form)) {
            continue;
        }
        seen.push(form);
        match alternatives(form) {
            Some(alternatives) => rest.extend(alternatives.iter().rev()),
            None => objects.push(form),
        }
    }
    objects
}

/// The names of all members of a schema.
fn all_of(form: &Value) -> BTreeSet<String> {
    form["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

/// How a member stands in the form, if not as a pair for each value; or why it cannot.
fn style(
    document: &Value,
    member: &Value,
    encoding: &Value,
) -> Result<Option<&'static str>, &'static str> {
    let kind = kind(document, member);
    let stated = encoding["style"].as_str();
    let explode = encoding["explode"].as_bool();
    let is_json = encoding["contentType"]
        .as_str()
        .is_some_and(super::success::is_json);
    if is_json && stated.is_none() && explode.is_none() {
        return Ok(Some("json"));
    }
    let style = match (stated.unwrap_or("form"), kind) {
        ("form" | "spaceDelimited" | "pipeDelimited" | "deepObject", Kind::Scalar) => None,
        ("deepObject", _) => Some("brackets"),
        ("form", Kind::Object) if explode.is_none() && stated.is_none() => {
            // Its members as pairs in one version of the specification, JSON in the next.
            return Err("it is an object, and nothing says how the form holds it");
        }
        ("form", Kind::Object) if explode != Some(false) => Some("members"),
        ("form", _) if explode == Some(false) => Some("commas"),
        ("form", _) => None,
        ("spaceDelimited" | "pipeDelimited", Kind::Object) => {
            return Err("it is an object in a style for lists");
        }
        ("spaceDelimited" | "pipeDelimited", _) if explode == Some(true) => None,
        ("spaceDelimited", _) => Some("spaces"),
        ("pipeDelimited", _) => Some("pipes"),
        _ => return Err("its style is none that OpenAPI has for forms"),
    };
    let is_flat = match style {
        Some("brackets") => true,
        // A member of the object may be a list of its own.
        Some("members") => inner(document, member)
            .into_iter()
            .all(|inner| is_scalar(document, inner) || is_list_of_scalars(document, inner)),
        _ => inner(document, member)
            .into_iter()
            .all(|inner| is_scalar(document, inner)),
    };
    if is_flat {
        Ok(style)
    } else {
        Err("it holds objects or lists, which its style does not say how to send")
    }
}

/// What stands directly in an object or a list.
fn inner<'a>(document: &'a Value, member: &'a Value) -> Vec<&'a Value> {
    let Some(plain) = plain(document, member) else {
        return Vec::new();
    };
    plain["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, property)| property)
        .chain(plain.get("additionalProperties"))
        .chain(plain.get("items"))
        .collect()
}

/// Whether it is one value, as far as anybody knows.
fn is_scalar(document: &Value, member: &Value) -> bool {
    matches!(kind(document, member), Kind::Scalar | Kind::Open)
}

fn is_list_of_scalars(document: &Value, member: &Value) -> bool {
    matches!(kind(document, member), Kind::List)
        && inner(document, member)
            .into_iter()
            .all(|item| is_scalar(document, item))
}

/// What a member is, without references and without what only says that it may be null.
fn plain<'a>(document: &'a Value, member: &'a Value) -> Option<&'a Value> {
    let plain = schema::follow(document, member)?;
    match plain["allOf"].as_array().map(Vec::as_slice) {
        Some([only]) => schema::follow(document, only),
        _ => Some(plain),
    }
}

fn kind(document: &Value, member: &Value) -> Kind {
    let Some(plain) = plain(document, member) else {
        return Kind::Open;
    };
    match plain["type"].as_str() {
        Some("string" | "integer" | "number" | "boolean") => Kind::Scalar,
        Some("array") => Kind::List,
        Some("object") => Kind::Object,
        _ if plain["properties"].is_object() => Kind::Object,
        _ => Kind::Open,
    }
}

/// The styles of an operation's form, by the names of [`certfleet_http::FieldStyle`].
pub(crate) fn styles(operation: &Value) -> Vec<(String, &'static str)> {
    operation[FORM]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, style)| {
            let style = match style.as_str()? {
                "members" => "Members",
                "commas" => "Commas",
                "spaces" => "Spaces",
                "pipes" => "Pipes",
                "brackets" => "Brackets",
                "json" => "Json",
                _ => return None,
            };
            Some((name.clone(), style))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Whatever a member is in one alternative or the next: its encoding gives it one style or none.
    #[test]
    fn alternatives_agree_on_styles() {
        let kinds = [
            json!({"type": "string"}),
            json!({"type": "array", "items": {"type": "string"}}),
            json!({"type": "object", "properties": {"a": {"type": "string"}}}),
            json!({}),
        ];
        let mut found = BTreeSet::new();
        for stated in [
            "form",
            "spaceDelimited",
            "pipeDelimited",
            "deepObject",
            "matrix",
            "",
        ] {
            for explode in [None, Some(true), Some(false)] {
                for media_type in [None, Some("application/json"), Some("text/csv")] {
                    let mut encoding = json!({});
                    if !stated.is_empty() {
                        encoding["style"] = stated.into();
                    }
                    if let Some(explode) = explode {
                        encoding["explode"] = explode.into();
                    }
                    if let Some(media_type) = media_type {
                        encoding["contentType"] = media_type.into();
                    }
                    let styles: BTreeSet<&str> = kinds
                        .iter()
                        .filter_map(|kind| style(&Value::Null, kind, &encoding).ok().flatten())
                        .collect();
                    assert!(styles.len() <= 1, "{encoding}: {styles:?}");
                    found.extend(styles);
                }
            }
        }
        assert_eq!(found.len(), 6, "{found:?}");
    }
}
