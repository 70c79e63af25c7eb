//! Cutting the secrets of a request out of what a vendor echoes.

use super::{
    erase,
    secret::{REDACTED, Secret},
};
use crate::percent::{self, UNRESERVED};
use bytes::Bytes;
use percent_encoding::utf8_percent_encode;
use secrecy::zeroize::Zeroizing;
use serde::de::IgnoredAny;
use std::iter;

/// The shortest secret that is searched for in text: shorter ones would cut up innocent words.
const SHORTEST: usize = 4;

/// The secrets of one call, in every form in which a vendor may echo them. The longer ones come
/// first, so that no rest of one stays.
#[derive(Default)]
pub(crate) struct Needles(Vec<Zeroizing<String>>);

impl Needles {
    /// Keeps those of the secrets that are long enough to be searched for.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
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

    /// Returns the length of the longest form of a secret, in bytes.
    pub(crate) fn longest(&self) -> usize {
        self.0.first().map_or(0, |form| form.len())
    }

    /// Replaces every secret in a text, whatever its form.
    pub(crate) fn cut(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, form| {
            if text.contains(form.as_str()) {
                text.replace(form.as_str(), REDACTED)
            } else {
                text
            }
        })
    }

    /// Replaces every secret in a body. JSON stays JSON: its texts are searched decoded, so that
    /// the vendor's escapes do not matter.
    pub(crate) fn cut_bytes(&self, body: Bytes) -> Bytes {
        let Ok(text) = std::str::from_utf8(&body) else {
            return Bytes::from(self.cut_start(&String::from_utf8_lossy(&body)));
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
            self.cut_start(text)
        };
        if cut == text { body } else { Bytes::from(cut) }
    }

    /// Replaces every secret in a text that may be the start of JSON, or hold some. Where one stands
    /// only once the escapes of JSON are undone, it cannot be replaced, and the text is withheld as a
    /// whole.
    pub(crate) fn cut_start(&self, text: &str) -> String {
        let cut = self.cut(text);
        if cut.contains('\\') {
            let plain = unescaped(&cut);
            if self.0.iter().any(|form| plain.contains(form.as_str())) {
                return REDACTED.to_owned();
            }
        }
        cut
    }

    /// Replaces every secret in the texts of a JSON body. A secret that stands as a number cannot
    /// be replaced: then the body is withheld as a whole.
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

/// Returns the forms in which a vendor echoes a secret: unchanged, as JSON within a text (slashes
/// escaped or not), either of them in a URL or in a form, and as the query of an address within the
/// query of another, which is how a redirect to a login says where to come back to.
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
        forms.extend(in_both_cases(percent::form(text)));
    }
    let in_query = erase::joined(percent::form(secret));
    forms.extend(in_both_cases(percent::form(&in_query)));
    forms
}

/// Joins a percent-encoded text, once with upper-case and once with lower-case codes.
fn in_both_cases<'a>(pieces: impl Iterator<Item = &'a str> + Clone) -> [Zeroizing<String>; 2] {
    let capital = erase::joined(pieces.clone());
    let mut small = Zeroizing::new(String::with_capacity(capital.len()));
    for piece in pieces {
        let is_code = piece.starts_with('%');
        small.extend(piece.chars().map(|character| match character {
            'A'..='F' if is_code => character.to_ascii_lowercase(),
            other => other,
        }));
    }
    [capital, small]
}

/// Undoes the escapes of JSON wherever they stand. What is not an escape stays.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        plain.push_str(before);
        let (unit, after) = match escape.strip_prefix('u').and_then(unit) {
            Some((high @ 0xd800..0xdc00, after)) => {
                match after.strip_prefix("\\u").and_then(unit) {
                    Some((low @ 0xdc00..0xe000, after)) => {
                        (0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), after)
                    }
                    _ => (high, after),
                }
            }
            Some(other) => other,
            None => {
                let mut characters = escape.chars();
                plain.extend(characters.next().map(|short| match short {
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    other => other,
                }));
                rest = characters.as_str();
                continue;
            }
        };
        plain.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// Reads the four hexadecimal digits at the start of a text.
