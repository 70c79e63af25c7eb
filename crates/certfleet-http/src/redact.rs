//! Cutting secrets out of what vendors answer.

use crate::{Operation, Secret, erase, urlencoded};
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::zeroize::Zeroizing;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt, iter};

/// What stands where a secret was.
pub const REDACTED: &str = "[redacted]";

/// How deep an answer is searched. Deeper ones are withheld whole: what cannot be searched cannot
/// be kept. So deep is a request searched too, far beyond any vendor's.
const DEEPEST: usize = 64;

/// The shortest value that is searched for in text: shorter ones would cut up innocent words.
const SHORTEST: usize = 4;

/// Replaces the operation's secret fields in a JSON body, everywhere they stand, and leaves every
/// other byte of it alone. A body that is not JSON, or too deep, is withheld whole when the
/// operation has such fields.
pub(crate) fn body(operation: &Operation, body: Bytes) -> Bytes {
    let fields = Fields {
        always: operation.response_secrets,
        certificates: operation.response_certificates,
    };
    if (fields.always.is_empty() && fields.certificates.is_empty()) || body.is_empty() {
        return body;
    }
    let cut = serde_json::from_slice::<&RawValue>(&body)
        .ok()
        .and_then(|raw| {
            let mut out = String::with_capacity(body.len());
            fields.copy(raw.get(), &mut out, 0).then_some(out)
        });
    match cut {
        Some(text) => Bytes::from(text),
        None => Bytes::from_static(REDACTED.as_bytes()),
    }
}

struct Fields {
    always: &'static [&'static str],
    certificates: &'static [&'static str],
}

impl Fields {
    /// Copies a JSON value, secrets replaced. `false` where it cannot be searched.
    fn copy(&self, raw: &str, out: &mut String, depth: usize) -> bool {
        if depth > DEEPEST {
            return false;
        }
        match raw.as_bytes().first() {
            Some(b'{') => {
                let Ok(Members(members)) = serde_json::from_str::<Members<'_>>(raw) else {
                    return false;
                };
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    let Ok(quoted) = serde_json::to_string(name) else {
                        return false;
                    };
                    out.push_str(&quoted);
                    out.push(':');
                    if self.is_secret(name, value.get()) {
                        out.push('"');
                        out.push_str(REDACTED);
                        out.push('"');
                    } else if !self.copy(value.get(), out, depth + 1) {
                        return false;
                    }
                }
                out.push('}');
                true
            }
            Some(b'[') => {
                let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(raw) else {
                    return false;
                };
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    if !self.copy(item.get(), out, depth + 1) {
                        return false;
                    }
                }
                out.push(']');
                true
            }
            _ => {
                out.push_str(raw);
                true
            }
        }
    }

    fn is_secret(&self, name: &str, value: &str) -> bool {
        if value == "null" {
            return false;
        }
        if self
            .always
            .iter()
            .any(|field| field.eq_ignore_ascii_case(name))
        {
            return true;
        }
        self.certificates
            .iter()
            .any(|field| field.eq_ignore_ascii_case(name))
            && match serde_json::from_str::<Cow<'_, str>>(value) {
                Ok(text) => !is_public_certificate(&text),
                // An object under the same name is searched itself.
                Err(_) => !value.starts_with(['{', '[']),
            }
    }
}

/// Whether a text plainly is a certificate and nothing else: PEM with certificates and no private
/// key, or base64 of a DER structure that begins like a certificate (a sequence in a sequence; a
/// PKCS#12 file begins with a version number).
fn is_public_certificate(text: &str) -> bool {
    if text.contains("PRIVATE KEY") {
        return false;
    }
    if text.contains("BEGIN CERTIFICATE") {
        return true;
    }
    let head: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .take(7)
        .collect();
    // "MII" is 30 82, a sequence of more than 255 bytes, whose first element's tag is byte 5 of the
    // DER: the low four bits of sextet 6 and the high four of sextet 7.
    match head.as_slice() {
        [b'M', b'I', b'I', _, _, sixth, seventh] => match (sextet(*sixth), sextet(*seventh)) {
            (Some(high), Some(low)) => ((high & 0x0f) << 4) | (low >> 2) == SEQUENCE,
            _ => false,
        },
        _ => false,
    }
}

/// The DER tag of a sequence.
const SEQUENCE: u8 = 0x30;

fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// The members of an object in their order, duplicates included.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    members.push((Cow::Owned(name), map.next_value::<&RawValue>()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Each)
    }
}

/// Whether an object has two members of the same name.
pub(crate) fn repeats_a_member(body: &[u8]) -> bool {
    serde_json::from_slice::<Members<'_>>(body).is_ok_and(|Members(members)| {
        let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
        names.sort_unstable();
        names
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one == other))
    })
}

