//! The log on stderr: off unless `--verbose` or `RUST_LOG` turns it on.

use crate::{
    exit::{Failure, Result, print_error},
    terminal,
};
use std::io::{self, Write};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// Begins to log. `verbose` is how often `--verbose` was given: once is what certfleet does, twice
/// is everything, the HTTP stack included. `RUST_LOG` (`certfleet_http=debug,reqwest=trace`) says it
/// in detail, unless `--verbose` is given.
pub(crate) fn start(verbose: u8) -> Result<()> {
    let wanted = match (
        verbose,
        std::env::var("RUST_LOG").unwrap_or_default().trim(),
    ) {
        (0, "") => return Ok(()),
        (0, text) => match text.parse() {
            Ok(targets) => targets,
            Err(_) => {
                print_error(
                    "RUST_LOG cannot be read and is ignored: write TARGET=LEVEL, as in certfleet=debug",
                );
                return Ok(());
            }
        },
        (1, _) => Targets::new().with_target("certfleet", LevelFilter::DEBUG),
        _ => Targets::new().with_default(LevelFilter::TRACE),
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(|| Sanitized(io::stderr()));
    tracing_subscriber::registry()
        .with(wanted)
        .with(lines)
        .try_init()
        .map_err(|error| Failure::failed(format!("the log cannot be started: {error}")))
}

/// Passes lines on without anything that steers a terminal: what a vendor sent stands in them.
struct Sanitized<W>(W);

impl<W: Write> Write for Sanitized<W> {
    /// The subscriber writes whole events, each with its line end.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let event = text.strip_suffix('\n').unwrap_or(&text);
        writeln!(self.0, "{}", terminal::sanitize(event))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_that_steers_nothing() {
        let mut out = Vec::new();
        let event = "call ended id=\u{1b}[31m\u{9b}x\r\nforged line \u{202e}\n";
        Sanitized(&mut out).write_all(event.as_bytes()).unwrap();
        let text = String::from_utf8(out).unwrap();
        let line = text.strip_suffix('\n').unwrap();
        assert!(!line.contains(terminal::is_steering), "{line:?}");
    }
}
