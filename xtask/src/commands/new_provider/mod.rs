//! `cargo xtask new-provider`: everything a further vendor needs, as far as a tool can make it.
//!
//! It comes in two steps, because only somebody who knows the vendor can mend its document and say which
//! writes may be repeated: the first run vendors the document and says what is wrong with it; the next
//! one, when nothing is, generates the client and enters the vendor in the facade, the command, the
//! sandbox and the tests.

mod calls;
mod scaffold;
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
/// Somebody has to read and mend before anything is generated.
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
/// A name that cannot be one or is taken, a document that cannot be read, a place in the workspace that
/// has no mark for a further provider, or a file that cannot be written.
pub fn run(workspace: &Workspace, request: &Request, out: &mut dyn Write) -> Result<u8, Failure> {
    let name = &request.name;
    check_name(workspace, name)?;
    let folder = format!("specs/{name}");
    if !workspace.path(&folder).exists() {
        let Some(from) = &request.from else {
            return Err(Problem::new(
                &folder,
                "",
                "there is no document yet",
                "say where the vendor's is: --from FILE or --from URL",
            )
            .into());
        };
        vendored::write(workspace, name, from, &request.operations)?;
        writeln!(
            out,
            "{folder}: the document, provenance.toml, overlay.yaml and provider.toml are written."
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
        return Ok(OPEN);
    }
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

    let lowered = match workspace.lower(name, false) {
        Ok(lowered) => lowered,
        Err(problems) => {
            writeln!(
                out,
                "{problems}\nMend this in {folder}/overlay.yaml and provider.toml, then run the command again"
            )?;
            return Ok(OPEN);
        }
    };
    scaffold::check(workspace, name)?;
    let code = generate::run(workspace, &[], false, out)?;
    if code != generate::FRESH {
        return Ok(OPEN);
    }
    let builder = format!("crates/certfleet-{name}/src/builder.rs");
    let text = std::fs::read_to_string(workspace.path(&builder))?;
    let calls = calls::of(&text, &builder)?;
    let provider = workspace.provider(name)?;
    let written = scaffold::write(workspace, &provider, &lowered.effective, &calls)?;
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
         2. crates/certfleet/src/adapters/{name}/    read.rs and write.rs\n\
         3. crates/certfleet/src/checks/rules/{name}.rs\n\
         4. crates/certfleet-cli/src/providers/{name}.rs\n\
         5. tests/tests/contract/vendors/{name}.rs, tests/src/writes/{name}.rs, tests/src/faults/writes/{name}.rs"
    )?;
    Ok(DONE)
}

/// A provider's name stands in certificates' addresses, crate names, modules and features.
fn check_name(workspace: &Workspace, name: &str) -> Result<(), Problem> {
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
    if !is_name || syn::parse_str::<syn::Ident>(name).is_err() {
        return Err(Problem::new(
            "specs",
            "",
            format!("{name:?} cannot be a provider's name"),
            "use lower-case letters only, and no word of Rust's",
        ));
    }
    let is_vendored = workspace
        .path(&format!("specs/{name}/provider.toml"))
        .exists();
    let folder = format!("crates/certfleet-{name}");
    if workspace.path(&folder).exists() {
        return Err(Problem::new(
            folder,
            "",
            if is_vendored {
                "the provider is there already"
            } else {
                "the name is taken by another crate"
            },
            "choose another name",
        ));
    }
    Ok(())
}
