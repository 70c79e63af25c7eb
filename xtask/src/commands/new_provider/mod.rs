//! `cargo xtask new-provider`: everything a further vendor needs, as far as a tool can make it.
//!
//! It takes two runs, because only a maintainer who knows the vendor can correct its document and decide
//! which writes may be repeated. The first run vendors the document and reports what is wrong with it. The
//! next one, when nothing is wrong, generates the client and enters the vendor in the facade, the command,
//! the sandbox and the tests.

mod calls;
mod marks;
mod name;
mod scaffold;
mod templates;
mod values;
mod vendored;

use crate::{
    Problem, Workspace,
    commands::{Failure, generate},
    source::Source,
};
use certfleet_codegen::files;
use std::io::Write;

/// Done.
pub const DONE: u8 = 0;
/// A maintainer has to correct something, most often before anything is generated.
pub const OPEN: u8 = 3;

/// Which vendor, and where its document is.
#[derive(Debug, Clone)]
pub struct Request {
    /// The provider's name: lower-case letters.
    pub name: String,
    /// The vendor's document; needed until it is vendored.
    pub from: Option<Source>,
    /// The wanted operations: operationIds, or calls such as `GET /certificates`; all if none.
    pub operations: Vec<String>,
}

/// Vendors the document, or generates the client and the skeletons. Returns [`DONE`] or [`OPEN`].
///
/// # Errors
/// A name that cannot be one or is taken, a document that cannot be read, no way to authenticate with one
/// secret, a file of the workspace without the mark for a further provider, or a file that cannot be
/// written. Then the same command again goes on where it stopped.
pub fn run(workspace: &Workspace, request: &Request, out: &mut dyn Write) -> Result<u8, Failure> {
    let name = &request.name;
    name::check(workspace, name)?;
    let folder = format!("specs/{name}");
    if workspace.path(&folder).exists() {
        if request.from.is_some() || !request.operations.is_empty() {
            return Err(Problem::new(
                &folder,
                "",
                "the document is vendored already",
                format!(
                    "leave --from and --operations out to go on; `cargo xtask fetch {name} --from …` takes a newer one"
                ),
            )
            .into());
        }
        return generate_and_enter(workspace, name, out);
    }
    match &request.from {
        Some(from) => vendor(workspace, request, from, out),
        None => Err(Problem::new(
            &folder,
            "",
            "there is no document yet",
            "say where the vendor's is: --from FILE or --from URL",
        )
        .into()),
    }
}

/// The first run: vendors the document, and tells what is wrong with it.
fn vendor(
    workspace: &Workspace,
    request: &Request,
    from: &Source,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let name = &request.name;
    vendored::write(workspace, name, from, &request.operations)?;
    writeln!(
        out,
        "specs/{name}: the document, provenance.toml, overlay.yaml and provider.toml are written."
    )?;
    let tried = workspace.lower(name, false);
    if let Err(problems) = tried.and_then(|lowered| files(&lowered)) {
        writeln!(out, "{problems}")?;
    }
    // Also where nothing is wrong: a class that was guessed wrongly sends an upload twice.
    writeln!(
        out,
        "Read provider.toml: what it says of classes, secrets, errors and capabilities is guessed. Mend what is wrong\n\
         in the document in overlay.yaml. Then run: cargo xtask new-provider {name}"
    )?;
    Ok(OPEN)
}

