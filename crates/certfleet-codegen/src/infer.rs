//! Makes a configuration for a document that has none: names, ways to authenticate, classes and servers,
//! as far as the document states them.

use crate::{
    problem::{Problem, Problems, Result},
    provider::{self, Auth, AuthField, Class, Errors, OperationChoice, Provider, Secrets},
    reference_targets, rust_name, schema, security, server, text,
};
use heck::ToShoutySnakeCase;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Names that generated code uses for something else.
const RESERVED: [&str; 18] = [
    "Api", "Box", "Builder", "ByStatus", "Bytes", "Client", "Default", "Err", "Error", "Expect",
    "From", "New", "Ok", "Option", "Response", "Result", "Session", "String",
];

/// Methods that every client has, of its own or by a trait.
const METHODS: [&str; 15] = [
    "as_any",
    "borrow",
    "builder",
    "clone",
    "clone_into",
    "fmt",
    "from",
    "into",
    "new",
    "new_with_client",
    "session",
    "try_from",
    "try_into",
    "until",
    "with_header",
];

/// The configuration for the wanted operations of a document, or for all if none is named. An
/// operation is wanted by its operationId, by its call (`GET /certificates`) or by the name of its
/// generated method.
///
/// # Errors
/// A wanted operation that is not in the document. `document_name` is how problems name the document.
pub fn infer(
    name: &str,
    document: &Value,
    document_name: &str,
    wanted: &[String],
) -> Result<Provider> {
    let resolved;
    let document = if has_path_references(document) {
        let mut copy = document.clone();
        reference_targets::inline_path_items(&mut copy);
        resolved = copy;
        &resolved
    } else {
        document
    };
    let all = operations(document);
    let mut operations: BTreeMap<String, OperationChoice> = BTreeMap::new();
    let mut found: BTreeSet<&String> = BTreeSet::new();
    for (method_name, choice, id) in all {
        let matching: Vec<&String> = wanted
            .iter()
            .filter(|wanted| {
                **wanted == method_name || **wanted == choice.call || Some(*wanted) == id.as_ref()
            })
            .collect();
        if wanted.is_empty() || !matching.is_empty() {
            operations.insert(method_name, choice);
        }
        found.extend(matching);
    }
    let missing: Vec<Problem> = wanted
        .iter()
        .filter(|wanted| !found.contains(wanted))
        .map(|wanted| {
            Problem::new(
                document_name,
                "/paths",
                format!("there is no operation {wanted:?}"),
                "name it by its operationId or as \"GET /path\"; without --operations all are taken",
            )
        })
        .collect();
    if !missing.is_empty() {
        return Err(Problems(missing));
    }
    let title = title(document).unwrap_or_else(|| name.to_owned());
    let secrets = secrets(document);
    Ok(Provider {
        name: name.to_owned(),
        document: document_name.to_owned(),
        about: format!("A client for {title}."),
        title,
        shared_server: server::first(document)
            .is_some_and(|server| server::is_usable(&server::url(server))),
        schema_prefix: None,
        request_id_headers: vec!["x-request-id".to_owned()],
        unauthenticated: provider::unauthorized(),
        operations,
        auth: auth(document),
        secrets: Secrets {
            request: secrets.clone(),
            response: secrets,
            certificates: Vec::new(),
        },
        errors: Errors {
            code: vec!["/error/code".to_owned(), "/code".to_owned()],
            message: vec![
                "/error/message".to_owned(),
                "/message".to_owned(),
                "/detail".to_owned(),
            ],
        },
        failure: Vec::new(),
        inferred: true,
        capability: Vec::new(),
    })
}

/// The document's title on one line.
fn title(document: &Value) -> Option<String> {
    let title = text::line(document["info"]["title"].as_str()?);
    (!title.is_empty()).then_some(title)
}

/// The names of the members that are passwords.
fn secrets(document: &Value) -> Vec<String> {
    let mut secrets = BTreeSet::new();
    schema::walk_all(document, &mut |_, schema| {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if property["format"] == "password" {
                secrets.insert(name.clone());
            }
        }
    });
    secrets.into_iter().collect()
}

