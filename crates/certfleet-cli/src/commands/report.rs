//! `certfleet report`.

use super::inventory;
use crate::{
    accounts::{self, Selection},
    cli::{self, Global},
    commands::write::write_private,
    exit::{Code, Failure, Result, print_error, print_warning},
    output::{self, listing},
};
use certfleet::{ContentFetch, Inventory};
use certfleet_report::{Report, html, ics, markdown};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

/// What writes a report.
type Form = fn(&Report<'_>) -> String;

/// A form of a report, and where it goes.
struct Wanted<'a> {
    file: &'a PathBuf,
    write: Form,
}

pub(crate) async fn run(global: &Global, options: &cli::Report) -> Result<()> {
    let wanted = wanted(options)?;
    let (inventories, warnings) = if options.from.is_empty() {
        let inventory = now(global, options).await?;
        let warnings = inventory
            .accounts
            .iter()
            .flat_map(listing::remarks)
            .collect();
        (vec![inventory], warnings)
    } else {
        let inventories: Result<_> = options
            .from
            .iter()
            .map(|path| inventory::load(path))
            .collect();
        // What a saved inventory warned of was said when it was saved, and is in the report.
        (inventories?, Vec::new())
    };
    let report = Report::new(&inventories).map_err(Failure::usage)?;
    for one in wanted.iter().filter(|one| !is_stdout(one.file)) {
        write_private(one.file, (one.write)(&report).as_bytes(), options.force)?;
    }
    let printed = output::print(|out| {
        match wanted.iter().find(|one| is_stdout(one.file)) {
            Some(one) => out.write_all((one.write)(&report).as_bytes())?,
            None => {
                let files: Vec<_> = wanted
                    .iter()
                    .map(|one| one.file.display().to_string())
                    .collect();
                writeln!(out, "{}", report.summary())?;
                writeln!(out, "The report is in {}", files.join(", "))?;
            }
        }
        Ok(())
    });
    for warning in &warnings {
        print_warning(warning);
    }
    let complaints: Vec<_> = report
        .accounts
        .iter()
        .filter_map(|one| listing::complaint(one))
        .collect();
    for complaint in &complaints {
        print_error(complaint);
    }
    printed.ended(if complaints.is_empty() {
        Code::Done
    } else {
        Code::Account
    })
}

/// What is there now.
async fn now(global: &Global, options: &cli::Report) -> Result<Inventory> {
    let selection = Selection {
        providers: &options.provider,
        accounts: &options.account,
    };
    let opened = accounts::open_available(global, selection).await?;
    let content = if options.no_content {
        ContentFetch::Skip
    } else {
        ContentFetch::Fetch
    };
    Ok(opened.inventory(content).await)
}

fn is_stdout(file: &Path) -> bool {
    file == Path::new("-")
}

/// The forms that are asked for. Whether they can be written is checked before anything is read.
fn wanted(options: &cli::Report) -> Result<Vec<Wanted<'_>>> {
    let forms: [(_, Form); 3] = [
        (&options.html, html::page),
        (&options.ics, ics::calendar),
        (&options.markdown, markdown::table),
    ];
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for (file, write) in forms {
        let Some(file) = file else { continue };
        if wanted.iter().any(|other| other.file == file) {
            return Err(Failure::usage(format!(
                "two forms of the report cannot both go to {}: name a file for each",
                file.display()
            )));
        }
        if !is_stdout(file) && file.exists() && !options.force {
            return Err(Failure::usage(format!(
                "{} is there already: name another file, or replace it with --force",
                file.display()
            )));
        }
        wanted.push(Wanted { file, write });
    }
    Ok(wanted)
}
