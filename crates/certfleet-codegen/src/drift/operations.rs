//! Differences of operations: parameters, bodies, statuses, security.

use super::{Class, Comparison, Direction, Pair, short};
use crate::{
    media_type::is_json,
    pointer,
    schema::{self, OperationAt},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A parameter by its location and name, and its pointer.
type Parameters<'a> = BTreeMap<(String, String), (&'a Value, String)>;

impl<'a> Comparison<'a> {
    pub(super) fn operation(&mut self, old: &OperationAt<'a>, new: &OperationAt<'a>) {
        let pair = Pair {
            old: old.operation,
            new: new.operation,
            old_at: old.pointer(),
            new_at: new.pointer(),
        };
        for name in [
            "operationId",
            "summary",
            "description",
            "tags",
            "externalDocs",
        ] {
            let member = self.member(&pair, name);
            if member.old != member.new {
                self.at(
                    Class::Cosmetic,
                    &member,
                    format!(
                        "{name}: {} → {}",
                        short(Some(member.old)),
                        short(Some(member.new))
                    ),
                );
            }
        }
        self.deprecated(&pair);
        self.parameters(old, new, &pair);
        self.body(&pair);
        self.answers(&pair);
        self.security(&pair);
    }

    pub(super) fn deprecated(&mut self, pair: &Pair<'a>) {
        if pair.old["deprecated"] != true && pair.new["deprecated"] == true {
            self.at(
                Class::Compatible,
                pair,
                "the vendor means to take it away (deprecated)",
            );
        }
    }

    fn parameters(&mut self, old: &OperationAt<'a>, new: &OperationAt<'a>, pair: &Pair<'a>) {
        let before = parameters(self.old, old);
        let after = parameters(self.new, new);
        let names: BTreeSet<_> = before.keys().chain(after.keys()).cloned().collect();
        for key in names {
            let (location, name) = &key;
            let told = format!("{location} parameter {name}");
            match (before.get(&key), after.get(&key)) {
                (Some((old, old_at)), Some((new, new_at))) => {
                    let pair = Pair {
                        old,
                        new,
                        old_at: old_at.clone(),
                        new_at: new_at.clone(),
                    };
                    match (old["required"] == true, new["required"] == true) {
                        (false, true) => self.at(
                            Class::BreakingCaller,
                            &pair,
                            format!("{told} has to be given now"),
                        ),
                        (true, false) => self.at(
                            Class::Compatible,
                            &pair,
                            format!("{told} need not be given any more"),
                        ),
                        _ => {}
                    }
                    for field in ["style", "explode"] {
                        if old[field] != new[field] {
                            self.at(
                                Class::BreakingClient,
                                &pair,
                                format!("{told}: {field} changed"),
                            );
                        }
                    }
                    self.prose(&pair);
                    self.deprecated(&pair);
                    let schema = self.member(&pair, "schema");
                    self.schema(&schema, Direction::Request);
                }
                (Some((_, at)), None) => self.add(
                    Class::BreakingCaller,
                    at,
                    &pair.new_at,
                    format!("{told} is gone"),
                ),
                (None, Some((new, at))) => {
                    let (class, what) = if new["required"] == true {
                        (Class::BreakingClient, "is new and has to be given")
                    } else {
                        (Class::Compatible, "is new")
                    };
                    self.add(class, &pair.old_at, at, format!("{told} {what}"));
                }
                (None, None) => {}
            }
        }
    }

    fn body(&mut self, pair: &Pair<'a>) {
        let body = self.member(pair, "requestBody");
        match (body.old.is_object(), body.new.is_object()) {
            (false, false) => {}
            (true, false) => self.at(Class::BreakingClient, &body, "no body is taken any more"),
            (false, true) => {
                let (class, what) = if body.new["required"] == true {
                    (Class::BreakingClient, "a body is demanded now")
                } else {
                    (Class::Compatible, "a body may be sent now")
                };
                self.at(class, &body, what);
            }
            (true, true) => {
                if body.old["required"] != true && body.new["required"] == true {
                    self.at(Class::BreakingCaller, &body, "the body has to be given now");
                }
                self.content(&body, Direction::Request);
            }
        }
    }

    fn answers(&mut self, pair: &Pair<'a>) {
        let responses = self.member(pair, "responses");
        let statuses: BTreeSet<&String> = [responses.old, responses.new]
            .into_iter()
            .filter_map(Value::as_object)
            .flatten()
            .map(|(status, _)| status)
            .collect();
        for status in statuses {
            let response = self.member(&responses, status);
            let is_success = schema::is_success(status);
            match (response.old.is_object(), response.new.is_object()) {
                (true, true) => {
                    self.prose(&response);
                    if is_success || status == "default" {
                        self.content(&response, Direction::Answer);
                    }
                }
                (true, false) => {
                    let class = if is_success {
                        Class::BreakingClient
                    } else {
                        Class::Compatible
                    };
                    self.at(class, &response, format!("the answer {status} is gone"));
                }
                (false, true) => {
                    // A success that the client does not know is an error to it.
                    let class = if is_success {
                        Class::BreakingClient
                    } else {
                        Class::Compatible
                    };
                    self.at(class, &response, format!("the answer {status} is new"));
                }
                (false, false) => {}
            }
        }
    }

