//! From an input of unknown form to the certificates in it.

use std::borrow::Cow;

use crate::armour::{self, Blocks, Content};
use crate::base64_text::{self, NotBase64};
use crate::certificate::X509;
use crate::der;
use crate::embedded;
use crate::error::{ReadError, ReadErrorKind};
use crate::found::{Entry, Found, Place, Survey};
use crate::limits::MAX_INPUT;

/// Every certificate in `input`, in its order, each read or with the reason why not.
///
/// `input` is PEM (any line ends, also escaped as `\n` in one line; byte order mark, other text around, indentation and
/// quotes do not matter), base64 without armour, DER, several DER after one another, or PKCS#7 with certificates.
/// PEM blocks that are something else are entries with an error, so that nothing is passed over silently.
///
/// # Errors
///
/// Where the input is refused as a whole: it is over [`MAX_INPUT`], holds more than [`MAX_CERTIFICATES`](crate::MAX_CERTIFICATES), holds a
/// private key or is a PKCS#12 file, or nothing in it looks like a certificate. So `Ok` always has an entry.
pub fn read(input: &[u8]) -> Result<Vec<Entry>, ReadError> {
    let mut found = Found::default();
    read_into(input, &mut found)?;
    Ok(found.finish().entries)
}

/// Every certificate in `input` as [`read`] finds it, and beside them what else is there.
///
/// For showing what a file holds, never for handing it on: private keys, requests, parameters and what else a PEM block
/// or DER of its own is become [`Survey::others`], of which nothing but kind, label and place is kept.
///
/// # Errors
///
/// As [`read`], except that what stands beside a certificate refuses nothing. So `Ok` always has an entry.
pub fn survey(input: &[u8]) -> Result<Survey, ReadError> {
    let mut found = Found::surveying();
    read_into(input, &mut found)?;
    let survey = found.finish();
    match survey.instead_of_certificates() {
        Some(error) => Err(error),
        None => Ok(survey),
    }
}

fn read_into(input: &[u8], found: &mut Found) -> Result<(), ReadError> {
    if input.len() > MAX_INPUT {
        return Err(too_large(
            "the input is larger than 16 MiB, the most that is read",
        ));
    }
    let text = as_text(input);
    if text.is_empty() {
        return Err(ReadError::new(
            ReadErrorKind::Empty,
            "the input is empty; hand over a certificate as PEM or DER",
        ));
    }
    if is_binary(&text) {
        let bytes: &[u8] = &text;
        let start = input.len().saturating_sub(bytes.len());
        found.split(bytes, Place::Binary { start })
    } else {
        refuse_known_binary(&text)?;
        read_text(&text, found)
    }
}

/// The certificates of an `input` in which every one must be readable, as for an upload.
///
/// # Errors
///
/// As [`read`], and the error of the first entry that could not be read.
pub fn read_all(input: &[u8]) -> Result<Vec<X509>, ReadError> {
    read(input)?
        .into_iter()
        .map(|entry| entry.certificate)
        .collect()
}

fn too_large(detail: &'static str) -> ReadError {
    ReadError::new(ReadErrorKind::TooLarge, detail)
}

/// The input without byte order mark, with UTF-16 (as PowerShell redirects write it) turned to UTF-8, and empty where
/// it is blank.
fn as_text(input: &[u8]) -> Cow<'_, [u8]> {
    let decode = |units: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, _) = units.as_chunks::<2>();
        let text: String = char::decode_utf16(pairs.iter().copied().map(unit))
            .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        Cow::Owned(text.into_bytes())
    };
    let text = match input {
        [0xff, 0xfe, units @ ..] => decode(units, u16::from_le_bytes),
        [0xfe, 0xff, units @ ..] => decode(units, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, text @ ..] => Cow::Borrowed(text),
        text => Cow::Borrowed(text),
    };
    if text.trim_ascii().is_empty() {
        Cow::Borrowed(&[])
    } else {
        text
    }
}

/// DER begins with the byte of the digit `0`, so text may look like it; then armour in it decides.
fn is_binary(input: &[u8]) -> bool {
    der::looks_binary(input)
        && (der::element(input).is_ok() || memchr::memmem::find(input, b"-----BEGIN").is_none())
}

