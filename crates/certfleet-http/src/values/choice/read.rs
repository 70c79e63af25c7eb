//! Chooses an alternative and reads it.

use super::{
    shape::{Misfit, Shape},
    unrepeated::Unrepeated,
};
use crate::values::StrictStructs;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::Value;

/// What tells the alternatives of a choice apart. Used by generated code.
#[derive(Debug)]
pub struct Choice {
    /// The member that names the alternative.
    pub tag: Option<Tag>,
    /// What a value of each alternative looks like.
    pub shapes: &'static [Shape],
}

/// The member of an object that names its alternative.
#[derive(Debug)]
pub struct Tag {
    /// The member's name.
    pub member: &'static str,
    /// Its values, each with the alternatives that it names. Numbers and truth values are written as in
    /// JSON.
    pub values: &'static [(&'static str, &'static [usize])],
}

/// How a value is read as one alternative.
pub type ReadAlternative<T> = fn(&Value) -> Result<T, serde_json::Error>;

/// Reads a value as the type of one alternative. Used by generated code.
///
/// # Errors
/// The value is not of that type.
pub fn read_alternative<T: DeserializeOwned>(value: &Value) -> Result<T, serde_json::Error> {
    T::deserialize(StrictStructs(value))
}

impl Choice {
    /// Reads a value as one of the alternatives: the one that the tag names, or else the one that the
    /// value fits best. The first of several that fit equally well is taken. A value that names an
    /// alternative that is not known, or that fits none, is kept as `unknown`.
    ///
    /// # Errors
    /// It is not a value, an object in it repeats a member, or it is not of the type that its tag names.
    pub fn read<'de, D: Deserializer<'de>, T>(
        &self,
        deserializer: D,
        alternatives: &[ReadAlternative<T>],
        unknown: fn(Value) -> T,
    ) -> Result<T, D::Error> {
        let Unrepeated(value) = Unrepeated::deserialize(deserializer)?;
        let (candidates, is_named) = self.candidates(&value);
        let best = match candidates.as_slice() {
            [only] if is_named => Some(*only),
            _ => self.best(&candidates, &value),
        };
        let read = best.and_then(|index| alternatives.get(index));
        match read.map(|read| read(&value)) {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) if is_named => Err(D::Error::custom(error)),
            Some(Err(_)) | None => Ok(unknown(value)),
        }
    }

    /// The alternatives that a value may be, and whether its tag names them.
    fn candidates(&self, value: &Value) -> (Vec<usize>, bool) {
        let all = 0..self.shapes.len();
        let Some((tag, named)) = self
            .tag
            .as_ref()
            .and_then(|tag| Some((tag, text(value.get(tag.member)?)?)))
        else {
            return (all.collect(), false);
        };
        match tag.values.iter().find(|(value, _)| *value == named) {
            Some((_, indices)) => (indices.to_vec(), true),
            None => {
                let has_tag =
                    |index: &usize| tag.values.iter().any(|(_, named)| named.contains(index));
                (all.filter(|index| !has_tag(index)).collect(), false)
            }
        }
    }

    /// The alternative that a value fits best; `None` if it contradicts all.
    fn best(&self, candidates: &[usize], value: &Value) -> Option<usize> {
        candidates
            .iter()
            .filter_map(|index| Some((self.shapes.get(*index)?.misfit(value), *index)))
            .min()
            .filter(|(misfit, _): &(Misfit, usize)| misfit.contradictions == 0)
            .map(|(_, index)| index)
    }
}

