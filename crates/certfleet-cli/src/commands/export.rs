//! `certfleet export`.

use crate::{
    cli::{Form, Global, watch::Export},
    commands::{target::Search, write::write_private},
    exit::{Code, Failure, Result, failure_at},
    output::{self, json},
    progress::while_waiting,
};
use certfleet::{Certificate, CertificateContent, CertificateId, Verb, x509::X509};
use serde::Serialize;
use std::{io::Write as _, path::PathBuf};

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

pub(crate) async fn run(global: &Global, options: &Export) -> Result<()> {
    if options.to.exists() && !options.force {
        return Err(Failure::usage(format!(
            "{} is there already: name another file, or replace it with --force",
            options.to.display()
        )));
    }
    let record = &options.record;
    let search = Search::of_one(global, &record.filter, &record.target).await?;
    let id = search.only()?;
    let account = search.account(&id)?;
    let (form, bytes) = if account.capabilities().get(Verb::Export).is_some() {
        let bytes = while_waiting(&format!("exporting {id}"), account.export(&id))
            .await
            .map_err(|error| failure_at(&account.full_name(), error))?;
        (ExportForm::Zip, bytes.to_vec())
    } else {
        (ExportForm::Pem, pem(&search.record(&id).await?)?)
    };
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
