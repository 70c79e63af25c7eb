//! PEM blocks in text, wherever they stand and whatever happened to their line ends.

use memchr::{memchr, memchr2_iter, memmem};

use crate::base64_text::{self, NotBase64};
use crate::error::{ReadError, ReadErrorKind};

const BEGIN: &[u8] = b"-----BEGIN";
const END: &[u8] = b"-----END";
const DASHES: &[u8] = b"-----";
/// Far above every label in use; keeps a lone `-----BEGIN` from taking half the text as its label.
const MAX_LABEL: usize = 64;

/// One block of a text.
pub(crate) struct Block {
    /// Where its BEGIN stands.
    pub(crate) offset: usize,
    /// What follows the certificate of a `TRUSTED CERTIFICATE` is OpenSSL's trust settings.
    pub(crate) trusted: bool,
    pub(crate) content: Result<Vec<u8>, ReadError>,
}

/// The blocks of a text, in order. An error is a private key, and ends the reading.
pub(crate) struct Blocks<'a> {
    text: &'a [u8],
    /// Everything before it has been dealt with.
    done: usize,
    begin: memmem::Finder<'static>,
    scratch: Vec<u8>,
    lines: Lines<'a>,
}

impl<'a> Blocks<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            done: 0,
            begin: memmem::Finder::new(BEGIN),
            scratch: Vec::new(),
            lines: Lines {
                text,
                offset: 0,
                line: 1,
            },
        }
    }

    /// The line of `offset`, from 1. To be asked in rising order of offsets.
    pub(crate) fn line(&mut self, offset: usize) -> usize {
        self.lines.line_at(offset)
    }

    fn rest(&self, from: usize) -> &'a [u8] {
        self.text.get(from..).unwrap_or_default()
    }

    /// Refuses keys in text between blocks, whose armour was not recognised.
    fn refuse_keys(&mut self, from: usize, to: usize) -> Result<(), ReadError> {
        match find_key(self.text.get(from..to).unwrap_or_default()) {
            Some(offset) => Err(ReadError::private_key().on_line(self.line(from + offset))),
            None => Ok(()),
        }
    }

    /// The block whose BEGIN stands at `offset`.
    fn block(&mut self, offset: usize) -> Result<Block, ReadError> {
        let after_begin = offset + BEGIN.len();
        let next_begin = self
            .begin
            .find(self.rest(after_begin))
            .map_or(self.text.len(), |at| after_begin + at);
        self.done = next_begin;
        let mut block = Block {
            offset,
            trusted: false,
            content: Err(armour("the BEGIN line is not complete")),
        };
        let region = self.text.get(after_begin..next_begin).unwrap_or_default();
        let Some((label, body)) = split_label(region) else {
            // Its label cannot be told, so a key's must not slip through.
            self.refuse_keys(offset, next_begin)?;
            block.content = block
                .content
                .map_err(|error| error.on_line(self.lines.line_at(offset)));
            return Ok(block);
        };
        if is_private(label) {
            return Err(ReadError::private_key().on_line(self.line(offset)));
        }
        block.trusted = label == "TRUSTED CERTIFICATE";
        let body_offset = next_begin - body.len();

        // No character of base64 is a hyphen, so the first one is the END line's.
        let body_len = memchr(b'-', body).unwrap_or(body.len());
        let (body, tail) = body.split_at_checked(body_len).unwrap_or((body, &[]));
        let Some(end) = tail.strip_prefix(END) else {
            let found = memmem::find(tail, END);
            let stray = body_offset + body_len;
            self.refuse_keys(stray, next_begin)?;
            block.content = Err(match found {
                Some(_) => not_base64("a hyphen").on_line(self.line(stray)),
                None => armour("the END line is missing").on_line(self.line(offset)),
            });
            return Ok(block);
        };
        let end_label = end.trim_ascii_start();
        let end_label_offset = next_begin - end_label.len();
        let (after_label, matches) = match end_label.strip_prefix(label.as_bytes()) {
            Some(after) => (after, after.first().is_none_or(|&next| !is_label(next))),
            None => (end_label, false),
        };
        let dashes = after_label.iter().take_while(|&&byte| byte == b'-').count();
        self.done = end_label_offset + (end_label.len() - after_label.len()) + dashes;
        block.content = if !is_for_certificates(label) {
            Err(other_label(label).on_line(self.line(offset)))
        } else if !matches {
            Err(
                armour("the END line does not name what the BEGIN line names")
                    .on_line(self.line(offset)),
            )
        } else {
            match base64_text::decode(body, &mut self.scratch) {
                Ok(content) => Ok(content),
                Err(NotBase64::Character(at)) => {
                    Err(not_base64("a character that base64 does not have")
                        .on_line(self.line(body_offset + at)))
                }
                Err(NotBase64::Shape) => Err(cut_base64().on_line(self.line(offset))),
            }
        };
        Ok(block)
    }
}

