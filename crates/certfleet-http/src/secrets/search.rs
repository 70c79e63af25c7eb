//! Finding the secrets of a request's body.

use super::{members::DEEPEST, secret::Secret};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::fmt;

/// Returns the texts and numbers of the members with one of these names, and of everything below
/// them. A body that is not JSON has none.
pub(crate) fn secrets_in<'de>(body: impl Deserializer<'de>, names: &[&str]) -> Vec<Secret> {
    let mut found = Vec::new();
    if !names.is_empty() {
        let search = Search {
            names,
            found: &mut found,
            is_secret: false,
            depth: 0,
        };
        // An error ends the search: what was found before it counts.
        let _ = search.deserialize(body);
    }
    found
}

/// A search for secret members that copies nothing else.
struct Search<'a> {
    names: &'a [&'a str],
    found: &'a mut Vec<Secret>,
    /// Whether everything is secret, because it is below a secret member.
    is_secret: bool,
    depth: usize,
}

impl Search<'_> {
    /// Makes the search one level deeper.
    fn below(&mut self, is_secret: bool) -> Search<'_> {
        Search {
            names: self.names,
            found: self.found,
            is_secret: self.is_secret || is_secret,
            depth: self.depth + 1,
        }
    }

    fn keep(self, text: impl Into<String>) {
        if self.is_secret {
            self.found.push(Secret::new(text));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Search<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.depth > DEEPEST {
            return IgnoredAny::deserialize(deserializer).map(drop);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Search<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.keep(text);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.keep(number.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.keep(number.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.keep(number.to_string());
        Ok(())
    }

    /// Skips truth values: cutting one out would withhold every response that holds one.
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self.below(false))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            let is_secret = self.names.contains(&name.as_str());
            members.next_value_seed(self.below(is_secret))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn secrets_are_found_wherever_they_stand() {
        let body = serde_json::json!({
            "a": [{"passphrase": "one"}, {"b": {"passphrase": 2, "name": "public"}}],
            "passphrase": {"c": ["three", true, null, {"d": -4.5}]},
            "passphrases": "public",
        });
        let found = |secrets: Vec<Secret>| -> BTreeSet<String> {
            secrets
                .iter()
                .map(|secret| secret.expose().to_owned())
                .collect()
        };
        let all = BTreeSet::from(["one", "2", "three", "-4.5"].map(str::to_owned));
        let text = body.to_string();
        let mut json = serde_json::Deserializer::from_str(&text);
        assert_eq!(found(secrets_in(&body, &["passphrase"])), all);
        assert_eq!(found(secrets_in(&mut json, &["passphrase"])), all);
        assert!(secrets_in(&body, &[]).is_empty());

        // Whatever is too deep hides nothing beside it.
        let deep = format!(
            r#"{{"a":{}{},"passphrase":"one"}}"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        let mut json = serde_json::Deserializer::from_str(&deep);
        assert_eq!(secrets_in(&mut json, &["passphrase"]).len(), 1);
        let mut deep = serde_json::json!({"passphrase": "one"});
        for depth in 0..100 {
            let is_found = depth < DEEPEST;
            assert_eq!(
                secrets_in(&deep, &["passphrase"]).len(),
                usize::from(is_found)
            );
            deep = serde_json::json!([deep]);
        }
    }
}
