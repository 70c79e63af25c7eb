//! Reads a document. What it says and this reader does not know stops the tests.

use super::{
    dialect,
    document::{Body, Document, Location, Operation, Parameter, Requirement, Responses},
    schema::Schema,
};
use serde_json::Value;

impl Document {
    /// Reads a document.
    ///
    /// # Panics
    /// It says something that this reader does not know: that must not pass unseen.
    pub fn read(provider: &str, mut document: Value) -> Self {
        dialect::translate(&mut document);
        let components = document["components"].clone();
        let server = document["servers"][0]["url"].as_str().unwrap_or_default();
        let own_path = server
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('/'))
            .map_or(String::new(), |(_, path)| format!("/{path}"));
        let reader = Reader {
            provider,
            document: &document,
            components,
        };
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            for method in [
                "get", "put", "post", "delete", "options", "head", "patch", "trace",
            ] {
                if item.get(method).is_some() {
                    operations.push(reader.operation(path, method, item));
                }
            }
        }
        assert!(!operations.is_empty(), "{provider}: no operations");
        Self {
            provider: provider.to_owned(),
            base_path: format!("/{provider}{}", own_path.trim_end_matches('/')),
            operations,
        }
    }
}

struct Reader<'a> {
    provider: &'a str,
    document: &'a Value,
    components: Value,
}

impl Reader<'_> {
    fn operation(&self, path: &str, method: &str, item: &Value) -> Operation {
        let operation = &item[method];
        let at = format!("{} {method} {path}", self.provider);
        let parameters = [&item["parameters"], &operation["parameters"]]
            .into_iter()
            .flat_map(|list| list.as_array().into_iter().flatten())
            .map(|parameter| self.parameter(self.deref(parameter), &at))
            .collect();
        let security = match &operation["security"] {
            Value::Null => &self.document["security"],
            stated => stated,
        };
        Operation {
            provider: self.provider.to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            vendor_id: operation["operationId"].as_str().map(str::to_owned),
            parameters,
            body: operation
                .get("requestBody")
                .map(|body| self.body(self.deref(body), &at)),
            security: security
                .as_array()
                .unwrap_or_else(|| panic!("{at}: no security"))
                .iter()
                .map(|way| {
                    way.as_object()
                        .expect("schemes")
                        .keys()
                        .map(|name| self.scheme(name))
                        .collect()
                })
                .collect(),
            responses: operation["responses"]
                .as_object()
                .unwrap_or_else(|| panic!("{at}: no responses"))
                .iter()
                .map(|(status, response)| self.response(status, self.deref(response), &at))
                .collect(),
        }
    }

    fn deref<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self
                .document
                .pointer(reference.trim_start_matches('#'))
                .unwrap_or_else(|| panic!("{reference} leads nowhere")),
            None => value,
        }
    }

    fn schema(&self, value: &Value) -> Schema {
        Schema::new(value.clone(), &self.components)
    }

    fn parameter(&self, parameter: &Value, at: &str) -> Parameter {
        let name = parameter["name"].as_str().expect("a name").to_owned();
        assert!(
            parameter["style"].is_null()
                && parameter["explode"].is_null()
                && parameter["content"].is_null(),
            "{at}: {name} is serialised in a way that validate.rs does not know"
        );
        Parameter {
            location: match parameter["in"].as_str() {
                Some("path") => Location::Path,
                Some("query") => Location::Query,
                Some("header") => Location::Header,
                other => panic!("{at}: {name} stands in {other:?}"),
            },
            required: parameter["required"] == true,
            schema: self.schema(&parameter["schema"]),
            name,
        }
    }

    fn body(&self, body: &Value, at: &str) -> Body {
        let (media_type, media) =
            one_media_type(body, at).unwrap_or_else(|| panic!("{at}: no body"));
        Body {
            required: body["required"] == true,
            schema: self.schema(&media["schema"]),
            examples: examples(media),
            media_type,
        }
    }

    fn scheme(&self, name: &str) -> Requirement {
        let scheme = &self.components["securitySchemes"][name];
        match (
            scheme["type"].as_str(),
            scheme["scheme"].as_str(),
            scheme["in"].as_str(),
        ) {
            (Some("http"), Some("bearer"), _) => Requirement {
                header: "authorization".to_owned(),
                bearer: true,
            },
            (Some("apiKey"), _, Some("header")) => Requirement {
                header: scheme["name"].as_str().expect("a header").to_lowercase(),
                bearer: false,
            },
            other => panic!("{name}: {other:?} is a way to authenticate that is not known"),
        }
    }

    fn response(&self, status: &str, response: &Value, at: &str) -> Responses {
        let media = one_media_type(response, at);
        let headers = response["headers"].as_object();
        Responses {
            status: status.to_owned(),
            schema: media
                .as_ref()
                .filter(|(media_type, _)| media_type == "application/json")
                .map(|(_, media)| self.schema(&media["schema"])),
            examples: media
                .as_ref()
                .map(|(_, media)| examples(media))
                .unwrap_or_default(),
            media_type: media.map(|(media_type, _)| media_type),
            headers: headers
                .into_iter()
                .flatten()
                .map(|(name, header)| {
                    (
                        name.to_lowercase(),
                        header["required"] == true,
                        self.schema(&header["schema"]),
                    )
                })
                .collect(),
        }
    }
}

fn one_media_type<'a>(holder: &'a Value, at: &str) -> Option<(String, &'a Value)> {
    let content = holder["content"].as_object()?;
    assert_eq!(content.len(), 1, "{at}: not exactly one media type");
    content
        .iter()
        .next()
        .map(|(name, media)| (name.clone(), media))
}

fn examples(media: &Value) -> Vec<Value> {
    let named = media["examples"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, example)| &example["value"]);
    media
        .get("example")
        .into_iter()
        .chain(named)
        .cloned()
        .collect()
}
