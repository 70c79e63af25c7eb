//! The table of capabilities in the workspace's README.

use certfleet_codegen::provider::{Capability, Provider};

/// What stands around the table.
pub(crate) const BEGIN: &str = "<!-- capabilities: written by `cargo xtask generate` -->";
pub(crate) const END: &str = "<!-- end of capabilities -->";

/// The verbs in the order in which they are shown.
const VERBS: [&str; 11] = [
    "list",
    "get",
    "content",
    "upload",
    "generate",
    "rename",
    "activate",
    "deactivate",
    "replace",
    "delete",
    "export",
];

/// The table: a row for each verb, a column for each provider.
pub(crate) fn text(providers: &[Provider]) -> String {
    let titles: Vec<&str> = providers.iter().map(|p| p.title.as_str()).collect();
    let mut text = format!(
        "| | {} |\n|---|{}\n",
        titles.join(" | "),
        "---|".repeat(titles.len())
    );
    for verb in VERBS {
        let cells: Vec<String> = providers
            .iter()
            .map(|provider| {
                provider
                    .capability
                    .iter()
                    .find(|capability| capability.verb == verb)
                    .map_or_else(|| "–".to_owned(), cell)
            })
            .collect();
        text.push_str(&format!("| {verb} | {} |\n", cells.join(" | ")));
    }
    text
}

fn cell(capability: &Capability) -> String {
    let mut parts = Vec::new();
    if capability.attached_only {
        parts.push("attached only".to_owned());
    }
    if !capability.scopes.is_empty() {
        parts.push(capability.scopes.join(", "));
    }
    if let Some(most) = capability.max_objects {
        parts.push(format!("at most {most}"));
    }
    if let Some(most) = capability.max_per_day {
        parts.push(format!("{most} in 24 h"));
    }
    if parts.is_empty() {
        "yes".to_owned()
    } else {
        parts.join("; ")
    }
}
