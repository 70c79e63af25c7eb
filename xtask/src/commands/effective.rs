//! `cargo xtask effective`: the vendored document with its overlay.

use crate::{Workspace, commands::Failure, document, pipeline};
use std::io::Write;

/// Writes a provider's effective document as JSON.
///
/// # Errors
/// An unknown provider, problems of the document, or an output that cannot be written.
pub fn run(workspace: &Workspace, provider: &str, out: &mut dyn Write) -> Result<u8, Failure> {
    workspace.select(&[provider.to_owned()])?;
    let lowered = pipeline::lower(workspace, provider)?;
    write!(out, "{}", document::to_json(&lowered.effective))?;
    Ok(0)
}
