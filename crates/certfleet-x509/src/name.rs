//! Distinguished names: compared as DER, shown as RFC 4514 text.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::algorithm;
use crate::der::{self, OID, SEQUENCE, SET};

/// The subject or issuer of a certificate.
///
/// Equality and hash are those of the DER: two names that read the same may differ, and one name has many texts.
/// Shown and serialised as RFC 4514 text: the most specific part first, special characters escaped with `\`, values
/// without a text form and parts that cannot be read as `#` and the hex of their DER. Control and direction characters are escaped too, so the text
/// can go to a terminal. An empty name is the empty text.
#[derive(Clone)]
pub struct Name {
    /// Written when first asked for: most names of a long list are never shown.
    text: OnceLock<Box<str>>,
    der: Bytes,
}

impl Name {
    pub(crate) fn from_der(der: Bytes) -> Self {
        Self {
            text: OnceLock::new(),
            der,
        }
    }

    /// The RFC 4514 text.
    pub fn as_str(&self) -> &str {
        self.text.get_or_init(|| render(&self.der).into_boxed_str())
    }

    /// The DER, for comparison.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// True for a name without any part, which is legal where a certificate has alternative names.
    pub fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }

    /// Notes what of the name breaks the rules; `which` says whose name it is.
    pub(crate) fn note(&self, which: &str, notes: &mut Vec<String>) {
        let (mut all, mut empty, mut unread) = (0_usize, 0_usize, 0_usize);
        for part in parts(&self.der) {
            all += 1;
            match part {
                Part::Attributes(_) => {}
                Part::Empty => empty += 1,
                Part::Unread(_) => unread += 1,
            }
        }
        if empty > 0 {
            notes.push(format!("the {which} has empty parts ({empty} of {all})"));
        }
        if unread > 0 {
            notes.push(format!(
                "the {which} has parts that cannot be read and are shown in hex ({unread} of {all})"
            ));
        }
    }

    /// The most specific common name, unescaped; for people only, it identifies nothing.
    ///
    /// Unlike [`Name::as_str`] it may hold control characters.
    pub fn common_name(&self) -> Option<String> {
        parts(&self.der)
            .filter_map(|part| match part {
                Part::Attributes(attributes) => Some(attributes),
                Part::Empty | Part::Unread(_) => None,
            })
            .flat_map(attributes)
            .flatten()
            .filter(|(oid, _)| algorithm::attribute(oid) == Some("CN"))
            .last()
            .and_then(|(_, value)| decode(value))
            .map(Cow::into_owned)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({:?})", self.as_str())
    }
}

// A name that was read back from its text has no DER: it equals only names of that kind.
impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der && (!self.der.is_empty() || self.as_str() == other.as_str())
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.der.hash(state);
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// From its text: the DER is not in it, and a name without DER is only for people.
impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            text: OnceLock::from(Box::<str>::deserialize(deserializer)?),
            der: Bytes::new(),
        })
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A distinguished name as RFC 4514 text. For people: names are to be compared as DER.",
        })
    }
}

/// A part of a name (`RelativeDistinguishedName`).
enum Part<'a> {
    /// The content of one that can be read: at least one attribute.
    Attributes(&'a [u8]),
    /// One without an attribute.
    Empty,
    /// The DER of one that cannot be read, or all that follows the last part whose end can be told.
    Unread(&'a [u8]),
}

/// The parts of a name as encoded: the most general first.
fn parts(name: &[u8]) -> impl Iterator<Item = Part<'_>> {
    let content = der::exactly(SEQUENCE, name);
    let not_a_name = Some(name).filter(|name| content.is_none() && !name.is_empty());
    let mut elements = der::elements(content.unwrap_or_default());
    let mut ended = false;
    let read = std::iter::from_fn(move || {
        if ended {
            return None;
        }
        match elements.next() {
            Some(part) => Some(read_part(part)),
            None => {
                ended = true;
                Some(elements.rest())
                    .filter(|rest| !rest.is_empty())
                    .map(Part::Unread)
            }
        }
    });
    read.chain(not_a_name.map(Part::Unread))
}