fn unit(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let is_hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let unit = u32::from_str_radix(digits, 16).ok()?;
    is_hexadecimal.then_some((unit, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_cut_from_text() {
        let secrets = ["token-canary", "pass\"canary", "file-canary\n", "pass"];
        let needles = Needles::new(&secrets.map(Secret::new));
        let echoed = r#"{"message":"bad pass\"canary for token-canary"}"#;
        let cut = needles.cut_bytes(Bytes::from(echoed));
        assert!(!String::from_utf8_lossy(&cut).contains("canary"), "{cut:?}");
        // A shorter secret leaves no rest of a longer one, and a line's end is not a part of it.
        for (said, cut) in [
            ("x pass\"canary", "x [redacted]"),
            ("x file-canary.", "x [redacted]."),
            ("x pass", "x [redacted]"),
        ] {
            assert_eq!(needles.cut(said), cut);
        }
    }

    #[test]
    fn what_was_sent_is_cut_in_every_form() {
        let secret = r#"a/b"c\d=%+ é"#;
        let needles = Needles::new(&[Secret::new(secret)]);
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
        // What is JSON in part only cannot be written anew.
        for body in [
            r#"{"m":"x \u0061/b\"c\\d\u003d%+ \u00E9""#,
            r#"data: {"m":"x a\u002fb\u0022c\u005cd=%+ é"}"#,
        ] {
            assert_eq!(needles.cut_bytes(Bytes::from(body)), REDACTED, "{body}");
        }
        let latin = [br#"{"m":"a\u002fb\u0022c\\d=%+ \u00e9"#, &b"\xff"[..]].concat();
        assert_eq!(needles.cut_bytes(Bytes::from(latin)), REDACTED);
        for (text, plain) in [
            (r"\ud83d\ude00\u00e9\/\n\q", "\u{1f600}é/\nq"),
            (r"\ud83d\u0041\ude00", "\u{fffd}A\u{fffd}"),
            (r"\u+041 \u12", "u+041 u12"),
            (r"\\u0041\", r"\u0041"),
            (r"\u12é4", "u12é4"),
        ] {
            assert_eq!(unescaped(text), plain, "{text}");
        }
        let digits = Needles::new(&[Secret::new("8675309")]);
        assert_eq!(
            digits.cut_bytes(Bytes::from(r#"{"pin":8675309}"#)),
            "[redacted]"
        );
        let quoted = r#""\\""#;
        let needles = Needles::new(&[Secret::new(quoted)]);
        assert_eq!(needles.cut_bytes(Bytes::from(quoted)), REDACTED);
    }

    #[test]
    fn what_an_address_holds_is_cut() {
        // A form keeps other characters than a URL.
        let kept = Needles::new(&[Secret::new("a*~&")]);
        assert_eq!(kept.cut("k=a*%7E%26"), "k=[redacted]");
        let capital = Needles::new(&[Secret::new("AB/C")]);
        assert_eq!(capital.cut("k=AB%2fC"), "k=[redacted]");
        let spaced = Needles::new(&[Secret::new("a/b c")]);
        assert_eq!(spaced.cut("k=a%2fb+c"), "k=[redacted]");
        let within = Needles::new(&[Secret::new("a+b /c=")]);
        for login in [
            "/login?next=%2Fx%3Fkey%3Da%252Bb%2B%252Fc%253D",
            "/login?next=%2Fx%3Fkey%3Da%252Bb%2b%252Fc%253D",
        ] {
            assert_eq!(within.cut(login), "/login?next=%2Fx%3Fkey%3D[redacted]");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// Nothing of a secret that was sent survives in what is kept of a response, plain or as JSON.
        #[test]
        fn no_secret_survives(
            secret in "[a-zA-Z0-9\"\\\\ é]{4,40}", before in "[a-z ]{0,20}", after in "[a-z ]{0,20}", plain: bool,
        ) {
            let needles = Needles::new(&["a token", secret.as_str()].map(Secret::new));
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
    }
}