fn has_path_references(document: &Value) -> bool {
    document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(_, item)| {
            [item]
                .into_iter()
                .chain(item.as_object().into_iter().flat_map(|item| item.values()))
        })
        .any(|item| item.get("$ref").is_some())
}

/// Every operation with the name of its method and its operationId.
fn operations(document: &Value) -> Vec<(String, OperationChoice, Option<String>)> {
    let mut taken: BTreeSet<String> = RESERVED.into_iter().map(str::to_owned).collect();
    taken.extend(METHODS.into_iter().map(rust_name::pascal));
    schema::operations(document)
        .map(|at| {
            let id = at.operation["operationId"].as_str().map(str::to_owned);
            let plain = match &id {
                Some(id) => rust_name::snake(id),
                None => rust_name::snake(&format!("{} {}", at.method, at.path)),
            };
            let plain = plain.trim_matches('_').to_owned();
            let plain =
                if plain.starts_with(|first: char| first.is_ascii_digit()) || plain.is_empty() {
                    format!("call_{plain}")
                } else {
                    plain
                };
            // The builder has the name of the method: both have to be free.
            let name = rust_name::first_free_after(&plain, "_v", |name| {
                rust_name::snake(name) == *name && taken.insert(rust_name::pascal(name))
            });
            let class = match at.method {
                "get" | "head" | "options" | "trace" => Class::Read,
                "put" | "delete" => Class::Idempotent,
                _ => Class::Create,
            };
            let choice = OperationChoice {
                call: at.call(),
                class,
                success: None,
                slashes: Vec::new(),
            };
            (name, choice, id)
        })
        .collect()
}

/// The ways to authenticate: every scheme that is enough alone, every combination that is needed together, and
/// always the one that sends nothing.
fn auth(document: &Value) -> BTreeMap<String, Auth> {
    let requirements = security::requirements(document);
    let defined = document["components"]["securitySchemes"].as_object();
    let is_needed_alone = |scheme: &String| {
        let is_one = requirements.contains(std::slice::from_ref(scheme));
        is_one || !requirements.iter().flatten().any(|other| other == scheme)
    };
    let alone = defined
        .into_iter()
        .flatten()
        .map(|(scheme, _)| scheme.clone())
        .filter(is_needed_alone)
        .map(|scheme| vec![scheme]);
    let together = requirements.iter().filter(|schemes| schemes.len() > 1);
    let mut auth: BTreeMap<String, Auth> = BTreeMap::new();
    let mut constants = BTreeSet::new();
    for schemes in alone.chain(together.cloned()) {
        let bindings: Option<Vec<security::Binding>> = schemes
            .iter()
            .map(|scheme| security::binding(document, scheme).ok())
            .collect();
        let Some(bindings) = bindings.filter(|bindings| !clash(bindings)) else {
            continue;
        };
        let about: Vec<&str> = bindings.iter().map(|binding| binding.about).collect();
        let names: Vec<String> = schemes.iter().map(|scheme| variant(scheme)).collect();
        // A scheme is a variant and a constant: both have to be free.
        let name = rust_name::first_free(&names.join("And"), |name| {
            constants.insert(name.to_shouty_snake_case())
        });
        let mut taken = BTreeSet::new();
        let fields = schemes.into_iter().map(|scheme| AuthField {
            field: if names.len() == 1 {
                "secret".to_owned()
            } else {
                rust_name::first_free(&rust_name::snake(&scheme), |name| {
                    taken.insert(name.clone())
                })
            },
            scheme,
        });
        let schemes = fields.collect();
        let about = about.join(" ");
        auth.insert(name, Auth { about, schemes });
    }
    auth.entry("Anonymous".to_owned()).or_insert_with(|| Auth {
        about: "Nothing is sent that authenticates.".to_owned(),
        schemes: Vec::new(),
    });
    auth
}

/// Whether two credentials would be sent in one place.
fn clash(bindings: &[security::Binding]) -> bool {
    let mut places = BTreeSet::new();
    !bindings
        .iter()
        .all(|binding| places.insert((binding.place, &binding.name)))
}

fn variant(scheme: &str) -> String {
    match rust_name::pascal(scheme).trim_end_matches('_') {
        name @ ("Anonymous" | "Self") => format!("{name}Scheme"),
        name => name.to_owned(),
    }
}