fn read_part(part: der::Element<'_>) -> Part<'_> {
    match (part.tag, part.content) {
        (SET, []) => Part::Empty,
        (SET, content) if attributes(content).all(|attribute| attribute.is_some()) => {
            Part::Attributes(content)
        }
        _ => Part::Unread(part.whole),
    }
}

/// The attributes of a part: the content of the identifier, and the value. `None` for one that cannot be read.
fn attributes(part: &[u8]) -> impl Iterator<Item = Option<(&[u8], der::Element<'_>)>> {
    let mut elements = der::elements(part);
    std::iter::from_fn(move || match elements.next() {
        Some(attribute) => Some(attribute_fields(attribute)),
        None if elements.is_clean() => None,
        None => {
            elements = der::elements(&[]);
            Some(None)
        }
    })
}

fn attribute_fields(attribute: der::Element<'_>) -> Option<(&[u8], der::Element<'_>)> {
    let mut fields = der::elements(attribute.content);
    let oid = fields.next().filter(|oid| oid.tag == OID)?;
    let value = fields.next()?;
    (attribute.tag == SEQUENCE && fields.is_clean()).then_some((oid.content, value))
}

/// The RFC 4514 text of the name whose DER this is. Empty only for a name that has no part at all.
pub(crate) fn render(name: &[u8]) -> String {
    let parts: Vec<Part<'_>> = parts(name).collect();
    let mut text = String::with_capacity(name.len());
    for part in parts.iter().rev() {
        if !text.is_empty() && !matches!(part, Part::Empty) {
            text.push(',');
        }
        match *part {
            Part::Attributes(content) => {
                for (index, (oid, value)) in attributes(content).flatten().enumerate() {
                    if index > 0 {
                        text.push('+');
                    }
                    push_attribute(&mut text, oid, value);
                }
            }
            Part::Empty => {}
            Part::Unread(der) => push_hex(&mut text, der),
        }
    }
    if text.is_empty() && !parts.is_empty() {
        push_hex(&mut text, name);
    }
    text
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    text.push('#');
    text.push_str(&der::hex(bytes));
}

/// A text with everything escaped that a name's value escapes.
pub(crate) fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    push_escaped(&mut text, value);
    text
}

fn push_attribute(text: &mut String, oid: &[u8], value: der::Element<'_>) {
    let name = algorithm::attribute(oid);
    text.push_str(&algorithm::or_dotted(name, oid));
    text.push('=');
    // RFC 4514, 2.4: an attribute shown by its number has its value in hex, since nothing says how to read it back.
    match name.and_then(|_| decode(value)) {
        Some(value) => push_escaped(text, &value),
        None => push_hex(text, value.whole),
    }
}

/// The characters of a string value; `None` for other types and for bytes that break the type's encoding.
pub(crate) fn decode(value: der::Element<'_>) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(value.content).ok();
    match value.tag {
        // UTF8, Numeric, Printable, IA5, Visible. Many hold UTF-8 whatever their type allows.
        0x0c | 0x12 | 0x13 | 0x16 | 0x1a => text.map(Cow::Borrowed),
        // Teletex: in practice Latin-1, or UTF-8 mislabelled.
        0x14 => Some(text.map_or_else(
            || value.content.iter().copied().map(char::from).collect(),
            Cow::Borrowed,
        )),
        // BMP, which is UTF-16 in the wild.
        0x1e => {
            let (pairs, []) = value.content.as_chunks::<2>() else {
                return None;
            };
            char::decode_utf16(pairs.iter().copied().map(u16::from_be_bytes))
                .collect::<Result<_, _>>()
                .ok()
        }
        // Universal.
        0x1c => {
            let (quads, []) = value.content.as_chunks::<4>() else {
                return None;
            };
            quads
                .iter()
                .copied()
                .map(u32::from_be_bytes)
                .map(char::from_u32)
                .collect()
        }
        _ => None,
    }
}

fn push_escaped(text: &mut String, value: &str) {
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b' ' | b'.' | b'-' | b'(' | b')' | b'/' | b'@')
    };
    if value.bytes().all(is_plain) && !value.starts_with(' ') && !value.ends_with(' ') {
        text.push_str(value);
        return;
    }
    let last = value.len().wrapping_sub(1);
    for (index, character) in value.char_indices() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.extend(['\\', character]),
            ' ' if index == 0 || index == last => text.push_str("\\ "),
            '#' if index == 0 => text.push_str("\\#"),
            _ if is_invisible(character) => {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    text.push('\\');
                    text.push_str(&der::hex(&[byte]));
                }
            }
            _ => text.push(character),
        }
    }
}

/// Characters that change how the rest is shown, or are not shown at all.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
