//! What the generated builders take, for the contract tests' table of calls.

use crate::Problem;
use heck::ToSnakeCase as _;
use std::fmt::Write as _;
use syn::{Attribute, ImplItem, ImplItemFn, Item, ReturnType, Type};

/// Something that a builder's caller may give.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Taken {
    Parameter {
        name: String,
        kind: String,
    },
    /// A typed body: JSON, or a form of pairs.
    Body(String),
    /// A body that is sent as it is.
    Octets,
    Part(String),
    File(String),
}

/// One builder.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The generated method.
    pub(super) id: String,
    takes: Vec<(String, Taken)>,
    bytes: bool,
}

/// The builders of a generated `builder.rs`, in its order.
pub(super) fn from_source(text: &str, name: &str) -> Result<Vec<Call>, Problem> {
    let file = syn::parse_file(text).map_err(|error| {
        Problem::new(
            name,
            "",
            format!("is not Rust: {error}"),
            "report it: this is a fault of the generator",
        )
    })?;
    let mut calls = Vec::new();
    for item in file.items {
        let Item::Impl(block) = item else { continue };
        let Some(builder) = last_segment(&block.self_ty) else {
            continue;
        };
        let methods = || {
            block.items.iter().filter_map(|item| match item {
                ImplItem::Fn(method) => Some(method),
                _ => None,
            })
        };
        let Some(send) = methods().find(|method| method.sig.ident == "send") else {
            continue;
        };
        calls.push(Call {
            id: builder.to_snake_case(),
            takes: methods()
                .filter_map(|method| Some((method.sig.ident.to_string(), taken(method)?)))
                .collect(),
            bytes: matches!(&send.sig.output, ReturnType::Type(_, ty) if text_of(ty).contains("Response<Bytes>")),
        });
    }
    Ok(calls)
}

/// What a setter takes: its documentation names it as the vendor does.
fn taken(method: &ImplItemFn) -> Option<Taken> {
    let doc = method.attrs.iter().find_map(text)?;
    let doc = doc.trim().strip_prefix("Sets the ")?;
    let quoted = || {
        let name = doc.split('`').nth(1)?;
        Some(name.to_owned())
    };
    if ["JSON body.", "form in the body."].contains(&doc) {
        return Some(Taken::Body(converted(method)?));
    }
    if doc.starts_with("body, `") {
        return Some(Taken::Octets);
    }
    if doc.starts_with("form's part ") {
        let is_file = method
            .sig
            .inputs
            .iter()
            .any(|input| matches!(input, syn::FnArg::Typed(typed) if text_of(&typed.ty).contains("FilePart")));
        return Some(if is_file {
            Taken::File(quoted()?)
        } else {
            Taken::Part(quoted()?)
        });
    }
    let is_parameter = ["path parameter ", "query parameter ", "header parameter "]
        .iter()
        .any(|start| doc.starts_with(start));
    is_parameter.then_some(())?;
    Some(Taken::Parameter {
        name: quoted()?,
        kind: converted(method)?,
    })
}

/// The type that a setter converts into.
fn converted(method: &ImplItemFn) -> Option<String> {
    let clause = method.sig.generics.where_clause.as_ref()?;
    clause.predicates.iter().find_map(|predicate| {
        let syn::WherePredicate::Type(predicate) = predicate else {
            return None;
        };
        let text = predicate.bounds.iter().map(text_of).collect::<String>();
        let inner = text.split_once("TryInto<")?.1.strip_suffix('>')?;
        Some(inner.to_owned())
    })
}

