//! The extensions whose facts are told. Read laxly: one that cannot be read costs a note, not the certificate.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::algorithm;
use crate::alt_names::AltNames;
use crate::der::{self, BIT_STRING, BOOLEAN, INTEGER, OCTET_STRING, OID, SEQUENCE};
use crate::tbs;

#[derive(Default)]
pub(crate) struct Extensions {
    pub(crate) is_ca: bool,
    pub(crate) path_length: Option<u32>,
    pub(crate) key_usage: Option<Vec<&'static str>>,
    pub(crate) extended_key_usage: Option<Vec<Cow<'static, str>>>,
    pub(crate) subject_alt_names: AltNames,
    pub(crate) subject_key_id: Option<String>,
    pub(crate) authority_key_id: Option<String>,
    pub(crate) notes: Vec<String>,
    /// One bit per kind met, to see repetitions.
    seen: u8,
    /// One bit per kind met again: a hostile certificate may repeat one a hundred thousand times.
    repeated: u8,
}

/// As RFC 5280 numbers and names them.
const KEY_USAGES: [&str; 9] = [
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];

/// Usages by their names. What is none of them was not written by this crate.
pub(crate) fn key_usage<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<&'static str>>, D::Error> {
    let known = |name: String| {
        KEY_USAGES
            .into_iter()
            .find(|known| *known == name)
            .ok_or_else(|| D::Error::custom(format!("{name:?} is not a key usage")))
    };
    let names: Option<Vec<String>> = Option::deserialize(deserializer)?;
    names
        .map(|names| names.into_iter().map(known).collect())
        .transpose()
}

impl Extensions {
    /// Reads the list of extensions whose DER this is.
    pub(crate) fn read(list: &[u8]) -> Self {
        let mut read = Self::default();
        let content = der::exactly(SEQUENCE, list);
        let mut unread = content.is_none();
        let mut elements = der::elements(content.unwrap_or_default());
        for element in elements.by_ref() {
            match tbs::extension(element) {
                Some((oid, value)) => read.add(oid, value),
                None => unread = true,
            }
        }
        if unread || !elements.is_clean() {
            read.notes
                .push("the list of extensions cannot be read, or not all of it".to_owned());
        }
        read
    }

    /// Takes one extension's facts. The first of a kind counts; RFC 5280 forbids a second.
    fn add(&mut self, oid: &[u8], value: &[u8]) {
        let &[0x55, 0x1d, kind] = oid else { return };
        let (bit, name): (u8, _) = match kind {
            14 => (1, "subjectKeyIdentifier"),
            15 => (2, "keyUsage"),
            17 => (4, "subjectAltName"),
            19 => (8, "basicConstraints"),
            35 => (16, "authorityKeyIdentifier"),
            37 => (32, "extKeyUsage"),
            _ => return,
        };
        if self.seen & bit != 0 {
            if self.repeated & bit == 0 {
                self.repeated |= bit;
                self.notes.push(format!(
                    "{name} stands there more than once; the first is told"
                ));
            }
            return;
        }
        self.seen |= bit;
        let read = match kind {
            14 => self.subject_key_id(value),
            15 => self.key_usage(value),
            17 => self.subject_alt_names(value),
            19 => self.basic_constraints(value),
            35 => self.authority_key_id(value),
            _ => self.extended_key_usage(value),
        };
        if read.is_none() {
            self.notes
                .push(format!("{name} cannot be read, or not all of it"));
        }
    }

    fn subject_key_id(&mut self, value: &[u8]) -> Option<()> {
        self.subject_key_id = Some(der::hex(der::exactly(OCTET_STRING, value)?));
        Some(())
    }

    fn authority_key_id(&mut self, value: &[u8]) -> Option<()> {
        let mut fields = der::elements(der::exactly(SEQUENCE, value)?);
        // Issuer and serial number may stand there instead.
        self.authority_key_id = fields
            .find(|field| field.tag == 0x80)
            .map(|key_id| der::hex(key_id.content));
        Some(())
    }

    fn key_usage(&mut self, value: &[u8]) -> Option<()> {
        let (_unused_bits, bytes) = der::exactly(BIT_STRING, value)?.split_first()?;
        let is_set = |index: usize| {
            let byte = bytes.get(index / 8).copied().unwrap_or_default();
            byte & (0x80 >> (index % 8)) != 0
        };
        self.key_usage = Some(
            KEY_USAGES
                .iter()
                .enumerate()
                .filter(|&(index, _)| is_set(index))
                .map(|(_, &name)| name)
                .collect(),
        );
        Some(())
    }

    fn extended_key_usage(&mut self, value: &[u8]) -> Option<()> {
        let mut purposes = der::elements(der::exactly(SEQUENCE, value)?);
        self.extended_key_usage = Some(
            purposes
                .by_ref()
                .filter(|purpose| purpose.tag == OID)
                .map(|purpose| {
                    algorithm::or_dotted(algorithm::purpose(purpose.content), purpose.content)
                })
                .collect(),
        );
        purposes.is_clean().then_some(())
    }

    fn subject_alt_names(&mut self, value: &[u8]) -> Option<()> {
        let mut names = der::elements(der::exactly(SEQUENCE, value)?);
        for name in names.by_ref() {
            self.subject_alt_names.add(name);
        }
        names.is_clean().then_some(())
    }

    fn basic_constraints(&mut self, value: &[u8]) -> Option<()> {
        let mut fields = der::elements(der::exactly(SEQUENCE, value)?);
        for field in fields.by_ref() {
            match (field.tag, field.content) {
                (BOOLEAN, &[value]) => self.is_ca = value != 0,
                (INTEGER, number) => self.path_length = Some(der::small_number(number)?),
                _ => return None,
            }
        }
        fields.is_clean().then_some(())
    }
}
