//! PEM blocks in text, wherever they stand and whatever happened to their line ends.

use std::collections::VecDeque;

use memchr::{memchr, memchr2_iter, memchr3, memmem};

use crate::base64_text::{self, NotBase64};
use crate::error::{ReadError, ReadErrorKind};
use crate::near_miss::{self, Hit};
use crate::other::{MAX_LABEL, Other, OtherKind};

const BEGIN: &[u8] = b"-----BEGIN";
const END: &[u8] = b"-----END";
const DASHES: &[u8] = b"-----";

/// One block of a text, or what is meant as one.
pub(crate) struct Block {
    /// Where its BEGIN stands.
    pub(crate) offset: usize,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    /// What a block for certificates holds.
    Certificates(Vec<u8>),
    /// A certificate, and OpenSSL's trust settings behind it.
    Trusted(Vec<u8>),
    /// Something else. Its text is passed over.
    Other(Other),
    Wrong(ReadError),
}

/// The blocks of a text, in order.
pub(crate) struct Blocks<'a> {
    text: &'a [u8],
    /// Everything before it has been dealt with.
    done: usize,
    begin: memmem::Finder<'static>,
    scratch: Vec<u8>,
    lines: Lines<'a>,
    /// Found already, and not yet given out.
    ready: VecDeque<Block>,
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
            ready: VecDeque::new(),
        }
    }

    /// The line of `offset`, from 1. To be asked in rising order of offsets.
    pub(crate) fn line(&mut self, offset: usize) -> usize {
        self.lines.line_at(offset)
    }

    fn rest(&self, from: usize) -> &'a [u8] {
        self.text.get(from..).unwrap_or_default()
    }

    /// Takes private keys and near misses of text between blocks, whose armour is not recognised.
    fn between(&mut self, from: usize, to: usize) {
        for (at, hit) in near_miss::find(self.text.get(from..to).unwrap_or_default()) {
            let offset = from + at;
            let content = match hit {
                Hit::PrivateKey => Content::Other(Other {
                    kind: OtherKind::PrivateKey,
                    label: None,
                    line: Some(self.line(offset)),
                    offset,
                }),
                Hit::Certificate(error) => Content::Wrong(error.on_line(self.line(offset))),
            };
            self.ready.push_back(Block { offset, content });
        }
    }

    fn wrong(&mut self, offset: usize, error: ReadError) {
        let content = Content::Wrong(error);
        self.ready.push_back(Block { offset, content });
    }

    /// Takes the block whose BEGIN stands at `offset`.
    fn block(&mut self, offset: usize) {
        let after_begin = offset + BEGIN.len();
        let next_begin = self
            .begin
            .find(self.rest(after_begin))
            .map_or(self.text.len(), |at| after_begin + at);
        self.done = next_begin;
        let line = self.line(offset);
        let region = self.text.get(after_begin..next_begin).unwrap_or_default();
        let Some((label, body)) = split_label(region) else {
            // Its label cannot be told, so a key's must not slip through.
            let before = self.ready.len();
            self.between(offset, next_begin);
            if self.ready.len() == before {
                let error =
                    armour("the BEGIN line is not complete, as -----BEGIN CERTIFICATE----- is");
                self.wrong(offset, error.on_line(line));
            }
            return;
        };
        let kind = OtherKind::from_label(label);
        let upper = label.to_ascii_uppercase();
        if kind == Some(OtherKind::Unknown) && OtherKind::from_label(&upper).is_none() {
            let error =
                armour("the BEGIN line has small letters, unlike -----BEGIN CERTIFICATE-----");
            return self.wrong(offset, error.on_line(line));
        }
        if let Some(kind) = kind {
            // No certificate may hide behind its END line.
            if let Some(at) = memmem::find(body, END) {
                self.done = next_begin - body.len() + at + END.len();
            }
            let content = Content::Other(Other {
                kind,
                label: Some(label.to_owned()),
                line: Some(line),
                offset,
            });
            return self.ready.push_back(Block { offset, content });
        }
        let body = skip_headers(body);
        let body_offset = next_begin - body.len();

        // No character of base64 is a hyphen, so the first one is the END line's.
        let body_len = memchr(b'-', body).unwrap_or(body.len());
        let (body, tail) = body.split_at_checked(body_len).unwrap_or((body, &[]));
        let Some(end) = tail.strip_prefix(END) else {
            let stray = body_offset + body_len;
            let error = self.no_end(line, body_offset, body, tail);
            self.wrong(offset, error);
            return self.between(stray, next_begin);
        };
        let end_label = end.trim_ascii_start();
        let end_label_offset = next_begin - end_label.len();
        let (after_label, matches) = match end_label.strip_prefix(label.as_bytes()) {
            Some(after) => (after, after.first().is_none_or(|&next| !is_label(next))),
            None => (end_label, false),
        };
        let dashes = after_label.iter().take_while(|&&byte| byte == b'-').count();
        self.done = end_label_offset + (end_label.len() - after_label.len()) + dashes;
        let content = if !matches {
            Content::Wrong(
                armour("the END line does not name what the BEGIN line names").on_line(line),
            )
        } else {
            match base64_text::decode(body, &mut self.scratch) {
                Ok(content) if label == "TRUSTED CERTIFICATE" => Content::Trusted(content),
                Ok(content) => Content::Certificates(content),
                Err(NotBase64::Character(at)) => Content::Wrong(
                    not_base64(body.get(at..).unwrap_or_default())
                        .on_line(self.line(body_offset + at)),
                ),
                Err(NotBase64::Shape) => Content::Wrong(cut_base64().on_line(line)),
            }
        };
        self.ready.push_back(Block { offset, content });
    }

    /// The error for a block whose text, which begins at `start`, ends with something else than its END line.
    fn no_end(&mut self, line: usize, start: usize, body: &[u8], tail: &[u8]) -> ReadError {
        let stray = start + body.len();
        let hyphens = tail.iter().take_while(|&&byte| byte == b'-').count();
        let after = tail.get(hyphens..).unwrap_or_default().trim_ascii_start();
        let is_end = after
            .get(..3)
            .is_some_and(|word| word.eq_ignore_ascii_case(b"END"));
        if is_end {
            return armour("the END line is not as -----END CERTIFICATE----- is")
                .on_line(self.line(stray));
        }
        if hyphens > 0 && body.is_empty() {
            return armour("the BEGIN line has more hyphens than -----BEGIN CERTIFICATE----- has")
                .on_line(line);
        }
        if let Err(NotBase64::Character(at)) = base64_text::decode(body, &mut self.scratch)
            && let odd = body.get(at..).unwrap_or_default()
            && near_miss::odd_dash(odd).is_some()
        {
            return not_base64(odd).on_line(self.line(start + at));
        }
        if memmem::find(tail, END).is_some() {
            return not_base64(b"-").on_line(self.line(stray));
        }
        armour("the END line is missing").on_line(line)
    }
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() && self.done < self.text.len() {
            let from = self.done;
            match self.begin.find(self.rest(from)) {
                Some(at) => {
                    self.between(from, from + at);
                    self.block(from + at);
                }
                None => {
                    self.done = self.text.len();
                    self.between(from, self.text.len());
                }
            }
        }
        self.ready.pop_front()
    }
}

