//! Secrets of uploads, which options name by reference.

use crate::{
    accounts,
    cli::{Global, write::UploadSecrets},
    exit::{Failure, Result},
};
use certfleet::Secret;
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