/// The next run: generates the client and enters the provider everywhere.
fn generate_and_enter(
    workspace: &Workspace,
    name: &String,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let lowered = match workspace.lower(name, false) {
        Ok(lowered) => lowered,
        Err(problems) => {
            writeln!(
                out,
                "{problems}\nMend this in specs/{name}/overlay.yaml and provider.toml, then run the command again"
            )?;
            return Ok(OPEN);
        }
    };
    scaffold::check(workspace, &lowered.provider, &lowered.effective)?;
    // Only this one: what is wrong with another provider must not stop it half-way.
    let code = generate::run(workspace, std::slice::from_ref(name), false, out)?;
    if code != generate::FRESH {
        return Ok(OPEN);
    }
    let builder = format!("crates/certfleet-{name}/src/builder.rs");
    let text = std::fs::read_to_string(workspace.path(&builder))?;
    let calls = calls::from_source(&text, &builder)?;
    let written = scaffold::write(workspace, &lowered.provider, &lowered.effective, &calls)?;
    for file in &written.new {
        writeln!(out, "new     {file}")?;
    }
    for file in &written.entered {
        writeln!(out, "entered {file}")?;
    }
    writeln!(
        out,
        "\nFormat it with cargo fmt --all. Left to write, in this order (docs/add-a-provider.md says how):\n\
         1. crates/certfleet-sandbox/src/{name}/     the vendor's API: accounts, seed, state, answers\n\
         2. crates/certfleet/src/adapters/{name}/    read.rs, write.rs and rules.rs\n\
         3. crates/certfleet-config/src/providers/{name}.rs\n\
         4. tests/tests/contract/providers/{name}.rs, tests/src/writes/{name}.rs, tests/src/faults/writes/{name}.rs"
    )?;
    update_readme(workspace, out)
}

/// Updates the README's table, which needs all providers.
fn update_readme(workspace: &Workspace, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut said = Vec::new();
    let code = generate::run(workspace, &[], false, &mut said);
    if !matches!(code, Ok(generate::FRESH)) {
        out.write_all(&said)?;
        if let Err(failure) = code {
            writeln!(out, "{failure}")?;
        }
        writeln!(
            out,
            "README.md does not name the provider yet. Mend this, then run: cargo xtask generate"
        )?;
        return Ok(OPEN);
    }
    Ok(DONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use certfleet_codegen::Provider;
    use std::fs;
    use tempfile::TempDir;

    /// The files of the workspace that the command reads, but for the providers' documents.
    pub(super) fn copy() -> (TempDir, Workspace) {
        let here = Workspace::of_this_build();
        let root = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(root.path());
        let put = |file: &str| {
            let path = workspace.path(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::copy(here.path(file), path).unwrap();
        };
        let folder = templates::TEMPLATES;
        for file in templates::listed(&here.path(folder), &format!("{folder}/")).unwrap() {
            put(&file);
        }
        for entry in templates::entries(&here).unwrap() {
            put(&entry.file);
        }
        fs::create_dir(workspace.path("specs")).unwrap();
        (root, workspace)
    }

    /// A provider that is not entered anywhere.
    pub(super) fn provider(name: &str) -> Provider {
        let mut provider = Workspace::of_this_build().provider("openai").unwrap();
        name.clone_into(&mut provider.name);
        provider
    }

    /// Another provider that cannot be generated keeps only the README's table from being written, and
    /// what is complete is not begun again.
    #[test]
    fn another_provider_stops_nothing_half_way() {
        let here = Workspace::of_this_build();
        let (_root, workspace) = copy();
        let page = here.path("docs/add-a-provider");
        let mut request = Request {
            name: "harbourgate".to_owned(),
            from: Some(Source::File(page.join("openapi.yaml"))),
            operations: [
                "listCertificates",
                "uploadCertificate",
                "getCertificate",
                "deleteCertificate",
            ]
            .map(str::to_owned)
            .into(),
        };
        let out = &mut Vec::new();
        assert_eq!(run(&workspace, &request, out).unwrap(), OPEN);
        let described = "specs/harbourgate";
        for file in ["overlay.yaml", "provider.toml"] {
            fs::copy(
                page.join("described").join(described).join(file),
                workspace.path(described).join(file),
            )
            .unwrap();
        }
        fs::create_dir(workspace.path("specs/broken")).unwrap();
        request.from = None;
        request.operations.clear();
        let code = run(&workspace, &request, out).unwrap();
        let said = String::from_utf8_lossy(out);
        assert_eq!(code, OPEN, "{said}");
        assert!(said.contains("specs/broken/provider.toml"), "{said}");
        assert!(said.contains("README.md does not name"), "{said}");
        let facade = fs::read_to_string(workspace.path("crates/certfleet/Cargo.toml")).unwrap();
        assert!(facade.contains("certfleet-harbourgate"), "{said}");

        let failure = run(&workspace, &request, &mut Vec::new()).unwrap_err();
        let failure = failure.to_string();
        assert!(failure.contains("is there already"), "{failure}");
    }
}