/// The texts and numbers of the members with one of these names, and of all that stands below them. What is
/// no JSON has none.
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
    /// Whether all of it is secret: it stands below a secret member.
    is_secret: bool,
    depth: usize,
}

impl Search<'_> {
    /// The search one level deeper.
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

    /// No secret: cutting it out would withhold every answer that holds a truth value.
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

/// The secrets of one call, in every form: what text from the vendor is searched for. The longer ones first,
/// so that no rest of one stays.
#[derive(Default)]
pub(crate) struct Needles(Vec<Zeroizing<String>>);

impl Needles {
    /// Those of these secrets that are long enough to be searched for.
    pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut all: Vec<_> = secrets
            .into_iter()
            .map(Secret::expose)
            // A file's text ends with a line, which whoever repeats it leaves out.
            .flat_map(|secret| [secret, secret.trim()])
            .filter(|secret| secret.len() >= SHORTEST)
            .flat_map(forms)
            .collect();
        all.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        all.dedup();
        Self(all)
    }

    /// The text with every secret replaced, in whatever form it stands there.
    pub(crate) fn cut(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, form| {
            if text.contains(form.as_str()) {
                text.replace(form.as_str(), REDACTED)
            } else {
                text
            }
        })
    }

    /// The body with every secret replaced. What is JSON stays JSON: its texts are searched as they
    /// read, however the vendor escapes them.
    pub(crate) fn cut_bytes(&self, body: Bytes) -> Bytes {
        let Ok(text) = std::str::from_utf8(&body) else {
            return Bytes::from(self.cut(&String::from_utf8_lossy(&body)));
        };
        let cut = if serde_json::from_str::<IgnoredAny>(text).is_ok() {
            let cut = self.cut_json(text);
            // A text that only happens to be JSON reads otherwise than it stands there.
            if self.cut(&cut) == cut {
                cut
            } else {
                REDACTED.to_owned()
            }
        } else {
            self.cut(text)
        };
        if cut == text { body } else { Bytes::from(cut) }
    }

    /// The JSON with every secret replaced that stands in one of its texts. One that stands as a number
    /// cannot be replaced: then all of it is withheld.
    fn cut_json(&self, json: &str) -> String {
        let mut out = String::with_capacity(json.len());
        let mut rest = json;
        while let Some((before, from_quote)) = rest
            .find('"')
            .and_then(|quote| rest.split_at_checked(quote))
        {
            if self.cut(before) != before {
                return REDACTED.to_owned();
            }
            out.push_str(before);
            let mut texts = serde_json::Deserializer::from_str(from_quote).into_iter::<String>();
            let text = texts.next();
            let (Some(Ok(text)), Some((raw, after))) =
                (text, from_quote.split_at_checked(texts.byte_offset()))
            else {
                // Half a surrogate pair is JSON to a reader that skips it.
                return REDACTED.to_owned();
            };
            let cut = self.cut(&text);
            match serde_json::to_string(&cut) {
                Ok(quoted) if cut != text => out.push_str(&quoted),
                _ => out.push_str(raw),
            }
            rest = after;
        }
        if self.cut(rest) != rest {
            return REDACTED.to_owned();
        }
        out.push_str(rest);
        out
    }
}

/// The forms in which a vendor repeats what it was sent: as it is, as JSON within a text (slashes
/// escaped or not), either of them in a URL or in a form.
fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let quoted = Zeroizing::new(erase::json(&secret).unwrap_or_default());
    let quoted = std::str::from_utf8(&quoted).unwrap_or_default();
    let json = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(quoted);
    let slashes = json.split('/').enumerate();
    let slashes = slashes.flat_map(|(index, text)| [if index > 0 { "\\/" } else { "" }, text]);
    let mut forms = vec![
        erase::joined(iter::once(secret)),
        erase::joined(iter::once(json)),
        erase::joined(slashes),
    ];
    for text in [secret, json] {
        let url = utf8_percent_encode(text, UNRESERVED);
        let plus = |piece| if piece == "%20" { "+" } else { piece };
        forms.extend(in_both_cases(url.clone()));
        forms.extend(in_both_cases(url.map(plus)));
        forms.extend(in_both_cases(urlencoded::encoded(text)));
    }
    forms
}

/// What percent-encoding made of a text, its codes in capitals and not.
fn in_both_cases<'a>(pieces: impl Iterator<Item = &'a str> + Clone) -> [Zeroizing<String>; 2] {
    let capital = erase::joined(pieces.clone());
    let mut small = Zeroizing::new(String::with_capacity(capital.len()));
    for piece in pieces {
        let is_code = piece.starts_with('%');
        small.extend(piece.chars().map(|one| match one {
            'A'..='F' if is_code => one.to_ascii_lowercase(),
            other => other,
        }));
    }
    [capital, small]
}