fn text(attribute: &Attribute) -> Option<String> {
    let value = &attribute.meta.require_name_value().ok()?.value;
    match value {
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Tokens without spaces.
fn text_of(tokens: &impl quote::ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

fn last_segment(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

impl Call {
    /// Its row in the contract tests' table.
    pub(super) fn row(&self, provider: &str) -> String {
        let types = |kind: &str| {
            let kind = kind.replace("::std::string::String", "String");
            kind.replace("types::", &format!("certfleet_{provider}::types::"))
        };
        let mut row = format!("    operation!({provider}.{} {{\n", self.id);
        for rank in 0..5 {
            for (setter, taken) in &self.takes {
                // In the order in which the macro reads them.
                let _ = match (rank, taken) {
                    (0, Taken::Parameter { name, kind }) => {
                        writeln!(row, "        {name:?} => {setter}: {},", types(kind))
                    }
                    (1, Taken::Body(kind)) => writeln!(row, "        body: {},", types(kind)),
                    (2, Taken::Octets) => writeln!(row, "        octets: {setter},"),
                    (3, Taken::Part(name)) => writeln!(row, "        part {name:?} => {setter},"),
                    (4, Taken::File(name)) => writeln!(row, "        file {name:?} => {setter},"),
                    _ => Ok(()),
                };
            }
        }
        let form = if self.bytes { "bytes" } else { "json" };
        let _ = writeln!(row, "    }} {form}),");
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body's setter is found by what the generator says of it, whichever body it is.
    #[test]
    fn every_kind_of_body_is_given() {
        let builder = |doc: &str, into: &str| {
            format!(
                "impl AddKey {{
                    #[doc = {doc:?}]
                    pub fn body<V>(mut self, value: V) -> Self where V: std::convert::TryInto<{into}> {{ self }}
                    #[doc = \" Changes the JSON body that was set so far.\"]
                    pub fn body_map<F>(mut self, f: F) -> Self {{ self }}
                    pub async fn send(self) -> Result<Response<types::Key>, Error> {{ todo!() }}
                }}"
            )
        };
        for (doc, into, line) in [
            (
                " Sets the JSON body.",
                "types::Key",
                "body: certfleet_acme::types::Key,",
            ),
            (
                " Sets the form in the body.",
                "types::Key",
                "body: certfleet_acme::types::Key,",
            ),
            (
                " Sets the body, `application/x-pem-file`.",
                "::certfleet_http::Bytes",
                "octets: body,",
            ),
        ] {
            let calls = from_source(&builder(doc, into), "builder.rs").unwrap();
            let rows: String = calls.iter().map(|call| call.row("acme")).collect();
            assert_eq!(
                rows,
                format!("    operation!(acme.add_key {{\n        {line}\n    }} json),\n"),
                "{doc}"
            );
        }
    }

    /// The rows written by hand for the four vendors are those that would be generated.
    #[test]
    fn rows_are_those_that_were_written_by_hand() {
        let workspace = crate::Workspace::of_this_build();
        let table =
            std::fs::read_to_string(workspace.path("tests/src/contract/operations.rs")).unwrap();
        let table: String = table.split_whitespace().collect();
        for provider in ["openai", "cloudflare", "patchworks", "apinizer"] {
            let below = format!("crates/certfleet-{provider}/src/builder.rs");
            let text = std::fs::read_to_string(workspace.path(&below)).unwrap();
            let calls = from_source(&text, &below).unwrap();
            assert!(!calls.is_empty());
            for call in calls {
                let row = call.row(provider);
                let row: String = row.split_whitespace().collect();
                let short = row
                    .replace(
                        &format!("certfleet_{provider}::types::"),
                        &format!("{provider}::"),
                    )
                    .replace("::std::num::NonZeroU64", "NonZeroU64")
                    .replace("::std::vec::Vec", "Vec");
                // The order of parts does not matter.
                let mut lines: Vec<_> = short.split(',').map(str::to_owned).collect();
                lines.sort();
                let head = format!("operation!({provider}.{}{{", call.id);
                let at = table.find(&head).expect(&head);
                let end = table[at..].find("),").unwrap() + 2;
                let mut written: Vec<_> =
                    table[at..at + end].split(',').map(str::to_owned).collect();
                written.sort();
                // The first line carries the head, whichever parameter comes first.
                let strip = |lines: Vec<String>| -> Vec<String> {
                    let mut lines: Vec<_> = lines
                        .into_iter()
                        .map(|line| line.replace(&head, ""))
                        .collect();
                    lines.sort();
                    lines
                };
                assert_eq!(strip(lines), strip(written), "{head}");
            }
        }
    }
}
