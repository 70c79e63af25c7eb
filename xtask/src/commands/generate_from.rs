//! `cargo xtask generate --from`: a client crate of any document, outside the workspace.

use crate::{Problem, commands::Failure};
use certfleet_codegen::{
    Dependencies, Generated, Package, Source, document, external, generate, infer,
};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::Instant,
};

/// Done.
pub const DONE: u8 = 0;
/// Some operations were refused.
pub const REFUSED: u8 = 1;

/// What writes the crate, as its files say.
const GENERATED_BY: &str = "certfleet-codegen";

/// What to generate.
#[derive(Debug, Clone)]
pub struct Request {
    /// The document.
    pub from: PathBuf,
    /// The wanted operations; all if none.
    pub operations: Vec<String>,
    /// Corrections.
    pub overlay: Option<PathBuf>,
    /// The folder of the crate.
    pub folder: PathBuf,
    /// Where `certfleet-http` is, on which the crate stands.
    pub http: PathBuf,
    /// Whether files beside the document are read where it refers to them.
    pub resolve: bool,
    /// Whether an operation that cannot be generated leaves the others.
    pub keep_going: bool,
}

/// Writes the crate. Every wanted operation is either generated or named with its problem, on `out`
/// and in the crate's `GENERATION.md`.
///
/// # Errors
/// A document or overlay that cannot be read, a problem without `keep_going`, a folder that holds
/// something else, or an output that cannot be written.
pub fn run(request: &Request, out: &mut dyn Write) -> Result<u8, Failure> {
    check_runtime(&request.http)?;
    let started = Instant::now();
    let name = request.from.display().to_string();
    let mut document = if request.resolve {
        external::read(&request.from, &name)?
    } else {
        document::read_openapi(&request.from, &name)?
    };
    let overlay = match &request.overlay {
        Some(path) => {
            let name = path.display().to_string();
            let overlay = document::read(path, &name)?;
            // Applied before operations are looked for: an overlay may add some.
            certfleet_codegen::overlay::apply(&overlay, &name, &mut document)?;
            Some(name)
        }
        None => None,
    };
    let package_name = package_name(&request.folder)?;
    check_folder(&request.folder)?;
    let provider = infer(&package_name, &document, &name, &request.operations)?;
    let wanted = provider.operations.len();
    let source = Source {
        package: Package {
            description: format!(
                "Client for {}, generated from its OpenAPI description",
                provider.title
            ),
            name: package_name.clone(),
            generated_by: GENERATED_BY.to_owned(),
            kept_in: None,
            lowered: format!("{}/lowered.json", request.folder.display()),
            dependencies: Dependencies::Path(
                fs::canonicalize(&request.http)
                    .unwrap_or_else(|_| request.http.clone())
                    .display()
                    .to_string(),
            ),
        },
        configuration: "the configuration made of the document".to_owned(),
        name: match overlay {
            Some(overlay) => format!("{name} + {overlay}"),
            None => name.clone(),
        },
        document,
        overlay: None,
        provider,
    };
    let described = format!(
        "{name}: {}, version {}, OpenAPI {}",
        source.provider.title,
        source.document["info"]["version"].as_str().unwrap_or("?"),
        source.document["openapi"].as_str().unwrap_or("?"),
    );
    let generated = generate(source, request.keep_going)?;
    write(&request.folder, &described, &generated)?;
    for problem in generated.refused.values() {
        writeln!(out, "{problem}")?;
    }
    writeln!(
        out,
        "{package_name}: {wanted} operations in, {} generated, {} refused  {:.2} s",
        generated.generated.len(),
        generated.refused.len(),
        started.elapsed().as_secs_f32()
    )?;
    Ok(if generated.refused.is_empty() {
        DONE
    } else {
        REFUSED
    })
}

/// The crate's name: the folder's, as Cargo accepts it.
fn package_name(folder: &Path) -> Result<String, Problem> {
    let name: String = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() || character == '_' {
                character.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let name = name.trim_matches('-').to_owned();
    if name.starts_with(|first: char| first.is_ascii_lowercase()) {
        Ok(name)
    } else {
        Err(Problem::new(
            folder.display().to_string(),
            "",
            "the folder's name makes no name for a crate",
            "choose a folder whose name begins with a letter",
        ))
    }
}

/// Checks that the folder is empty or was written by an earlier run.
fn check_folder(folder: &Path) -> Result<(), Problem> {
    let is_empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if is_empty || folder.join("GENERATION.md").exists() {
        return Ok(());
    }
    Err(Problem::new(
        folder.display().to_string(),
        "",
        "the folder holds something that this command has not written",
        "choose another folder, or an empty one",
    ))
}

fn write(folder: &Path, document: &str, generated: &Generated) -> Result<(), Failure> {
    fs::create_dir_all(folder.join("src"))?;
    for (below, text) in &generated.files {
        fs::write(folder.join(below), text)?;
    }
    if !generated.files.is_empty() {
        fs::write(
            folder.join("lowered.json"),
            document::to_json(&generated.lowered),
        )?;
    }
    fs::write(folder.join("GENERATION.md"), report(document, generated))?;
    Ok(())
}

/// The report: the outcome for every operation.
fn report(document: &str, generated: &Generated) -> String {
    let mut text = format!(
        "<!-- @generated by {GENERATED_BY}. -->\n\n# What was generated\n\nFrom {document}.\n\n{} operations: {} generated, {} refused.\n",
        generated.generated.len() + generated.refused.len(),
        generated.generated.len(),
        generated.refused.len()
    );
    if !generated.refused.is_empty() {
        text.push_str("\n## Refused\n\n");
        for (name, problem) in &generated.refused {
            text.push_str(&format!(
                "- `{name}`, `{}`: {} Remedy: {}\n",
                problem.pointer, problem.what, problem.remedy
            ));
        }
    }
    if !generated.notes.is_empty() {
        text.push_str("\n## Decided by the generator\n\n");
        for note in &generated.notes {
            text.push_str(&format!("- {note}\n"));
        }
    }
    if !generated.generated.is_empty() {
        text.push_str("\n## Generated\n\n");
        for name in &generated.generated {
            text.push_str(&format!("- `{name}`\n"));
        }
    }
    text
}

/// Refuses to write a crate whose dependency is not there.
fn check_runtime(http: &Path) -> Result<(), Problem> {
    if http.is_dir() {
        return Ok(());
    }
    Err(Problem::new(
        "certfleet-http",
        "",
        "does not exist, and the generated crate depends on it",
        "run the command inside the workspace, or name its folder in CERTFLEET_WORKSPACE",
    ))
}