/// What follows the header lines of a block (RFC 1421: `Comment: by hand`, longer ones continued on lines that begin
/// with a blank), where there are any.
fn skip_headers(body: &[u8]) -> &[u8] {
    let (mut after_headers, mut rest) = (body, body);
    let mut is_header = false;
    loop {
        let (line, after) = split_line(rest);
        // The first line is what is left of the BEGIN line.
        let is_blank = line.trim_ascii().is_empty();
        let continues = is_header && line.first().is_some_and(u8::is_ascii_whitespace);
        is_header = !is_blank && (continues || is_header_line(line));
        if is_header {
            after_headers = after;
        }
        if after.is_empty() || !(is_header || is_blank) {
            return after_headers;
        }
        rest = after;
    }
}

/// No character of base64 is a colon.
fn is_header_line(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    let name = line
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
        .count();
    name > 0 && line.get(name) == Some(&b':')
}

/// The first line and what follows it. A line's end may be escaped.
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr3(b'\n', b'\r', b'\\', text).unwrap_or(text.len());
    let (line, rest) = text.split_at_checked(end).unwrap_or((text, &[]));
    let without = |rest: &'_ [u8], character: u8, letter: u8| -> Option<usize> {
        let escapes = rest.iter().take_while(|&&byte| byte == b'\\').count();
        let found = *rest.get(escapes)?;
        (found == if escapes == 0 { character } else { letter }).then_some(escapes + 1)
    };
    let carriage_return = without(rest, b'\r', b'r').unwrap_or(0);
    let after = rest.get(carriage_return..).unwrap_or_default();
    let line_feed = without(after, b'\n', b'n').unwrap_or(0);
    // Neither: an escape of something else.
    let other = usize::from(carriage_return + line_feed == 0 && !rest.is_empty());
    (line, after.get(line_feed + other..).unwrap_or_default())
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

/// The error for text that begins with what base64 does not have.
pub(crate) fn not_base64(text: &[u8]) -> ReadError {
    let what = match (text.first(), near_miss::odd_dash(text)) {
        (Some(b'-'), _) => "a hyphen".to_owned(),
        (_, Some(dash)) => format!(
            "U+{:04X}, a dash; a PEM block ends with -----END CERTIFICATE-----, in hyphens",
            u32::from(dash)
        ),
        _ => "a character that base64 does not have".to_owned(),
    };
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

/// The error for a block that is not for certificates.
pub(crate) fn other_label(label: &str) -> ReadError {
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
