//! What a document is, if it is not an OpenAPI document.

use crate::problem::Problem;
use serde_json::Value;

/// What is wrong with a document that is something else, if it is.
pub(crate) fn other(value: &Value, name: &str) -> Option<Problem> {
    let problem = |what: &str, remedy: &str| Some(Problem::new(name, "", what, remedy));
    let fields = match value {
        Value::Null => return problem("the document is empty", "give an OpenAPI 3 document"),
        Value::Object(fields) if fields.is_empty() => {
            return problem("the document is empty", "give an OpenAPI 3 document");
        }
        Value::Object(fields) => fields,
        _ => {
            return problem(
                "the document is one value or a list, and not an OpenAPI document",
                "give an OpenAPI 3 document",
            );
        }
    };
    if fields.contains_key("openapi") {
        return None;
    }
    let info = &value["info"];
    let is_postman = info.get("_postman_id").is_some()
        || info["schema"]
            .as_str()
            .is_some_and(|schema| schema.contains("getpostman.com"));
    if fields.contains_key("swagger") {
        let version = match &value["swagger"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        return problem(
            &format!("the document is Swagger {version}, and not OpenAPI 3"),
            "convert it to OpenAPI 3 first, for instance with swagger2openapi",
        );
    }
    if is_postman {
        return problem(
            "the document is a Postman collection, and not an OpenAPI document",
            "export the API as OpenAPI 3, or convert the collection first, for instance with postman-to-openapi",
        );
    }
    for (member, kind) in [
        ("asyncapi", "an AsyncAPI document"),
        ("overlay", "an OpenAPI Overlay"),
        ("arazzo", "an Arazzo document"),
        ("$schema", "a JSON Schema"),
    ] {
        if fields.contains_key(member) {
            return problem(
                &format!("the document is {kind}, and not an OpenAPI document"),
                "give an OpenAPI 3 document",
            );
        }
    }
    problem(
        "the document has no member `openapi`: it is not an OpenAPI document",
        "give an OpenAPI 3 document",
    )
}

/// Makes texts of version numbers that are written without quotes.
pub(crate) fn versions(document: &mut Value) {
    if let Some(version) = document.get_mut("openapi") {
        if version.is_number() {
            *version = version.to_string().into();
        }
        // A number ends at the second part.
        let text = version.as_str().unwrap_or_default();
        let is_short = matches!(text.split('.').collect::<Vec<_>>().as_slice(), [_, _]);
        if is_short {
            *version = format!("{text}.0").into();
        }
    }
    if let Some(version) = document.pointer_mut("/info/version")
        && (version.is_number() || version.is_boolean())
    {
        *version = version.to_string().into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_document_is() {
        for (document, word) in [
            (json!(null), "empty"),
            (json!({}), "empty"),
            (json!([1]), "a list"),
            (json!({"swagger": "2.0", "paths": {}}), "Swagger 2.0"),
            (json!({"swagger": 2}), "Swagger 2"),
            (json!({"info": {"_postman_id": "x"}, "item": []}), "Postman"),
            (
                json!({"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}}),
                "Postman",
            ),
            (json!({"asyncapi": "3.0.0"}), "AsyncAPI"),
            (json!({"paths": {}}), "no member `openapi`"),
        ] {
            let problem = other(&document, "d").unwrap();
            assert!(problem.what.contains(word), "{problem}");
            assert!(!problem.remedy.is_empty());
        }
        assert!(other(&json!({"openapi": "3.0.3"}), "d").is_none());
    }

    #[test]
    fn version_numbers() {
        for (given, openapi, version) in [
            (
                json!({"openapi": 3.0, "info": {"version": 1.0}}),
                "3.0.0",
                "1.0",
            ),
            (
                json!({"openapi": 3.1, "info": {"version": 2}}),
                "3.1.0",
                "2",
            ),
            (
                json!({"openapi": "3.0.3", "info": {"version": "v1"}}),
                "3.0.3",
                "v1",
            ),
        ] {
            let mut document = given;
            versions(&mut document);
            assert_eq!(
                document,
                json!({"openapi": openapi, "info": {"version": version}})
            );
        }
    }
}
