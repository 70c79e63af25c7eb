//! What an import's upload means.

use std::collections::BTreeMap;

use super::archive;
use super::state::{self, Entry};
use super::wire::Refusal;
use crate::certificates::Certificate as X509;
use crate::form::Form;

/// The entries of an upload, and what could not be carried over.
pub(crate) struct Upload {
    pub(crate) entries: Vec<Entry>,
    pub(crate) unresolved: Vec<String>,
}

/// Reads an upload: a single certificate for the environments named, or an export's archive.
pub(crate) fn read(form: &Form, name: &str, alias: &str) -> Result<Upload, Refusal> {
    let file = form.file("certificateFile");
    if file.is_empty() {
        return Err(Refusal::empty("certificateFile"));
    }
    if archive::is_archive(file) {
        return from_archive(form, file, name, alias);
    }
    let x509 =
        single(file).ok_or_else(|| Refusal::bad("certificateFile is not a valid certificate!"))?;
    let entries = environments(form)?
        .into_iter()
        .map(|environment| Entry {
            environment,
            alias: alias.to_owned(),
            x509: x509.clone(),
        })
        .collect();
    Ok(Upload {
        entries,
        unresolved: Vec::new(),
    })
}

/// The environments a form names; each exists.
pub(crate) fn environments(form: &Form) -> Result<Vec<String>, Refusal> {
    let names: Vec<String> = form
        .text("environmentList")
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    if names.is_empty() {
        return Err(Refusal::empty("environmentList"));
    }
    names.iter().try_for_each(|name| state::environment(name))?;
    Ok(names)
}

/// The first certificate of a file.
pub(crate) fn single(file: &[u8]) -> Option<X509> {
    X509::from_any(file).ok()?.into_iter().next()
}

fn from_archive(form: &Form, file: &[u8], name: &str, alias: &str) -> Result<Upload, Refusal> {
    let files = archive::read(file)
        .ok_or_else(|| Refusal::bad("certificateFile is not a valid archive!"))?;
    let mapping = mapping(form)?;
    let mut upload = Upload {
        entries: Vec::new(),
        unresolved: Vec::new(),
    };
    for (file_name, content) in files {
        let own = file_name
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('-')?.strip_suffix(".cer"));
        let (Some(environment), Some(x509)) = (own, single(&content)) else {
            upload.unresolved.push(format!(
                "Archive entry ({file_name}) does not name an environment of certificate ({name}) and was not imported."
            ));
            continue;
        };
        let target = mapping.get(environment).map_or(environment, String::as_str);
        if target.is_empty() {
            upload.unresolved.push(format!(
                "Environment ({environment}) was deliberately left out by the caller's mapping."
            ));
            continue;
        }
        state::environment(target)?;
        upload.entries.push(Entry {
            environment: target.to_owned(),
            alias: alias.to_owned(),
            x509,
        });
    }
    if upload.entries.is_empty() {
        return Err(Refusal::bad(format!(
            "This archive holds no importable material for certificate ({name})! Entries must be named \
             <certificateName>-<environmentName>.cer, as the export writes them."
        )));
    }
    Ok(upload)
}

fn mapping(form: &Form) -> Result<BTreeMap<String, String>, Refusal> {
    match form.text("environmentMapping") {
        "" => Ok(BTreeMap::new()),
        text => serde_json::from_str(text)
            .map_err(|_| Refusal::bad("environmentMapping is not a valid JSON object!")),
    }
}
