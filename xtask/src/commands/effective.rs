//! `cargo xtask effective`: the vendored document with its overlay.

use crate::{Problem, Workspace, commands::Failure, document};
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
            let text = serde_saphyr::to_string(&document).map_err(|error| {
                Problem::new(
                    "specs",
                    "",
                    format!("the document cannot be written as YAML: {error}"),
                    "write it as JSON",
                )
            })?;
            write!(out, "{text}")?;
        }
    }
    Ok(0)
}
