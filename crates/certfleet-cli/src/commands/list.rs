//! `certfleet list`.

use crate::{
    accounts::{self, Opened, Selection},
    cli::{Global, List, Output},
    commands::grouped,
    completion_cache,
    exit::{Code, Failure, Result, print_error, print_warning},
    filter::{self, Filter},
    output::{self, Printed, json, listing, listing_csv},
    progress::Progress,
    terminal::Terminal,
};
use certfleet::{ContentFetch, FleetItem, Inventory, ListOptions};
use futures_util::StreamExt as _;
use std::{io::Write, pin::pin};

/// The most ndjson lines that are held back while more are ready.
const LINES: usize = 256;

pub(crate) async fn run(global: &Global, options: &List) -> Result<()> {
    if options.output == Output::Ndjson && (options.sort.is_some() || options.reverse) {
        return Err(Failure::usage(
            "--output ndjson comes as it arrives and cannot be sorted: drop --sort and --reverse, or use --output json",
        ));
    }
    let form = options.jq.form(options.output)?;
    if form != Output::Table && !options.columns.is_empty() {
        return Err(Failure::usage(output::COLUMNS_OF_A_TABLE));
    }
    let selection = Selection {
        providers: &options.provider,
        accounts: &options.account,
    };
    if options.by.is_some() && form == Output::Ndjson {
        return Err(Failure::usage(
            "--by certificate shows what all accounts have together and cannot be written as it arrives: use --output json, csv or table",
        ));
    }
    let opened = accounts::open_available(global, selection).await?;
    let filter = Filter::new(options);
    if options.by.is_some() {
        let inventory = opened.inventory(list_options(options).content).await;
        return grouped::print(global, options, form, &filter, inventory);
    }
    if options.output == Output::Ndjson {
        return stream(&opened, options, &filter).await;
    }
    let mut inventory = Inventory::new(opened.now);
    inventory.filters = filter::written(options);
    let all = collect(&opened, options, &filter, &mut inventory).await;
    if all == inventory.certificates.len() && !global.sandbox {
        completion_cache::keep(&inventory);
    }
    filter::sort(&mut inventory.certificates, options.sort, options.reverse);
    inventory
        .accounts
        .sort_by(|a, b| (a.provider, &a.account).cmp(&(b.provider, &b.account)));
    let terminal = Terminal::stdout(global.color);
    let printed = output::print(|out| match form {
        Output::Json => options.jq.document(out, &inventory),
        Output::Csv => listing_csv::csv(out, &inventory),
        Output::Table | Output::Ndjson => {
            Ok(listing::table(out, &inventory, all, options, terminal)?)
        }
    });
    let accounts = &inventory.accounts;
    let warnings: Vec<_> = accounts.iter().flat_map(listing::remarks).collect();
    let complaints: Vec<_> = accounts.iter().filter_map(listing::complaint).collect();
    printed.ended(said(&warnings, &complaints))
}

/// Says what is odd and what failed, below everything that is not, and returns what that amounts to.
fn said(warnings: &[String], complaints: &[String]) -> Code {
    for warning in warnings {
        print_warning(warning);
    }
    for complaint in complaints {
        print_error(complaint);
    }
    if complaints.is_empty() {
        Code::Done
    } else {
        Code::Account
    }
}

/// Reads all accounts and keeps what the filter keeps. How many certificates there were in all. What time
/// it is for an account is known when its last answer is there, so what is due is taken out at the end.
async fn collect(
    opened: &Opened,
    options: &List,
    filter: &Filter<'_>,
    into: &mut Inventory,
) -> usize {
    let mut items = pin!(opened.fleet.list(list_options(options)));
    let mut all = 0;
    let accounts = opened.fleet.accounts().len() + opened.fleet.unopened().len();
    let progress = Progress::new();
    loop {
        let shown = |all: usize, done: usize| {
            format!("reading: {all} certificates, {done} of {accounts} accounts done")
        };
        let done = into.accounts.len();
        let Some(item) = progress.wait(|| shown(all, done), items.next()).await else {
            break;
        };
        match item {
            FleetItem::Certificate(certificate) => {
                all += 1;
                if filter.keeps(&certificate) {
                    into.certificates.push(*certificate);
                }
            }
            FleetItem::Ended(report) => into.accounts.push(*report),
            _ => {}
        }
        if progress.is_shown() {
            progress.say(shown(all, into.accounts.len()));
        }
    }
    drop(progress);
    let certificates = std::mem::take(&mut into.certificates);
    into.certificates = certificates
        .into_iter()
        .filter(|one| filter.is_due(one, into.time_of(&one.id, opened.now)))
        .collect();
    all
}

/// Writes everything as it arrives. What is due is judged by the account's time of that moment.
async fn stream(opened: &Opened, options: &List, filter: &Filter<'_>) -> Result<()> {
    let (mut warnings, mut complaints) = (Vec::new(), Vec::new());
    let mut printed = Printed::nothing();
    let listed = opened.fleet.list(list_options(options));
    let mut chunks = pin!(listed.ready_chunks(LINES));
    let progress = Progress::new();
    let reading = || "reading the accounts".to_owned();
    while let Some(items) = progress.wait(reading, chunks.next()).await {
        // Stdout may be the same terminal.
        progress.clear();
        for item in &items {
            if let FleetItem::Ended(report) = item {
                warnings.extend(listing::remarks(report));
                complaints.extend(listing::complaint(report));
            }
        }
        printed = output::print(|out| lines(out, &items, opened, filter));
        if printed.is_lost() {
            break;
        }
    }
    drop(progress);
    printed.ended(said(&warnings, &complaints))
}

/// Writes one line for every certificate that is kept, and for every account that ended.
fn lines(
    out: &mut impl Write,
    items: &[FleetItem],
    opened: &Opened,
    filter: &Filter<'_>,
) -> Result<()> {
    for item in items {
        match item {
            FleetItem::Certificate(certificate)
                if filter.keeps(certificate)
                    && filter.is_due(certificate, opened.time_of(certificate)) =>
            {
                json::line(out, &listing::Line::Certificate(certificate))?;
            }
            FleetItem::Ended(report) => json::line(out, &listing::Line::Account(report))?,
            _ => {}
        }
    }
    Ok(())
}

fn list_options(options: &List) -> ListOptions {
    let needed =
        options.fingerprint.is_some() || options.expires_within.is_some() || options.by.is_some();
    ListOptions::content(if options.no_content {
        ContentFetch::Skip
    } else if options.fetch_content || needed {
        ContentFetch::Fetch
    } else {
        ContentFetch::Included
    })
}
