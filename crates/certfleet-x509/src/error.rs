//! Why something could not be read.

use std::borrow::Cow;
use std::fmt;

use crate::other::OtherKind;

/// What kind of thing went wrong; for programs. The text for people is [`ReadError`]'s `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// There is nothing in the input but white space.
    Empty,
    /// The input, one certificate, or the number of certificates is over its limit.
    TooLarge,
    /// Nothing in the input looks like a certificate.
    NoCertificate,
    /// The input holds a private key. Nothing of it was kept.
    PrivateKey,
    /// The input is a PKCS#12 file (`.p12`, `.pfx`), which usually holds a private key.
    Pkcs12,
    /// A recognised thing that is not a certificate: a request, a revocation list, a public key, an archive.
    NotACertificate,
    /// The PEM armour is incomplete or contradicts itself.
    Armour,
    /// The text between the armour lines, or the whole text, is not base64.
    Base64,
    /// The data ends before the certificate does.
    Truncated,
    /// There is data after the certificate's end.
    TrailingData,
    /// The data is not the DER of a certificate.
    Malformed,
    /// A form that is known but not read here, for example BER with indefinite lengths.
    Unsupported,
}

/// Why an input, or one certificate of it, could not be read.
///
/// The text says what is wrong, where, and what to do. It never repeats the input, save the label of a PEM block.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadError {
    kind: ReadErrorKind,
    detail: Cow<'static, str>,
    place: Place,
    /// What the data is instead of a certificate, where that can be told.
    other: Option<OtherKind>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    position: Option<usize>,
    of: usize,
    line: Option<usize>,
    offset: Option<usize>,
}

impl ReadError {
    pub(crate) fn new(kind: ReadErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            place: Place::default(),
            other: None,
        }
    }

    pub(crate) fn about(mut self, other: OtherKind) -> Self {
        self.other = Some(other);
        self
    }

    pub(crate) fn private_key() -> Self {
        Self::new(
            ReadErrorKind::PrivateKey,
            "this is a private key; hand over the certificate only, and treat the key as exposed if others can read this input",
        )
        .about(OtherKind::PrivateKey)
    }

    pub(crate) fn pkcs12() -> Self {
        Self::new(
            ReadErrorKind::Pkcs12,
            "this is a PKCS#12 file (.p12, .pfx), which usually holds a private key; \
             take the certificates out with `openssl pkcs12 -in FILE -nokeys`",
        )
        .about(OtherKind::Pkcs12)
    }

    /// True where the whole input must be refused, not only the entry the error belongs to.
    pub(crate) fn refuses_input(&self) -> bool {
        matches!(self.kind, ReadErrorKind::PrivateKey | ReadErrorKind::Pkcs12)
    }

    pub(crate) fn other(&self) -> Option<OtherKind> {
        self.other
    }

    pub(crate) fn on_line(mut self, line: usize) -> Self {
        self.place.line.get_or_insert(line);
        self
    }

    pub(crate) fn at_offset(mut self, offset: usize) -> Self {
        self.place.offset.get_or_insert(offset);
        self
    }

    pub(crate) fn set_position(&mut self, position: usize, of: usize) {
        self.place.position = Some(position);
        self.place.of = of;
    }

    /// The kind of failure.
    pub fn kind(&self) -> ReadErrorKind {
        self.kind
    }

    /// The failing entry's number in the input, from 1; `None` where the whole input is meant.
    pub fn position(&self) -> Option<usize> {
        self.place.position
    }

    /// The line of a text input, from 1, where the trouble is or where the failing block begins.
    pub fn line(&self) -> Option<usize> {
        self.place.line
    }

    /// The offset in bytes, from 0, in a binary input where the trouble is.
    pub fn offset(&self) -> Option<usize> {
        self.place.offset
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place {
            position,
            of,
            line,
            offset,
        } = self.place;
        let numbered = position.filter(|_| of > 1);
        if let Some(position) = numbered {
            write!(f, "certificate {position} of {of}")?;
        }
        if let Some(line) = line {
            f.write_str(if numbered.is_some() { ", " } else { "" })?;
            write!(f, "line {line}")?;
        } else if let Some(offset) = offset {
            f.write_str(if numbered.is_some() { ", " } else { "" })?;
            write!(f, "byte offset {offset}")?;
        }
        if numbered.is_some() || line.is_some() || offset.is_some() {
            f.write_str(": ")?;
        }
        f.write_str(&self.detail)
    }
}

impl fmt::Debug for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadError({:?}: {self})", self.kind)
    }
}

impl std::error::Error for ReadError {}
