//! What the clients send is what the documents ask for.

use crate::{COVERAGE, each, one, vendors, wait};
use certfleet_http::{Error, ErrorKind, HeaderMap, Request};
use certfleet_sandbox::Vendor;
use certfleet_tests::{
    Clients, Keys, Scripted,
    contract::{
        Arguments, Called, Client, Contract, Kind, Location, Operation, generate, operations,
        validate::{self, Wire},
    },
};
use libtest_mimic::Trial;
use serde_json::{Map, Value};
use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

pub(crate) fn trials() -> Vec<Trial> {
    each("requests", conform)
        .chain(each("requests::required", required))
        .chain(each("requests::credentials", credentials))
        .chain(each("requests::refused", refused))
        .chain([one("requests::table", || {
            operations::check_table().unwrap()
        })])
        .collect()
}

/// Calls an operation; what it sent, and how the call ended (the answer is no use to it).
fn sent(
    client: &Client,
    keys: &Keys,
    arguments: &Arguments,
) -> (Vec<Request>, Result<Called, Error>) {
    let transport = Scripted::always(500, "");
    let clients = Clients::new(Arc::new(transport.clone()), keys);
    let outcome = wait(client.call(&clients, arguments));
    (transport.requests(), outcome)
}

fn some_keys() -> Keys {
    Keys::all(|vendor| format!("a-key-{vendor}"))
}

fn document(client: &Client) -> &'static certfleet_tests::contract::Document {
    Contract::get().document(client.provider)
}

/// Whatever an operation is called with, its request says exactly that, as documented.
fn conform(client: &'static Client) {
    let operation = client.documented();
    let seen: RefCell<BTreeSet<String>> = RefCell::default();
    let check = |arguments: Arguments| {
        let (requests, outcome) = sent(client, &some_keys(), &arguments);
        let [request] = requests.as_slice() else {
            return Err(format!(
                "{} requests were sent: {:?}",
                requests.len(),
                outcome.err()
            ));
        };
        let (found, read) = validate::request(document(client), &Wire::of(request))
            .map_err(|problems| problems.join("\n"))?;
        if found.key() != operation.key() {
            return Err(format!("the request is {}", found.key()));
        }
        let (said, meant) = (settled(operation, read), settled(operation, arguments));
        if said != meant {
            return Err(format!("the request says {said:#?}"));
        }
        let mut seen = seen.borrow_mut();
        seen.extend(said.parameters.keys().cloned());
        seen.extend(
            said.body
                .iter()
                .flat_map(Value::as_object)
                .flatten()
                .map(|(name, _)| name.clone()),
        );
        COVERAGE.count(operation, Kind::Request);
        Ok(())
    };
    check(generate::plain(operation)).unwrap();
    generate::run(
        &operation.key(),
        &generate::arguments(operation),
        100,
        check,
    );

    let declared = operation
        .parameters
        .iter()
        .map(|parameter| parameter.name.clone());
    let body = operation
        .body
        .as_ref()
        .map(|body| body.schema.resolved(&body.schema.value)["properties"].clone());
    let fields = body
        .iter()
        .flat_map(Value::as_object)
        .flatten()
        .map(|(name, _)| name.clone());
    let declared: BTreeSet<String> = declared.chain(fields).collect();
    assert_eq!(
        seen.into_inner(),
        declared,
        "{}: not everything that is declared was sent",
        operation.key()
    );
}

/// Null and left out are the same, and so are the default and left out.
fn settled(operation: &Operation, mut arguments: Arguments) -> Arguments {
    if let (Some(Value::Object(members)), Some(body)) = (&mut arguments.body, &operation.body) {
        members.retain(|_, value| !value.is_null());
        let schema = body.schema.resolved(&body.schema.value);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let default = &body.schema.resolved(property)["default"];
            if !default.is_null() {
                members.entry(name).or_insert(default.clone());
            }
        }
    }
    if arguments.body.is_none()
        && let Some(body) = &operation.body
        && !body.required
    {
        // An optional body may be sent with nothing but defaults.
        arguments.body = Some(Value::Object(Map::new()));
        return settled(operation, arguments);
    }
    arguments
}

