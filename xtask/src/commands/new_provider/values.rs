//! What stands for `{{…}}` in templates.

use super::calls::Call;
use crate::Problem;
use certfleet_codegen::{Provider, provider::AuthField, schema};
use heck::{ToPascalCase as _, ToSnakeCase as _};
use serde_json::Value;
use std::collections::BTreeMap;

/// Values by the names that templates have for them.
pub(super) struct Values(BTreeMap<&'static str, String>);

impl Values {
    /// The text of a template with the values in it.
    pub(super) fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (key, value)| {
            text.replace(&format!("{{{{{key}}}}}"), value)
        })
    }
}

/// The values of `{{…}}` in templates.
pub(super) fn values(
    provider: &Provider,
    document: &Value,
    calls: &[Call],
) -> Result<Values, Problem> {
    let name = &provider.name;
    let upper = name.to_uppercase();
    let (variant, field) = authentication(provider)?;
    let scheme = &document["components"]["securitySchemes"][&field.scheme];
    let ids = || provider.operations.keys();
    let variants: Vec<String> = ids()
        .map(|id| format!("    {},\n", id.to_pascal_case()))
        .collect();
    let rows: Vec<String> = calls.iter().map(|call| call.row(name)).collect();
    let first_read = provider
        .operations
        .values()
        .filter_map(|choice| choice.call.strip_prefix("GET "))
        .find(|path| !path.contains('{'));
    Ok(Values(BTreeMap::from([
        ("name", name.clone()),
        ("Name", name.to_pascal_case()),
        ("title", provider.title.clone()),
        ("Variant", variant.to_owned()),
        ("setting", variant.to_snake_case()),
        ("credential", credential(scheme, &format!("{upper}_KEY"))),
        (
            "powerless",
            credential(scheme, &format!("{upper}_POWERLESS_KEY")),
        ),
        ("NAME", upper),
        ("first_read", first_read.unwrap_or_default().to_owned()),
        ("base_path", base_path(document)),
        ("routes", routes(provider, document)),
        ("operations", variants.concat()),
        ("rows", rows.concat()),
        ("first_operation", ids().next().cloned().unwrap_or_default()),
    ])))
}

/// The credential of the sandbox whose secret is a constant.
fn credential(scheme: &Value, constant: &str) -> String {
    match (scheme["type"].as_str(), scheme["name"].as_str()) {
        (Some("apiKey"), Some(header)) => format!(
            "Credential::Key {{ header: {:?}, key: {constant} }}",
            header.to_lowercase()
        ),
        _ => format!("Credential::Bearer({constant})"),
    }
}

/// The routes of the sandbox, one for each operation.
fn routes(provider: &Provider, document: &Value) -> String {
    let base_path = base_path(document);
    provider
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
        .collect()
}

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
    use super::super::{scaffold, tests::provider};
    use super::*;
    use crate::Workspace;
    use certfleet_codegen::provider::Auth;

    #[test]
    fn the_first_way_with_one_secret_is_taken() {
        let mut provider = provider("acme");
        let one = provider.auth.values().next().unwrap().clone();
        let with = |count: usize| Auth {
            schemes: vec![one.schemes[0].clone(); count],
            ..one.clone()
        };
        provider.auth = BTreeMap::from([
            ("Anonymous".to_owned(), with(0)),
            ("KeyAndToken".to_owned(), with(2)),
            ("Token".to_owned(), with(1)),
        ]);
        let values = values(&provider, &Value::Null, &[]).unwrap();
        assert_eq!(values.fill("{{Variant}}"), "Token");
        assert_eq!(values.fill("{{setting}}"), "token");

        provider.auth.remove("Token");
        let failure =
            scaffold::check(&Workspace::of_this_build(), &provider, &Value::Null).unwrap_err();
        let failure = failure.to_string();
        assert!(
            failure.contains("specs/acme/provider.toml: no way to authenticate"),
            "{failure}"
        );
    }
}