impl Iterator for Blocks<'_> {
    type Item = Result<Block, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let from = self.done;
        let Some(at) = self.begin.find(self.rest(from)) else {
            self.done = self.text.len();
            return self.refuse_keys(from, self.text.len()).err().map(Err);
        };
        Some(
            self.refuse_keys(from, from + at)
                .and_then(|()| self.block(from + at)),
        )
    }
}

/// Counts lines, each byte once at most.
struct Lines<'a> {
    text: &'a [u8],
    offset: usize,
    line: usize,
}

impl Lines<'_> {
    fn line_at(&mut self, offset: usize) -> usize {
        let passed = self.text.get(self.offset..offset).unwrap_or_default();
        for at in memchr2_iter(b'\n', b'\r', passed) {
            let ends_line = self.text.get(self.offset + at) == Some(&b'\n')
                || self.text.get(self.offset + at + 1) != Some(&b'\n');
            self.line += usize::from(ends_line);
        }
        self.offset = self.offset.max(offset);
        self.line
    }
}

fn armour(what: &str) -> ReadError {
    ReadError::new(
        ReadErrorKind::Armour,
        format!("{what}; copy the whole block, from -----BEGIN to the last hyphen of the END line"),
    )
}

pub(crate) fn empty_block() -> ReadError {
    armour("nothing is between the BEGIN and the END line")
}

pub(crate) fn not_base64(what: &str) -> ReadError {
    ReadError::new(
        ReadErrorKind::Base64,
        format!("the certificate's text holds {what}; copy it again from its source"),
    )
}

pub(crate) fn cut_base64() -> ReadError {
    ReadError::new(
        ReadErrorKind::Base64,
        "the certificate's base64 is not complete, characters are missing or too many; copy it again from its source",
    )
}

fn other_label(label: &str) -> ReadError {
    ReadError::new(
        ReadErrorKind::NotACertificate,
        format!("this block is labelled {label}, it is not a certificate; leave it out"),
    )
}

fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'#' | b'.' | b'_' | b'/')
}

/// The label after `-----BEGIN`, and what follows its hyphens.
fn split_label(region: &[u8]) -> Option<(&str, &[u8])> {
    let window = region
        .get(..region.len().min(MAX_LABEL))
        .unwrap_or_default();
    let end = memmem::find(window, DASHES)?;
    let label = region.get(..end)?;
    if !label.iter().copied().all(is_label) {
        return None;
    }
    let label = std::str::from_utf8(label.trim_ascii()).ok()?;
    Some((label, region.get(end + DASHES.len()..)?))
}

fn is_private(label: &str) -> bool {
    find_ignoring_case(label.as_bytes(), b"PRIVATE KEY").is_some()
}

fn is_for_certificates(label: &str) -> bool {
    matches!(
        label,
        "CERTIFICATE"
            | "X509 CERTIFICATE"
            | "TRUSTED CERTIFICATE"
            | "PKCS7"
            | "PKCS #7 SIGNED DATA"
            | "CMS"
    )
}

/// Where a private key of another armour begins: hyphens of another number, PuTTY's own form.
fn find_key(text: &[u8]) -> Option<usize> {
    const PUTTY: &[u8] = b"PuTTY-User-Key-File";
    let mut from = 0;
    while let Some(at) = find_ignoring_case(text.get(from..)?, b"PRIVATE KEY") {
        let at = from + at;
        let before = text.get(at.saturating_sub(MAX_LABEL)..at)?;
        let line = before
            .rsplit(|&byte| matches!(byte, b'\n' | b'\r'))
            .next()?;
        let begin = find_ignoring_case(line, b"BEGIN").and_then(|at| line.get(..at));
        // Prose may begin with a private key; an armour has a hyphen before.
        if begin.is_some_and(|before| before.trim_ascii_end().ends_with(b"-")) {
            return Some(at);
        }
        from = at + 1;
    }
    memmem::find(text, PUTTY)
}

/// `wanted` is in upper case and begins with a letter.
fn find_ignoring_case(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let &first = wanted.first()?;
    memchr2_iter(first, first.to_ascii_lowercase(), text).find(|&at| {
        text.get(at..at + wanted.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    })
}
