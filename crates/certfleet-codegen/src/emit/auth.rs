//! `src/auth.rs`: the vendor's security schemes as one enum.

use super::literals::literal;
use crate::{
    lowered::Lowered,
    problem::{Problem, Result},
    schema,
};
use heck::ToShoutySnakeCase;

pub(crate) fn text(lowered: &Lowered) -> Result<String> {
    let mut variants = String::new();
    let mut schemes = String::new();
    let mut arms = String::new();
    for (name, auth) in &lowered.provider.auth {
        let constant = name.to_shouty_snake_case();
        let mut bindings = Vec::new();
        for field in &auth.schemes {
            let (header, prefix) = binding(lowered, &field.scheme)?;
            bindings.push(format!(
                "Binding {{ header: {}, prefix: {} }}",
                literal(&header),
                literal(prefix)
            ));
        }
        schemes.push_str(&format!(
            "pub(crate) static {constant}: AuthScheme = AuthScheme {{ name: {}, bindings: &[{}] }};\n",
            literal(name),
            bindings.join(", ")
        ));
        let fields: Vec<&str> = auth
            .schemes
            .iter()
            .map(|field| field.field.as_str())
            .collect();
        match fields.as_slice() {
            [] => {
                variants.push_str(&format!("/// {}\n{name},\n", auth.about));
                arms.push_str(&format!(
                    "Self::{name} => Authorization::new(&{constant}, &[]),\n"
                ));
            }
            [_] => {
                variants.push_str(&format!("/// {}\n{name}(Secret),\n", auth.about));
                arms.push_str(&format!(
                    "Self::{name}(secret) => Authorization::new(&{constant}, &[secret]),\n"
                ));
            }
            several => {
                let members: String = several
                    .iter()
                    .map(|field| format!("/// The {field}.\n{field}: Secret,\n"))
                    .collect();
                variants.push_str(&format!("/// {}\n{name} {{\n{members}}},\n", auth.about));
                let names = several.join(", ");
                arms.push_str(&format!(
                    "Self::{name} {{ {names} }} => Authorization::new(&{constant}, &[{names}]),\n"
                ));
            }
        }
    }
    let used = if schemes.contains("Binding {") {
        "AuthScheme, Authorization, Binding, Result, Secret"
    } else {
        "AuthScheme, Authorization, Result"
    };
    Ok(format!(
        "use ::certfleet_http::{{{used}}};\n\
         {schemes}\n\
         /// Credentials of the API. `Debug` shows no secret.\n\
         #[derive(Clone, Debug)]\n\
         #[non_exhaustive]\n\
         pub enum Credentials {{\n{variants}}}\n\
         impl Credentials {{\n\
             /// Returns the headers that a source of credentials gives to a session.\n\
             ///\n\
             /// # Errors\n\
             /// [`ErrorKind::Config`](::certfleet_http::ErrorKind::Config): they cannot be sent.\n\
             pub fn authorization(&self) -> Result<Authorization> {{\n\
                 match self {{\n{arms}}}\n\
             }}\n\
         }}\n"
    ))
}

/// The header and the prefix of a security scheme.
fn binding(lowered: &Lowered, name: &str) -> Result<(String, &'static str)> {
    let scheme = &lowered.effective["components"]["securitySchemes"][name];
    let scheme = schema::follow(&lowered.effective, scheme).unwrap_or(scheme);
    let of = |field: &str| {
        scheme[field]
            .as_str()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    match (of("type").as_str(), of("scheme").as_str(), of("in").as_str()) {
        ("http", "bearer", _) | ("oauth2" | "openidconnect", _, _) => {
            Ok(("authorization".to_owned(), "Bearer "))
        }
        ("http", "basic", _) => Ok(("authorization".to_owned(), "Basic ")),
        ("apikey", _, "header") => Ok((of("name"), "")),
        _ => Err(Problem::new(
            lowered.configuration.clone(),
            "",
            format!("auth names the security scheme {name}, which is neither a bearer token nor a key in a header"),
            "name a scheme of components.securitySchemes, or add it in overlay.yaml",
        )
        .into()),
    }
}
