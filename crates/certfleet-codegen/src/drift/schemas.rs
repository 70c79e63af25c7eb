//! Differences of schemas. What narrows a request, or widens an answer beyond what the generated
//! types read, breaks.

use super::{Class, Comparison, Direction, Pair, short};
use serde_json::Value;
use std::collections::BTreeSet;

/// How many schemas deep one comparison calls the next. A document may have any number in a row.
const DEEPEST: usize = 64;

impl<'a> Comparison<'a> {
    /// Compares two schemas whose references were followed, and what they lead to.
    pub(super) fn schema(&mut self, pair: &Pair<'a>, direction: Direction) {
        if self.depth == DEEPEST {
            self.later.push((pair.clone(), direction));
            return;
        }
        self.depth += 1;
        self.compare(pair, direction);
        self.depth -= 1;
        while self.depth == 0
            && let Some((pair, direction)) = self.later.pop()
        {
            self.depth = 1;
            self.compare(&pair, direction);
            self.depth = 0;
        }
    }

    fn compare(&mut self, pair: &Pair<'a>, direction: Direction) {
        if !self
            .seen
            .insert((pair.old_at.clone(), pair.new_at.clone(), direction))
        {
            return;
        }
        if pair.old == pair.new && !holds_reference(pair.old) {
            return;
        }
        if pair.old.is_object() != pair.new.is_object() {
            let class = if pair.old.is_object() {
                Class::Compatible
            } else {
                Class::BreakingCaller
            };
            self.at(class, pair, "the schema is new or gone");
            return;
        }
        self.prose(pair);
        self.deprecated(pair);
        self.types(pair, direction);
        self.values(pair, direction);
        self.bounds(pair, direction);
        self.members(pair, direction);
        for keyword in ["items", "additionalProperties", "not"] {
            let inner = self.member(pair, keyword);
            if inner.old.is_object() && inner.new.is_object() {
                self.schema(&inner, direction);
            } else if inner.old != inner.new {
                let narrowed = keyword == "additionalProperties" && *inner.new == false;
                let class = match (narrowed, direction) {
                    (true, Direction::Request) => Class::BreakingCaller,
                    _ => Class::Compatible,
                };
                self.at(
                    class,
                    &inner,
                    format!(
                        "{keyword}: {} → {}",
                        short(Some(inner.old)),
                        short(Some(inner.new))
                    ),
                );
            }
        }
        self.compositions(pair, direction);
    }

    fn types(&mut self, pair: &Pair<'a>, direction: Direction) {
        let (old, old_null) = types(pair.old);
        let (new, new_null) = types(pair.new);
        // Without a type it may be any, or what its structure says.
        if old != new
            && !(old.is_empty() && is_structured(pair.old, &new))
            && !(new.is_empty() && is_structured(pair.new, &old))
        {
            let class = match direction {
                Direction::Request if new.is_superset(&old) || new.is_empty() => Class::Compatible,
                Direction::Answer if old.is_superset(&new) || old.is_empty() => Class::Compatible,
                _ => Class::BreakingClient,
            };
            self.at(
                class,
                pair,
                format!("type {} → {}", listed(&old), listed(&new)),
            );
        }
        match (old_null, new_null, direction) {
            (false, true, Direction::Answer) => {
                self.at(Class::BreakingClient, pair, "may be null now");
            }
            (true, false, Direction::Request) => {
                self.at(Class::BreakingCaller, pair, "must not be null any more");
            }
            (false, true, _) => self.at(Class::Compatible, pair, "may be null now"),
            (true, false, _) => self.at(Class::Compatible, pair, "is never null any more"),
            _ => {}
        }
        let (old, new) = (&pair.old["format"], &pair.new["format"]);
        if old != new {
            let is_typed = |format: &Value| {
                matches!(format.as_str(), Some("date-time" | "unixtime" | "binary"))
            };
            let class = if is_typed(old) || is_typed(new) {
                Class::BreakingClient
            } else {
                Class::Compatible
            };
            self.at(
                class,
                pair,
                format!("format {} → {}", short(Some(old)), short(Some(new))),
            );
        }
    }

