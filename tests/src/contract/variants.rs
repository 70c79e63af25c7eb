//! Every edge of a schema, one at a time: what a vendor may send, what it may not but sends
//! nevertheless, and what cannot be read.

use super::{generate::types, schema::Schema};
use serde_json::{Map, Value, json};

/// What has to become of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The schema allows it: it is read.
    Valid,
    /// The schema does not allow it, or stopped allowing it, and it is read nevertheless: an enum's
    /// new value, an odd date, a null where a field could be left out.
    Accepted,
    /// It cannot be read without guessing.
    Refused,
}

/// One edge.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Where it is, and what.
    pub what: String,
    /// The whole instance.
    pub value: Value,
    /// What has to become of it.
    pub expected: Expected,
}

/// Every edge of a schema. The first is an instance with everything in it.
///
/// # Panics
/// A variant is valid for the schema when it should not be, or the other way round.
pub fn variants(schema: &Schema) -> Vec<Variant> {
    let mut all = vec![Variant {
        what: "everything".to_owned(),
        value: typical(schema, &schema.value),
        expected: Expected::Valid,
    }];
    all.extend(at(schema, &schema.value, "", false));
    for variant in &all {
        let valid = schema.is_valid(&variant.value);
        match variant.expected {
            Expected::Valid => assert!(
                valid,
                "{}: {:?}",
                variant.what,
                schema.problems(&variant.value)
            ),
            Expected::Accepted => assert!(!valid, "{} is valid", variant.what),
            // An integer beyond 64 bits is valid, and still cannot be read.
            Expected::Refused => assert!(
                !valid || variant.what.contains("beyond"),
                "{} is valid",
                variant.what
            ),
        }
    }
    all
}

