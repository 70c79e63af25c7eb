//! `cargo xtask lint`: reports what is wrong with documents.

use crate::{Workspace, commands::Failure};
use certfleet_codegen::{document, external, lint};
use std::{io::Write, path::Path};

/// Reports what is wrong with the named providers' vendored documents, or with files. All providers if
/// none is named. With `resolve` files beside a document are read where it refers to them. Returns 1 if a file needs an overlay action, else 0.
///
/// # Errors
/// A document that cannot be read, or an output that cannot be written.
pub fn run(
    workspace: &Workspace,
    targets: &[String],
    resolve: bool,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let known = workspace.providers()?;
    let targets = if targets.is_empty() {
        known.clone()
    } else {
        targets.to_vec()
    };
    let mut code = 0;
    for target in targets {
        let (name, path) = if known.contains(&target) {
            let provider = workspace.provider(&target)?;
            let below = format!("specs/{target}/{}", provider.document);
            (below.clone(), workspace.path(&below))
        } else {
            (target.clone(), Path::new(&target).to_owned())
        };
        let value = if resolve {
            external::read(&path, &name)?
        } else {
            document::read_openapi(&path, &name)?
        };
        let findings = lint::all(&value, &name);
        let open = findings.iter().filter(|f| f.mended_by.is_none()).count();
        for finding in &findings {
            match finding.mended_by {
                None => writeln!(out, "{}", finding.problem)?,
                Some(pass) => writeln!(out, "{}\n  mended by: pass {pass}", finding.problem)?,
            }
        }
        writeln!(
            out,
            "{name}: {} findings, {open} that need an overlay action",
            findings.len()
        )?;
        // A provider's open findings are what its overlay is for; `generate` says if one is left.
        if open > 0 && !known.contains(&target) {
            code = 1;
        }
    }
    Ok(code)
}