/// What a URL encodes: everything but RFC 3986's unreserved characters.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Class, Expect};
    use std::collections::BTreeSet;

    static OPERATION: Operation = Operation {
        id: "create",
        vendor_id: None,
        method: http::Method::POST,
        path: "/c",
        class: Class::Create,
        expect: Expect::Json,
        success: &[200],
        statuses: &["200"],
        request_secrets: &["passphrase"],
        response_secrets: &["passphrase"],
        response_certificates: &["certificate"],
    };

    #[test]
    fn fields_are_cut_and_nothing_else_changes() {
        for (before, after) in [
            (
                r#"{"a": 1.0, "passphrase":"x", "b":[{"Passphrase":"y"}]}"#,
                r#"{"a":1.0,"passphrase":"[redacted]","b":[{"Passphrase":"[redacted]"}]}"#,
            ),
            (r#"{"passphrase":null}"#, r#"{"passphrase":null}"#),
            (
                r#"[1e400, 18446744073709551616]"#,
                r#"[1e400,18446744073709551616]"#,
            ),
            (
                r#"{"certificate":"-----BEGIN CERTIFICATE-----\nMII"}"#,
                r#"{"certificate":"-----BEGIN CERTIFICATE-----\nMII"}"#,
            ),
            (
                r#"{"certificate":"-----BEGIN PRIVATE KEY-----\nMII"}"#,
                r#"{"certificate":"[redacted]"}"#,
            ),
            // DER of a certificate: 30 82 03 8d 30 82 …; of PKCS#12: 30 82 09 d1 02 01 03 …
            (
                r#"{"certificate":"MIIDjTCCAnWg"}"#,
                r#"{"certificate":"MIIDjTCCAnWg"}"#,
            ),
            (
                r#"{"certificate":"MIIJ0QIBAzCC"}"#,
                r#"{"certificate":"[redacted]"}"#,
            ),
            (r#"{"certificate":{"id":1}}"#, r#"{"certificate":{"id":1}}"#),
            ("not json", REDACTED),
        ] {
            let cut = body(&OPERATION, Bytes::from(before));
            assert_eq!(cut, after, "{before}");
        }
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        assert_eq!(body(&OPERATION, Bytes::from(deep)), REDACTED);
    }

    #[test]
    fn what_was_sent_is_cut_from_text() {
        let secrets = ["token-canary", "pass\"canary", "file-canary\n", "pass"];
        let needles = Needles::of(&secrets.map(Secret::new));
        let echoed = r#"{"message":"bad pass\"canary for token-canary"}"#;
        let cut = needles.cut_bytes(Bytes::from(echoed));
        assert!(!String::from_utf8_lossy(&cut).contains("canary"), "{cut:?}");
        // A shorter secret leaves no rest of a longer one, and a line's end is no part of it.
        for (said, cut) in [
            ("x pass\"canary", "x [redacted]"),
            ("x file-canary.", "x [redacted]."),
            ("x pass", "x [redacted]"),
        ] {
            assert_eq!(needles.cut(said), cut);
        }
    }

    #[test]
    fn secrets_are_found_wherever_they_stand() {
        let body = serde_json::json!({
            "a": [{"passphrase": "one"}, {"b": {"passphrase": 2, "name": "public"}}],
            "passphrase": {"c": ["three", true, null, {"d": -4.5}]},
            "passphrases": "public",
        });
        let found = |secrets: Vec<Secret>| -> BTreeSet<String> {
            secrets.iter().map(|one| one.expose().to_owned()).collect()
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

    #[test]
    fn what_was_sent_is_cut_in_every_form() {
        let secret = r#"a/b"c\d=%+ é"#;
        let needles = Needles::of(&[Secret::new(secret)]);
        for (body, cut) in [
            (
                r#"{"m":"x a\/b\"c\\d=%+ \u00e9"}"#,
                r#"{"m":"x [redacted]"}"#,
            ),
            (
                r#"{"m":"\u0061/b\"c\\d=%+ é","n":1.0}"#,
                r#"{"m":"[redacted]","n":1.0}"#,
            ),
            // JSON within JSON.
            (
                r#"{"m":"{\"k\":\"a/b\\\"c\\\\d=%+ é\"}"}"#,
                r#"{"m":"{\"k\":\"[redacted]\"}"}"#,
            ),
            (r#"{"a/b\"c\\d=%+ é":1}"#, r#"{"[redacted]":1}"#),
            (
                r#"["a%2Fb%22c%5Cd%3D%25%2B%20%C3%A9"]"#,
                r#"["[redacted]"]"#,
            ),
            (
                r#"["a%2fb%22c%5cd%3d%25%2b%20%c3%a9"]"#,
                r#"["[redacted]"]"#,
            ),
            ("k=a%2Fb%22c%5Cd%3D%25%2B+%C3%A9&x", "k=[redacted]&x"),
            // JSON in a form.
            (
                "k=%7B%22k%22%3A%22a%2Fb%5C%22c%5C%5Cd%3D%25%2B+%C3%A9%22%7D",
                "k=%7B%22k%22%3A%22[redacted]%22%7D",
            ),
            (r#"<p>a/b"c\d=%+ é"#, "<p>[redacted]"),
            (
                r#"{"m":"nothing \u0041 \/"}"#,
                r#"{"m":"nothing \u0041 \/"}"#,
            ),
            (r#"["a/b"]"#, r#"["a/b"]"#),
        ] {
            assert_eq!(needles.cut_bytes(Bytes::from(body)), cut, "{body}");
        }
        let quoted = r#""\\""#;
        let needles = Needles::of(&[Secret::new(quoted)]);
        assert_eq!(needles.cut_bytes(Bytes::from(quoted)), REDACTED);
        // A form keeps other characters than a URL.
        let kept = Needles::of(&[Secret::new("a*~&")]);
        assert_eq!(kept.cut("k=a*%7E%26"), "k=[redacted]");
        let capital = Needles::of(&[Secret::new("AB/C")]);
        assert_eq!(capital.cut("k=AB%2fC"), "k=[redacted]");
        let spaced = Needles::of(&[Secret::new("a/b c")]);
        assert_eq!(spaced.cut("k=a%2fb+c"), "k=[redacted]");
        let digits = Needles::of(&[Secret::new("8675309")]);
        assert_eq!(
            digits.cut_bytes(Bytes::from(r#"{"pin":8675309}"#)),
            "[redacted]"
        );
    }

    /// JSON with the names of secret fields here and there.
    fn json() -> impl proptest::strategy::Strategy<Value = serde_json::Value> {
        use proptest::prelude::*;
        let name = prop_oneof![
            "passphrase",
            "PassPhrase",
            "passphrases",
            "[a-c\"\\\\]{0,2}"
        ];
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            "[a-z\"\\\\é\n]{0,6}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                prop::collection::btree_map(name.clone(), inner, 0..4).prop_map(|members| {
                    serde_json::Value::Object(members.into_iter().collect())
                }),
            ]
        })
    }

    /// The same rule on values.
    fn without_secrets(value: serde_json::Value) -> serde_json::Value {
        use serde_json::Value::{Array, Null, Object};
        match value {
            Array(items) => items.into_iter().map(without_secrets).collect(),
            Object(members) => members
                .into_iter()
                .map(|(name, value)| match value {
                    Null => (name, Null),
                    _ if name.to_lowercase() == "passphrase" => (name, REDACTED.into()),
                    value => (name, without_secrets(value)),
                })
                .collect(),
            other => other,
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// Nothing of a secret that was sent survives in what is kept of an answer, plain or as JSON.
        #[test]
        fn no_secret_survives(
            secret in "[a-zA-Z0-9\"\\\\ é]{4,40}", before in "[a-z ]{0,20}", after in "[a-z ]{0,20}", plain: bool,
        ) {
            let needles = Needles::of(&["a token", secret.as_str()].map(Secret::new));
            let said = format!("{before}{secret}{after}");
            let body = if plain { said.clone() } else { serde_json::json!({"message": said}).to_string() };
            let kept = needles.cut_bytes(Bytes::from(body));
            let kept = String::from_utf8_lossy(&kept).into_owned();
            let shown = if plain {
                kept
            } else {
                serde_json::from_str::<serde_json::Value>(&kept).unwrap()["message"].as_str().unwrap().to_owned()
            };
            let rest = shown.replace(REDACTED, "\n");
            proptest::prop_assert!(!rest.contains(&secret), "{shown:?}");
            proptest::prop_assert!(!needles.cut(&said).replace(REDACTED, "\n").contains(&secret));
        }

        /// Wherever a secret field stands, it is replaced, and nothing else is.
        #[test]
        fn no_secret_field_survives(before in json()) {
            let body = body(&OPERATION, Bytes::from(before.to_string()));
            let after: serde_json::Value = serde_json::from_slice(&body).unwrap();
            proptest::prop_assert_eq!(after, without_secrets(before));
        }

        #[test]
        fn any_bytes(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = body(&OPERATION, Bytes::from(bytes));
        }
    }
}
