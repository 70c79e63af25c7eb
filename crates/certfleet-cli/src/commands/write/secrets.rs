//! Secrets of uploads, which options name by reference.

use crate::{
    cli::write::UploadSecrets,
    exit::{Failure, Result},
};
use certfleet::Secret;
use certfleet_config::SecretRef;
use std::path::Path;

/// Returns the key and the passphrase that the options' references lead to.
pub(super) async fn resolve(options: &UploadSecrets) -> Result<(Option<Secret>, Option<Secret>)> {
    Ok((
        secret("--key-ref", options.key_ref.as_deref(), true).await?,
        secret("--passphrase-ref", options.passphrase_ref.as_deref(), false).await?,
    ))
}

async fn secret(
    option: &str,
    reference: Option<&str>,
    of_several_lines: bool,
) -> Result<Option<Secret>> {
    let Some(text) = reference else {
        return Ok(None);
    };
    let failure = |what: &dyn std::fmt::Display| Failure::usage(format!("{option}: {what}"));
    let reference = SecretRef::parse(text).map_err(|what| failure(&what))?;
    let here = Path::new(".");
    let resolved = if of_several_lines {
        reference.resolve_text(here).await
    } else {
        reference.resolve(here).await
    };
    resolved.map(Some).map_err(|what| failure(&what))
}
