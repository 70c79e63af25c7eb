//! `cargo xtask effective`: the vendored document with its overlay.

use crate::{Problems, Workspace, commands::Failure, workspace::effective};
use certfleet_codegen::{document, overlay};
use clap::ValueEnum;
use serde_json::Value;
use std::{io::Write, path::Path};

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
        Some(provider) => effective(workspace, provider)?,
        None => workspace
            .providers()?
            .into_iter()
            .map(|name| Ok((name.clone(), effective(workspace, &name)?)))
            .collect::<Result<serde_json::Map<_, _>, Problems>>()?
            .into(),
    };
    write(&document, format, out)
}

/// Writes any document with an overlay applied.
///
/// # Errors
/// A document or overlay that cannot be read or applied, or an output that cannot be written.
pub fn run_from(
    from: &Path,
    overlay: Option<&Path>,
    format: Format,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let mut document = document::read_openapi(from, &from.display().to_string())?;
    if let Some(path) = overlay {
        let name = path.display().to_string();
        overlay::apply(&document::read(path, &name)?, &name, &mut document)?;
    }
    write(&document, format, out)
}

fn write(document: &Value, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    match format {
        Format::Json => write!(out, "{}", document::to_json(document))?,
        Format::Yaml => {
            let text = document::to_yaml(document, "specs")?;
            write!(out, "{text}")?;
        }
    }
    Ok(0)
}
