//! `cargo xtask effective`: the vendored document with its overlay.

use crate::{Workspace, commands::Failure};
use certfleet_codegen::document;
use clap::ValueEnum;
use std::io::Write;

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JSON, members sorted.
    #[default]
    Json,
    /// YAML.
    Yaml,
}

/// Writes the effective document of a provider. With no provider, of all, as one JSON object by
/// provider.
///
/// # Errors
/// An unknown provider, problems of the document, or an output that cannot be written.
pub fn run(
    workspace: &Workspace,
    provider: Option<&str>,
    format: Format,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let document = match provider {
        Some(provider) => crate::effective(workspace, provider)?,
        None => workspace
            .providers()?
            .into_iter()
            .map(|name| Ok((name.clone(), crate::effective(workspace, &name)?)))
            .collect::<Result<serde_json::Map<_, _>, crate::Problems>>()?
            .into(),
    };
    match format {
        Format::Json => write!(out, "{}", document::to_json(&document))?,
        Format::Yaml => {
            let text = document::to_yaml(&document, "specs")?;
            write!(out, "{text}")?;
        }
    }
    Ok(0)
}
