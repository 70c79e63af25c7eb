//! `certfleet check`.

use crate::{
    accounts::{self, Selection},
    cli::{Form, Global, watch::Check},
    exit::{Code, Failure, Result, print_error, print_warning},
    output::{
        self,
        expiry::{self, CheckReport},
        json, listing,
    },
    terminal::Terminal,
};
use certfleet::{ContentFetch, ListOptions, State};
use std::io::Write as _;

pub(crate) async fn run(global: &Global, options: &Check) -> Result<()> {
    let selection = Selection {
        providers: &options.provider,
        accounts: &options.account,
    };
    let opened = accounts::open(global, selection).await?;
    let mut inventory = opened
        .fleet
        .inventory(ListOptions::content(ContentFetch::Included))
        .await;
    if options.active {
        inventory
            .certificates
            .retain(|one| one.state != State::Inactive);
    }
    let report = inventory.expiry(options.within, opened.now);
    let (status, code) = expiry::verdict(&report);
    let report = CheckReport {
        status,
        exit_code: code.number(),
        report,
        accounts: inventory.accounts,
    };
    let mut out = output::out();
    match options.output {
        Form::Json => json::document(&mut out, &report)?,
        Form::Table => expiry::text(&mut out, &report, Terminal::stdout(global.color))?,
    }
    out.flush()?;
    drop(out);
    for account in &report.accounts {
        for remark in listing::remarks(account) {
            print_warning(&remark);
        }
        if let Some(complaint) = listing::complaint(account) {
            print_error(&complaint);
        }
    }
    match code {
        Code::Done => Ok(()),
        code => Err(Failure::said(code)),
    }
}
