//! application/x-www-form-urlencoded (WHATWG URL), with members written as OpenAPI's encodings say.

use crate::{percent, secrets::erase};
use secrecy::zeroize::Zeroizing;
use serde_json::Value;
use std::iter;

/// How a form writes a member that is not one pair for each of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldStyle {
    /// Each member of an object as its own pair: `a=1&b=2` (style `form`, exploded).
    Members,
    /// One pair, values separated by commas: `f=1,2` (style `form`, not exploded).
    Commas,
    /// One pair, values separated by spaces: `f=1+2` (style `spaceDelimited`).
    Spaces,
    /// One pair, values separated by bars: `f=1%7C2` (style `pipeDelimited`).
    Pipes,
    /// A pair for each value, with its path: `f[a][b]=1&f[c][0]=2` (style `deepObject`).
    Brackets,
    /// One pair with a JSON text (content type JSON).
    Json,
}

/// The deepest nesting of brackets: far beyond any vendor's form, and far from the end of the
/// stack.
const DEEPEST: usize = 64;

/// A member that cannot be sent, and the reason.
pub(crate) type Refusal = (String, &'static str);

/// The pairs of a form. A value may be a secret.
pub(crate) struct Pairs(Vec<(String, Zeroizing<String>)>);

impl Pairs {
    /// Makes the pairs of an object. `null` is left out.
    pub(crate) fn from_object(
        form: &Value,
        styles: &[(&str, FieldStyle)],
    ) -> Result<Self, Refusal> {
        let Value::Object(members) = form else {
            return Err((
                "body".to_owned(),
                "is not an object, so it cannot be sent as a form",
            ));
        };
        let mut pairs = Self(Vec::new());
        for (name, value) in members {
            let style = styles
                .iter()
                .find(|(styled, _)| styled == name)
                .map(|(_, style)| *style);
            pairs
                .add(name, value, style)
                .map_err(|why| (name.clone(), why))?;
        }
        Ok(pairs)
    }

    fn add(
        &mut self,
        name: &str,
        value: &Value,
        style: Option<FieldStyle>,
    ) -> Result<(), &'static str> {
        match style {
            _ if value.is_null() => Ok(()),
            None => self.plain(name, value),
            Some(FieldStyle::Members) => match value {
                Value::Object(members) => members
                    .iter()
                    .try_for_each(|(name, value)| self.plain(name, value)),
                other => self.plain(name, other),
            },
            Some(FieldStyle::Commas) => self.joined(name, value, ","),
            Some(FieldStyle::Spaces) => self.joined(name, value, " "),
            Some(FieldStyle::Pipes) => self.joined(name, value, "|"),
            Some(FieldStyle::Brackets) => self.brackets(name, value, 0),
            Some(FieldStyle::Json) => {
                let json = erase::json(value)
                    .ok()
                    .and_then(|json| String::from_utf8(json).ok())
                    .ok_or("cannot be written as JSON")?;
                self.push(name, json.into());
                Ok(())
            }
        }
    }

    /// Adds one pair, or one for each item.
    fn plain(&mut self, name: &str, value: &Value) -> Result<(), &'static str> {
        match value {
            Value::Array(items) => {
                for item in items {
                    let text = scalar(item)?;
                    self.push(name, text);
                }
            }
            Value::Null => {}
            other => {
                let text = scalar(other)?;
                self.push(name, text);
            }
        }
        Ok(())
    }

    /// Adds one pair for all items, or for names and values in turn.
    fn joined(&mut self, name: &str, value: &Value, separator: &str) -> Result<(), &'static str> {
        let texts = match value {
            Value::Array(items) => items.iter().map(scalar).collect::<Result<Vec<_>, _>>()?,
            Value::Object(members) => {
                let mut texts = Vec::new();
                for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                    texts.extend([name.clone().into(), scalar(value)?]);
                }
                texts
            }
            other => vec![scalar(other)?],
        };
        // Whoever takes it apart would find more values than there are.
        if texts.len() > 1 && texts.iter().any(|text| text.contains(separator)) {
            return Err("holds a value with the character that separates its values");
        }
        if !texts.is_empty() {
            let texts: Vec<&str> = texts.iter().map(|text| text.as_str()).collect();
            self.push(name, texts.join(separator).into());
        }
        Ok(())
    }

    fn brackets(&mut self, name: &str, value: &Value, depth: usize) -> Result<(), &'static str> {
        if depth > DEEPEST {
            return Err("is nested too deep for a form");
        }
        match value {
            Value::Null => Ok(()),
            Value::Object(members) => members.iter().try_for_each(|(member, value)| {
                self.brackets(&format!("{name}[{member}]"), value, depth + 1)
            }),
            Value::Array(items) => items.iter().enumerate().try_for_each(|(index, value)| {
                self.brackets(&format!("{name}[{index}]"), value, depth + 1)
            }),
            other => self.plain(name, other),
        }
    }

    fn push(&mut self, name: &str, value: Zeroizing<String>) {
        self.0.push((name.to_owned(), value));
    }

    /// Returns the body.
    pub(crate) fn encode(&self) -> Zeroizing<String> {
        let pairs = self.0.iter().enumerate();
        erase::joined(pairs.flat_map(|(index, (name, value))| {
            iter::once(if index > 0 { "&" } else { "" })
                .chain(percent::form(name))
                .chain(iter::once("="))
                .chain(percent::form(value))
        }))
    }
}

