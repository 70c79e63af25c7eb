//! Comma-separated values.

use crate::{exit, terminal};
use std::io::Write;

/// Writes rows of the same columns. Steering characters are taken out, in a pipe too: CSV is looked at
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
                    .map(|cell| terminal::sanitize(cell).into_owned()),
            )
            .map_err(failure)
    }

    /// Makes sure that everything is written.
    pub(crate) fn finish(mut self) -> exit::Result<()> {
        Ok(self.writer.flush()?)
    }
}

fn failure(error: csv::Error) -> exit::Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => exit::Failure::failed(format!("a CSV row cannot be written: {other:?}")),
    }
}
