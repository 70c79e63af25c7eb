//! Tables for people, fitted to a terminal.

use super::ellipsis;
use crate::terminal::{self, Terminal};
use comfy_table::{Attribute, Cell as Styled, Color, ContentArrangement, presets};
use std::{io, io::Write};

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
    /// When its cells are written in brief, in one order with what is left out.
    pub(crate) brief: Option<u8>,
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
            brief: None,
            leave_out: None,
        }
    }

    /// It may become narrower.
    pub(crate) const fn shrinks(mut self, comfortable: usize, least: usize) -> Self {
        self.comfortable = comfortable;
        self.least = least;
        self
    }

    /// Its cells may be written in brief ([`Cell::or_brief`]).
    pub(crate) const fn in_brief(mut self, order: u8) -> Self {
        self.brief = Some(order);
        self
    }

    /// It stays, however narrow the terminal is.
    pub(crate) const fn stays(mut self) -> Self {
        self.leave_out = None;
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
    brief: Option<String>,
    tone: Tone,
}

impl Cell {
    pub(crate) fn new(text: &str, tone: Tone) -> Self {
        Self {
            text: terminal::shortened(&terminal::sanitize(text), LONGEST_CELL).into_owned(),
            brief: None,
            tone,
        }
    }

    /// Sets what is shown where the column is written in brief.
    pub(crate) fn or_brief(mut self, text: &str) -> Self {
        self.brief = Some(terminal::sanitize(text).into_owned());
        self
    }

    fn in_brief(&self) -> &str {
        self.brief.as_deref().unwrap_or(&self.text)
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
        let full = self.widths(|cell| &cell.text);
        let brief = self.widths(Cell::in_brief);
        let widths = fitted(&self.columns, &full, &brief, terminal.width);
        let mut header = Vec::new();
        let mut rows = vec![Vec::new(); self.rows.len()];
        for (at, (column, width)) in self.columns.iter().zip(&widths).enumerate() {
            let Some(width) = *width else { continue };
            let text = terminal::shortened(column.header, width);
            header.push(Styled::new(text).add_attribute(Attribute::Bold));
            let is_brief = column.brief.is_some() && full.get(at).is_some_and(|full| width < *full);
            let cells: Vec<&Cell> = self.rows.iter().filter_map(|row| row.get(at)).collect();
            let texts: Vec<&str> = cells
                .iter()
                .map(|cell| {
                    if is_brief {
                        cell.in_brief()
                    } else {
                        &cell.text
                    }
                })
                .collect();
            let shown = ellipsis::fitted(&texts, width);
            for (row, (cell, text)) in rows.iter_mut().zip(cells.into_iter().zip(shown)) {
                row.push(styled(text.into_owned(), cell.tone));
            }
        }
        table.set_header(header);
        table.add_rows(rows);
        for column in table.column_iter_mut() {
            column.set_padding((0, GAP as u16));
        }
        for line in table.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// The width of each column where nothing is shortened.
    fn widths<'b>(&'b self, text: impl Fn(&'b Cell) -> &'b str) -> Vec<usize> {
        let mut widths: Vec<_> = self
            .columns
            .iter()
            .map(|column| terminal::width(column.header))
            .collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(terminal::width(text(cell)));
            }
        }
        widths
    }
}

fn styled(text: String, tone: Tone) -> Styled {
    let styled = Styled::new(text);
    match tone {
        Tone::Plain => styled,
        Tone::Bad => styled.fg(Color::Red),
        Tone::Soon => styled.fg(Color::Yellow),
    }
}

/// How a column gives way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Brief,
    LeaveOut,
}

/// The width of each column; `None` for one that is left out.
fn fitted(
    columns: &[Column<'_>],
    full: &[usize],
    brief: &[usize],
    limit: Option<usize>,
) -> Vec<Option<usize>> {
    let mut widths: Vec<_> = full.iter().copied().map(Some).collect();
    let Some(limit) = limit else {
        return widths;
    };
    let mut order: Vec<(u8, Way, usize)> = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        order.extend(column.brief.map(|order| (order, Way::Brief, index)));
        order.extend(column.leave_out.map(|order| (order, Way::LeaveOut, index)));
    }
    order.sort_unstable();
    let mut order = order.into_iter();
    loop {
        let mut tried = widths.clone();
        if shrink(&mut tried, limit, |index| {
            columns.get(index).map(|c| c.comfortable)
        }) {
            return tried;
        }
        let Some((_, way, index)) = order.next() else {
            break;
        };
        if let Some(width) = widths.get_mut(index) {
            *width = match way {
                Way::Brief => brief.get(index).copied(),
                Way::LeaveOut => None,
            };
        }
    }
    shrink(&mut widths, limit, |index| {
        columns.get(index).map(|c| c.least)
    });
    widths
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

    const COLUMNS: [Column<'static>; 5] = [
        Column::new("state"),
        Column::new("name").shrinks(10, 3),
        Column::new("where").shrinks(10, 3).left_out(3),
        Column::new("id").left_out(1),
        Column::new("until").in_brief(2),
    ];

    #[test]
    fn narrow_terminals() {
        let full = [6, 20, 14, 30, 20];
        let brief = [6, 20, 14, 30, 10];
        for (limit, expected) in [
            (None, [Some(6), Some(20), Some(14), Some(30), Some(20)]),
            (Some(98), [Some(6), Some(20), Some(14), Some(30), Some(20)]),
            (Some(92), [Some(6), Some(14), Some(14), Some(30), Some(20)]),
            (Some(84), [Some(6), Some(10), Some(10), Some(30), Some(20)]),
            (Some(83), [Some(6), Some(20), Some(14), None, Some(20)]),
            (Some(52), [Some(6), Some(10), Some(10), None, Some(20)]),
            (Some(51), [Some(6), Some(15), Some(14), None, Some(10)]),
            (Some(42), [Some(6), Some(10), Some(10), None, Some(10)]),
            (Some(41), [Some(6), Some(20), None, None, Some(10)]),
            (Some(24), [Some(6), Some(4), None, None, Some(10)]),
            (Some(1), [Some(6), Some(3), None, None, Some(10)]),
        ] {
            assert_eq!(
                fitted(&COLUMNS, &full, &brief, limit),
                expected,
                "{limit:?}"
            );
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
        let until = || Cell::from("2027-01-01 in 2 years").or_brief("2027-01-01");
        let row = |cells: [&str; 4]| cells.map(Cell::from).into_iter().chain([until()]);
        table.push(row(cells).collect());
        table.push(row(["failed", "x\u{1b}[31m", "", ""]).collect());
        for limit in 24..100 {
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
            for line in text.lines().skip(1) {
                // However narrow, the day is whole.
                assert!(line.contains("2027-01-01"), "{limit}: {line}");
            }
        }
    }
}