/// Writes a single value as text.
fn scalar(value: &Value) -> Result<Zeroizing<String>, &'static str> {
    match value {
        Value::String(text) => Ok(text.clone().into()),
        Value::Number(number) => Ok(number.to_string().into()),
        Value::Bool(flag) => Ok(flag.to_string().into()),
        // A list's item that is not there: an empty one keeps the others' places.
        Value::Null => Ok(Zeroizing::default()),
        Value::Array(_) | Value::Object(_) => {
            Err("is nested, and the vendor's description does not say how a form holds that")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A form as its reader sees it.
    fn read(body: &str) -> Vec<(String, String)> {
        let url = reqwest::Url::parse(&format!("x:/?{body}")).unwrap();
        url.query_pairs().into_owned().collect()
    }

    #[test]
    fn every_style() {
        use FieldStyle::{Brackets, Commas, Json, Members, Pipes, Spaces};
        let object = json!({"R": 100, "g": [1, 2], "n": null});
        for (value, style, body) in [
            (
                json!("a b&c=d+é*-._~"),
                None,
                "f=a+b%26c%3Dd%2B%C3%A9*-._%7E",
            ),
            (json!(""), None, "f="),
            (json!(true), None, "f=true"),
            (json!(1.5), None, "f=1.5"),
            (
                json!(18_446_744_073_709_551_615_u64),
                None,
                "f=18446744073709551615",
            ),
            (json!(null), None, ""),
            (json!(["a", "b c"]), None, "f=a&f=b+c"),
            (json!([]), None, ""),
            (object.clone(), Some(Members), "R=100&g=1&g=2"),
            (json!(["a", 2]), Some(Commas), "f=a%2C2"),
            (json!({"R": 1, "G": 2}), Some(Commas), "f=G%2C2%2CR%2C1"),
            (json!(["a,b"]), Some(Commas), "f=a%2Cb"),
            (json!([]), Some(Commas), ""),
            (json!(["a", "b"]), Some(Spaces), "f=a+b"),
            (json!(["a", "b"]), Some(Pipes), "f=a%7Cb"),
            (
                object.clone(),
                Some(Brackets),
                "f%5BR%5D=100&f%5Bg%5D%5B0%5D=1&f%5Bg%5D%5B1%5D=2",
            ),
            (json!("a"), Some(Brackets), "f=a"),
            (json!(null), Some(Json), ""),
            (json!({"a": [1]}), Some(Json), "f=%7B%22a%22%3A%5B1%5D%7D"),
        ] {
            let styles: Vec<_> = style.map(|style| ("f", style)).into_iter().collect();
            let pairs = Pairs::from_object(&json!({"f": value}), &styles).unwrap();
            let mut sent: Vec<_> = read(&pairs.encode());
            let mut meant: Vec<_> = read(body);
            if !matches!(value, Value::Object(_)) {
                assert_eq!(pairs.encode().as_str(), body);
            }
            // Whether objects are sorted depends on a feature of serde_json.
            if style != Some(Commas) {
                sent.sort();
                meant.sort();
                assert_eq!(sent, meant, "{value}");
            }
        }
    }

    #[test]
    fn what_cannot_be_sent_is_said() {
        use FieldStyle::{Brackets, Commas, Members};
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!([deep]);
        }
        for (form, style, word) in [
            (json!([]), None, "is not an object"),
            (json!({"f": {"a": 1}}), None, "is nested"),
            (json!({"f": [[1]]}), None, "is nested"),
            (json!({"f": {"a": {"b": 1}}}), Some(Members), "is nested"),
            (json!({"f": ["a,b", "c"]}), Some(Commas), "separates"),
            (json!({"f": deep}), Some(Brackets), "too deep"),
        ] {
            let styles: Vec<_> = style.map(|style| ("f", style)).into_iter().collect();
            let (_, why) = Pairs::from_object(&form, &styles).err().unwrap();
            assert!(why.contains(word), "{form}: {why}");
        }
    }

    proptest::proptest! {
        /// Whatever is sent is what a form's reader reads.
        #[test]
        fn any_text(name in ".{1,20}", value in ".{0,40}") {
            let pairs = Pairs::from_object(&json!({name.as_str(): value.as_str()}), &[]).unwrap();
            proptest::prop_assert_eq!(read(&pairs.encode()), vec![(name, value)]);
        }
    }
}
