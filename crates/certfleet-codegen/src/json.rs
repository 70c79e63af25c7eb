//! JSON whose objects have every member once. A document that repeats one says two things: whichever a parser
//! took, the other would be lost silently.

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::{cell::RefCell, fmt};

/// Reads a JSON text. The error says where it is wrong, without the parser's words.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let repeated = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Strict(&repeated)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        if let Some(name) = repeated.take() {
            return format!("repeats the member {name:?} in one object ({place})");
        }
        if error.to_string().starts_with("recursion limit exceeded") {
            return TOO_DEEP.to_owned();
        }
        if error.is_eof() {
            format!("is not JSON: it ends too early ({place})")
        } else {
            format!("is not JSON ({place})")
        }
    })
}

/// What [`parse`] says of a text that is nested too deep.
pub(crate) const TOO_DEEP: &str = "is nested too deep";

/// Reads any value; keeps the name of a member that is repeated.
#[derive(Clone, Copy)]
struct Strict<'a>(&'a RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<Name>()? {
            if members.contains_key(&name.0) {
                self.0.replace(Some(name.0));
                return Err(A::Error::custom("a repeated member"));
            }
            let value = access.next_value_seed(self)?;
            members.insert(name.0, value);
        }
        Ok(members.into())
    }
}

/// The name of a member.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read() {
        for (text, expected) in [
            (r#"{"a":[1,-2,1.5,true,null,"x"],"b":{"a":{}}}"#, Ok(())),
            (
                r#"{"paths":{"/a":{},"/a":{}}}"#,
                Err("repeats the member \"/a\" in one object (line 1, column 22)"),
            ),
            (
                r#"{"a":"#,
                Err("is not JSON: it ends too early (line 1, column 5)"),
            ),
            ("{\"a\":1}\nx", Err("is not JSON (line 2, column 1)")),
            ("{'a':1}", Err("is not JSON (line 1, column 2)")),
        ] {
            let read = parse(text);
            match expected {
                Ok(()) => assert_eq!(read.unwrap(), serde_json::from_str::<Value>(text).unwrap()),
                Err(why) => assert_eq!(read.unwrap_err(), why),
            }
        }
        assert_eq!(parse(&"[".repeat(200)).unwrap_err(), TOO_DEEP);
    }
}