    fn values(&mut self, pair: &Pair<'a>, direction: Direction) {
        let old = values(pair.old);
        let new = values(pair.new);
        match (old, new) {
            (Some(old), Some(new)) => {
                for value in old.difference(&new) {
                    let class = match direction {
                        Direction::Request => Class::BreakingCaller,
                        Direction::Answer => Class::Compatible,
                    };
                    self.at(class, pair, format!("the value {value} is gone"));
                }
                for value in new.difference(&old) {
                    // Enums of answers are open.
                    self.at(Class::Compatible, pair, format!("the value {value} is new"));
                }
            }
            (Some(_), None) => self.at(Class::Compatible, pair, "any value is possible now"),
            (None, Some(new)) => {
                let class = match direction {
                    Direction::Request => Class::BreakingCaller,
                    Direction::Answer => Class::Compatible,
                };
                let values: Vec<String> = new.into_iter().collect();
                self.at(
                    class,
                    pair,
                    format!("only these values now: {}", values.join(", ")),
                );
            }
            (None, None) => {}
        }
        let (old, new) = (pair.old.get("default"), pair.new.get("default"));
        if old != new {
            self.at(
                Class::Compatible,
                pair,
                format!("default {} → {}", short(old), short(new)),
            );
        }
    }

    fn bounds(&mut self, pair: &Pair<'a>, direction: Direction) {
        for (keyword, narrower_if_lower) in [
            ("maximum", true),
            ("maxLength", true),
            ("maxItems", true),
            ("maxProperties", true),
            ("minimum", false),
            ("minLength", false),
            ("minItems", false),
            ("minProperties", false),
        ] {
            let (old, new) = (pair.old.get(keyword), pair.new.get(keyword));
            if old == new {
                continue;
            }
            let is_narrower = match (old.and_then(Value::as_f64), new.and_then(Value::as_f64)) {
                (Some(old), Some(new)) => (new < old) == narrower_if_lower,
                (None, new) => new.is_some(),
                (Some(_), None) => false,
            };
            self.bound(pair, direction, keyword, is_narrower, old, new);
        }
        for keyword in [
            "pattern",
            "multipleOf",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "uniqueItems",
        ] {
            let (old, new) = (pair.old.get(keyword), pair.new.get(keyword));
            if old != new {
                self.bound(pair, direction, keyword, new.is_some(), old, new);
            }
        }
    }

    fn bound(
        &mut self,
        pair: &Pair<'a>,
        direction: Direction,
        keyword: &str,
        is_narrower: bool,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        let class = match direction {
            Direction::Request if is_narrower => Class::BreakingCaller,
            _ => Class::Compatible,
        };
        self.at(
            class,
            pair,
            format!("{keyword} {} → {}", short(old), short(new)),
        );
    }

    fn members(&mut self, pair: &Pair<'a>, direction: Direction) {
        let old_required = required(pair.old);
        let new_required = required(pair.new);
        let properties = Pair {
            old: &pair.old["properties"],
            new: &pair.new["properties"],
            old_at: format!("{}/properties", pair.old_at),
            new_at: format!("{}/properties", pair.new_at),
        };
        let names: BTreeSet<&String> = [properties.old, properties.new]
            .into_iter()
            .filter_map(Value::as_object)
            .flatten()
            .map(|(name, _)| name)
            .collect();
        for name in names {
            let member = self.member(&properties, name);
            let (was_required, is_required) =
                (old_required.contains(name), new_required.contains(name));
            match (
                properties.old.get(name).is_some(),
                properties.new.get(name).is_some(),
            ) {
                (true, true) => {
                    let told = match (was_required, is_required, direction) {
                        (false, true, Direction::Request) => {
                            Some((Class::BreakingCaller, "has to be given now"))
                        }
                        (true, false, Direction::Answer) => {
                            Some((Class::BreakingClient, "may be absent now"))
                        }
                        (false, true, Direction::Answer) => {
                            Some((Class::Compatible, "is always there now"))
                        }
                        (true, false, Direction::Request) => {
                            Some((Class::Compatible, "need not be given any more"))
                        }
                        _ => None,
                    };
                    if let Some((class, what)) = told {
                        self.at(class, &member, format!("{name} {what}"));
                    }
                    let before = self.found.len();
                    self.schema(&member, direction);
                    // An optional member that is null is read as absent.
                    if direction == Direction::Answer && !was_required {
                        for difference in self.found.iter_mut().skip(before) {
                            if difference.what == "may be null now"
                                && difference.old == member.old_at
                            {
                                difference.class = Class::Compatible;
                            }
                        }
                    }
                }
                (true, false) => {
                    let class = match direction {
                        Direction::Answer if was_required => Class::BreakingClient,
                        _ => Class::BreakingCaller,
                    };
                    self.at(class, &member, format!("{name} is gone"));
                }
                (false, true) => {
                    let (class, what) = match direction {
                        Direction::Request if is_required => {
                            (Class::BreakingClient, "is new and has to be given")
                        }
                        _ => (Class::Compatible, "is new"),
                    };
                    self.at(class, &member, format!("{name} {what}"));
                }
                (false, false) => {}
            }
        }
    }

