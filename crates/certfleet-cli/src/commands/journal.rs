//! `certfleet journal`.

use super::write::{Place, journal_failure};
use crate::{
    cli::{
        Form, Global,
        journal::{Journal as Options, JournalCommand, JournalCopy, JournalMigrate, JournalStatus},
    },
    exit::{Code, Failure, Result},
    output::{
        self, history::JournalHistory, history_choice::Choice, journal_status::StatusReport, json,
        put_back::Repeated,
    },
    progress::while_waiting,
};
use certfleet_changes::journal::AskedBy;
use std::io::Write as _;

pub(crate) async fn run(global: &Global, options: &Options) -> Result<()> {
    match &options.command {
        None => history(global, options).await,
        Some(JournalCommand::Status(options)) => status(global, options).await,
        Some(JournalCommand::Copy(options)) => copy(global, options).await,
        Some(JournalCommand::Migrate(options)) => migrate(global, options).await,
    }
}

async fn history(global: &Global, options: &Options) -> Result<()> {
    let place = Place::find(global, &options.journal)?;
    let journal = place.open_existing().await?;
    let contents = journal.read().await.map_err(Failure::failed)?;
    let repeated = Repeated::new(global, &options.journal);
    let choice = Choice {
        pending: options.pending,
        since: options.since,
        accounts: &options.account,
        limit: options.limit,
    };
    let path = place.path();
    let history = JournalHistory::new(contents, path.as_deref());
    let history = history.choose(&choice).with_put_back(&repeated);
    output::print(|out| match options.output {
        Form::Json => json::document(out, &history),
        Form::Table => Ok(history.text(out)?),
    })
    .ended(Code::Done)
}

async fn status(global: &Global, options: &JournalStatus) -> Result<()> {
    let place = Place::find(global, &options.journal)?;
    let journal = place.open_existing().await?;
    let contents = journal.read().await.map_err(Failure::failed)?;
    let locks = journal.store().leases().await.map_err(Failure::failed)?;
    let status = StatusReport::new(place.path(), contents, locks);
    output::print(|out| match options.output {
        Form::Json => json::document(out, &status),
        Form::Table => Ok(status.text(out)?),
    })
    .ended(Code::Done)
}

fn refuse_if_read_only(global: &Global) -> Result<()> {
    if global.read_only {
        return Err(Failure::usage(
            "--read-only is in force and this command changes a journal: nothing was changed",
        ));
    }
    Ok(())
}

async fn copy(global: &Global, options: &JournalCopy) -> Result<()> {
    refuse_if_read_only(global)?;
    let (from, to) = (
        Place::named(global, &options.from)?,
        Place::named(global, &options.to)?,
    );
    if let Place::File(path) = &from
        && !path.exists()
    {
        return Err(Failure::usage(format!(
            "there is no journal {}: nothing was copied",
            path.display()
        )));
    }
    let (source, target) = (from.open().await?, to.open().await?);
    let asked_by = AskedBy::this_process();
    let copying = source.copy_to(&target, &asked_by);
    let copied = while_waiting("copying the journal", copying).await;
    let copied = copied.map_err(Failure::failed)?;
    output::print(|out| {
        let already = match copied.there_already {
            0 => String::new(),
            number => format!("; {number} were there already"),
        };
        writeln!(out, "{} entries were copied{already}.", copied.copied)?;
        Ok(writeln!(
            out,
            "A later change is in the journal that it is made with alone: all machines have to use the same one."
        )?)
    })
    .ended(Code::Done)
}

async fn migrate(global: &Global, options: &JournalMigrate) -> Result<()> {
    refuse_if_read_only(global)?;
    let Place::Shared(address, with) = Place::find(global, &options.journal)? else {
        return Err(Failure::usage(
            "a journal in a file needs no preparation: name one that a team shares, as in --journal postgres://USER@HOST/DATABASE",
        ));
    };
    let migrating = certfleet_journals::migrate(&address, &with);
    let made = while_waiting("preparing the journal", migrating).await;
    let text = match made.map_err(journal_failure)? {
        true => "is ready now",
        false => "was ready already: nothing was changed",
    };
    output::print(|out| Ok(writeln!(out, "{address} {text}.")?)).ended(Code::Done)
}
