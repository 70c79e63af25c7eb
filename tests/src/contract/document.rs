//! What an effective document says, ready to be held against.

use super::dialect;
use serde_json::{Value, json};
use std::{fmt, sync::OnceLock};
use xtask::Workspace;

/// The effective documents of all providers.
#[derive(Debug)]
pub struct Contract {
    /// One for each folder of `specs/`.
    pub documents: Vec<Document>,
}

impl Contract {
    /// The documents of this workspace, read once per process.
    ///
    /// # Panics
    /// A document cannot be read, or says something this reader does not know.
    pub fn get() -> &'static Self {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| {
            let workspace = Workspace::of_this_build();
            let documents = workspace
                .providers()
                .expect("the specs folder")
                .into_iter()
                .map(|provider| {
                    let effective = xtask::effective(&workspace, &provider)
                        .unwrap_or_else(|problems| panic!("{provider}: {problems}"));
                    Document::read(&provider, effective)
                })
                .collect();
            Self { documents }
        })
    }

    /// A provider's document.
    ///
    /// # Panics
    /// There is none.
    pub fn document(&self, provider: &str) -> &Document {
        self.documents
            .iter()
            .find(|document| document.provider == provider)
            .unwrap_or_else(|| panic!("no document of {provider}"))
    }

    /// Every operation of every document.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.documents
            .iter()
            .flat_map(|document| &document.operations)
    }
}

/// One provider's effective document.
#[derive(Debug)]
pub struct Document {
    /// The provider's name.
    pub provider: String,
    /// Where tests put it: `/provider` and the path of the vendor's own server.
    pub base_path: String,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// One operation of a document.
#[derive(Debug)]
pub struct Operation {
    /// The provider.
    pub provider: String,
    /// The method, upper case.
    pub method: String,
    /// The path template below the base path.
    pub path: String,
    /// The vendor's `operationId`, where there is one.
    pub vendor_id: Option<String>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its body, where it has one.
    pub body: Option<Body>,
    /// The ways to authenticate, of which one has to be met whole.
    pub security: Vec<Vec<Requirement>>,
    /// Its answers, by the document's status: `200`, `4XX`.
    pub responses: Vec<Responses>,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
}

/// One parameter of an operation.
#[derive(Debug)]
pub struct Parameter {
    /// The name on the wire.
    pub name: String,
    /// Where it stands.
    pub location: Location,
    /// Whether it must be there.
    pub required: bool,
    /// What it may be.
    pub schema: Schema,
}

/// A request's body.
#[derive(Debug)]
pub struct Body {
    /// Whether it must be there.
    pub required: bool,
    /// The one media type it is documented in.
    pub media_type: String,
    /// What it may be. Of a form: an object of its parts.
    pub schema: Schema,
    /// The document's examples.
    pub examples: Vec<Value>,
}

/// A header that authenticates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The header, lower case.
    pub header: String,
    /// Whether `Bearer ` stands before the secret. Without, nothing that looks like a scheme may.
    pub bearer: bool,
}

/// A documented answer.
#[derive(Debug)]
pub struct Responses {
    /// The status as the document writes it.
    pub status: String,
    /// The body's media type; `None` where the document describes no body.
    pub media_type: Option<String>,
    /// What a JSON body may be.
    pub schema: Option<Schema>,
    /// The document's examples.
    pub examples: Vec<Value>,
    /// Documented headers: name, required, schema.
    pub headers: Vec<(String, bool, Schema)>,
}

impl Responses {
    /// Whether a status is one that this answer describes.
    pub fn covers(&self, status: u16) -> bool {
        match self.status.strip_suffix("XX") {
            Some(class) => class.parse() == Ok(status / 100),
            None => self.status.parse() == Ok(status),
        }
    }

    /// A concrete status of this answer that no narrower answer of the operation describes.
    ///
    /// # Panics
    /// The document's status is none.
    pub fn concrete(&self) -> u16 {
        match self.status.as_str() {
            "4XX" => 403,
            "5XX" => 503,
            other => other
                .parse()
                .unwrap_or_else(|_| panic!("no way to exercise {other}")),
        }
    }

    /// Whether it is a success.
    pub fn is_success(&self) -> bool {
        self.status.starts_with('2')
    }

    /// Whether its body is bytes that nobody decodes.
    pub fn is_binary(&self) -> bool {
        self.media_type.as_deref() == Some("application/octet-stream")
    }
}

/// A schema with everything it refers to, and a validator made of it.
pub struct Schema {
    /// The schema, translated to 2020-12. References point into `components`.
    pub value: Value,
    /// The document's `components`.
    components: Value,
    validator: jsonschema::Validator,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schema({})", self.value)
    }
}

impl Schema {
    /// A schema whose references point into `components`.
    ///
    /// # Panics
    /// It is no schema.
    pub fn new(value: Value, components: &Value) -> Self {
        let root = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": components,
            "allOf": [value],
        });
        let validator = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&root)
            .unwrap_or_else(|error| panic!("{value}: {error}"));
        Self {
            value,
            components: components.clone(),
            validator,
        }
    }

    /// A part of this schema, with the same references.
    pub fn part(&self, value: Value) -> Self {
        Self::new(value, &self.components)
    }

    /// Follows references, and joins `allOf` into one schema.
    ///
    /// # Panics
    /// A reference leads nowhere.
    pub fn resolved(&self, value: &Value) -> Value {
        resolve(value, &self.components)
    }

    /// Whether an instance is valid.
    pub fn is_valid(&self, instance: &Value) -> bool {
        self.validator.is_valid(instance)
    }

    /// What is wrong with an instance: place and reason, without the instance, which may be long
    /// and hold secrets.
    pub fn problems(&self, instance: &Value) -> Vec<String> {
        self.validator
            .iter_errors(instance)
            .map(|error| {
                format!(
                    "at {:?}: {}",
                    error.instance_path().to_string(),
                    error.masked()
                )
            })
            .collect()
    }
}

