//! What a monitoring plugin prints.

use crate::terminal;

/// Returns lines without anything that steers a terminal.
pub(crate) fn harmless(text: &str) -> String {
    let lines = text.lines();
    lines
        .map(|line| format!("{}\n", terminal::sanitize(line)))
        .collect()
}
