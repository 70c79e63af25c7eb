//! `cargo xtask generate`: write the crates, or say what is stale.

use crate::{Problem, Problems, Workspace, capability_table, commands::Failure, new_folder};
use certfleet_codegen::{document, files, schema};
use similar::TextDiff;
use std::{collections::BTreeMap, fs, io::Write, path::Path, time::Instant};

/// Nothing to do, or done.
pub const FRESH: u8 = 0;
/// A problem kept something from being generated.
pub const BROKEN: u8 = 1;
/// Something is not what would be generated.
pub const STALE: u8 = 4;

/// How many lines of a difference are shown.
const SHOWN: usize = 12;

/// Generates the named providers' crates, or all; or compares.
///
/// # Errors
/// An unknown provider, or an output that cannot be written.
pub fn run(
    workspace: &Workspace,
    providers: &[String],
    check: bool,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let mut stale = 0;
    let mut broken = false;
    let selected = workspace.select(providers)?;
    for name in &selected {
        let started = Instant::now();
        match provider(workspace, name) {
            Ok(Generated {
                files,
                operations,
                forms,
                notes,
            }) => {
                for note in &notes {
                    writeln!(out, "{name}: {note}")?;
                }
                let bytes: usize = files.values().map(String::len).sum();
                stale += write_crate(workspace, name, &files, check, out)?;
                writeln!(
                    out,
                    "{name:<12} {operations:>3} operations ({forms} of forms)  {:>3} files  {:>4} kB  {:.2} s",
                    files.len(),
                    bytes / 1024,
                    started.elapsed().as_secs_f32()
                )?;
            }
            Err(problems) => {
                broken = true;
                writeln!(out, "{problems}")?;
            }
        }
    }
    if !broken && providers.is_empty() {
        stale += readme(workspace, &selected, check, out)?;
        stale += copies(workspace, &selected, check, out)?;
    }
    if broken {
        Ok(BROKEN)
    } else if stale > 0 && check {
        writeln!(out, "{stale} stale. Run: cargo xtask generate")?;
        Ok(STALE)
    } else {
        Ok(FRESH)
    }
}

/// The licences as files of a crate: what is published is the crate's folder, and no file beside it.
fn licences(workspace: &Workspace, package: &str) -> impl Iterator<Item = (String, String)> {
    ["LICENSE-APACHE", "LICENSE-MIT"]
        .into_iter()
        .filter_map(move |name| {
            let text = fs::read_to_string(workspace.path(name)).ok()?;
            Some((format!("crates/{package}/{name}"), text))
        })
}

/// Pages that a crate needs and that are kept elsewhere: a package holds no file beside its folder.
const COPIES: [(&str, &str); 1] = [(
    "docs/guide/consequences.md",
    "crates/certfleet-cli/src/cli/consequences.md",
)];

/// Writes what crates that are written by hand have copies of: the licences, and pages. Returns how many files differ.
fn copies(
    workspace: &Workspace,
    providers: &[String],
    check: bool,
    out: &mut dyn Write,
) -> Result<usize, Failure> {
    let mut stale = 0;
    for entry in fs::read_dir(workspace.path("crates")).into_iter().flatten() {
        let package = entry?.file_name().to_string_lossy().into_owned();
        let provider = package.strip_prefix("certfleet-").unwrap_or_default();
        if providers.iter().any(|one| one == provider) {
            continue;
        }
        for (below, text) in licences(workspace, &package) {
            stale += usize::from(write_file(workspace, &below, &text, check, out)?);
        }
    }
    for (from, to) in COPIES {
        if let Ok(text) = fs::read_to_string(workspace.path(from)) {
            stale += usize::from(write_file(workspace, to, &text, check, out)?);
        }
    }
    Ok(stale)
}

struct Generated {
    files: BTreeMap<String, String>,
    operations: usize,
    forms: usize,
    notes: Vec<String>,
}

