//! For every generated operation a test, as Rust: every parameter is set, the request is what the
//! lowered document says, and the documented examples are read and written back.

use super::sample;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use syn::{ImplItem, Item, Type};

/// The tests of one generated crate. `original` is the document as it was given.
pub(crate) fn tests(
    module: &str,
    original: &Value,
    lowered: &Value,
    files: &BTreeMap<String, String>,
) -> String {
    let builders = syn::parse_file(&files["src/builder.rs"]).expect("Rust");
    let mut text = String::new();
    for (path, item) in lowered["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if let Some(id) = operation["operationId"].as_str() {
                let examples = answers(original, path, method, operation);
                for (number, answer) in examples.iter().enumerate() {
                    text.push_str(&test(
                        module,
                        (original, lowered),
                        (path, method, operation),
                        &format!("{module}__{id}_{number}"),
                        &Builder::of(&builders, id),
                        answer,
                    ));
                }
            }
        }
    }
    text
}

/// An answer of the vendor: status, media type, body.
struct Answer {
    status: u16,
    media_type: &'static str,
    body: String,
}

fn answers(original: &Value, path: &str, method: &str, operation: &Value) -> Vec<Answer> {
    let (kept, response) = operation["responses"]
        .as_object()
        .and_then(|responses| responses.iter().next())
        .expect("one success");
    let status = kept.parse().unwrap_or(200);
    let Some(content) = response["content"].as_object() else {
        return vec![Answer {
            status,
            media_type: "text/plain",
            body: String::new(),
        }];
    };
    if !content.contains_key("application/json") {
        return vec![Answer {
            status,
            media_type: "application/octet-stream",
            body: "bytes".to_owned(),
        }];
    }
    let follow = |value: &Value| match value["$ref"].as_str() {
        Some(reference) => original
            .pointer(reference.trim_start_matches('#'))
            .cloned()
            .unwrap_or_default(),
        None => value.clone(),
    };
    let item = follow(&original["paths"][path]);
    let responses = &item[method]["responses"];
    let stated = [kept.as_str(), "2XX", "default"]
        .into_iter()
        .find_map(|status| responses.get(status))
        .map(follow)
        .unwrap_or_default();
    let examples: Vec<Value> = stated["content"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(media_type, _)| media_type.contains("json"))
        .flat_map(|(_, body)| {
            let several = body["examples"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(_, example)| follow(example)["value"].clone());
            body.get("example").cloned().into_iter().chain(several)
        })
        .collect();
    examples
        .into_iter()
        .map(|example| Answer {
            status,
            media_type: "application/json",
            body: example.to_string(),
        })
        .collect()
}

/// What a generated builder can be told.
struct Builder {
    /// Methods by what they set: place, name on the wire, type.
    parameters: Vec<(String, String, String, String)>,
    /// Parts of a form: method, name on the wire, whether it is a file.
    parts: Vec<(String, String, bool)>,
    /// The type of the body.
    body: Option<String>,
}

impl Builder {
    fn of(file: &syn::File, id: &str) -> Self {
        let mut builder = Self {
            parameters: Vec::new(),
            parts: Vec::new(),
            body: None,
        };
        let name = file
            .items
            .iter()
            .find_map(|item| match item {
                Item::Struct(item) if docs(&item.attrs).contains(&format!("[`Client::{id}`]")) => {
                    Some(item.ident.clone())
                }
                _ => None,
            })
            .unwrap_or_else(|| panic!("no builder for {id}"));
        let mut types: BTreeMap<String, String> = BTreeMap::new();
        for item in &file.items {
            match item {
                Item::Struct(item) if item.ident == name => {
                    for field in &item.fields {
                        if let (Some(ident), Some(inner)) = (&field.ident, inner(&field.ty)) {
                            types.insert(ident.to_string(), inner);
                        }
                    }
                }
                Item::Impl(item) if is_of(&item.self_ty, &name) => {
                    for member in &item.items {
                        if let ImplItem::Fn(function) = member {
                            builder.learn(function, &types);
                        }
                    }
                }
                _ => {}
            }
        }
        builder
    }

    fn learn(&mut self, function: &syn::ImplItemFn, types: &BTreeMap<String, String>) {
        let ident = function.sig.ident.to_string();
        let about = docs(&function.attrs);
        let wire = about.split('`').nth(1).unwrap_or_default().to_owned();
        let value = types.get(&ident).cloned().unwrap_or_default();
        if let Some(rest) = about.strip_prefix(" The form's part ") {
            let _ = rest;
            self.parts.push((ident, wire, value.contains("FilePart")));
        } else if about.starts_with(" The JSON body.")
            || about.starts_with(" The form in the body.")
        {
            self.body = Some(value.replace("types::builder::", "types::"));
        } else if let Some(place) = ["path", "query", "header"]
            .into_iter()
            .find(|place| about.starts_with(&format!(" The {place} parameter ")))
        {
            self.parameters.push((ident, place.to_owned(), wire, value));
        }
    }
}