/// The text of a tag.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0);
            match (number.as_i64(), whole) {
                (None, Some(whole)) => Some(format!("{whole:.0}")),
                _ => Some(number.to_string()),
            }
        }
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{
        Integer,
        choice::shape::{Length, Object, Range, Rest},
    };
    use proptest::prelude::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    /// What was read, as the number of the alternative; `None` is unknown.
    #[derive(Debug, PartialEq)]
    struct Read(Option<usize>, Value);

    macro_rules! alternatives {
        ($($number:literal: $type:ty),*) => {
            &[$(|value| {
                read_alternative::<$type>(value)
                    .map(|value| Read(Some($number), serde_json::to_value(value).unwrap()))
            }),*]
        };
    }

    fn read(
        choice: &Choice,
        alternatives: &[ReadAlternative<Read>],
        value: &Value,
    ) -> Option<Read> {
        choice
            .read(value, alternatives, |value| Read(None, value))
            .ok()
    }

    type Any = BTreeMap<String, Value>;

    static STATES: Choice = Choice {
        tag: Some(Tag {
            member: "state",
            values: &[("creating", &[0]), ("attached", &[1, 2]), ("3", &[3])],
        }),
        shapes: &[
            Shape::Object(Object {
                members: &[("state", true, Shape::Texts(&["creating"]))],
                rest: Rest::Ignored,
            }),
            Shape::Object(Object {
                members: &[
                    ("state", true, Shape::Texts(&["attached"])),
                    ("instance", true, Shape::TEXT),
                ],
                rest: Rest::Ignored,
            }),
            Shape::Object(Object {
                members: &[
                    ("state", true, Shape::Texts(&["attached"])),
                    ("number", true, Shape::INTEGER),
                ],
                rest: Rest::Ignored,
            }),
            Shape::Object(Object {
                members: &[("state", true, Shape::Values(&["3"]))],
                rest: Rest::Ignored,
            }),
        ],
    };

    #[test]
    fn tags() {
        let alternatives: &[ReadAlternative<Read>] = alternatives![0: Any, 1: Any, 2: Any, 3: Any];
        for (value, expected) in [
            (json!({"state": "creating", "instance": "i"}), Some(0)),
            (json!({"state": "attached", "instance": "i"}), Some(1)),
            (json!({"state": "attached", "number": 7}), Some(2)),
            (json!({"state": 3}), Some(3)),
            (json!({"state": 3.0}), Some(3)),
            (json!({"state": "gone", "instance": "i"}), None),
            (json!({"instance": "i"}), Some(1)),
            (json!({"state": null}), Some(0)),
        ] {
            let read = read(&STATES, alternatives, &value).unwrap();
            assert_eq!(read.0, expected, "{value}");
            assert_eq!(read.1, value);
        }
        // The tag names an alternative whose type it is not.
        let strict: &[ReadAlternative<Read>] = alternatives![0: (), 1: Any, 2: Any, 3: Any];
        assert_eq!(read(&STATES, strict, &json!({"state": "creating"})), None);
    }

    /// A struct is refused where a member is repeated, and so is a choice of structs, tagged or not.
    #[test]
    fn repeated_members() {
        let alternatives: &[ReadAlternative<Read>] = alternatives![0: Any, 1: Any, 2: Any, 3: Any];
        for (text, expected) in [
            (r#"{"state":"creating","state":"attached"}"#, None),
            (r#"{"state":"attached","number":1,"number":2}"#, None),
            (r#"{"state":"gone","a":{"b":1,"b":2}}"#, None),
            (r#"{"state":"attached","number":1}"#, Some(Some(2))),
        ] {
            let mut json = serde_json::Deserializer::from_str(text);
            let read = STATES.read(&mut json, alternatives, |value| Read(None, value));
            if let Err(error) = &read {
                assert!(
                    error.to_string().starts_with("duplicate field `"),
                    "{error}"
                );
            }
            assert_eq!(read.ok().map(|read| read.0), expected, "{text}");
        }
    }

    static SHORT: Shape = Shape::TEXT;
    static STRUCTURES: Choice = Choice {
        tag: None,
        shapes: &[
            Shape::Object(Object {
                members: &[("id", true, Shape::TEXT)],
                rest: Rest::Ignored,
            }),
            Shape::Object(Object {
                members: &[("id", true, Shape::TEXT), ("bark", false, Shape::INTEGER)],
                rest: Rest::Ignored,
            }),
            Shape::NUMBER,
            Shape::Integer(Range {
                least: Some((0.0, false)),
                most: Some((10.0, true)),
            }),
            Shape::TEXT,
            Shape::Texts(&["auto", "none"]),
            Shape::List(&SHORT, Length { least: 2, most: 2 }),
            Shape::List(&SHORT, Length::ANY),
            Shape::Object(Object {
                members: &[],
                rest: Rest::Described(&Shape::Bool),
            }),
        ],
    };

    #[test]
    fn structures() {
        let alternatives: &[ReadAlternative<Read>] = alternatives![
            0: Any, 1: Any, 2: f64, 3: Integer, 4: String, 5: String, 6: Vec<String>, 7: Vec<String>,
            8: BTreeMap<String, bool>
        ];
        for (value, expected) in [
            (json!({"id": "a"}), Some(0)),
            (json!({"id": "a", "bark": 3}), Some(1)),
            (json!({"id": "a", "new": 3}), Some(0)),
            // Nothing but a loose reading is left.
            (json!({"id": "a", "bark": "loud"}), Some(0)),
            (json!(1.5), Some(2)),
            (json!(3), Some(3)),
            (json!(10.5), Some(2)),
            (json!("x"), Some(4)),
            (json!("auto"), Some(5)),
            (json!(["a", "b"]), Some(6)),
            (json!(["a"]), Some(7)),
            (json!({"a": true}), Some(8)),
            (json!([1]), None),
            (json!(null), None),
        ] {
            let read = read(&STRUCTURES, alternatives, &value).unwrap();
            assert_eq!((read.0, &value), (expected, &value));
            assert_eq!(read.1, value);
        }
    }

    static NESTED: Shape = Shape::List(
        &Shape::AnyOf(&[Shape::Named(&NESTED), Shape::Named(&NESTED)]),
        Length::ANY,
    );

    #[test]
    fn alternatives_that_nest_end() {
        let mut value = json!([]);
        for _ in 0..100 {
            value = json!([value]);
        }
        assert_eq!(NESTED.misfit(&value), Misfit::default());
    }

    proptest! {
        #[test]
        fn any_value(
            text in "\\PC{0,20}",
            number in any::<f64>(),
            member in "(id|bark|state|[a-z])",
        ) {
            let alternatives: &[ReadAlternative<Read>] = alternatives![0: Any, 1: Any, 2: f64, 3: Integer, 4: String, 5: String, 6: Vec<String>, 7: Vec<String>, 8: Any];
            for value in [json!(text), json!(number), json!({member.clone(): text.clone()}), json!([{member: number}])] {
                let read = read(&STRUCTURES, alternatives, &value).unwrap();
                prop_assert!(read.1 == value || read.0 == Some(3));
            }
        }
    }
}
