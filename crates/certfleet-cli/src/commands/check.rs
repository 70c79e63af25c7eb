//! `certfleet check`.

use crate::{
    accounts,
    cli::{
        Global,
        watch::{Check, CheckForm},
    },
    commands::write::write_public,
    exit::{Code, Failure, Result, print_error, print_warning},
    judging::Judging,
    output::{
        self, Printed,
        expiry::{self, CheckReport},
        listing, plugin,
    },
    terminal::Terminal,
};
use certfleet::Inventory;
use certfleet_report::{last_known::LastKnown, metrics::Metrics, nagios};
use std::{io::Write as _, path::Path};

pub(crate) async fn run(global: &Global, options: &Check) -> Result<()> {
    let ended = check(global, options).await;
    match &ended {
        // A plugin says on stdout why it could not look, and that is neither a warning nor critical.
        Err(failure) if options.output == CheckForm::Nagios => match failure.message() {
            Some(why) => print_plugin(&nagios::failed(why)),
            None => ended,
        },
        _ => ended,
    }
}

async fn check(global: &Global, options: &Check) -> Result<()> {
    if options.to.is_some() && options.output != CheckForm::Prometheus {
        return Err(Failure::usage(
            "--to names a file for metrics: add --output prometheus, or drop --to and redirect stdout",
        ));
    }
    let form = match options.output {
        output if !options.jq.is_given() => output,
        CheckForm::Table | CheckForm::Json => CheckForm::Json,
        CheckForm::Nagios | CheckForm::Prometheus => {
            return Err(Failure::usage(
                "--jq filters the document that --output json prints: drop --output, or drop --jq",
            ));
        }
    };
    if form != CheckForm::Table && !options.columns.is_empty() {
        return Err(Failure::usage(output::COLUMNS_OF_A_TABLE));
    }
    let judging = Judging::new(&options.judging, options.within)?;
    let opened = accounts::open_available(global, judging.selection()).await?;
    let mut inventory = opened.inventory(judging.content()).await;
    judging.choose(&mut inventory);
    let judged = judging.judge(&inventory, opened.now);
    match form {
        CheckForm::Nagios => {
            print_remarks(&inventory);
            let output = nagios::output(&judged.judgements, &inventory.accounts, &judged.entries);
            print_plugin(&output)
        }
        CheckForm::Prometheus => {
            let mut known = LastKnown::default();
            print_remarks(&inventory);
            print_complaints(&inventory, &judged.problems);
            known.update(inventory);
            let metrics = Metrics::new(&judged.judgements, &known).entries(&judged.entries);
            let text = metrics.to_text();
            match &options.to {
                Some(path) if path != Path::new("-") => write_public(path, text.as_bytes()),
                _ => print_text(&text).ended(Code::Done),
            }
        }
        CheckForm::Table | CheckForm::Json => {
            let terminal = Terminal::stdout(global.color);
            let report = CheckReport::new(judged.judgements, judged.entries, &inventory.accounts);
            let printed = output::print(|out| match form {
                CheckForm::Json => options.jq.document(out, &report),
                _ => Ok(expiry::text(out, &report, &options.columns, terminal)?),
            });
            print_remarks(&inventory);
            print_complaints(&inventory, &judged.problems);
            printed.ended(report.code())
        }
    }
}

/// Prints what is odd about accounts.
fn print_remarks(inventory: &Inventory) {
    let accounts = inventory.accounts.iter();
    for remark in accounts.flat_map(listing::remarks) {
        print_warning(&remark);
    }
}

/// Prints what is wrong with the ignore list, and which accounts could not be read.
fn print_complaints(inventory: &Inventory, problems: &[String]) {
    for problem in problems {
        print_warning(problem);
    }
    for complaint in inventory.accounts.iter().filter_map(listing::complaint) {
        print_error(&complaint);
    }
}

fn print_plugin(output: &nagios::Output) -> Result<()> {
    let code = match output.status.exit_code() {
        0 => Code::Done,
        code => Code::Plugin(code),
    };
    print_text(&plugin::harmless(&output.text)).ended(code)
}

fn print_text(text: &str) -> Printed {
    output::print(|out| Ok(out.write_all(text.as_bytes())?))
}
