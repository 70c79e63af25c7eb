//! Requests that are not as documented.

use super::sent::{document, sent, some_keys};
use certfleet_http::HeaderMap;
use certfleet_tests::contract::{
    Client, Location, generate,
    validate::{self, Wire},
};
use serde_json::Value;

/// The judge judges: a request that is not as documented is refused.
pub(super) fn refused(client: &'static Client) {
    let operation = client.documented();
    let (requests, _) = sent(client, &some_keys(), &generate::plain(operation));
    let good = Wire::from_request(&requests[0]);
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
            method: "TRACE",
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
