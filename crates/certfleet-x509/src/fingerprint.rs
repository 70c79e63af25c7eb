//! Digests as people and vendors write them.

use std::fmt;
use std::str::FromStr;

use ring::digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A SHA-256 digest: the identity of a certificate (over its DER) or of a key (over its `SubjectPublicKeyInfo`).
///
/// Shown and serialised as 64 lower-case hex digits. Read from every form listed at its `FromStr`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

/// A SHA-1 digest over a certificate's DER. Only a hint: SHA-1 does not resist collisions.
///
/// Shown and serialised as 40 lower-case hex digits. Read from every form listed at its `FromStr`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha1([u8; 20]);

/// Why a text is not a fingerprint. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FingerprintError {
    algorithm: &'static str,
    length: usize,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Prefix,
    Character,
    Group,
    Odd,
    Length(usize),
}

impl fmt::Display for FingerprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            algorithm,
            length,
            reason,
        } = *self;
        write!(f, "not a {algorithm} fingerprint: ")?;
        match reason {
            Reason::Prefix => write!(f, "the text before the digits does not say {algorithm}"),
            Reason::Character => {
                f.write_str("it holds a character that is not a hex digit, a colon or a space")
            }
            Reason::Group => {
                f.write_str("a group between separators has not one or two hex digits")
            }
            Reason::Odd => f.write_str("the number of hex digits is odd, so one is missing"),
            Reason::Length(found) => write!(f, "it has {found} bytes where {length} are expected"),
        }
    }
}

impl std::error::Error for FingerprintError {}

macro_rules! fingerprint {
    ($name:ident, $hasher:expr, $length:literal, $label:literal, $names:expr) => {
        impl $name {
            /// The digest of `data`.
            pub fn digest(data: &[u8]) -> Self {
                let mut bytes = [0; $length];
                // Both are of the algorithm's length; `zip` needs no proof of it.
                for (byte, digit) in bytes
                    .iter_mut()
                    .zip(digest::digest(&$hasher, data).as_ref())
                {
                    *byte = *digit;
                }
                Self(bytes)
            }

            /// The digest's bytes.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl From<[u8; $length]> for $name {
            fn from(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // `pad`, so that tables can set a width or a precision.
                f.pad(hex_text(&self.0, &mut [0; 2 * $length]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        /// Accepts hex in either case, in one run or in groups separated by colons, hyphens or white space (a group of
        /// one digit, as in `0:a1`, is a byte below 16 where colons or hyphens separate), and before it optionally
        /// the algorithm and `Fingerprint` or `Thumbprint`, as OpenSSL and others print them.
        impl FromStr for $name {
            type Err = FingerprintError;

            fn from_str(text: &str) -> Result<Self, FingerprintError> {
                let mut bytes = [0; $length];
                match parse(text, &mut bytes, $names) {
                    Ok(()) => Ok(Self(bytes)),
                    Err(reason) => Err(FingerprintError {
                        algorithm: $label,
                        length: $length,
                        reason,
                    }),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(hex_text(&self.0, &mut [0; 2 * $length]))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl de::Visitor<'_> for Visitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("a ", $label, " fingerprint in hex"))
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "description": concat!("A ", $label, " digest in lower-case hex."),
                    "pattern": concat!("^(?:[0-9a-f]{2}){", $length, "}$"),
                })
            }
        }
    };
}

fingerprint!(
    Sha256,
    digest::SHA256,
    32,
    "SHA-256",
    &["sha256", "sha-256", "sha2-256"]
);
fingerprint!(
    Sha1,
    digest::SHA1_FOR_LEGACY_USE_ONLY,
    20,
    "SHA-1",
    &["sha1", "sha-1"]
);

/// Hex into a buffer of the caller's, so that neither showing nor serialising allocates.
fn hex_text<'a>(bytes: &[u8], buffer: &'a mut [u8]) -> &'a str {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    for (pair, &byte) in buffer.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 0xf)]);
    }
    std::str::from_utf8(buffer).unwrap_or_default()
}

/// White space, and the marks that come along when a fingerprint is copied out of a dialog of Windows.
fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
}

fn parse(text: &str, bytes: &mut [u8], names: &[&str]) -> Result<(), Reason> {
    let digits = without_prefix(text.trim_matches(is_blank), names)?.trim_matches(is_blank);
    let expected = bytes.len();
    let mut found = 0;
    let mut put = |value: u8| {
        if let Some(slot) = bytes.get_mut(found) {
            *slot = value;
        }
        found += 1;
    };
    if digits.contains([':', '-']) {
        for group in digits.split([':', '-']) {
            let mut values = group.trim_matches(is_blank).chars().map(value);
            match (values.next(), values.next(), values.next()) {
                (Some(low), None, _) => put(low?),
                (Some(high), Some(low), None) => put(high? << 4 | low?),
                _ => return Err(Reason::Group),
            }
        }
    } else {
        let mut values = digits
            .chars()
            .filter(|&character| !is_blank(character))
            .map(value);
        while let Some(high) = values.next() {
            put(high? << 4 | values.next().ok_or(Reason::Odd)??);
        }
    }
    if found == expected {
        Ok(())
    } else {
        Err(Reason::Length(found))
    }
}

fn value(character: char) -> Result<u8, Reason> {
    character
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
        .ok_or(Reason::Character)
}

/// Takes `SHA256 Fingerprint=`, `sha256:` and the like away. No hex digit is an `s`, so nothing is ambiguous.
fn without_prefix<'a>(text: &'a str, names: &[&str]) -> Result<&'a str, Reason> {
    let mut rest = text;
    let named = text.starts_with(['s', 'S']);
    if named {
        rest = names
            .iter()
            .find_map(|name| strip(text, name))
            // `sha-1` is the beginning of `sha-1024`, and of no algorithm there is.
            .filter(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
            .ok_or(Reason::Prefix)?;
    }
    let word = ["fingerprint", "thumbprint", "digest"]
        .iter()
        .find_map(|word| strip(rest.trim_start_matches(is_blank), word));
    if let Some(after) = word {
        rest = after;
    }
    if !named && word.is_none() {
        return Ok(text);
    }
    let trimmed = rest.trim_start_matches(is_blank);
    match trimmed.strip_prefix(['=', ':']) {
        Some(digits) => Ok(digits),
        None if trimmed.len() < rest.len() => Ok(trimmed),
        None => Err(Reason::Prefix),
    }
}

fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}
