//! `certfleet check`.

use crate::{
    accounts::{self, Selection},
    cli::{Form, Global, watch::Check},
    exit::{Result, print_error, print_warning},
    output::{
        self,
        expiry::{self, CheckReport},
        listing,
    },
    terminal::Terminal,
};
use certfleet::{ContentFetch, State};

pub(crate) async fn run(global: &Global, options: &Check) -> Result<()> {
    let selection = Selection {
        providers: &options.provider,
        accounts: &options.account,
    };
    let opened = accounts::open_available(global, selection).await?;
    // Of what follows the first certificate of a content, no vendor says when it ends.
    let content = if options.no_content {
        ContentFetch::Skip
    } else {
        ContentFetch::Fetch
    };
    let mut inventory = opened.inventory(content).await;
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
    let terminal = Terminal::stdout(global.color);
    let printed = output::print(|out| match options.output {
        Form::Json => options.jq.document(out, &report),
        Form::Table if options.jq.is_given() => options.jq.document(out, &report),
        Form::Table => Ok(expiry::text(out, &report, terminal)?),
    });
    for account in &report.accounts {
        for remark in listing::remarks(account) {
            print_warning(&remark);
        }
        if let Some(complaint) = listing::complaint(account) {
            print_error(&complaint);
        }
    }
    printed.ended(code)
}
