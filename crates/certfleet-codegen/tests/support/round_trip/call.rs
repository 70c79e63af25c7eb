//! One test: a call with every parameter set, and what it has to send.

use super::{
    answers::Answer,
    builder::Builder,
    form::{URLENCODED, pairs, pairs_from_text, plain},
};
use crate::support::sample;
use serde_json::{Value, json};

/// An operation as it was given, and as it was lowered.
pub(super) struct Operation<'a> {
    pub(super) module: &'a str,
    pub(super) original: &'a Value,
    pub(super) lowered: &'a Value,
    pub(super) path: &'a str,
    pub(super) method: &'a str,
    pub(super) operation: &'a Value,
}

/// The calls of setters, and what they have to lead to.
struct Call {
    sets: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    /// What is expected of the body, as Rust.
    body: String,
}

impl Operation<'_> {
    /// The test of this operation, as Rust: with everything set, or with a body and what is required.
    pub(super) fn test(
        &self,
        name: &str,
        builder: &Builder,
        answer: &Answer,
        body: Option<&Value>,
    ) -> String {
        let id = self.operation["operationId"].as_str().expect("an id");
        let mut call = Call {
            sets: String::new(),
            path: self
                .path
                .split(['?', '#'])
                .next()
                .expect("a path")
                .to_owned(),
            query: self.fixed_query(),
            headers: Vec::new(),
            body: "None".to_owned(),
        };
        self.parameters(id, builder, &mut call, body.is_some());
        match (body, &builder.body) {
            (Some(body), Some(value_type)) => {
                call.sets.push_str(&self.set("body", value_type, body));
                call.body = format!("Some({})", raw(&format!("exactly: {body}")));
            }
            _ => {
                self.body(builder, &mut call);
                self.parts(builder, &mut call);
            }
        }
        let read = if answer.media_type == "application/json" {
            format!("same(&*response, {});", raw(&answer.body))
        } else {
            format!(
                "assert_eq!(response.body().as_ref(), {:?}.as_bytes());",
                answer.body
            )
        };
        let Call {
            sets,
            path,
            query,
            headers,
            body,
        } = call;
        let module = self.module;
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
            format!(
                "{} {}{}",
                self.method.to_uppercase(),
                self.base(),
                encoded(&path)
            ),
        )
    }

    /// The query that is written behind the path, as the document says what is sent.
    fn fixed_query(&self) -> Vec<(String, String)> {
        let sent = self.original["paths"][self.path][self.method]["x-sent"].as_str();
        pairs_from_text(sent.unwrap_or_default())
    }

    /// The address of the operation: its own, or the one that the test sets.
    fn base(&self) -> String {
        let item = &self.original["paths"][self.path];
        let server = [&item[self.method]["servers"][0], &item["servers"][0]]
            .into_iter()
            .find(|server| server.is_object());
        let Some(server) = server.filter(|server| **server != self.original["servers"][0]) else {
            return "https://api.example.com/v1".to_owned();
        };
        let mut url = server["url"].as_str().expect("an address").to_owned();
        for (name, variable) in server["variables"].as_object().into_iter().flatten() {
            let default = variable["default"].as_str().expect("a default");
            url = url.replace(&format!("{{{name}}}"), default);
        }
        if url.starts_with('/') {
            url.insert_str(0, "https://api.example.com");
        }
        url.trim_end_matches('/').to_owned()
    }

    /// A setter's call with a typed value.
    fn set(&self, ident: &str, value_type: &str, value: &Value) -> String {
        // The generated crate is a module of this one.
        let value_type = value_type
            .replace("crate::types::", "types::")
            .replace("types::", &format!("crate::{}::types::", self.module));
        format!(
            ".{ident}::<{value_type}>(json({}))",
            raw(&value.to_string())
        )
    }

    fn parameters(&self, id: &str, builder: &Builder, call: &mut Call, only_required: bool) {
        let parameters = self.operation["parameters"].as_array();
        for parameter in parameters.into_iter().flatten() {
            if only_required && parameter["required"] != true {
                continue;
            }
            let wire = parameter
                .get("x-certfleet-name")
                .unwrap_or(&parameter["name"])
                .as_str()
                .expect("a name");
            let (ident, location, _, value_type) = builder
                .parameters
                .iter()
                .find(|(_, location, name, _)| name == wire && parameter["in"] == location.as_str())
                .unwrap_or_else(|| panic!("{}: {id} cannot be told {wire}", self.module));
            // Where the document says what is sent, that is the measure.
            let stated = &self.original["paths"][self.path][self.method]["parameters"];
            let stated = stated
                .as_array()
                .into_iter()
                .flatten()
                .find(|stated| stated["name"] == wire && stated.get("x-sent").is_some());
            if let Some(stated) = stated {
                let sent = stated["x-sent"].as_str().expect("a text");
                call.sets
                    .push_str(&self.set(ident, value_type, &stated["example"]));
                call.path = call.path.replace(&format!("{{{wire}}}"), sent);
                continue;
            }
            let value = sample::value(self.lowered, &parameter["schema"]);
            call.sets.push_str(&self.set(ident, value_type, &value));
            let texts: Vec<String> = match &value {
                Value::Array(values) => values.iter().map(plain).collect(),
                other => vec![plain(other)],
            };
            for text in texts {
                match location.as_str() {
                    "path" => call.path = call.path.replace(&format!("{{{wire}}}"), &text),
                    "query" => call.query.push((wire.to_owned(), text)),
                    _ if parameter["x-certfleet-cookie"] == true => {
                        let cookie = format!("{wire}={text}");
                        match call.headers.iter_mut().find(|(name, _)| name == "cookie") {
                            Some((_, cookies)) => cookies.push_str(&format!("; {cookie}")),
                            None => call.headers.push(("cookie".to_owned(), cookie)),
                        }
                    }
                    _ => call.headers.push((wire.to_owned(), text)),
                }
            }
        }
    }

    /// The body as the document was given.
    fn original_content(&self) -> &Value {
        &self.original["paths"][self.path][self.method]["requestBody"]["content"]
    }

    /// The JSON bodies that the document gives as examples.
    pub(super) fn bodies(&self) -> Vec<Value> {
        self.original_content()["application/json"]["examples"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(_, example)| example["value"].clone())
            .collect()
    }

    fn body(&self, builder: &Builder, call: &mut Call) {
        let content = &self.operation["requestBody"]["content"];
        if let Some(form) = content.get(URLENCODED) {
            let value_type = builder.body.as_ref().expect("a form");
            let stated = &self.original_content()[URLENCODED];
            // Where the document says what is sent, that is the measure; else the styles are.
            let (value, sent) = match stated["x-sent"].as_str() {
                Some(sent) => (stated["example"].clone(), pairs_from_text(sent)),
                None => {
                    let value = sample::value(self.lowered, &form["schema"]);
                    let sent = pairs(&value, &self.operation["x-certfleet-form"]);
                    (value, sent)
                }
            };
            call.sets.push_str(&self.set("body", value_type, &value));
            call.headers
                .push(("content-type".to_owned(), URLENCODED.to_owned()));
            call.body = format!("Some({})", raw(&format!("pairs: {}", json!(sent))));
        } else if content.get("application/octet-stream").is_some() {
            call.sets.push_str(".body(\"some bytes\")");
            let media_type = self.operation["x-certfleet-media-type"]
                .as_str()
                .unwrap_or("application/octet-stream");
            call.headers
                .push(("content-type".to_owned(), media_type.to_owned()));
            call.body = "Some(\"bytes: some bytes\")".to_owned();
        } else if let Some(value_type) = &builder.body {
            let value = sample::value(self.lowered, &content["application/json"]["schema"]);
            call.sets.push_str(&self.set("body", value_type, &value));
            call.body = format!("Some({})", raw(&value.to_string()));
        } else if self.operation["x-certfleet-empty-json"] == true {
            call.body = "Some(\"{}\")".to_owned();
        }
    }

    fn parts(&self, builder: &Builder, call: &mut Call) {
        if builder.parts.is_empty() {
            return;
        }
        let form = &self.original_content()["multipart/form-data"];
        let mut parts = Vec::new();
        for (ident, name, value_type) in &builder.parts {
            let is_secret = form["schema"]["properties"][name]["format"] == "password";
            let (value, sent) = if value_type.contains("FilePart") {
                ("certfleet_http::FilePart::new(\"f\", \"x\")", "x")
            } else if value_type.contains("Value") {
                ("serde_json::json!({\"a\": [1]})", "{\"a\":[1]}")
            } else if is_secret {
                ("\"some secret\"", "some secret")
            } else {
                ("\"text\"", "text")
            };
            let is_list = value_type.starts_with("Vec<");
            parts.push(format!("{name}*{}={sent}", if is_list { 2 } else { 1 }));
            call.sets.push_str(&if is_list {
                format!(".{ident}([{value}, {value}])")
            } else {
                format!(".{ident}({value})")
            });
        }
        call.body = format!("Some({:?})", format!("form: {}", parts.join(", ")));
    }
}

/// A path with everything but ASCII percent-encoded.
fn encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| {
            if byte.is_ascii() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn raw(text: &str) -> String {
    format!("r#####\"{text}\"#####")
}