/// Files people mistake for certificates, told by their first bytes.
fn refuse_known_binary(input: &[u8]) -> Result<(), ReadError> {
    let what = match input {
        [b'P', b'K', 3, 4, ..] => "a ZIP archive; unpack it",
        [0x1f, 0x8b, ..] => "compressed with gzip; unpack it",
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => {
            "a Java key store, which may hold private keys; take the certificates out with `keytool -exportcert -rfc`"
        }
        _ if input.starts_with(OPENSSH) => return Err(ReadError::private_key()),
        _ => return Ok(()),
    };
    Err(ReadError::new(
        ReadErrorKind::NotACertificate,
        format!("this is {what} and hand over the certificates in it"),
    ))
}

const OPENSSH: &[u8] = b"openssh-key-v1\0";

fn read_text(text: &[u8], found: &mut Found) -> Result<(), ReadError> {
    read_blocks(text, found)?;
    if !found.survey.is_empty() {
        return match embedded::find(text) {
            Some((offset, error)) => {
                found.push(Place::Text { offset }, Err(error))?;
                found.sort();
                Ok(())
            }
            None => Ok(()),
        };
    }
    match read_bare(text, found) {
        Err(nothing) if nothing.kind() == ReadErrorKind::NoCertificate => {
            Err(embedded::find(text).map_or(nothing, |(_, error)| error))
        }
        read => read,
    }
}

/// Every armoured block of a text.
fn read_blocks(text: &[u8], found: &mut Found) -> Result<(), ReadError> {
    let mut blocks = Blocks::new(text);
    while let Some(block) = blocks.next() {
        let place = Place::Text {
            offset: block.offset,
        };
        let (entries_before, others_before) =
            (found.survey.entries.len(), found.survey.others.len());
        let result = match block.content {
            Content::Certificates(content) if content.is_empty() => {
                found.push(place, Err(armour::empty_block()))
            }
            Content::Certificates(content) => found.one_or_more(content, place),
            Content::Trusted(content) => found.trusted(&content, place),
            Content::Other(other) => found.other(other),
            Content::Wrong(error) => found.push(place, Err(error)),
        };
        let Survey { entries, others } = &mut found.survey;
        let entries = entries.get_mut(entries_before..).unwrap_or_default();
        let others = others.get_mut(others_before..).unwrap_or_default();
        for error in entries
            .iter_mut()
            .filter_map(|entry| entry.certificate.as_mut().err())
        {
            if error.line().is_none() {
                *error = error.clone().on_line(blocks.line(block.offset));
            }
        }
        for other in others {
            other.line.get_or_insert_with(|| blocks.line(block.offset));
        }
        result.map_err(|error| error.on_line(blocks.line(block.offset)))?;
    }
    Ok(())
}

/// Base64 without armour, of DER or of armoured text.
fn read_bare(text: &[u8], found: &mut Found) -> Result<(), ReadError> {
    let blank =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b',');
    let start = text
        .iter()
        .position(|byte| !blank(byte))
        .unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|byte| !blank(byte))
        .map_or(start, |last| last + 1);
    let bare = text.get(start..end).unwrap_or_default();
    let nothing = || {
        ReadError::new(
            ReadErrorKind::NoCertificate,
            "no certificate is in the input; hand over PEM (with its BEGIN and END lines), DER, base64 of DER, or PKCS#7",
        )
    };
    match base64_text::decode(bare, &mut Vec::new()) {
        Ok(bytes) if der::looks_binary(&bytes) => {
            found.one_or_more(bytes, Place::Text { offset: start })
        }
        Ok(bytes) => {
            refuse_known_binary(&bytes)?;
            read_blocks(&bytes, found)?;
            if found.survey.is_empty() {
                Err(nothing())
            } else {
                Ok(())
            }
        }
        // Base64 of a DER SEQUENCE of usual length begins so: then the text is a certificate's, and damaged.
        Err(damage) if bare.starts_with(b"MI") => {
            let line = |offset| Blocks::new(text).line(offset);
            let error = match damage {
                NotBase64::Character(at) => {
                    armour::not_base64(bare.get(at..).unwrap_or_default()).on_line(line(start + at))
                }
                NotBase64::Shape => armour::cut_base64().on_line(line(start)),
            };
            found.push(Place::Text { offset: start }, Err(error))
        }
        Err(_) => Err(nothing()),
    }
}
