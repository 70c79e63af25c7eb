//! Secrets of uploads, which options name by reference.

use crate::{
    accounts,
    cli::{Global, write::UploadSecrets},
    exit::{Failure, Result},
};
use certfleet::{Secret, Upload};
use certfleet_config::{ReferenceContext, SecretRef};
use std::path::Path;

/// Returns the key and the passphrase that the options' references lead to.
pub(super) async fn resolve(
    options: &UploadSecrets,
    global: &Global,
) -> Result<(Option<Secret>, Option<Secret>)> {
    Ok((
        secret("--key-ref", options.key_ref.as_deref(), true, global).await?,
        secret(
            "--passphrase-ref",
            options.passphrase_ref.as_deref(),
            false,
            global,
        )
        .await?,
    ))
}

/// Attaches to saved uploads the secrets that belong to them, and returns these.
pub(super) async fn attach(
    uploads: Vec<&mut Upload>,
    options: &UploadSecrets,
    global: &Global,
) -> Result<(Option<Secret>, Option<Secret>)> {
    let (key, passphrase) = resolve(options, global).await?;
    if uploads.is_empty() && (key.is_some() || passphrase.is_some()) {
        return Err(Failure::usage(
            "the plan uploads nothing: leave --key-ref and --passphrase-ref out",
        ));
    }
    for (option, is_given, belongs) in [
        (
            "--key-ref",
            key.is_some(),
            uploads.iter().any(|upload| upload.with_key),
        ),
        (
            "--passphrase-ref",
            passphrase.is_some(),
            uploads.iter().any(|upload| upload.with_passphrase),
        ),
    ] {
        if is_given && !belongs {
            return Err(Failure::usage(format!(
                "the upload was planned without what {option} names: leave it out, or plan again with it. Nothing was sent"
            )));
        }
    }
    for upload in uploads {
        let own_key = key.clone().filter(|_| upload.with_key);
        let own_passphrase = passphrase.clone().filter(|_| upload.with_passphrase);
        upload
            .attach_secrets(own_key, own_passphrase)
            .map_err(Failure::usage)?;
        if let Some(missing) = upload.missing_secrets() {
            return Err(Failure::usage(format!(
                "{missing} of the upload is not in the plan: give it with --key-ref or --passphrase-ref"
            )));
        }
    }
    Ok((key, passphrase))
}

async fn secret(
    option: &str,
    reference: Option<&str>,
    of_several_lines: bool,
    global: &Global,
) -> Result<Option<Secret>> {
    let Some(text) = reference else {
        return Ok(None);
    };
    let failure = |what: &dyn std::fmt::Display| Failure::usage(format!("{option}: {what}"));
    let reference = SecretRef::parse(text).map_err(|what| failure(&what))?;
    let pass_env = match reference {
        SecretRef::Cmd(_) => accounts::pass_env(global)?,
        _ => Vec::new(),
    };
    let context = ReferenceContext::new(Path::new(".")).pass_env(&pass_env);
    let resolved = if of_several_lines {
        reference.resolve_text(&context).await
    } else {
        reference.resolve(&context).await
    };
    resolved.map(Some).map_err(|what| failure(&what))
}
