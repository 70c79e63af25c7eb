//! `certfleet export`.

use crate::{
    cli::{Form, Global, watch::Export},
    commands::write::{find_all, write_private},
    exit::{Code, Failure, Result},
    output::{self, json},
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
    let (fleet, found) = find_all(global, &options.filter, &options.target).await?;
    let one = match found.as_slice() {
        [one] => one,
        several => {
            let names: Vec<_> = several.iter().map(|one| one.id.to_string()).collect();
            return Err(Failure::usage(format!(
                "{:?} could mean {}: name one by its address",
                options.target,
                names.join(", ")
            )));
        }
    };
    let failure = |error: certfleet::Error| Failure::of_call(&error);
    let account = fleet.account(&one.id).map_err(failure)?;
    let (form, bytes) = if account.capabilities().get(Verb::Export).is_some() {
        let bytes = account.export(&one.id).await.map_err(failure)?;
        (ExportForm::Zip, bytes.to_vec())
    } else if account.capabilities().get(Verb::Get).is_some() {
        let whole = account.get(&one.id).await.map_err(failure)?;
        (ExportForm::Pem, pem(&whole)?)
    } else {
        (ExportForm::Pem, pem(one)?)
    };
    write_private(&options.to, &bytes, options.force)?;
    let exported = Exported {
        id: one.id.clone(),
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