/// Nothing is sent as long as something required is missing.
fn required(client: &'static Client) {
    let operation = client.documented();
    let whole = generate::plain(operation);
    let mut lacking: Vec<(String, Arguments)> = Vec::new();
    for parameter in operation
        .parameters
        .iter()
        .filter(|parameter| parameter.required)
    {
        let mut arguments = whole.clone();
        arguments.parameters.remove(&parameter.name);
        lacking.push((parameter.name.clone(), arguments));
    }
    if let Some(body) = &operation.body {
        let schema = body.schema.resolved(&body.schema.value);
        for name in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            let mut arguments = whole.clone();
            match body.media_type.as_str() {
                "multipart/form-data" => {
                    arguments
                        .body
                        .as_mut()
                        .unwrap()
                        .as_object_mut()
                        .unwrap()
                        .remove(name);
                }
                // The typed body cannot be made without the field, so there is none at all.
                _ => arguments.body = None,
            }
            lacking.push((name.to_owned(), arguments));
        }
    }
    for (name, arguments) in lacking {
        let (requests, outcome) = sent(client, &some_keys(), &arguments);
        let error = outcome.expect_err(&name);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{name}: {error}");
        assert!(
            error.to_string().contains("Nothing was sent"),
            "{name}: {error}"
        );
        assert!(requests.is_empty(), "without {name} something was sent");
    }
    // And no identifier can lead elsewhere.
    for parameter in operation
        .parameters
        .iter()
        .filter(|parameter| parameter.location == Location::Path)
    {
        for value in [
            "",
            ".",
            "..",
            "a/b",
            "a\\b",
            "%2e%2e",
            "a\nb",
            "a\u{0}b",
            &"x".repeat(257),
        ] {
            let mut arguments = whole.clone();
            arguments
                .parameters
                .insert(parameter.name.clone(), value.into());
            let (requests, outcome) = sent(client, &some_keys(), &arguments);
            let kind = outcome.map(|_| ()).map_err(|error| error.kind());
            assert_eq!(
                kind,
                Err(ErrorKind::InvalidRequest),
                "{} {value:?}",
                parameter.name
            );
            assert!(requests.is_empty(), "{} {value:?} was sent", parameter.name);
        }
    }
}

/// Every way to authenticate that a document knows, in the headers that it names, and no other.
fn credentials(client: &'static Client) {
    let operation = client.documented();
    let secret = |vendor: Vendor| format!("s3cret-{vendor}");
    let others = vendors::of(client.provider).other_ways.iter().map(|fill| {
        let mut keys = Keys::all(secret);
        fill(&mut keys);
        keys
    });
    let mut ways = BTreeSet::new();
    for keys in std::iter::once(Keys::all(secret)).chain(others) {
        let (requests, _) = sent(client, &keys, &generate::plain(operation));
        let wire = Wire::of(&requests[0]);
        validate::request(document(client), &wire).unwrap();
        for (name, value) in wire.headers {
            let holds = value.to_str().unwrap_or_default().contains("s3cret");
            assert_eq!(holds, value.is_sensitive(), "{name}");
        }
        let mut way: Vec<(String, bool)> = wire
            .headers
            .iter()
            .filter(|(_, value)| value.is_sensitive())
            .map(|(name, value)| {
                (
                    name.to_string(),
                    value.to_str().unwrap().starts_with("Bearer "),
                )
            })
            .collect();
        way.sort();
        ways.insert(way);
    }
    let documented: BTreeSet<Vec<(String, bool)>> = operation
        .security
        .iter()
        .map(|way| {
            let mut way: Vec<_> = way
                .iter()
                .map(|one| (one.header.clone(), one.bearer))
                .collect();
            way.sort();
            way
        })
        .collect();
    assert_eq!(ways, documented);
}