fn docs(attributes: &[syn::Attribute]) -> String {
    attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                syn::Expr::Lit(literal) => match &literal.lit {
                    syn::Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_of(path: &Type, name: &syn::Ident) -> bool {
    matches!(path, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == *name))
}

/// `T` of `Result<T, String>`, of `Result<Option<T>, String>` and of `Option<T>`.
fn inner(path: &Type) -> Option<String> {
    let Type::Path(path) = path else {
        return None;
    };
    let last = path.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let syn::GenericArgument::Type(first) = arguments.args.first()? else {
        return None;
    };
    match first {
        Type::Path(first_path)
            if last.ident == "Result"
                && first_path
                    .path
                    .segments
                    .last()
                    .is_some_and(|segment| segment.ident == "Option") =>
        {
            inner(first)
        }
        other => Some(quote::quote!(#other).to_string().replace(' ', "")),
    }
}

/// A form of pairs.
const URLENCODED: &str = "application/x-www-form-urlencoded";

/// What a form sends, by the document's styles: written for the tests, apart from what is tested.
fn pairs(value: &Value, styles: &Value) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    for (name, value) in value.as_object().expect("a form") {
        let separated = |separator: &str| match value {
            Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(separator),
            Value::Object(members) => members
                .iter()
                .flat_map(|(name, value)| [name.clone(), plain(value)])
                .collect::<Vec<_>>()
                .join(separator),
            other => plain(other),
        };
        let is_empty = matches!(value, Value::Null)
            || *value == Value::Array(Vec::new())
            || *value == json!({});
        match styles[name].as_str() {
            // Optional and empty is absent.
            _ if is_empty => {}
            None => flat(name, value, &mut sent),
            Some("members") => {
                for (name, value) in value.as_object().expect("members") {
                    flat(name, value, &mut sent);
                }
            }
            Some("commas") => sent.push((name.clone(), separated(","))),
            Some("spaces") => sent.push((name.clone(), separated(" "))),
            Some("pipes") => sent.push((name.clone(), separated("|"))),
            Some("brackets") => bracketed(name, value, &mut sent),
            Some("json") => sent.push((name.clone(), value.to_string())),
            Some(other) => panic!("a style {other}"),
        }
    }
    sent
}

fn flat(name: &str, value: &Value, sent: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => sent.extend(items.iter().map(|item| (name.to_owned(), plain(item)))),
        other => sent.push((name.to_owned(), plain(other))),
    }
}

fn bracketed(name: &str, value: &Value, sent: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                bracketed(&format!("{name}[{index}]"), item, sent);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                bracketed(&format!("{name}[{member}]"), value, sent);
            }
        }
        other => sent.push((name.to_owned(), plain(other))),
    }
}

