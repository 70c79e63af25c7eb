//! From an input of unknown form to the certificates in it.

use std::borrow::Cow;

use bytes::Bytes;

use crate::armour::{self, Blocks};
use crate::base64_text::{self, NotBase64};
use crate::certificate::{self, X509};
use crate::der::{self, Identity, SEQUENCE};
use crate::error::{ReadError, ReadErrorKind};
use crate::pkcs7;

/// The largest input read, in bytes: 16 MiB. An operating system's root bundle has about 0.2 MiB.
pub const MAX_INPUT: usize = 16 * 1024 * 1024;

/// The most certificates, readable or not, that one input may hold.
pub const MAX_CERTIFICATES: usize = 20_000;

/// One place of an input where a certificate stands, or should.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// Its number in the input, from 1.
    pub position: usize,
    /// Where it begins, in bytes from the input's start (of the text's UTF-8 form, for UTF-16). For a certificate
    /// within a PEM block, a base64 text or a PKCS#7 message: where that begins.
    pub offset: usize,
    /// The certificate, or why it could not be read.
    pub certificate: Result<X509, ReadError>,
}

/// Every certificate in `input`, in its order, each read or with the reason why not.
///
/// `input` is PEM (any line ends, also escaped as `\n` in one line; byte order mark, other text around, indentation and
/// quotes do not matter), base64 without armour, DER, several DER after one another, or PKCS#7 with certificates.
/// PEM blocks that are something else are entries with an error, so that nothing is passed over silently.
///
/// # Errors
///
/// Where the input is refused as a whole: it is over [`MAX_INPUT`], holds more than [`MAX_CERTIFICATES`], holds a
/// private key or is a PKCS#12 file, or nothing in it looks like a certificate. So `Ok` always has an entry.
pub fn read(input: &[u8]) -> Result<Vec<Entry>, ReadError> {
    if input.len() > MAX_INPUT {
        return Err(too_large(
            "the input is larger than 16 MiB, the most that is read",
        ));
    }
    let mut found = Found::default();
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
        found.split(bytes, Place::Binary { start })?;
    } else {
        refuse_known_binary(&text)?;
        read_text(&text, &mut found)?;
    }
    found.finish()
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
    if found.entries.is_empty() {
        read_bare(text, found)?;
    }
    Ok(())
}

/// Every armoured block of a text.
fn read_blocks(text: &[u8], found: &mut Found) -> Result<(), ReadError> {
    let mut blocks = Blocks::new(text);
    while let Some(block) = blocks.next() {
        let block = block?;
        let place = Place::Text {
            offset: block.offset,
        };
        let entries_before = found.entries.len();
        let result = match block.content {
            Ok(content) if content.is_empty() => {
                found.push(place.offset(), Err(armour::empty_block()))
            }
            Ok(content) if block.trusted => found.trusted(&content, place),
            Ok(content) => found.one_or_more(content, place),
            Err(error) => found.push(place.offset(), Err(error)),
        };
        let new = found.entries.get_mut(entries_before..).unwrap_or_default();
        for error in new
            .iter_mut()
            .filter_map(|entry| entry.certificate.as_mut().err())
        {
            if error.line().is_none() {
                *error = error.clone().on_line(blocks.line(block.offset));
            }
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
            if found.entries.is_empty() {
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
                    armour::not_base64("a character that base64 does not have")
                        .on_line(line(start + at))
                }
                NotBase64::Shape => armour::cut_base64().on_line(line(start)),
            };
            found.push(start, Err(error))
        }
        Err(_) => Err(nothing()),
    }
}

/// Where something stands, for messages.
#[derive(Clone, Copy)]
enum Place {
    /// Within a text: the caller adds the line.
    Text { offset: usize },
    /// Within binary data that begins there.
    Binary { start: usize },
}

impl Place {
    fn offset(self) -> usize {
        match self {
            Self::Text { offset } | Self::Binary { start: offset } => offset,
        }
    }
}

/// What was found so far. An `Err` of a method refuses the whole input.
#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
}

impl Found {
    fn push(
        &mut self,
        offset: usize,
        certificate: Result<X509, ReadError>,
    ) -> Result<(), ReadError> {
        if let Err(error) = &certificate
            && error.refuses_input()
        {
            return Err(error.clone());
        }
        if self.entries.len() >= MAX_CERTIFICATES {
            return Err(too_large(
                "the input holds more than 20000 certificates, the most that is read; split it",
            ));
        }
        self.entries.push(Entry {
            position: self.entries.len() + 1,
            offset,
            certificate,
        });
        Ok(())
    }

    /// The content of one block. One certificate is by far the most usual; its buffer is kept as it is.
    fn one_or_more(&mut self, content: Vec<u8>, place: Place) -> Result<(), ReadError> {
        let alone = matches!(der::element(&content), Ok((_, [])));
        if alone && pkcs7::certificates(&content).is_none() {
            return self.push(place.offset(), X509::from_bytes(Bytes::from(content)));
        }
        self.split(&content, place)
    }

    /// A certificate and OpenSSL's trust settings, which are dropped.
    fn trusted(&mut self, content: &[u8], place: Place) -> Result<(), ReadError> {
        let certificate = match der::element(content) {
            Ok((certificate, settings))
                if settings.is_empty() || der::exactly(SEQUENCE, settings).is_some() =>
            {
                match der::identify(settings) {
                    Identity::PrivateKey | Identity::Pkcs12 => {
                        Err(certificate::trailing_data(settings))
                    }
                    _ => X509::from_der(certificate.whole),
                }
            }
            Ok((_, settings)) => Err(certificate::trailing_data(settings)),
            Err(broken) => Err(certificate::explain_broken(content, Some(broken))),
        };
        self.push(place.offset(), certificate)
    }

    /// Elements after one another, each a certificate or a PKCS#7 message with some.
    fn split(&mut self, bytes: &[u8], place: Place) -> Result<(), ReadError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (offset, in_binary) = match place {
                Place::Text { offset } => (offset, false),
                Place::Binary { start } => (start + bytes.len() - rest.len(), true),
            };
            let locate = |error: ReadError| {
                if in_binary {
                    error.at_offset(offset)
                } else {
                    error
                }
            };
            let (element, after) = match der::element(rest) {
                Ok(split) => split,
                Err(broken) => {
                    return self.push(
                        offset,
                        Err(locate(certificate::explain_broken(rest, Some(broken)))),
                    );
                }
            };
            // What follows must be a further element of the same kind; else the certificate before it is suspect too.
            let trailing = !matches!(after.first(), None | Some(&SEQUENCE));
            if let Some(certificates) = pkcs7::certificates(element.whole) {
                for certificate in certificates {
                    self.push(offset, X509::from_der(certificate).map_err(locate))?;
                }
                if trailing {
                    return self.push(offset, Err(locate(certificate::trailing_data(after))));
                }
            } else if trailing {
                let error = match X509::from_der(element.whole) {
                    Ok(_) => certificate::trailing_data(after),
                    Err(error) => error,
                };
                return self.push(offset, Err(locate(error)));
            } else {
                self.push(offset, X509::from_der(element.whole).map_err(locate))?;
            }
            rest = after;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Entry>, ReadError> {
        let count = self.entries.len();
        for entry in &mut self.entries {
            if let Err(error) = &mut entry.certificate {
                error.set_position(entry.position, count);
            }
        }
        Ok(self.entries)
    }
}
