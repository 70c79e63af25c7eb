//! One thing with all its details, for people.

use crate::terminal::{self, Terminal};
use std::io::{self, Write};

/// Titles, fields and lists, written as they come. Texts are made harmless here.
pub(crate) struct Record<'a, W> {
    out: &'a mut W,
    color: bool,
    indent: usize,
}

impl<'a, W: Write> Record<'a, W> {
    pub(crate) fn new(out: &'a mut W, terminal: Terminal) -> Self {
        Self {
            out,
            color: terminal.color,
            indent: 0,
        }
    }

    /// A heading; the fields after it belong to it.
    pub(crate) fn title(&mut self, text: &str) -> io::Result<()> {
        let (begin, end) = if self.color {
            ("\u{1b}[1m", "\u{1b}[0m")
        } else {
            ("", "")
        };
        self.indent = 2;
        writeln!(self.out, "{begin}{}{end}", terminal::sanitize(text))
    }

    /// A field. One without a value is not written.
    pub(crate) fn field(&mut self, name: &str, value: impl AsRef<str>) -> io::Result<()> {
        let value = value.as_ref();
        if value.is_empty() {
            return Ok(());
        }
        let indent = self.indent;
        writeln!(
            self.out,
            "{:indent$}{name:<14}  {}",
            "",
            terminal::sanitize(value)
        )
    }

    /// A field that may not be known.
    pub(crate) fn maybe(&mut self, name: &str, value: Option<impl AsRef<str>>) -> io::Result<()> {
        value.map_or(Ok(()), |value| self.field(name, value))
    }

    /// An empty line between things.
    pub(crate) fn gap(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }
}