    fn compositions(&mut self, pair: &Pair<'a>, direction: Direction) {
        for keyword in ["allOf", "oneOf", "anyOf"] {
            let old = pair.old[keyword].as_array().map_or(0, Vec::len);
            let new = pair.new[keyword].as_array().map_or(0, Vec::len);
            let parts = Pair {
                old: &pair.old[keyword],
                new: &pair.new[keyword],
                old_at: format!("{}/{keyword}", pair.old_at),
                new_at: format!("{}/{keyword}", pair.new_at),
            };
            for index in 0..old.min(new) {
                let part = self.follow(Pair {
                    old: &parts.old[index],
                    new: &parts.new[index],
                    old_at: format!("{}/{index}", parts.old_at),
                    new_at: format!("{}/{index}", parts.new_at),
                });
                self.schema(&part, direction);
            }
            if old == new {
                continue;
            }
            let has_more = new > old;
            let class = match (keyword, direction, has_more) {
                ("allOf", _, _) => Class::BreakingClient,
                (_, Direction::Request, false) => Class::BreakingCaller,
                (_, Direction::Answer, true) => Class::BreakingClient,
                _ => Class::Compatible,
            };
            self.at(
                class,
                &parts,
                format!("{keyword} has {new} parts, not {old}"),
            );
        }
    }
}

/// A schema's types and whether it may be null, as 3.0 and 3.1 say it.
fn types(schema: &Value) -> (BTreeSet<String>, bool) {
    let mut names: BTreeSet<String> = match &schema["type"] {
        Value::String(name) => [name.clone()].into(),
        Value::Array(names) => names
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        _ => BTreeSet::new(),
    };
    let is_nullable = names.remove("null") || schema["nullable"] == true;
    (names, is_nullable)
}

/// Whether a schema without a type says with its structure what the other says with `type`.
fn is_structured(schema: &Value, names: &BTreeSet<String>) -> bool {
    (schema["properties"].is_object() && names.iter().all(|name| name == "object"))
        || (schema["items"].is_object() && names.iter().all(|name| name == "array"))
}

/// Named values; `const` is one of them.
fn values(schema: &Value) -> Option<BTreeSet<String>> {
    match (&schema["enum"], schema.get("const")) {
        (Value::Array(values), _) => Some(
            values
                .iter()
                .filter(|value| !value.is_null())
                .map(Value::to_string)
                .collect(),
        ),
        (_, Some(value)) => Some([value.to_string()].into()),
        _ => None,
    }
}

fn required(schema: &Value) -> BTreeSet<String> {
    schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

fn listed(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        "any".to_owned()
    } else {
        names.iter().cloned().collect::<Vec<_>>().join(" or ")
    }
}

/// Equal schemas may refer to components that are not.
fn holds_reference(schema: &Value) -> bool {
    !crate::references::all(schema).is_empty()
}
