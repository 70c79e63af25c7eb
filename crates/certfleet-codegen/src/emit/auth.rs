//! `src/auth.rs`: the vendor's security schemes as one enum.

use super::literals::literal;
use crate::{
    lowered::Lowered,
    problem::{Problem, Result},
    security,
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
            let binding = binding(lowered, &field.scheme)?;
            bindings.push(format!(
                "Binding {{ place: Place::{}, name: {}, prefix: {} }}",
                binding.place,
                literal(&binding.name),
                literal(binding.prefix)
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
        "AuthScheme, Authorization, Binding, Place, Result, Secret"
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
             /// Returns what a source of credentials gives to a session.\n\
             ///\n\
             /// # Errors\n\
             /// [`ErrorKind::Config`](::certfleet_http::ErrorKind::Config): they cannot be sent.\n\
             pub fn authorization(&self) -> Result<Authorization> {{\n\
                 match self {{\n{arms}}}\n\
             }}\n\
         }}\n"
    ))
}

/// Where the credential of a security scheme is sent.
fn binding(lowered: &Lowered, name: &str) -> Result<security::Binding> {
    security::binding(&lowered.effective, name).map_err(|why| {
        Problem::new(
            lowered.configuration.clone(),
            "",
            format!("auth names the security scheme {name}: {why}"),
            "name another scheme of components.securitySchemes, or correct it in overlay.yaml",
        )
        .into()
    })
}