    /// Bodies by media type: what is JSON is one type, whatever it is called.
    fn content(&mut self, pair: &Pair<'a>, direction: Direction) {
        let old = media_types(&pair.old["content"]);
        let new = media_types(&pair.new["content"]);
        for (name, (wire, media_type)) in &old {
            let old_at = pointer::child(&format!("{}/content", pair.old_at), wire);
            match new.get(name) {
                Some((new_wire, other)) => {
                    let body = Pair {
                        old: media_type,
                        new: other,
                        old_at,
                        new_at: pointer::child(&format!("{}/content", pair.new_at), new_wire),
                    };
                    let schema = self.member(&body, "schema");
                    self.schema(&schema, direction);
                }
                None => self.add(
                    Class::BreakingClient,
                    &old_at,
                    &format!("{}/content", pair.new_at),
                    format!("{wire} is gone"),
                ),
            }
        }
        for (name, (wire, _)) in &new {
            if !old.contains_key(name) {
                let class = if old.is_empty() && direction == Direction::Answer {
                    Class::BreakingCaller
                } else {
                    Class::Compatible
                };
                self.add(
                    class,
                    &format!("{}/content", pair.old_at),
                    &pointer::child(&format!("{}/content", pair.new_at), wire),
                    format!("{wire} is new"),
                );
            }
        }
    }

    fn security(&mut self, pair: &Pair<'a>) {
        let (old_root, new_root) = (self.old, self.new);
        let old = ways(old_root, pair.old);
        let new = ways(new_root, pair.new);
        let security = self.member(pair, "security");
        for way in &old {
            if !new.contains(way) {
                self.at(
                    Class::BreakingClient,
                    &security,
                    format!("a way to authenticate is gone: {}", told(way)),
                );
            }
        }
        for way in &new {
            if !old.contains(way) {
                self.at(
                    Class::Compatible,
                    &security,
                    format!("a way to authenticate is new: {}", told(way)),
                );
            }
        }
    }

    /// Descriptions.
    pub(super) fn prose(&mut self, pair: &Pair<'a>) {
        for name in ["description", "title", "example", "examples"] {
            if pair.old.get(name) != pair.new.get(name) {
                self.at(Class::Cosmetic, pair, format!("{name} changed"));
            }
        }
    }
}

fn parameters<'a>(document: &'a Value, at: &OperationAt<'a>) -> Parameters<'a> {
    let mut found = Parameters::new();
    let own = format!("{}/parameters", at.pointer());
    let above = format!("{}/parameters", pointer::join(["paths", at.path]));
    for (list, base) in [
        (&at.item["parameters"], above),
        (&at.operation["parameters"], own),
    ] {
        for (index, parameter) in list.as_array().into_iter().flatten().enumerate() {
            let (parameter, at) = super::lead(document, parameter, format!("{base}/{index}"));
            let text = |field: &str| parameter[field].as_str().unwrap_or_default().to_owned();
            found.insert((text("in"), text("name")), (parameter, at));
        }
    }
    found
}

/// Media types by what they are, with how they are written.
fn media_types(content: &Value) -> BTreeMap<String, (&String, &Value)> {
    content
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, body)| {
            let essence = if is_json(name) {
                "json".to_owned()
            } else {
                name.split(';').next().unwrap_or_default().trim().to_owned()
            };
            (essence, (name, body))
        })
        .collect()
}

/// The ways to authenticate: sets of schemes, each by what it is on the wire.
fn ways(document: &Value, operation: &Value) -> BTreeSet<BTreeSet<String>> {
    operation
        .get("security")
        .or_else(|| document.get("security"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|requirement| {
            requirement
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| {
                    let scheme = &document["components"]["securitySchemes"][name];
                    let (scheme, _) = super::lead(document, scheme, String::new());
                    ["type", "scheme", "in", "name"]
                        .into_iter()
                        .filter_map(|field| scheme[field].as_str())
                        .collect::<Vec<_>>()
                        .join(" ")
                })
                .collect()
        })
        .collect()
}

fn told(way: &BTreeSet<String>) -> String {
    if way.is_empty() {
        "none".to_owned()
    } else {
        way.iter().cloned().collect::<Vec<_>>().join(" with ")
    }
}
