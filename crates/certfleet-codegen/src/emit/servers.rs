//! `src/servers.rs`: the addresses of operations that have their own, and the variables of addresses.

use super::literals::literal;
use crate::{lowered::Lowered, rust_name, schema::OperationAt, server, text};
use heck::ToShoutySnakeCase;
use serde_json::Value;
use std::collections::BTreeSet;

/// The constants of the servers that are not the document's, each with the server.
fn named(lowered: &Lowered) -> Vec<(String, Value)> {
    let mut taken = BTreeSet::new();
    server::others(&lowered.effective, &lowered.document)
        .into_iter()
        .map(|server| {
            let plain = rust_name::snake(&server::name(&server)).to_shouty_snake_case();
            let plain = match plain.chars().next() {
                Some(first) if first.is_ascii_alphabetic() => plain,
                _ => format!("SERVER_{plain}"),
            };
            let name = rust_name::first_free_after(&plain, "_", |name| taken.insert(name.clone()));
            (name, server)
        })
        .collect()
}

/// The constant of an operation's server, if it has its own.
pub(super) fn constant(lowered: &Lowered, at: &OperationAt<'_>) -> Option<String> {
    let own = server::url(server::of_operation(&lowered.effective, at)?);
    named(lowered)
        .into_iter()
        .find(|(_, server)| server::url(server) == own)
        .map(|(name, _)| name)
}

/// The file; nothing if every operation is at the document's server, whose address is fixed.
pub(crate) fn text(lowered: &Lowered) -> Option<String> {
    let own = server::first(&lowered.effective).filter(|own| !server::variables(own).is_empty());
    let named = named(lowered);
    if own.is_none() && named.is_empty() {
        return None;
    }
    let mut file = String::new();
    if !named.is_empty() {
        file.push_str("use ::certfleet_http::Server;\n");
    }
    for (name, server) in &named {
        file.push_str(&format!(
            "/// The server `{url}`. `SessionBuilder::server_url` sets another address.\n\
             pub static {name}: Server = Server {{ name: {}, url: {} }};\n",
            literal(name),
            literal(&server::url(server)),
            url = text::line(server["url"].as_str().unwrap_or_default()),
        ));
    }
    if let Some(own) = own {
        file.push_str(&address("Address", own));
    }
    for (name, server) in &named {
        if !server::variables(server).is_empty() {
            file.push_str(&address(
                &format!("{}Address", rust_name::pascal(&name.to_lowercase())),
                server,
            ));
        }
    }
    Some(file)
}

/// A type with a setter for each variable of an address.
fn address(name: &str, server: &Value) -> String {
    let mut taken = BTreeSet::from(["url".to_owned(), "default".to_owned()]);
    let variables: Vec<(String, String, String)> = server::variables(server)
        .into_iter()
        .map(|(variable, default)| {
            let ident = rust_name::first_free(&rust_name::snake(&variable), |name| {
                taken.insert(name.clone())
            });
            (variable, ident, default)
        })
        .collect();
    let join = |part: &dyn Fn(&(String, String, String)) -> String| -> String {
        variables.iter().map(part).collect()
    };
    let template = server["url"].as_str().unwrap_or_default();
    format!(
        "/// An address `{shown}`. [`url`](Self::url) is what `base_url` and `server_url` take.\n\
         #[derive(Clone, Debug, PartialEq, Eq)]\n\
         pub struct {name} {{ {fields} }}\n\
         impl ::std::default::Default for {name} {{\n\
             fn default() -> Self {{ Self {{ {defaults} }} }}\n\
         }}\n\
         impl {name} {{\n\
             {setters}\n\
             /// Returns the address.\n\
             pub fn url(&self) -> String {{ {literal}.to_owned(){replaced} }}\n\
         }}\n",
        shown = text::line(template),
        fields = join(&|(_, ident, _)| format!("{ident}: String,")),
        defaults =
            join(&|(_, ident, default)| format!("{ident}: {}.to_owned(),", literal(default))),
        setters = join(&|(variable, ident, default)| format!(
            "/// Sets `{}`, which is {} without this.\n\
             pub fn {ident}(mut self, value: impl Into<String>) -> Self {{ self.{ident} = value.into(); self }}\n",
            text::line(variable),
            literal(default)
        )),
        literal = literal(template.trim_end_matches('/')),
        replaced = join(&|(variable, ident, _)| format!(
            ".replace({}, &self.{ident})",
            literal(&format!("{{{variable}}}"))
        )),
    )
}