/// Follows references, and joins `allOf` into one schema: all properties, all that is required.
fn resolve(value: &Value, components: &Value) -> Value {
    if let Some(reference) = value["$ref"].as_str() {
        let pointer = reference
            .strip_prefix("#/components")
            .unwrap_or_else(|| panic!("{reference} leads out of the components"));
        let target = components
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{reference} leads nowhere"));
        return resolve(target, components);
    }
    let Some(all) = value["allOf"].as_array() else {
        return value.clone();
    };
    let mut joined = value.clone();
    joined.as_object_mut().expect("a schema").remove("allOf");
    for part in all {
        join(&mut joined, resolve(part, components));
    }
    joined
}

fn join(into: &mut Value, part: Value) {
    let Value::Object(part) = part else { return };
    for (name, member) in part {
        match (name.as_str(), &mut into[&name]) {
            ("properties", Value::Object(properties)) => {
                properties.extend(member.as_object().cloned().unwrap_or_default());
            }
            ("required", Value::Array(required)) => {
                required.extend(member.as_array().cloned().unwrap_or_default());
            }
            (_, slot @ Value::Null) => *slot = member,
            // Two statements of one keyword that is no collection: the first stands; the validator
            // holds what is generated against both.
            _ => {}
        }
    }
}

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

    /// The operation that a request is, by method and path on the wire (below nothing, still
    /// encoded), with its path parameters decoded.
    pub fn find(&self, method: &str, path: &str) -> Option<(&Operation, Vec<(String, String)>)> {
        let path = path.strip_prefix(&self.base_path)?;
        self.operations
            .iter()
            .filter(|operation| operation.method == method)
            .filter_map(|operation| Some((operation, operation.parameters_of(path)?)))
            // Literal segments count before parameters.
            .min_by_key(|(_, parameters)| parameters.len())
    }
}

impl Operation {
    /// A name that is unique over all documents.
    pub fn key(&self) -> String {
        format!("{} {} {}", self.provider, self.method, self.path)
    }

    /// The documented answer for a status: the exact one, or its range.
    pub fn response(&self, status: u16) -> Option<&Responses> {
        let covering = || {
            self.responses
                .iter()
                .filter(|response| response.covers(status))
        };
        covering()
            .find(|response| !response.status.ends_with("XX"))
            .or_else(|| covering().next())
    }

    /// The one documented success.
    ///
    /// # Panics
    /// There is none or more than one.
    pub fn success(&self) -> &Responses {
        let mut successes = self
            .responses
            .iter()
            .filter(|response| response.is_success());
        match (successes.next(), successes.next()) {
            (Some(success), None) => success,
            _ => panic!("{}: not exactly one documented success", self.key()),
        }
    }

    /// The decoded path parameters, if the path is one of this operation's. Slashes at the end
    /// count.
    fn parameters_of(&self, path: &str) -> Option<Vec<(String, String)>> {
        let (template, segments): (Vec<_>, Vec<_>) =
            (self.path.split('/').collect(), path.split('/').collect());
        if template.len() != segments.len() {
            return None;
        }
        let mut parameters = Vec::new();
        for (expected, segment) in template.iter().zip(segments) {
            match expected
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
            {
                // An empty segment names nothing.
                Some(_) if segment.is_empty() => return None,
                Some(name) => {
                    let text = percent_encoding::percent_decode_str(segment)
                        .decode_utf8()
                        .ok()?;
                    parameters.push((name.to_owned(), text.into_owned()));
                }
                None if *expected == segment => {}
                None => return None,
            }
        }
        Some(parameters)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_schemas() {
        let components = json!({"schemas": {
            "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
            "B": {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {}}, "required": ["b"]}]},
        }});
        let joined = resolve(&json!({"$ref": "#/components/schemas/B"}), &components);
        assert_eq!(joined["required"], json!(["a", "b"]));
        assert_eq!(
            joined["properties"],
            json!({"a": {"type": "string"}, "b": {}})
        );
    }

    #[test]
    fn statuses() {
        let contract = Contract::get();
        let list = contract
            .document("openai")
            .operations
            .iter()
            .find(|operation| {
                operation.vendor_id.as_deref() == Some("listOrganizationCertificates")
            })
            .unwrap();
        let documented = |status| {
            list.response(status)
                .map(|response| response.status.as_str())
        };
        assert_eq!(documented(429), Some("429"));
        assert_eq!(documented(404), Some("4XX"));
        assert_eq!(documented(599), Some("5XX"));
        assert_eq!(documented(302), None);
    }

    #[test]
    fn paths() {
        let document = Contract::get().document("apinizer");
        let found = |path: &str| {
            document
                .find("GET", path)
                .map(|(operation, parameters)| (operation.vendor_id.clone().unwrap(), parameters))
        };
        let (id, parameters) = found("/apinizer/apiops/projects/a%2Fb/certificates/c%3F/").unwrap();
        assert_eq!(id, "getCertificate");
        assert_eq!(parameters[0], ("projectName".to_owned(), "a/b".to_owned()));
        assert_eq!(
            parameters[1],
            ("certificateName".to_owned(), "c?".to_owned())
        );
        assert_eq!(found("/apinizer/apiops/projects/a/certificates/c"), None);
        assert_eq!(found("/apiops/projects/a/certificates/c/"), None);
    }
}
