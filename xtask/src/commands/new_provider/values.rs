//! What stands for `{{…}}` in templates.

use super::calls::Call;
use crate::Problem;
use certfleet_codegen::{Provider, provider::AuthField, schema};
use heck::{ToPascalCase as _, ToSnakeCase as _};
use serde_json::Value;
use std::collections::BTreeMap;

/// The first way to authenticate that takes one secret, as the skeletons give it: others have no field,
/// or several.
fn authentication(provider: &Provider) -> Result<(&str, &AuthField), Problem> {
    provider
        .auth
        .iter()
        .find_map(|(variant, auth)| match auth.schemes.as_slice() {
            [scheme] => Some((variant.as_str(), scheme)),
            _ => None,
        })
        .ok_or_else(|| {
            Problem::new(
                format!("specs/{}/provider.toml", provider.name),
                "",
                "no way to authenticate has exactly one scheme, and the skeletons have one secret",
                "enter one in [auth], and correct it there and in the skeletons when they are written",
            )
        })
}

/// What stands for `{{…}}` in templates.
pub(super) fn values(
    provider: &Provider,
    document: &Value,
    calls: &[Call],
) -> Result<BTreeMap<&'static str, String>, Problem> {
    let name = &provider.name;
    let (variant, field) = authentication(provider)?;
    let scheme = &document["components"]["securitySchemes"][&field.scheme];
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
    Ok(BTreeMap::from([
        ("name", name.clone()),
        ("Name", name.to_pascal_case()),
        ("NAME", upper.clone()),
        ("title", provider.title.clone()),
        ("Variant", variant.to_owned()),
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
    ]))
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
