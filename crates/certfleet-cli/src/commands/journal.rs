//! `certfleet journal`.

use crate::{
    cli::{Form, Global, journal::Journal as Options},
    commands::write::journal_of,
    exit::{Code, Failure, Result},
    output::{json, story::Story},
};
use std::io::Write as _;

pub(crate) fn run(global: &Global, options: &Options) -> Result<()> {
    let journal = journal_of(global, &options.journal)?;
    let contents = journal
        .read()
        .map_err(|error| Failure::new(Code::Failed, error))?;
    let mut story = Story::of(contents, journal.path());
    if options.open {
        story.closed.clear();
        story.rotations.retain(|one| !one.rotation.is_over());
    }
    let mut out = super::out();
    match options.output {
        Form::Json => json::document(&mut out, &story)?,
        Form::Table => story.text(&mut out)?,
    }
    Ok(out.flush()?)
}
