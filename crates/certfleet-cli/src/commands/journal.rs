//! `certfleet journal`.

use super::write::{existing_journal, journal_path};
use crate::{
    cli::{Form, Global, journal::Journal as Options},
    exit::{Failure, Result},
    output::{self, history::JournalHistory, json},
};
use std::io::Write as _;

pub(crate) async fn run(global: &Global, options: &Options) -> Result<()> {
    let journal = existing_journal(global, &options.journal)?;
    let contents = journal.read().await.map_err(Failure::failed)?;
    let path = journal_path(global, &options.journal);
    let mut history = JournalHistory::new(contents, path.as_deref());
    if options.pending {
        history = history.only_pending();
    }
    let mut out = output::out();
    match options.output {
        Form::Json => json::document(&mut out, &history)?,
        Form::Table => history.text(&mut out)?,
    }
    Ok(out.flush()?)
}
