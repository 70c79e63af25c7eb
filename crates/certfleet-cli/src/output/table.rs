//! Tables for people, fitted to a terminal.

use crate::terminal::{self, Terminal};
use comfy_table::{Attribute, Cell as Styled, Color, ContentArrangement, presets};
use std::{borrow::Cow, io, io::Write};

/// Between two columns.
const GAP: usize = 2;

/// The longest cell. Vendors' texts are bounded by the size of their answers only.
const LONGEST_CELL: usize = 1_000;

/// A column, and what may become of it where the terminal is narrow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column<'a> {
    pub(crate) header: &'a str,
    /// It is not made narrower than this while there are columns that can be left out.
    pub(crate) comfortable: usize,
    /// It is never made narrower than this.
    pub(crate) least: usize,
    /// Columns are left out in this order; those without one stay.
    pub(crate) leave_out: Option<u8>,
}

impl<'a> Column<'a> {
    /// A column that keeps its width.
    pub(crate) const fn new(header: &'a str) -> Self {
        Self {
            header,
            comfortable: usize::MAX,
            least: usize::MAX,
            leave_out: None,
        }
    }

    /// It may become narrower.
    pub(crate) const fn shrinks(mut self, comfortable: usize, least: usize) -> Self {
        self.comfortable = comfortable;
        self.least = least;
        self
    }

    /// It may be left out.
    pub(crate) const fn left_out(mut self, order: u8) -> Self {
        self.leave_out = Some(order);
        self
    }
}

/// How a cell is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    /// Something is wrong.
    Bad,
    /// Something will be.
    Soon,
}

/// A text of a table, made harmless.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    pub(crate) fn new(text: &str, tone: Tone) -> Self {
        Self {
            text: terminal::shortened(&terminal::sanitize(text), LONGEST_CELL).into_owned(),
            tone,
        }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text.as_ref(), Tone::Plain)
    }
}

/// Columns and rows.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    columns: Vec<Column<'a>>,
    rows: Vec<Vec<Cell>>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(columns: &[Column<'a>]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row: one cell for each column.
    pub(crate) fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes it, in at most the terminal's width.
    pub(crate) fn write(&self, out: &mut impl Write, terminal: Terminal) -> io::Result<()> {
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        if terminal.color {
            table.enforce_styling();
            table.style_text_only();
        } else {
            table.force_no_tty();
        }
        let widths = fitted(&self.columns, &self.natural_widths(), terminal.width);
        let shown = |cells: &[Styled]| cells.to_vec();
        let header: Vec<_> = self
            .columns
            .iter()
            .zip(&widths)
            .filter_map(|(column, width)| {
                let text = terminal::shortened(column.header, (*width)?);
                Some(Styled::new(text).add_attribute(Attribute::Bold))
            })
            .collect();
        table.set_header(shown(&header));
        for row in &self.rows {
            let cells: Vec<_> = row
                .iter()
                .zip(&widths)
                .filter_map(|(cell, width)| {
                    let text: Cow<'_, str> = terminal::shortened(&cell.text, (*width)?);
                    let styled = Styled::new(text);
                    Some(match cell.tone {
                        Tone::Plain => styled,
                        Tone::Bad => styled.fg(Color::Red),
                        Tone::Soon => styled.fg(Color::Yellow),
                    })
                })
                .collect();
            table.add_row(shown(&cells));
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, GAP as u16));
        }
        for line in table.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn natural_widths(&self) -> Vec<usize> {
        let mut widths: Vec<_> = self
            .columns
            .iter()
            .map(|column| terminal::width(column.header))
            .collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(terminal::width(&cell.text));
            }
        }
        widths
    }
}

/// The width of each column; `None` for one that is left out.
fn fitted(columns: &[Column<'_>], natural: &[usize], limit: Option<usize>) -> Vec<Option<usize>> {
    let mut widths: Vec<_> = natural.iter().copied().map(Some).collect();
    let Some(limit) = limit else {
        return widths;
    };
    let mut order: Vec<(u8, usize)> = columns
        .iter()
        .enumerate()
        .filter_map(|(index, column)| Some((column.leave_out?, index)))
        .collect();
    order.sort_unstable();
    let mut order = order.into_iter();
    loop {
        let mut tried = widths.clone();
        if shrink(&mut tried, limit, |index| {
            columns.get(index).map(|c| c.comfortable)
        }) {
            return tried;
        }
        match order.next() {
            Some((_, index)) => widths
                .iter_mut()
                .skip(index)
                .take(1)
                .for_each(|w| *w = None),
            None => {
                shrink(&mut widths, limit, |index| {
                    columns.get(index).map(|c| c.least)
                });
                return widths;
            }
        }
    }
}

/// Takes columns from the widest one that is above its floor, until all fit. Whether they do.
fn shrink(
    widths: &mut [Option<usize>],
    limit: usize,
    floor: impl Fn(usize) -> Option<usize>,
) -> bool {
    loop {
        let shown = widths.iter().flatten().count();
        let total = widths.iter().flatten().sum::<usize>() + GAP * shown.saturating_sub(1);
        if total <= limit {
            return true;
        }
        let widest = widths
            .iter_mut()
            .enumerate()
            .filter_map(|(index, width)| {
                let width = width.as_mut()?;
                (*width > floor(index)?).then_some(width)
            })
            .max_by_key(|width| **width);
        match widest {
            Some(width) => *width -= 1,
            None => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column<'static>; 4] = [
        Column::new("state"),
        Column::new("name").shrinks(10, 3),
        Column::new("where").shrinks(10, 3).left_out(2),
        Column::new("id").left_out(1),
    ];

    #[test]
    fn narrow_terminals() {
        let natural = [6, 20, 14, 30];
        for (limit, expected) in [
            (None, [Some(6), Some(20), Some(14), Some(30)]),
            (Some(76), [Some(6), Some(20), Some(14), Some(30)]),
            (Some(70), [Some(6), Some(14), Some(14), Some(30)]),
            (Some(62), [Some(6), Some(10), Some(10), Some(30)]),
            (Some(61), [Some(6), Some(20), Some(14), None]),
            (Some(30), [Some(6), Some(10), Some(10), None]),
            (Some(29), [Some(6), Some(20), None, None]),
            (Some(12), [Some(6), Some(4), None, None]),
            (Some(1), [Some(6), Some(3), None, None]),
        ] {
            assert_eq!(fitted(&COLUMNS, &natural, limit), expected, "{limit:?}");
        }
    }

    #[test]
    fn no_row_is_wider_than_the_terminal() {
        let mut table = Table::new(&COLUMNS);
        let cells = [
            "active",
            "名前 of something long",
            "here, there, elsewhere",
            "abcdefghijklmnop",
        ];
        table.push(cells.map(Cell::from).into());
        table.push(["failed", "x\u{1b}[31m", "", ""].map(Cell::from).into());
        for limit in 12..90 {
            let terminal = Terminal {
                color: false,
                width: Some(limit),
            };
            let mut out = Vec::new();
            table.write(&mut out, terminal).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert_eq!(text.lines().count(), 3, "{text}");
            for line in text.lines() {
                assert!(terminal::width(line) <= limit, "{limit}: {line}");
                assert!(!line.contains('\u{1b}'));
            }
        }
    }
}
