//! New files from templates, and entries at the marks `new-provider: …`.

use super::calls::Call;
use crate::{Problem, Workspace, commands::Failure};
use certfleet_codegen::{Provider, schema};
use heck::{ToPascalCase as _, ToSnakeCase as _};
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

/// Where the templates are.
const TEMPLATES: &str = "xtask/templates/new-provider";

/// What was written, as paths below the workspace.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) new: Vec<String>,
    pub(super) entered: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    entry: Vec<Entry>,
}

/// Text that is put before the line with a mark.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    mark: String,
    text: String,
}

/// Whether everything can be written: every mark is there, and no file is in the way.
pub(super) fn check(workspace: &Workspace, name: &str) -> Result<(), Failure> {
    for entry in entries(workspace)? {
        let text = fs::read_to_string(workspace.path(&entry.file))?;
        entered(&text, &entry.mark, "", &entry.file)?;
    }
    for (_, file) in new_files(workspace, name)? {
        if workspace.path(&file).exists() {
            return Err(Problem::new(
                file,
                "",
                "is there already",
                "remove what an earlier run left, or choose another name",
            )
            .into());
        }
    }
    Ok(())
}

fn entries(workspace: &Workspace) -> Result<Vec<Entry>, Failure> {
    let below = format!("{TEMPLATES}/entries.toml");
    let text = fs::read_to_string(workspace.path(&below))?;
    let Entries { entry } = toml::from_str(&text).map_err(|error| {
        Problem::new(
            &below,
            "",
            format!("is not understood: {}", error.message()),
            "restore it",
        )
    })?;
    Ok(entry)
}

/// Each template, and the file that it becomes.
fn new_files(workspace: &Workspace, name: &str) -> Result<Vec<(String, String)>, Failure> {
    let folder = format!("{TEMPLATES}/files");
    let files = listed(&workspace.path(&folder), "")?.into_iter();
    let becomes = |template: String| {
        let file = template.replace("PROVIDER", name);
        let file = file.trim_end_matches(".in").to_owned();
        (format!("{folder}/{template}"), file)
    };
    Ok(files.map(becomes).collect())
}

/// Writes the files and the entries.
pub(super) fn write(
    workspace: &Workspace,
    provider: &Provider,
    document: &Value,
    calls: &[Call],
) -> Result<Written, Failure> {
    let values = values(provider, document, calls);
    let fill = |text: &str| {
        values.iter().fold(text.to_owned(), |text, (key, value)| {
            text.replace(&format!("{{{{{key}}}}}"), value)
        })
    };
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut written = Written::default();
    for entry in entries(workspace)? {
        let old = match files.remove(&entry.file) {
            Some(text) => text,
            None => {
                written.entered.push(entry.file.clone());
                fs::read_to_string(workspace.path(&entry.file))?
            }
        };
        let new = entered(&old, &entry.mark, &fill(&entry.text), &entry.file)?;
        files.insert(entry.file, new);
    }
    for (template, file) in new_files(workspace, &provider.name)? {
        let text = fs::read_to_string(workspace.path(&template))?;
        written.new.push(file.clone());
        files.insert(file, fill(&text));
    }
    for (file, text) in files {
        let path = workspace.path(&file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
    }
    Ok(written)
}

/// The text with an entry before the line that has the mark.
fn entered(text: &str, mark: &str, entry: &str, file: &str) -> Result<String, Problem> {
    let is_mark = |line: &str| {
        line.trim_start()
            .trim_start_matches(['/', '#', ' '])
            .strip_prefix("new-provider: ")
            .is_some_and(|name| name.trim_end() == mark)
    };
    let mut new = String::with_capacity(text.len() + entry.len());
    let mut found = 0;
    for line in text.split_inclusive('\n') {
        if is_mark(line) {
            found += 1;
            new.push_str(entry);
        }
        new.push_str(line);
    }
    if found == 1 {
        Ok(new)
    } else {
        Err(Problem::new(
            file,
            "",
            format!("has {found} lines with the mark `new-provider: {mark}`, and should have one"),
            "put the mark where a further provider is entered",
        ))
    }
}

/// Files below a folder, as paths below it, sorted.
fn listed(folder: &Path, below: &str) -> Result<Vec<String>, std::io::Error> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let below = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files.extend(listed(&entry.path(), &format!("{below}/"))?);
        } else {
            files.push(below);
        }
    }
    files.sort();
    Ok(files)
}

