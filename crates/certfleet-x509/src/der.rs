//! Just enough DER to find where things end and what they are.
//!
//! No crate reads certificates as laxly as real ones need: x509-parser refuses all of one for a time or an extension
//! that breaks the rules, and ends a name where it cannot read a part.

use std::fmt::Write;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]`, constructed.
pub(crate) const CONTEXT_0: u8 = 0xa0;

/// One element: a tag of one byte, and its content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    /// The element with its tag and length.
    pub(crate) whole: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The input ends this many bytes too early, at least.
    Truncated(usize),
    /// An indefinite length: BER, not DER.
    Indefinite,
    /// Neither.
    Invalid,
}

/// What the header says, before looking whether the content is all there.
struct Header {
    tag: u8,
    header_len: usize,
    /// `None` for an indefinite length.
    content_len: Option<usize>,
}

fn header(input: &[u8]) -> Result<Header, Broken> {
    let (&tag, rest) = input.split_first().ok_or(Broken::Truncated(2))?;
    if tag & 0x1f == 0x1f {
        return Err(Broken::Invalid);
    }
    let (&first, rest) = rest.split_first().ok_or(Broken::Truncated(1))?;
    let (header_len, content_len) = match first {
        0..=0x7f => (2, Some(usize::from(first))),
        0x80 => (2, None),
        // Four bytes say 4 GiB: more is never honest.
        0x81..=0x84 => {
            let count = usize::from(first & 0x7f);
            let bytes = rest.get(..count).ok_or(Broken::Truncated(1))?;
            let length = bytes
                .iter()
                .fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
            (
                2 + count,
                Some(usize::try_from(length).map_err(|_| Broken::Invalid)?),
            )
        }
        _ => return Err(Broken::Invalid),
    };
    Ok(Header {
        tag,
        header_len,
        content_len,
    })
}

/// The first element of `input`, and what follows it.
pub(crate) fn element(input: &[u8]) -> Result<(Element<'_>, &[u8]), Broken> {
    let header = header(input)?;
    let content_len = header.content_len.ok_or(Broken::Indefinite)?;
    let total = header
        .header_len
        .checked_add(content_len)
        .ok_or(Broken::Invalid)?;
    let (whole, rest) = input
        .split_at_checked(total)
        .ok_or(Broken::Truncated(total.saturating_sub(input.len())))?;
    let content = whole.get(header.header_len..).unwrap_or_default();
    Ok((
        Element {
            tag: header.tag,
            content,
            whole,
        },
        rest,
    ))
}

/// The content of `input` where it is exactly one element with this tag.
pub(crate) fn exactly(tag: u8, input: &[u8]) -> Option<&[u8]> {
    match element(input) {
        Ok((found, [])) if found.tag == tag => Some(found.content),
        _ => None,
    }
}

/// The elements of a content, one after the other. Ends early where one cannot be read; see [`Elements::is_clean`].
#[derive(Clone)]
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
}

pub(crate) fn elements(content: &[u8]) -> Elements<'_> {
    Elements { rest: content }
}

impl Elements<'_> {
    /// True when everything so far asked for could be read, and nothing is left.
    pub(crate) fn is_clean(&self) -> bool {
        self.rest.is_empty()
    }
}

impl<'a> Elements<'a> {
    /// What has not been asked for, or cannot be read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (found, rest) = element(self.rest).ok()?;
        self.rest = rest;
        Some(found)
    }
}

/// What an element is, told from its first few fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    PrivateKey,
    Pkcs12,
    Pkcs7,
    Request,
    RevocationList,
    PublicKey,
    Unknown,
}

const PKCS7: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07";
const PKCS5: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x05";
const PKCS12_PBE: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01";

/// Tells what `input` is. Works on cut-off and on BER data too: half a private key must still be refused as one.
pub(crate) fn identify(input: &[u8]) -> Identity {
    let Some((SEQUENCE, content, _)) = lenient(input) else {
        return Identity::Unknown;
    };
    let Some((first_tag, first, rest)) = lenient(content) else {
        return Identity::Unknown;
    };
    let (second_tag, second, rest) = lenient(rest).unwrap_or((0, &[], &[]));
    let third_tag = lenient(rest).map_or(0, |(tag, ..)| tag);
    match (first_tag, first, second_tag) {
        (INTEGER, [3], SEQUENCE) => Identity::Pkcs12,
        // PKCS#8, where the algorithm stands before the key.
        (INTEGER, [0 | 1], SEQUENCE) if starts_with_oid(second) => Identity::PrivateKey,
        // PKCS#1 and the old DSA form: a version, then numbers.
        (INTEGER, [0 | 1], INTEGER) => Identity::PrivateKey,
        // SEC 1.
        (INTEGER, [1], OCTET_STRING) => Identity::PrivateKey,
        (OID, oid, _) if oid.starts_with(PKCS7) => Identity::Pkcs7,
        // PKCS#8, encrypted.
        (SEQUENCE, algorithm, OCTET_STRING) if encrypts_a_key(algorithm) => Identity::PrivateKey,
        (SEQUENCE, algorithm, BIT_STRING) if starts_with_oid(algorithm) => Identity::PublicKey,
        (SEQUENCE, signed, SEQUENCE) if third_tag == BIT_STRING => identify_signed(signed),
        _ => Identity::Unknown,
    }
}

/// A certificate, a request and a revocation list differ only inside what is signed.
fn identify_signed(signed: &[u8]) -> Identity {
    let mut fields = elements(signed);
    let mut next = fields.next();
    let version = next.filter(|field| field.tag == INTEGER);
    if version.is_some() {
        next = fields.next();
    }
    match next {
        Some(name)
            if version.is_some()
                && name.tag == SEQUENCE
                && matches!(name.content, [] | [SET, ..]) =>
        {
            Identity::Request
        }
        // Algorithm, issuer, then a bare time, where a certificate has a SEQUENCE of two.
        Some(algorithm) if algorithm.tag == SEQUENCE => match fields.nth(1) {
            Some(time) if matches!(time.tag, UTC_TIME | GENERALIZED_TIME) => {
                Identity::RevocationList
            }
            _ => Identity::Unknown,
        },
        _ => Identity::Unknown,
    }
}

fn starts_with_oid(content: &[u8]) -> bool {
    content.first() == Some(&OID)
}

fn encrypts_a_key(algorithm: &[u8]) -> bool {
    matches!(lenient(algorithm), Some((OID, oid, _)) if oid.starts_with(PKCS5) || oid.starts_with(PKCS12_PBE))
}

/// Tag, as much content as there is, and what follows. An indefinite length takes all there is.
fn lenient(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let header = header(input).ok()?;
    let body = input.get(header.header_len..)?;
    let length = header.content_len.unwrap_or(body.len()).min(body.len());
    let (content, rest) = body.split_at_checked(length)?;
    Some((header.tag, content, rest))
}

/// True where binary data begins like something in DER or BER. Text may begin with `0`, the byte of a SEQUENCE.
pub(crate) fn looks_binary(input: &[u8]) -> bool {
    matches!(lenient(input), Some((SEQUENCE, content, _))
        if matches!(content.first(), Some(&(SEQUENCE | INTEGER | OID))) || content.is_empty())
}

/// The number that an INTEGER's content says, where it is neither negative nor large.
pub(crate) fn small_number(content: &[u8]) -> Option<u32> {
    let is_negative = content.first()? & 0x80 != 0;
    if is_negative {
        return None;
    }
    content.iter().try_fold(0_u32, |sum, &byte| {
        sum.checked_mul(256)?.checked_add(u32::from(byte))
    })
}

/// The length of an INTEGER in bits, without the zero bits in front.
pub(crate) fn number_bits(number: Element<'_>) -> Option<u32> {
    let content = Some(number).filter(|number| number.tag == INTEGER)?.content;
    let zeros = content.iter().take_while(|&&byte| byte == 0).count();
    let first = content.get(zeros)?;
    let bytes = u32::try_from(content.len() - zeros).ok()?;
    bytes.checked_mul(8)?.checked_sub(first.leading_zeros())
}

/// The dotted form of an object identifier's content; `#` and hex where it has none.
pub(crate) fn dotted(oid: &[u8]) -> String {
    let mut text = String::with_capacity(oid.len() * 3);
    let mut arc = 0_u128;
    let mut complete = false;
    for &byte in oid {
        // A number this long has no decimal form anyone would compare.
        if arc >> 120 != 0 {
            return format!("#{}", hex(oid));
        }
        arc = arc << 7 | u128::from(byte & 0x7f);
        complete = byte & 0x80 == 0;
        if complete {
            let result = if text.is_empty() {
                let top = (arc / 40).min(2);
                write!(text, "{top}.{}", arc - top * 40)
            } else {
                write!(text, ".{arc}")
            };
            // Writing into a String does not fail.
            debug_assert!(result.is_ok());
            arc = 0;
        }
    }
    if complete {
        text
    } else {
        format!("#{}", hex(oid))
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 0xf));
    }
    text
}

fn digit(value: u8) -> char {
    char::from(if value < 10 {
        b'0' + value
    } else {
        b'a' + value - 10
    })
}