/// An instance with every property, one item in every list.
fn typical(schema: &Schema, value: &Value) -> Value {
    let value = schema.resolved(value);
    if let Some(first) = value["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    if let Some(branches) = value["anyOf"].as_array().or(value["oneOf"].as_array()) {
        return typical(schema, &branches[0]);
    }
    match types(&value)[0] {
        "null" => Value::Null,
        "boolean" => json!(true),
        "string" if value["format"] == "date-time" => json!("2027-01-02T03:04:05Z"),
        "string" => json!("a text"),
        "integer" => json!(value["minimum"].as_i64().unwrap_or(7)),
        "number" => json!(7),
        "array" => json!([typical(schema, &value["items"])]),
        "object" => {
            let mut members: Map<String, Value> = value["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, property)| (name.clone(), typical(schema, property)))
                .collect();
            if value["additionalProperties"].is_object() {
                members.insert(
                    "any".to_owned(),
                    typical(schema, &value["additionalProperties"]),
                );
            }
            Value::Object(members)
        }
        _ => json!({"anything": [1, null]}),
    }
}

/// Replacements for the value at a place. `optional` says that its field could be left out.
fn at(schema: &Schema, value: &Value, place: &str, optional: bool) -> Vec<Variant> {
    let value = schema.resolved(value);
    let own = schema.part(value.clone());
    let place = if place.is_empty() { "/" } else { place };
    let mut all: Vec<Variant> = Vec::new();
    let mut add = |what: &str, value: Value, expected| {
        all.push(Variant {
            what: format!("{place} {what}"),
            value,
            expected,
        });
    };
    let null = match (own.is_valid(&Value::Null), optional) {
        (true, _) => Expected::Valid,
        (false, true) => Expected::Accepted,
        (false, false) => Expected::Refused,
    };
    add("null", Value::Null, null);

    if let Some(branches) = value["anyOf"].as_array().or(value["oneOf"].as_array()) {
        for (index, branch) in branches.iter().enumerate() {
            let branch_place = format!("{place} branch {index}:");
            all.extend(
                at(schema, branch, &branch_place, optional)
                    .into_iter()
                    .filter(|variant| {
                        variant.expected != Expected::Refused && !variant.value.is_null()
                    }),
            );
        }
        all.extend(wrong_types(&own, &value, place));
        return all;
    }
    let kinds = types(&value);
    let mut edges = Vec::new();
    if kinds.contains(&"string") || value["enum"].is_array() {
        edges.extend(texts(&value, kinds.contains(&"string")));
    }
    if kinds.contains(&"integer") {
        edges.extend(integers(&value));
    }
    for (what, value, expected) in edges {
        add(what, value, expected);
    }
    if kinds.contains(&"array") {
        let items = &value["items"];
        let one = typical(schema, items);
        add("empty list", json!([]), Expected::Valid);
        add("two items", json!([one, one]), Expected::Valid);
        for variant in at(schema, items, &format!("{place}/0"), false) {
            all.push(Variant {
                value: json!([variant.value, one]),
                ..variant
            });
        }
    }
    if kinds.contains(&"object") {
        all.extend(members(schema, &value, place));
    }
    all.extend(wrong_types(&own, &value, place));
    all
}

/// What, the value, and what has to become of it.
type Edge = (&'static str, Value, Expected);

/// The edges of an enum, or of a text.
fn texts(value: &Value, string: bool) -> Vec<Edge> {
    if let Some(values) = value["enum"].as_array() {
        let known = values
            .iter()
            .map(|one| ("enum value", one.clone(), Expected::Valid));
        let tomorrow = string.then(|| {
            let value = json!("value-of-tomorrow");
            ("enum value of tomorrow", value, Expected::Accepted)
        });
        return known.chain(tomorrow).collect();
    }
    if value["format"] == "date-time" {
        return ["", "soon", "2027-01-02 03:04:05", "2027-01-02T03:04:05"]
            .map(|odd| ("odd date", json!(odd), Expected::Accepted))
            .to_vec();
    }
    let longest = value["maxLength"].as_u64().unwrap_or(20_000) as usize;
    let odd = json!("\u{0}\u{feff}\"\\\u{202e}𝄞");
    vec![
        ("empty", json!(""), Expected::Valid),
        ("longest", json!("ü".repeat(longest)), Expected::Valid),
        ("odd characters", odd, Expected::Valid),
    ]
}

fn integers(value: &Value) -> Vec<Edge> {
    let least = value["minimum"].as_i64().unwrap_or(i64::MIN);
    let most = value["maximum"].as_i64().unwrap_or(i64::MAX);
    let mut edges = vec![
        ("least", json!(least), Expected::Valid),
        ("most", json!(most), Expected::Valid),
        ("whole, written as 9.0", json!(9.0), Expected::Valid),
        ("fraction", json!(1.5), Expected::Refused),
    ];
    if most == i64::MAX {
        edges.push(("beyond 64 bits", json!(u64::MAX), Expected::Refused));
    }
    edges
}

fn members(schema: &Schema, value: &Value, place: &str) -> Vec<Variant> {
    let whole = typical(schema, value);
    let with = |name: &str, value: Value| {
        let mut changed = whole.clone();
        changed[name] = value;
        changed
    };
    let required: Vec<&Value> = value["required"].as_array().into_iter().flatten().collect();
    let mut all = Vec::new();
    let mut least = Map::new();
    for (name, property) in value["properties"].as_object().into_iter().flatten() {
        let is_required = required.iter().any(|one| *one == name);
        let at_name = if place == "/" {
            format!("/{name}")
        } else {
            format!("{place}/{name}")
        };
        let mut without = whole.clone();
        without.as_object_mut().expect("an object").remove(name);
        all.push(Variant {
            what: format!("{at_name} absent"),
            value: without,
            expected: if is_required {
                Expected::Refused
            } else {
                Expected::Valid
            },
        });
        for variant in at(schema, property, &at_name, !is_required) {
            all.push(Variant {
                value: with(name, variant.value.clone()),
                ..variant
            });
        }
        if is_required {
            least.insert(name.clone(), whole[name].clone());
        }
    }
    all.push(Variant {
        what: format!("{place} least"),
        value: Value::Object(least),
        expected: Expected::Valid,
    });
    if value["additionalProperties"].is_object() {
        for variant in at(
            schema,
            &value["additionalProperties"],
            &format!("{place}/any"),
            false,
        ) {
            all.push(Variant {
                value: with("any", variant.value.clone()),
                ..variant
            });
        }
    } else {
        all.push(Variant {
            what: format!("{place} undeclared field"),
            value: with("x_unheard_of", json!({"deep": [1.5, null, "x"]})),
            expected: Expected::Valid,
        });
    }
    all
}

/// One value of every other type. A list of as many items as an object has fields is one of them:
/// serde would take it for the object.
fn wrong_types(own: &Schema, value: &Value, place: &str) -> Vec<Variant> {
    let fields = value["properties"].as_object().map_or(0, Map::len);
    let is_text = types(value).contains(&"string");
    [
        ("text", json!("text")),
        ("integer", json!(7)),
        ("boolean", json!(true)),
        ("empty object", json!({})),
        ("list", json!([7])),
        ("list of nulls", json!(vec![Value::Null; fields])),
    ]
    .into_iter()
    // Of texts it is the value that is odd, not the type; an object may be empty but for what it lacks.
    .filter(|(what, one)| {
        let is_odd_value = is_text && one.is_string();
        let is_least = *what == "empty object" && fields > 0;
        !(own.is_valid(one) || is_odd_value || is_least)
    })
    .map(|(what, one)| Variant {
        what: format!("{place} {what} instead"),
        value: one,
        expected: Expected::Refused,
    })
    .collect()
}
