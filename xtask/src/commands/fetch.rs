//! `cargo xtask fetch`: a vendor's full document, cut to the operations that are used, and where it
//! came from.

use crate::{Problem, Workspace, commands::Failure, provenance::Provenance, source::Source};
use certfleet_codegen::{cut, document, drop_prose, schema, tidy};
use serde_json::Value;
use std::{collections::BTreeSet, fs, io::Write};

/// What to fetch.
#[derive(Debug, Clone)]
pub struct Request {
    /// The provider.
    pub provider: String,
    /// Where from; what `provenance.toml` names as `upstream` if nothing is given.
    pub from: Option<Source>,
    /// Whether texts for people are left out.
    pub without_prose: bool,
}

/// Writes the vendored document and its provenance. The overlay and everything generated are left as
/// they are: `drift` and `generate` come next.
///
/// # Errors
/// An unknown provider, a document that cannot be read or that lacks an operation, or an output that
/// cannot be written.
pub fn run(workspace: &Workspace, request: &Request, out: &mut dyn Write) -> Result<u8, Failure> {
    workspace.select(std::slice::from_ref(&request.provider))?;
    let provider = workspace.provider(&request.provider)?;
    let folder = format!("specs/{}", request.provider);
    let stated = workspace.provenance(&request.provider).unwrap_or_default();
    let text = |key: &str| {
        stated
            .get(key)
            .and_then(toml::Value::as_str)
            .map(str::to_owned)
    };
    let source = source(request, text("upstream"))?;
    let bytes = source.read()?;
    let mut document = document::parse(&bytes, &source.name())?;
    document::check(&mut document, &source.name())?;
    let before = schema::operations(&document).count();
    let calls: BTreeSet<String> = provider
        .operations
        .values()
        .map(|choice| choice.call.clone())
        .collect();
    cut(&mut document, &calls);
    check_complete(&document, &calls, &source.name())?;
    tidy(&mut document);
    if request.without_prose {
        drop_prose(&mut document);
    }
    let below = format!("{folder}/{}", provider.document);
    let written = if provider.document.ends_with(".json") {
        document::to_json(&document)
    } else {
        document::to_yaml(&document, &below)?
    };
    let notes = vec![format!(
        "Cut by the tool out of the vendor's document of {before} operations{}: the operations that provider.toml names and what they refer to, as the vendor wrote them.",
        if request.without_prose {
            ", without descriptions, examples and extensions"
        } else {
            ""
        }
    )];
    let found = Provenance::from_document(&document, &bytes, &written);
    let provenance = Provenance {
        title: text("title").unwrap_or_else(|| provider.title.clone()),
        upstream: match &source {
            Source::Url(url) => url.clone(),
            // The path of a file says nothing to others.
            Source::File(_) => text("upstream").unwrap_or_default(),
        },
        licence: match found.licence.as_str() {
            "" => text("licence").unwrap_or_default(),
            licence => licence.to_owned(),
        },
        file: provider.document.clone(),
        operations: calls.len(),
        notes,
        ..found
    };
    let provenance = provenance.to_toml(&format!("{folder}/provenance.toml"))?;
    fs::write(workspace.path(&below), &written)?;
    fs::write(
        workspace.path(&format!("{folder}/provenance.toml")),
        provenance,
    )?;
    writeln!(
        out,
        "{}: {} of {before} operations, {} of {} kB. Next: cargo xtask drift, cargo xtask generate",
        request.provider,
        calls.len(),
        written.len() / 1024,
        bytes.len() / 1024
    )?;
    Ok(0)
}

/// Where the document is: as requested, or as `provenance.toml` says.
fn source(request: &Request, upstream: Option<String>) -> Result<Source, Problem> {
    match (&request.from, upstream) {
        (Some(source), _) => Ok(source.clone()),
        (None, Some(upstream)) => Ok(Source::named(&upstream)),
        (None, None) => Err(Problem::new(
            format!("specs/{}/provenance.toml", request.provider),
            "",
            "names no upstream",
            "say where the document is: --from FILE or --from URL",
        )),
    }
}

/// Every operation that is used is there.
pub(crate) fn check_complete(
    document: &Value,
    calls: &BTreeSet<String>,
    name: &str,
) -> Result<(), certfleet_codegen::Problems> {
    let present: BTreeSet<String> = schema::operations(document).map(|at| at.call()).collect();
    let missing: Vec<Problem> = calls
        .difference(&present)
        .map(|call| {
            Problem::new(
                name,
                "/paths",
                format!("there is no {call}"),
                "the vendor took it away or moved it: compare with `cargo xtask drift`, then correct provider.toml",
            )
        })
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(certfleet_codegen::Problems(missing))
    }
}
