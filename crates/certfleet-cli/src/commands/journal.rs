//! `certfleet journal`.

use super::write::{existing_journal, journal_path};
use crate::{
    cli::{Form, Global, journal::Journal as Options},
    exit::{Code, Failure, Result},
    output::{self, history::JournalHistory, history_choice::Choice, json, put_back::Repeated},
};

pub(crate) async fn run(global: &Global, options: &Options) -> Result<()> {
    let journal = existing_journal(global, &options.journal)?;
    let contents = journal.read().await.map_err(Failure::failed)?;
    let path = journal_path(global, &options.journal);
    let repeated = Repeated::new(global, &options.journal);
    let choice = Choice {
        pending: options.pending,
        since: options.since,
        accounts: &options.account,
        limit: options.limit,
    };
    let history = JournalHistory::new(contents, path.as_deref());
    let history = history.choose(&choice).with_put_back(&repeated);
    output::print(|out| match options.output {
        Form::Json => json::document(out, &history),
        Form::Table => Ok(history.text(out)?),
    })
    .ended(Code::Done)
}