/// What stands for `{{…}}` in templates.
fn values(provider: &Provider, document: &Value, calls: &[Call]) -> BTreeMap<&'static str, String> {
    let name = &provider.name;
    let (variant, auth) = provider
        .auth
        .iter()
        .next()
        .map_or((String::new(), None), |(variant, auth)| {
            (variant.clone(), auth.schemes.first())
        });
    let scheme = auth.map_or(&Value::Null, |field| {
        &document["components"]["securitySchemes"][&field.scheme]
    });
    let upper = name.to_uppercase();
    let credential = |constant: &str| match (scheme["type"].as_str(), scheme["name"].as_str()) {
        (Some("apiKey"), Some(header)) => format!(
            "Credential::Key {{ header: {:?}, key: {constant} }}",
            header.to_lowercase()
        ),
        _ => format!("Credential::Bearer({constant})"),
    };
    let base_path = base_path(document);
    let routes: Vec<String> = provider
        .operations
        .iter()
        .map(|(id, choice)| {
            let (method, path) = choice.call.split_once(' ').unwrap_or_default();
            let vendor_id = schema::operations(document)
                .find(|at| at.call() == choice.call)
                .and_then(|at| at.operation["operationId"].as_str().map(str::to_owned));
            format!(
                "    Route {{\n        method: Method::{method},\n        path: {:?},\n        id: {:?},\n        operation: Operation::{},\n    }},\n",
                format!("{base_path}{path}"),
                vendor_id.unwrap_or_else(|| id.clone()),
                id.to_pascal_case()
            )
        })
        .collect();
    let variants: Vec<String> = provider
        .operations
        .keys()
        .map(|id| format!("    {},\n", id.to_pascal_case()))
        .collect();
    let first_read = provider
        .operations
        .values()
        .filter_map(|choice| choice.call.strip_prefix("GET "))
        .find(|path| !path.contains('{'))
        .unwrap_or_default()
        .to_owned();
    let rows: Vec<String> = calls.iter().map(|call| call.row(name)).collect();
    BTreeMap::from([
        ("name", name.clone()),
        ("Name", name.to_pascal_case()),
        ("NAME", upper.clone()),
        ("title", provider.title.clone()),
        ("Variant", variant.clone()),
        ("setting", variant.to_snake_case()),
        ("credential", credential(&format!("{upper}_KEY"))),
        ("powerless", credential(&format!("{upper}_POWERLESS_KEY"))),
        ("first_read", first_read),
        ("base_path", base_path),
        ("routes", routes.concat()),
        ("operations", variants.concat()),
        ("rows", rows.concat()),
        (
            "first_operation",
            provider
                .operations
                .keys()
                .next()
                .cloned()
                .unwrap_or_default(),
        ),
    ])
}

/// The path of the document's server.
fn base_path(document: &Value) -> String {
    let url = document["servers"][0]["url"].as_str().unwrap_or_default();
    let path = url.split_once("://").map_or(url, |(_, rest)| {
        rest.find('/')
            .map_or("", |at| rest.get(at..).unwrap_or_default())
    });
    path.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_stands_before_its_mark_and_nowhere_else() {
        let text = "a\n    // new-provider: entry\nb\n# new-provider: entry of a list\n";
        let new = entered(text, "entry", "    new,\n", "x.rs").unwrap();
        assert_eq!(
            new,
            "a\n    new,\n    // new-provider: entry\nb\n# new-provider: entry of a list\n"
        );
        let twice = format!("{text}{text}");
        for text in ["", "// new-provider: entries\n", &twice] {
            let problem = entered(text, "entry", "", "x.rs").unwrap_err();
            assert!(problem.to_string().contains("x.rs"), "{problem}");
        }
    }

    /// Every entry has its mark, and every mark its entry.
    #[test]
    fn marks_and_entries_are_the_same() {
        let workspace = Workspace::of_this_build();
        check(&workspace, "acme").unwrap();
        let entries = entries(&workspace).unwrap();
        let mut marks = 0;
        for folder in ["crates", "tests"] {
            for file in listed(&workspace.path(folder), "").unwrap() {
                if !file.ends_with(".rs") && !file.ends_with("Cargo.toml") {
                    continue;
                }
                let text = fs::read_to_string(workspace.path(&format!("{folder}/{file}"))).unwrap();
                marks += text.matches("new-provider: ").count();
            }
        }
        marks += fs::read_to_string(workspace.path("Cargo.toml"))
            .unwrap()
            .matches("new-provider: ")
            .count();
        assert_eq!(marks, entries.len(), "a mark has no entry");
    }
}
