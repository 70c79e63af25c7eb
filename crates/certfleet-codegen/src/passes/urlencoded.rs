//! States how every member of an application/x-www-form-urlencoded body is sent, as the body's
//! `encoding` has it. progenitor types the body and reads no encoding; certfleet-http writes it.
//! A member that no form can hold is left out with a note, or refuses the operation if it is required.

use crate::{
    context::Context,
    extensions::FORM,
    form_style::{self, Kind},
    media_type::URLENCODED,
    pointer,
    problem::Problem,
    schema,
};
use serde_json::{Map, Value};
use std::{collections::BTreeSet, ptr};

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let whole = document.clone();
    let mut problems = Vec::new();
    for (path, method, operation) in schema::operations_mut(document) {
        let name = schema::operation_id(operation);
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
        let at = pointer::join(["paths", &path, method, "requestBody", "content", URLENCODED]);
        let encoding = form.remove("encoding").unwrap_or_default();
        let mut fitting = Fitting::new(&whole, &encoding);
        if let Some(schema) = form.get_mut("schema") {
            fitting.form(schema, &format!("{at}/schema"));
        }
        fitting.others();
        fitting.note(&name, &at, context);
        problems.extend(
            fitting
                .problems
                .into_iter()
                .map(|(at, what, remedy)| context.problem(at, what, remedy).in_operation(&name)),
        );
        operation.insert(FORM.to_owned(), fitting.styles.into());
    }
    problems
}

/// The styles of one form, and what cannot be sent.
struct Fitting<'a> {
    document: &'a Value,
    encoding: &'a Value,
    styles: Map<String, Value>,
    left_out: Vec<(String, &'static str)>,
    /// Lists that are sent in brackets.
    numbered: Vec<String>,
    /// Members, and why a part of their encoding changes nothing.
    unread: Vec<(String, &'static str)>,
    /// Members that a schema has.
    described: BTreeSet<String>,
    /// Whether the form may hold members that no schema has.
    is_open: bool,
    /// Pointer, what is wrong, remedy.
    problems: Vec<(String, String, &'static str)>,
}

impl<'a> Fitting<'a> {
    fn new(document: &'a Value, encoding: &'a Value) -> Self {
        Self {
            document,
            encoding,
            styles: Map::new(),
            left_out: Vec::new(),
            numbered: Vec::new(),
            unread: Vec::new(),
            described: BTreeSet::new(),
            is_open: false,
            problems: Vec::new(),
        }
    }

    /// Notes what is not sent as the document has it.
    fn note(&self, operation: &str, at: &str, context: &Context<'_>) {
        for (member, why) in &self.unread {
            let what = format!("the encoding of {member} is not followed: {why}");
            context.note(operation, at, what);
        }
        for (member, why) in &self.left_out {
            let what = format!("the optional member {member} of the form is left out: {why}");
            context.note(operation, at, what);
        }
        if !self.numbered.is_empty() {
            let what = format!(
                "{}: a list of style deepObject, of which OpenAPI says nothing, is sent as name[0], name[1]",
                self.numbered.join(", ")
            );
            context.note(operation, at, what);
        }
    }

    fn form(&mut self, form: &mut Value, at: &str) {
        let whole = form.clone();
        let Some(plain) = form_style::plain(self.document, &whole) else {
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
                "the form is not an object, so it has no members to send".to_owned(),
                "describe its members in overlay.yaml",
            ));
            return;
        }
        let required = schema::texts(&plain["required"]);
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
            match form_style::style(self.document, property, encoding) {
                Ok(style) => {
                    let kind = form_style::kind(self.document, property);
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
            match form_style::style(self.document, &Value::Null, encoding) {
                Ok(style) => self.take(name.clone(), Kind::Open, style),
                Err(why) => self.unread.push((name.clone(), why)),
            }
        }
    }

    /// Gives a member its style, and keeps what of its encoding that leaves out.
    fn take(&mut self, name: String, kind: Kind, style: Option<&'static str>) {
        let unread = form_style::unread(kind, &self.encoding[&name]);
        self.unread
            .extend(unread.into_iter().map(|why| (name.clone(), why)));
        if let Some(style) = style {
            self.styles.insert(name, style.into());
        }
    }
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
        let Some(form) = form_style::plain(document, form) else {
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