/// The judge judges: a request that is not as documented is refused.
fn refused(client: &'static Client) {
    let operation = client.documented();
    let (requests, _) = sent(client, &some_keys(), &generate::plain(operation));
    let good = Wire::of(&requests[0]);
    let is_refused = |what: &str, wire: &Wire<'_>| {
        assert!(
            validate::request(document(client), wire).is_err(),
            "{what} was let through"
        );
    };
    let query = good.query.unwrap_or_default();
    is_refused(
        "another method",
        &Wire {
            method: "PATCH",
            ..good.clone()
        },
    );
    is_refused(
        "another path",
        &Wire {
            path: &format!("{}x/y", good.path),
            ..good.clone()
        },
    );
    is_refused(
        "an undeclared query parameter",
        &Wire {
            query: Some(&format!("{query}&surplus=1")),
            ..good.clone()
        },
    );
    let slash = match good.path.strip_suffix('/') {
        Some(path) => path.to_owned(),
        None => format!("{}/", good.path),
    };
    is_refused(
        "another slash at the end",
        &Wire {
            path: &slash,
            ..good.clone()
        },
    );
    // What authenticates, whatever its header is called.
    let credentials = |value: Option<&str>| {
        let mut headers = good.headers.clone();
        let secret: Vec<_> = headers
            .iter()
            .filter(|(_, value)| value.is_sensitive())
            .map(|(name, _)| name.clone())
            .collect();
        for name in secret {
            match value {
                Some(value) => headers.insert(name, value.parse().unwrap()),
                None => headers.remove(name),
            };
        }
        headers
    };
    let with = |name: &'static str, value: &str| {
        let mut headers: HeaderMap = good.headers.clone();
        headers.insert(name, value.parse().unwrap());
        headers
    };
    is_refused(
        "no credentials",
        &Wire {
            headers: &credentials(None),
            ..good.clone()
        },
    );
    is_refused(
        "empty credentials",
        &Wire {
            headers: &credentials(Some("")),
            ..good.clone()
        },
    );
    is_refused(
        "an undeclared header",
        &Wire {
            headers: &with("x-surplus", "1"),
            ..good.clone()
        },
    );
    // Where nothing is answered, anything is accepted.
    if operation.success().schema.is_some() || operation.success().is_binary() {
        is_refused(
            "another accept",
            &Wire {
                headers: &with("accept", "text/html"),
                ..good.clone()
            },
        );
    }
    for parameter in operation
        .parameters
        .iter()
        .filter(|parameter| parameter.location == Location::Query)
    {
        let doubled = format!("{query}&{}=%00not-a-value", encoded(&parameter.name));
        if parameter.schema.resolved(&parameter.schema.value)["type"] != "array" {
            is_refused(
                "a parameter twice",
                &Wire {
                    query: Some(&doubled),
                    ..good.clone()
                },
            );
        }
        let renamed = query.replace(&encoded(&parameter.name), "renamed");
        is_refused(
            "another name",
            &Wire {
                query: Some(&renamed),
                ..good.clone()
            },
        );
        if !parameter.schema.is_valid(&Value::String("\0".to_owned())) {
            let typed = format!("{}=%00", encoded(&parameter.name));
            is_refused(
                "a value of no such type",
                &Wire {
                    query: Some(&typed),
                    ..good.clone()
                },
            );
        }
    }
    match &operation.body {
        None => {
            is_refused(
                "a body",
                &Wire {
                    body: b"{}",
                    ..good.clone()
                },
            );
            is_refused(
                "a content type",
                &Wire {
                    headers: &with("content-type", "application/json"),
                    ..good.clone()
                },
            );
        }
        Some(body) => {
            is_refused(
                "another content type",
                &Wire {
                    headers: &with("content-type", "text/plain"),
                    ..good.clone()
                },
            );
            is_refused(
                "no JSON",
                &Wire {
                    body: b"{\"a\":",
                    ..good.clone()
                },
            );
            is_refused(
                "an undeclared field",
                &Wire {
                    body: b"{\"surplus\":1}",
                    ..good.clone()
                },
            );
            if body.required {
                is_refused(
                    "no body",
                    &Wire {
                        body: b"",
                        ..good.clone()
                    },
                );
            }
            if body.media_type == "multipart/form-data" {
                let text = String::from_utf8(good.body.to_vec()).unwrap();
                // The first part that is a text, and the part behind it.
                let parts = text
                    .split("form-data; name=\"")
                    .skip(1)
                    .map(|part| part.split_once('"').unwrap());
                let one = parts
                    .clone()
                    .find(|(_, rest)| !rest.starts_with("; filename"));
                let one = format!("name=\"{}\"", one.expect("a part of text").0);
                let other = parts
                    .map(|(name, _)| format!("name=\"{name}\""))
                    .find(|name| *name != one)
                    .expect("a second part");
                let filed = format!("{one}; filename=\"x\"");
                for (what, old, new) in [
                    ("another part", one.as_str(), "name=\"surplus\""),
                    ("a part twice", other.as_str(), one.as_str()),
                    ("a file as a text", "; filename=\"certificate.pem\"", ""),
                    ("a text as a file", one.as_str(), filed.as_str()),
                    (
                        "a part without a type",
                        "Content-Type: text/plain; charset=utf-8\r\n",
                        "",
                    ),
                ] {
                    assert!(text.contains(old), "{what}");
                    is_refused(
                        what,
                        &Wire {
                            body: text.replacen(old, new, 1).as_bytes(),
                            ..good.clone()
                        },
                    );
                }
            }
        }
    }
}

fn encoded(name: &str) -> String {
    form_urlencoded::byte_serialize(name.as_bytes()).collect()
}
