//! `certfleet inspect`.

use crate::{
    cli::{Global, Inspect, Output},
    exit::{Code, Failure, Result, print_error},
    output::{
        self,
        inspection::{self, Found, Inspection, Line, Unread},
        json,
    },
    terminal::Terminal,
};
use certfleet::x509;
use std::{
    fs::File,
    io::{self, Read, Write as _},
    path::Path,
};

pub(crate) fn run(global: &Global, options: &Inspect) -> Result<()> {
    let mut inspection = Inspection::default();
    for file in &options.files {
        inspect(file, &mut inspection);
    }
    let now = global.sandbox_time.unwrap_or_else(chrono::Utc::now);
    let mut terminal = Terminal::stdout(global.color);
    terminal.width = terminal.width.filter(|_| !options.wide);
    let mut out = output::out();
    match options.output {
        Output::Table if options.details => {
            inspection::details(&mut out, &inspection, now, terminal)?;
        }
        Output::Table => inspection::table(&mut out, &inspection, now, terminal)?,
        Output::Json => json::document(&mut out, &inspection)?,
        Output::Ndjson => {
            for found in &inspection.certificates {
                json::line(&mut out, &Line::Certificate(found))?;
            }
            for unread in &inspection.failures {
                json::line(&mut out, &Line::Failure(unread))?;
            }
        }
        Output::Csv => inspection::csv(&mut out, &inspection)?,
    }
    out.flush()?;
    for unread in &inspection.failures {
        print_error(&format!("{}: {}", unread.source, unread.message));
    }
    if inspection.failures.is_empty() {
        Ok(())
    } else {
        Err(Failure::said(Code::Usage))
    }
}

/// Adds everything that is in a file.
fn inspect(file: &Path, into: &mut Inspection) {
    let source = if is_stdin(file) {
        "stdin".to_owned()
    } else {
        file.display().to_string()
    };
    let entries =
        read(file).and_then(|bytes| x509::read(&bytes).map_err(|error| error.to_string()));
    let entries = match entries {
        Ok(entries) => entries,
        Err(message) => {
            into.failures.push(Unread {
                source,
                position: None,
                message,
            });
            return;
        }
    };
    for entry in entries {
        match entry.certificate {
            Ok(x509) => into.certificates.push(Found {
                source: source.clone(),
                position: entry.position,
                x509,
            }),
            Err(error) => into.failures.push(Unread {
                source: source.clone(),
                position: Some(entry.position),
                message: error.to_string(),
            }),
        }
    }
}

/// A file's bytes, and one more than is read, so that the reader sees that it is too large.
fn read(file: &Path) -> std::result::Result<Vec<u8>, String> {
    let limit = x509::MAX_INPUT as u64 + 1;
    let mut bytes = Vec::new();
    let read = if is_stdin(file) {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(format!("cannot be read: {error}")),
    }
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}
