//! `Cargo.toml`: the dependencies that the generated code uses.

use super::literals::literal;
use crate::{lowered::Lowered, source::Dependencies, text};
use serde_json::Value;

/// What generated code may need: the crate, how a workspace's member names it, how a crate that
/// stands alone does.
const LIBRARIES: [(&str, &str, &str); 3] = [
    (
        "regress",
        "regress.workspace = true\n",
        "regress = \"0.12.0\"\n",
    ),
    (
        "serde",
        "serde.workspace = true\n",
        "serde = { version = \"1.0.228\", features = [\"derive\"] }\n",
    ),
    (
        "serde_json",
        "serde_json.workspace = true\n",
        "serde_json = \"1.0.145\"\n",
    ),
];

pub(crate) fn text(lowered: &Lowered, code: &str) -> String {
    let package = &lowered.package;
    let (mut dependencies, shared, end) = match &package.dependencies {
        Dependencies::Workspace => (
            "certfleet-http.workspace = true\n".to_owned(),
            published(&package.name, &lowered.provider.name),
            "\n[lints]\nworkspace = true\n",
        ),
        Dependencies::Path(path) => (
            format!("certfleet-http = {{ path = {} }}\n", literal(path)),
            "version = \"0.1.0\"\n\
             edition = \"2024\"\n\
             rust-version = \"1.89\"\n\
             publish = false\n"
                .to_owned(),
            // A crate that stands alone belongs to no workspace above it.
            "\n[workspace]\n",
        ),
    };
    for (name, member, alone) in LIBRARIES {
        // `serde` is also what the open enums expand to.
        if name == "serde" || code.contains(&format!("::{name}::")) {
            dependencies.push_str(match package.dependencies {
                Dependencies::Workspace => member,
                Dependencies::Path(_) => alone,
            });
        }
    }
    format!(
        "[package]\n\
         name = {name}\n\
         description = {description}\n\
         {shared}\
         \n\
         [dependencies]\n\
         {dependencies}{end}",
        name = literal(&package.name),
        // JSON escapes as TOML does; Rust does not.
        description = Value::from(text::clean(&package.description)),
    )
}

/// What a registry shows of a crate of the workspace.
fn published(name: &str, provider: &str) -> String {
    let mut keywords = vec!["certificates", "api", "client"];
    // A registry takes keywords of at most 20 characters.
    if provider.len() <= 20 {
        keywords.push(provider);
    }
    let keywords: Vec<String> = keywords.into_iter().map(literal).collect();
    format!(
        "version.workspace = true\n\
         edition.workspace = true\n\
         rust-version.workspace = true\n\
         license.workspace = true\n\
         repository.workspace = true\n\
         homepage.workspace = true\n\
         documentation = {documentation}\n\
         readme = \"README.md\"\n\
         keywords = [{keywords}]\n\
         categories = [\"api-bindings\", \"web-programming::http-client\"]\n",
        documentation = literal(&format!("https://docs.rs/{name}")),
        keywords = keywords.join(", "),
    )
}
