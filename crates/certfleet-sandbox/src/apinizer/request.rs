//! What a request says, and what is wrong with it.

use std::collections::BTreeMap;

use http::StatusCode;

use super::certificate::{Certificate, Entry};
use super::refusal::Refusal;
use super::state::{self, JwkDelete, JwkUpdate};
use crate::archive;
use crate::call::Call;
use crate::certificates::Certificate as X509;
use crate::form::Form;

pub(crate) fn form(call: &Call) -> Result<&Form, Refusal> {
    match &call.form {
        Some(form) if !form.broken => Ok(form),
        Some(_) => Err(Refusal::bad("Could not parse multipart request!")),
        None => {
            let given = call.header("content-type").unwrap_or_default();
            let text = format!("Content type '{given}' not supported");
            Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text))
        }
    }
}

pub(crate) fn required<'a>(form: &'a Form, field: &str) -> Result<&'a str, Refusal> {
    match form.text(field) {
        "" => Err(Refusal::empty(field)),
        text => Ok(text),
    }
}

/// What a POST or PUT asks for.
pub(crate) fn certificate(form: &Form, project: &str, name: &str) -> Result<Certificate, Refusal> {
    let alias = required(form, "alias")?;
    let description = required(form, "certificateDescription")?;
    let file = form.file("pemEncodedFile");
    if file.is_empty() {
        return Err(Refusal::empty("pemEncodedFile"));
    }
    let invalid = || Refusal::bad("pemEncodedFile is not a valid PEM encoded certificate!");
    let text = std::str::from_utf8(file).map_err(|_| invalid())?;
    let x509 = X509::from_pem(text)
        .ok()
        .and_then(|chain| chain.into_iter().next())
        .ok_or_else(invalid)?;
    let entry = |environment| Entry {
        environment,
        alias: alias.to_owned(),
        x509: x509.clone(),
    };
    Ok(Certificate {
        project: project.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        entries: environments(form)?.into_iter().map(entry).collect(),
    })
}

pub(crate) fn jwk_update(call: &Call) -> Result<JwkUpdate, Refusal> {
    match (call.query("jwkUpdateAction"), call.query("updateScope")) {
        (None | Some("NULLIFY"), _) => Ok(JwkUpdate::Nullify),
        (Some("UPDATE"), Some("SAME_PROJECT")) => Ok(JwkUpdate::UpdateInProject),
        (Some("UPDATE"), Some("ALL_PROJECTS")) => Ok(JwkUpdate::UpdateEverywhere),
        (Some("UPDATE"), None) => Err(Refusal::empty("updateScope")),
        (Some("UPDATE"), Some(other)) => Err(Refusal::bad(format!(
            "updateScope value ({other}) is not valid!"
        ))),
        (Some(other), _) => Err(Refusal::bad(format!(
            "jwkUpdateAction value ({other}) is not valid!"
        ))),
    }
}

pub(crate) fn jwk_delete(call: &Call) -> Result<JwkDelete, Refusal> {
    match call.query("jwkDeleteAction") {
        None | Some("NULLIFY") => Ok(JwkDelete::Nullify),
        Some("DELETE") => Ok(JwkDelete::Delete),
        Some(other) => Err(Refusal::bad(format!(
            "jwkDeleteAction value ({other}) is not valid!"
        ))),
    }
}

/// The entries of an upload, and what could not be carried over.
pub(crate) struct Upload {
    pub(crate) entries: Vec<Entry>,
    pub(crate) unresolved: Vec<String>,
}

/// Reads an upload: a single certificate for the environments named, or an export's archive.
pub(crate) fn import(form: &Form, name: &str, alias: &str) -> Result<Upload, Refusal> {
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
fn environments(form: &Form) -> Result<Vec<String>, Refusal> {
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
fn single(file: &[u8]) -> Option<X509> {
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
