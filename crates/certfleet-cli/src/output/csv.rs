//! Comma-separated values.

use crate::{exit, terminal};
use std::{borrow::Cow, io::Write};

/// Characters that make a formula of a cell, where it begins with one.
const FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Writes rows of the same columns. A cell that a spreadsheet would take for a formula begins with an
/// apostrophe, which makes it a text. Steering characters are taken out, in a pipe too: CSV is looked at
/// with `head` and the like, and has no way to escape them. JSON has the exact text.
pub(crate) struct Rows<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> Rows<W> {
    /// Begins with a header.
    pub(crate) fn new(out: W, columns: &[&str]) -> exit::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(columns).map_err(failure)?;
        Ok(Self { writer })
    }

    /// One row.
    pub(crate) fn push<'a>(
        &mut self,
        cells: impl IntoIterator<Item = &'a str>,
    ) -> exit::Result<()> {
        self.writer
            .write_record(
                cells
                    .into_iter()
                    .map(|cell| plain(terminal::sanitize(cell)).into_owned()),
            )
            .map_err(failure)
    }

    /// Makes sure that everything is written.
    pub(crate) fn finish(mut self) -> exit::Result<()> {
        Ok(self.writer.flush()?)
    }
}

/// A cell as text, whatever a spreadsheet passes over before its first character.
fn plain(cell: Cow<'_, str>) -> Cow<'_, str> {
    if cell.trim_start().starts_with(FORMULAS) {
        Cow::Owned(format!("'{cell}"))
    } else {
        cell
    }
}

fn failure(error: csv::Error) -> exit::Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => exit::Failure::failed(format!("a CSV row cannot be written: {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, written) in [
            ("plain", "plain"),
            ("", ""),
            ("a=b", "a=b"),
            (
                "=HYPERLINK(\"http://x\")",
                "\"'=HYPERLINK(\"\"http://x\"\")\"",
            ),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "' =1"),
            ("\r=1", "' =1"),
            ("\r\n=1", "'  =1"),
            ("\u{a0}=1", "'\u{a0}=1"),
            ("＝1", "'＝1"),
            ("=1,2", "\"'=1,2\""),
        ] {
            let mut out = Vec::new();
            let mut rows = Rows::new(&mut out, &["head", "other"]).unwrap();
            rows.push([cell, "x"]).unwrap();
            rows.finish().unwrap();
            let text = String::from_utf8(out).unwrap();
            assert_eq!(text, format!("head,other\n{written},x\n"), "{cell:?}");
        }
    }
}
