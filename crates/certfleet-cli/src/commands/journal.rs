//! `certfleet journal`.

use crate::{
    cli::{Form, Global, journal::Journal as Options},
    exit::{Code, Failure, Result},
    output::{self, json, story::JournalHistory},
};
use certfleet_changes::{Journal, journal::Contents};
use std::io::Write as _;

pub(crate) fn run(global: &Global, options: &Options) -> Result<()> {
    let path = match &options.journal.journal {
        Some(path) => Some(path.clone()),
        None if global.sandbox => None,
        None => Journal::default_path(),
    };
    let contents = match &path {
        // Showing a journal makes none.
        Some(path) if path.exists() => Journal::file(path)
            .and_then(|journal| journal.read())
            .map_err(|error| Failure::new(Code::Failed, error))?,
        _ => Contents::default(),
    };
    let mut story = JournalHistory::of(contents, path.as_deref());
    if options.open {
        story.closed.clear();
        story.rotations.retain(|one| !one.rotation.is_over());
    }
    let mut out = output::out();
    match options.output {
        Form::Json => json::document(&mut out, &story)?,
        Form::Table => story.text(&mut out)?,
    }
    Ok(out.flush()?)
}
