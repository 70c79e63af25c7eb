//! `certfleet export`.

use crate::{
    cli::{Form, Global, watch::Export},
    commands::{
        search::Search,
        write::{existing_journal, write_private},
    },
    exit::{Code, Failure, Result, failure_at},
    output::{self, json},
    progress::while_waiting,
};
use certfleet::{Certificate, CertificateContent, CertificateId, Verb, x509::X509};
use certfleet_changes::journal::Event;
use serde::Serialize;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

/// What `export --output json` prints.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Exported {
    /// The record.
    pub(crate) id: CertificateId,
    /// The file.
    pub(crate) file: PathBuf,
    /// What is in it.
    pub(crate) form: ExportForm,
    /// Its length in bytes.
    pub(crate) bytes: usize,
}

/// What is in an exported file.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExportForm {
    /// Certificates, one after another.
    Pem,
    /// The vendor's archive.
    Zip,
}

/// Where stdout is meant, and not a file.
const STDOUT: &str = "-";

pub(crate) async fn run(global: &Global, options: &Export) -> Result<()> {
    let to_stdout = options.to == Path::new(STDOUT);
    if to_stdout && options.output == Form::Json {
        return Err(Failure::usage(
            "--to - writes the certificate to stdout, and --output json its report: drop one of them",
        ));
    }
    if !to_stdout && options.to.exists() && !options.force {
        return Err(Failure::usage(format!(
            "{} is there already: name another file, or replace it with --force",
            options.to.display()
        )));
    }
    let (id, form, bytes) = match &options.from_journal {
        Some(operation) => kept(operation, options, global).await?,
        None => from_account(options, global).await?,
    };
    if to_stdout {
        return output::print(|out| Ok(out.write_all(&bytes)?)).ended(Code::Done);
    }
    write_private(&options.to, &bytes, options.force)?;
    let exported = Exported {
        id,
        file: options.to.clone(),
        form,
        bytes: bytes.len(),
    };
    output::print(|out| match options.output {
        Form::Json => json::document(out, &exported),
        Form::Table => Ok(writeln!(
            out,
            "{} is in {} ({} bytes)",
            crate::terminal::sanitize(&exported.id.to_string()),
            exported.file.display(),
            exported.bytes
        )?),
    })
    .ended(Code::Done)
}

/// A record as its account has it.
async fn from_account(
    options: &Export,
    global: &Global,
) -> Result<(CertificateId, ExportForm, Vec<u8>)> {
    let target = options.target.as_deref().unwrap_or_default();
    let search = Search::of_one(global, &options.filter, target).await?;
    let id = search.only()?;
    let account = search.account(&id)?;
    if account.capabilities().get(Verb::Export).is_none() {
        let bytes = pem(&search.record(&id).await?)?;
        return Ok((id, ExportForm::Pem, bytes));
    }
    let bytes = while_waiting(&format!("exporting {id}"), account.export(&id))
        .await
        .map_err(|error| failure_at(&account.full_name(), error))?;
    Ok((id, ExportForm::Zip, bytes.to_vec()))
}

/// What an entry of the journal kept of the record that it is about.
async fn kept(
    operation: &str,
    options: &Export,
    global: &Global,
) -> Result<(CertificateId, ExportForm, Vec<u8>)> {
    let journal = existing_journal(global, &options.journal).await?;
    let contents = journal.read().await.map_err(Failure::failed)?;
    let intent = contents
        .entries
        .iter()
        .find_map(|entry| match &entry.event {
            Event::Begun(intent) if entry.operation.as_str() == operation => Some(intent),
            _ => None,
        });
    let intent = intent.ok_or_else(|| {
        Failure::usage(format!(
            "the journal has no change {operation}: certfleet journal --output json shows the `operation` of each"
        ))
    })?;
    let taken = intent.replaced.iter().map(|saved| &saved.certificate);
    let mut pems: Vec<&String> = Vec::new();
    for pem in intent.deleted.iter().chain(taken) {
        if !pems.contains(&pem) {
            pems.push(pem);
        }
    }
    let verb = intent.change.verb();
    match intent.change.ids().first() {
        Some(id) if !pems.is_empty() => {
            let text: String = pems.into_iter().map(String::as_str).collect();
            Ok((id.clone(), ExportForm::Pem, text.into_bytes()))
        }
        _ if matches!(verb, Verb::Delete | Verb::Replace) => Err(Failure::failed(format!(
            "the journal kept no certificate of {operation}: the vendor did not show its content when it was changed"
        ))),
        _ => Err(Failure::usage(format!(
            "the change {operation} is of the kind {verb}, which takes no certificate away: name a deletion or a replacement"
        ))),
    }
}

/// A record's content with its chain.
fn pem(one: &Certificate) -> Result<Vec<u8>> {
    let text: String = one
        .contents
        .iter()
        .flat_map(CertificateContent::certificates)
        .filter_map(X509::to_pem)
        .collect();
    if text.is_empty() {
        return Err(Failure::failed(format!(
            "the vendor does not give the content of {}, or it cannot be read",
            one.id
        )));
    }
    Ok(text.into_bytes())
}