/// The pairs of a form's text.
fn pairs_of_text(text: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((first, tail)) = rest.split_first() {
            rest = tail;
            match first {
                b'+' => bytes.push(b' '),
                b'%' => {
                    let digits = std::str::from_utf8(&tail[..2]).expect("two digits");
                    bytes.push(u8::from_str_radix(digits, 16).expect("a byte"));
                    rest = &tail[2..];
                }
                other => bytes.push(*other),
            }
        }
        String::from_utf8(bytes).expect("a text")
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').expect("a pair"))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn test(
    module: &str,
    (original, lowered): (&Value, &Value),
    (path, method, operation): (&str, &str, &Value),
    name: &str,
    builder: &Builder,
    answer: &Answer,
) -> String {
    let id = operation["operationId"].as_str().expect("an id");
    let mut sets = String::new();
    let mut filled = path.to_owned();
    let mut query: Vec<(String, String)> = Vec::new();
    let mut headers: Vec<(String, String)> = Vec::new();
    let types = |text: &str| text.replace("types::", &format!("crate::{module}::types::"));
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let wire = parameter
            .get("x-certfleet-name")
            .unwrap_or(&parameter["name"])
            .as_str()
            .expect("a name");
        let (ident, place, _, value_type) = builder
            .parameters
            .iter()
            .find(|(_, place, name, _)| name == wire && parameter["in"] == place.as_str())
            .unwrap_or_else(|| panic!("{module}: {id} cannot be told {wire}"));
        let value = sample::value(lowered, &parameter["schema"]);
        sets.push_str(&format!(
            ".{ident}::<{}>(json({}))",
            types(value_type),
            raw(&value.to_string())
        ));
        let texts: Vec<String> = match &value {
            Value::Array(values) => values.iter().map(plain).collect(),
            other => vec![plain(other)],
        };
        for text in texts {
            match place.as_str() {
                "path" => filled = filled.replace(&format!("{{{wire}}}"), &text),
                "query" => query.push((wire.to_owned(), text)),
                _ => headers.push((wire.to_owned(), text)),
            }
        }
    }
    let mut body = "None".to_owned();
    let content = &operation["requestBody"]["content"];
    if let Some(form) = content.get(URLENCODED) {
        let value_type = builder.body.as_ref().expect("a form");
        let stated = &original["paths"][path][method]["requestBody"]["content"][URLENCODED];
        // Where the document says what is sent, that is the measure; else the styles are.
        let (value, sent) = match stated["x-sent"].as_str() {
            Some(sent) => (stated["example"].clone(), pairs_of_text(sent)),
            None => {
                let value = sample::value(lowered, &form["schema"]);
                let sent = pairs(&value, &operation["x-certfleet-form"]);
                (value, sent)
            }
        };
        sets.push_str(&format!(
            ".body::<{}>(json({}))",
            types(value_type),
            raw(&value.to_string())
        ));
        headers.push(("content-type".to_owned(), URLENCODED.to_owned()));
        body = format!("Some({})", raw(&format!("pairs: {}", json!(sent))));
    } else if content.get("application/octet-stream").is_some() {
        sets.push_str(".body(\"some bytes\")");
        let media_type = operation["x-certfleet-media-type"]
            .as_str()
            .unwrap_or("application/octet-stream");
        headers.push(("content-type".to_owned(), media_type.to_owned()));
        body = "Some(\"bytes: some bytes\")".to_owned();
    } else if let Some(value_type) = &builder.body {
        let value = sample::value(
            lowered,
            &operation["requestBody"]["content"]["application/json"]["schema"],
        );
        sets.push_str(&format!(
            ".body::<{}>(json({}))",
            types(value_type),
            raw(&value.to_string())
        ));
        body = format!("Some({})", raw(&value.to_string()));
    } else if operation["x-certfleet-empty-json"] == true {
        body = "Some(\"{}\")".to_owned();
    }
    if !builder.parts.is_empty() {
        let form =
            &original["paths"][path][method]["requestBody"]["content"]["multipart/form-data"];
        for (ident, name, is_file) in &builder.parts {
            let is_secret = form["schema"]["properties"][name]["format"] == "password";
            sets.push_str(&if *is_file {
                format!(".{ident}(certfleet_http::FilePart::new(\"f\", \"x\"))")
            } else if is_secret {
                format!(".{ident}(\"some secret\")")
            } else {
                format!(".{ident}(\"text\")")
            });
        }
        let names: Vec<&str> = builder
            .parts
            .iter()
            .map(|(_, name, _)| name.as_str())
            .collect();
        body = format!("Some({:?})", format!("form: {}", names.join(", ")));
    }
    let read = if answer.media_type == "application/json" {
        format!("same(&*response, {});", raw(&answer.body))
    } else {
        format!(
            "assert_eq!(response.body().as_ref(), {:?}.as_bytes());",
            answer.body
        )
    };
    let encoded: String = filled
        .split('/')
        .map(|segment| {
            segment
                .bytes()
                .map(|byte| {
                    if byte.is_ascii() {
                        char::from(byte).to_string()
                    } else {
                        format!("%{byte:02X}")
                    }
                })
                .collect::<String>()
        })
        .collect::<Vec<_>>()
        .join("/");
    format!(
        "#[tokio::test]\nasync fn {name}() {{\n\
         use crate::double::{{Double, json, same}};\n\
         let double = Double::answering({}, {:?}, {});\n\
         let session = crate::{module}::Client::builder(&crate::{module}::Credentials::Anonymous).base_url(\"https://api.example.com/v1\").transport(double.clone()).build().unwrap();\n\
         let client = crate::{module}::Client::from(session);\n\
         let call = client.{id}(){sets};\n\
         let shown = format!(\"{{call:?}}\");\n\
         assert!(!shown.contains(\"some bytes\") && !shown.contains(\"some secret\"), \"{{shown}}\");\n\
         let response = call.send().await.unwrap_or_else(|error| panic!(\"{{error}}\"));\n\
         double.check({:?}, &{query:?}, &{headers:?}, {body});\n\
         {read}\n\
         let _ = json::<serde_json::Value>;\n}}\n\n",
        answer.status,
        answer.media_type,
        raw(&answer.body),
        format!("{} /v1{encoded}", method.to_uppercase()),
    )
}

/// A value as it stands in an address or a header.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn raw(text: &str) -> String {
    format!("r#####\"{text}\"#####")
}
