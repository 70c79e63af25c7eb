//! What is not sent.

use super::sent::{sent, some_keys};
use certfleet_http::ErrorKind;
use certfleet_tests::contract::{Arguments, Client, Location, generate};
use serde_json::Value;

/// Nothing is sent as long as something required is missing.
pub(super) fn required(client: &'static Client) {
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
