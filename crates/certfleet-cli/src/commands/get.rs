//! `certfleet get`.

use crate::{
    cli::{Form, Get, Global},
    commands::search::Search,
    exit::{Code, Result, print_warning},
    output::{self, certificate, json, listing},
    terminal::Terminal,
};

pub(crate) async fn run(global: &Global, options: &Get) -> Result<()> {
    let record = &options.record;
    let search = Search::of_one(global, &record.filter, &record.target).await?;
    let id = search.only()?;
    let certificate = search.record(&id).await?;
    let opened = &search.opened;
    let terminal = Terminal::stdout(global.color);
    let now = opened.time_of(&certificate);
    let printed = output::print(|out| match options.output {
        _ if options.native => json::document(out, &certificate.native.to_value()),
        Form::Json => json::document(out, &certificate),
        Form::Table => Ok(certificate::text(out, &certificate, now, terminal)?),
    });
    let account = opened.fleet.account(&id);
    if let Some(warning) = account.ok().and_then(|account| account.clock_warning()) {
        print_warning(&listing::remark(id.provider, &id.account, &warning));
    }
    printed.ended(Code::Done)
}