fn provider(workspace: &Workspace, name: &str) -> Result<Generated, Problems> {
    let lowered = workspace.lower(name, false)?;
    let mut all: BTreeMap<String, String> = files(&lowered)?
        .into_iter()
        .map(|(below, text)| (format!("crates/certfleet-{name}/{below}"), text))
        .collect();
    all.insert(
        format!("specs/{name}/lowered.json"),
        document::to_json(&lowered.document),
    );
    all.extend(licences(workspace, &format!("certfleet-{name}")));
    Ok(Generated {
        files: all,
        operations: schema::operations(&lowered.document).count(),
        forms: lowered.forms.len(),
        notes: lowered.notes.iter().map(ToString::to_string).collect(),
    })
}

/// Writes the files of a provider that differ, or reports them. Returns how many differ.
fn write_crate(
    workspace: &Workspace,
    name: &str,
    files: &BTreeMap<String, String>,
    check: bool,
    out: &mut dyn Write,
) -> Result<usize, Failure> {
    let folder = format!("crates/certfleet-{name}");
    if !check && !workspace.path(&folder).exists() {
        // Cargo refuses the workspace for half a crate, and with it this command.
        let its = files.iter().filter_map(|(below, text)| {
            let below = below.strip_prefix(&folder)?.strip_prefix('/')?;
            Some((below, text.as_str()))
        });
        new_folder::write(workspace, &folder, its)?;
    }
    let mut stale = 0;
    for (below, text) in files {
        stale += usize::from(write_file(workspace, below, text, check, out)?);
    }
    // A crate is generated whole: what is in its folder and not generated does not belong there.
    for below in listed(workspace, &folder) {
        if !files.contains_key(&below) {
            stale += 1;
            if check {
                writeln!(out, "stale: {below} is not generated")?;
            } else {
                fs::remove_file(workspace.path(&below))?;
            }
        }
    }
    Ok(stale)
}

/// Writes a file if it differs, or reports it. Returns whether it differs.
fn write_file(
    workspace: &Workspace,
    below: &str,
    text: &str,
    check: bool,
    out: &mut dyn Write,
) -> Result<bool, Failure> {
    let path = workspace.path(below);
    // A checkout may have other line ends.
    let old = fs::read_to_string(&path)
        .ok()
        .map(|old| old.replace("\r\n", "\n"));
    if old.as_deref() == Some(text) {
        return Ok(false);
    }
    if check {
        match old {
            None => writeln!(out, "stale: {below} is missing")?,
            Some(old) => {
                writeln!(out, "stale: {below}")?;
                let diff = TextDiff::from_lines(old.as_str(), text);
                let diff = diff.unified_diff().context_radius(1).to_string();
                for line in diff.lines().take(SHOWN) {
                    writeln!(out, "    {line}")?;
                }
            }
        }
    } else {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text)?;
    }
    Ok(true)
}

/// The files of a crate's folder, as paths below the workspace.
fn listed(workspace: &Workspace, folder: &str) -> Vec<String> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(workspace.path(&folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            let below = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                open.push(below);
            } else {
                files.push(below);
            }
        }
    }
    files.sort();
    files
}

/// The table of capabilities in the README.
fn readme(
    workspace: &Workspace,
    providers: &[String],
    check: bool,
    out: &mut dyn Write,
) -> Result<usize, Failure> {
    use capability_table::{BEGIN, END, text};
    let below = "README.md";
    if !Path::exists(&workspace.path(below)) {
        return Ok(0);
    }
    let old = fs::read_to_string(workspace.path(below))?;
    let configurations = providers
        .iter()
        .map(|name| workspace.provider(name))
        .collect::<Result<Vec<_>, _>>()?;
    let parts = old
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let Some((before, after)) = parts else {
        return Err(Problem::new(
            below,
            "",
            "the marks around the table of capabilities are missing",
            format!("put the lines {BEGIN} and {END} where the table belongs"),
        )
        .into());
    };
    let new = format!("{before}{BEGIN}\n{}{END}{after}", text(&configurations));
    Ok(usize::from(write_file(workspace, below, &new, check, out)?))
}
