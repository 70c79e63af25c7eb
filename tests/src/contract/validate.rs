//! Holds one request, or one answer, against a document.

use super::{
    Arguments,
    document::{Body, Document, Location, Operation, Parameter, Requirement, Schema},
    multipart,
};
use certfleet_http::{HeaderMap, Request};
use serde_json::{Map, Value};

/// Headers of HTTP itself, which no document declares.
const PLAIN_HEADERS: [&str; 5] = [
    "accept",
    "content-length",
    "content-type",
    "host",
    "user-agent",
];

/// What a request is, as far as a server could tell.
#[derive(Debug, Clone)]
pub struct Wire<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// The path as sent, still encoded.
    pub path: &'a str,
    /// The query as sent, without its question mark.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a [u8],
}

impl<'a> Wire<'a> {
    /// A client's request, as it stands on the wire.
    pub fn of(request: &'a Request) -> Self {
        Self {
            method: request.operation().method.as_str(),
            path: request.url().path(),
            query: request.url().query(),
            headers: request.headers(),
            body: request.body(),
        }
    }
}

/// Which operation a request is, and what it carries.
///
/// # Errors
/// Everything in which it is not what the document allows.
pub fn request<'a>(
    document: &'a Document,
    wire: &Wire<'_>,
) -> Result<(&'a Operation, Arguments), Vec<String>> {
    let Some((operation, path)) = document.find(wire.method, wire.path) else {
        return Err(vec![format!(
            "{} {} is no operation of {}",
            wire.method, wire.path, document.provider
        )]);
    };
    let mut problems = Vec::new();
    let mut arguments = Arguments::default();
    let query: Vec<(String, String)> =
        form_urlencoded::parse(wire.query.unwrap_or_default().as_bytes())
            .into_owned()
            .collect();

    for parameter in &operation.parameters {
        let values: Vec<String> = match parameter.location {
            Location::Path => named(&path, &parameter.name),
            Location::Query => named(&query, &parameter.name),
            Location::Header => wire
                .headers
                .get_all(&parameter.name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect(),
        };
        match read(parameter, values) {
            Ok(None) if parameter.required => {
                problems.push(format!("{} is required and not sent", parameter.name))
            }
            Ok(None) => {}
            Ok(Some(value)) => {
                for problem in parameter.schema.problems(&value) {
                    problems.push(format!("{} {problem}", parameter.name));
                }
                arguments.parameters.insert(parameter.name.clone(), value);
            }
            Err(problem) => problems.push(problem),
        }
    }
    let declared = |location, name: &str| {
        operation.parameters.iter().any(|parameter| {
            parameter.location == location && parameter.name.eq_ignore_ascii_case(name)
        })
    };
    for (name, _) in &query {
        if !declared(Location::Query, name) {
            problems.push(format!("the query parameter {name} is not declared"));
        }
    }
    let authenticates = |name: &str| {
        operation
            .security
            .iter()
            .flatten()
            .any(|one| one.header == name)
    };
    for name in wire.headers.keys().map(|name| name.as_str()) {
        if !PLAIN_HEADERS.contains(&name)
            && !authenticates(name)
            && !declared(Location::Header, name)
        {
            problems.push(format!("the header {name} is not declared"));
        }
    }
    problems.extend(security(operation, wire.headers));
    problems.extend(accept(operation, wire.headers));
    match body(operation.body.as_ref(), wire) {
        Ok(body) => arguments.body = body,
        Err(found) => problems.extend(found),
    }
    if problems.is_empty() {
        Ok((operation, arguments))
    } else {
        Err(problems
            .into_iter()
            .map(|problem| format!("{}: {problem}", operation.key()))
            .collect())
    }
}

fn named(pairs: &[(String, String)], name: &str) -> Vec<String> {
    pairs
        .iter()
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.clone())
        .collect()
}

/// A parameter's value, typed by its schema.
fn read(parameter: &Parameter, values: Vec<String>) -> Result<Option<Value>, String> {
    let schema = parameter.schema.resolved(&parameter.schema.value);
    if schema["type"] == "array" {
        let items = &schema["items"];
        // `style: form, explode: true`, the default of queries: one pair for each item.
        let items: Vec<Value> = values.into_iter().map(|text| typed(items, text)).collect();
        return Ok((!items.is_empty()).then_some(Value::Array(items)));
    }
    let mut values = values.into_iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(text), None) => Ok(Some(typed(&schema, text))),
        (Some(_), Some(_)) => Err(format!("{} is sent more than once", parameter.name)),
    }
}

fn typed(schema: &Value, text: String) -> Value {
    match schema["type"].as_str() {
        // Only the plain form: `+5` or ` 5` is no integer on the wire.
        Some("integer" | "number" | "boolean") if text == text.trim() => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        _ => Value::String(text),
    }
}

/// One way to authenticate has to be met whole, and nothing of another may be there.
fn security(operation: &Operation, headers: &HeaderMap) -> Option<String> {
    let meets = |requirement: &Requirement| {
        let values: Vec<_> = headers.get_all(&requirement.header).iter().collect();
        let [value] = values.as_slice() else {
            return false;
        };
        let Ok(text) = value.to_str() else {
            return false;
        };
        match text.strip_prefix("Bearer ") {
            Some(token) => requirement.bearer && !token.trim().is_empty(),
            None => !requirement.bearer && !text.trim().is_empty(),
        }
    };
    let sent = |way: &[Requirement]| {
        operation
            .security
            .iter()
            .flatten()
            .filter(|requirement| headers.contains_key(&requirement.header))
            .all(|requirement| way.iter().any(|own| own.header == requirement.header))
    };
    let met = operation
        .security
        .iter()
        .any(|way| way.iter().all(meets) && sent(way));
    (!met).then(|| format!("authenticates in none of the ways {:?}", operation.security))
}

/// The client has to take what the operation answers.
fn accept(operation: &Operation, headers: &HeaderMap) -> Option<String> {
    let accept = headers
        .get("accept")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = operation.success().media_type.as_deref()?;
    let taken = accept
        .split(',')
        .map(|one| one.split(';').next().unwrap_or_default().trim());
    let takes = taken
        .into_iter()
        .any(|one| one == media_type || one == "*/*");
    (!takes).then(|| format!("accepts {accept:?}, not {media_type}"))
}

fn body(declared: Option<&Body>, wire: &Wire<'_>) -> Result<Option<Value>, Vec<String>> {
    let stated = wire
        .headers
        .get("content-type")
        .map(|value| value.to_str().unwrap_or_default());
    let Some(declared) = declared else {
        return match (wire.body.is_empty(), stated) {
            (true, None) => Ok(None),
            (true, Some(stated)) => {
                Err(vec![format!("has the content type {stated:?} and no body")])
            }
            (false, _) => Err(vec!["has a body, which is not declared".to_owned()]),
        };
    };
    if wire.body.is_empty() {
        return match declared.required {
            true => Err(vec!["the body is required and not sent".to_owned()]),
            false => Ok(None),
        };
    }
    let stated = stated.unwrap_or_default();
    let essence = stated.split(';').next().unwrap_or_default().trim();
    if essence != declared.media_type {
        return Err(vec![format!(
            "the body is {stated:?}, not {}",
            declared.media_type
        )]);
    }
    let value = match essence {
        "multipart/form-data" => {
            form(&declared.schema, stated, wire.body).map_err(|problem| vec![problem])?
        }
        "application/x-www-form-urlencoded" => {
            pairs(&declared.schema, wire.body).map_err(|problem| vec![problem])?
        }
        json if json == "application/json" || json.ends_with("+json") => {
            serde_json::from_slice(wire.body)
                .map_err(|error| vec![format!("the body is no JSON: {error}")])?
        }
        _ => Value::String(Arguments::text_of(wire.body)),
    };
    let mut problems = declared.schema.problems(&value);
    // What a document does not declare, its vendor does not expect.
    let schema = declared.schema.resolved(&declared.schema.value);
    if let Some(sent) = value
        .as_object()
        .filter(|_| schema["additionalProperties"].is_null())
    {
        let undeclared = sent
            .keys()
            .filter(|name| schema["properties"].get(name.as_str()).is_none());
        problems.extend(undeclared.map(|name| format!("{name} is not declared")));
    }
    match problems.is_empty() {
        true => Ok(Some(value)),
        false => Err(problems
            .into_iter()
            .map(|problem| format!("body: {problem}"))
            .collect()),
    }
}

fn form(schema: &Schema, content_type: &str, body: &[u8]) -> Result<Value, String> {
    let properties = schema.resolved(&schema.value)["properties"].clone();
    let mut members = Map::new();
    for part in multipart::parts(content_type, body)? {
        let file = properties[&part.name]["format"] == "binary";
        let name = part.name;
        if part.content_type.is_none() {
            return Err(format!(
                "the part {name} has no content type, which not every server forgives"
            ));
        }
        if file != part.file_name.is_some() {
            return Err(format!(
                "the part {name} is sent as a {}",
                if file { "text" } else { "file" }
            ));
        }
        let text = match file {
            true => Arguments::text_of(&part.bytes),
            false => String::from_utf8(part.bytes)
                .map_err(|_| format!("the part {name} is not UTF-8"))?,
        };
        if members.insert(name.clone(), Value::String(text)).is_some() {
            return Err(format!("the part {name} is sent more than once"));
        }
    }
    Ok(Value::Object(members))
}

/// The members of a url-encoded form, typed by their schemas. Other styles than the one for each pair
/// (`style: form`, exploded) are not read: their pairs are then not declared.
fn pairs(schema: &Schema, body: &[u8]) -> Result<Value, String> {
    let properties = schema.resolved(&schema.value)["properties"].clone();
    let mut members = Map::new();
    for (name, text) in form_urlencoded::parse(body).into_owned() {
        let property = schema.resolved(&properties[&name]);
        if property["type"] == "array" {
            let items = members.entry(name).or_insert_with(|| Value::Array(vec![]));
            let item = typed(&schema.resolved(&property["items"]), text);
            items.as_array_mut().expect("made above").push(item);
        } else if members
            .insert(name.clone(), typed(&property, text))
            .is_some()
        {
            return Err(format!("{name} is sent more than once"));
        }
    }
    Ok(Value::Object(members))
}

/// How an answer stands to the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The documented status that describes it, if one does.
    pub documented: Option<String>,
    /// In what it is not as described.
    pub problems: Vec<String>,
}

/// Holds an answer against its operation.
pub fn answer(operation: &Operation, status: u16, headers: &HeaderMap, body: &[u8]) -> Verdict {
    let Some(described) = operation.response(status) else {
        return Verdict {
            documented: None,
            problems: Vec::new(),
        };
    };
    let mut problems = Vec::new();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    for (name, required, schema) in &described.headers {
        match header(name) {
            None if *required => problems.push(format!("the header {name} is missing")),
            None => {}
            Some(text) => {
                let value = typed(&schema.resolved(&schema.value), text.to_owned());
                problems.extend(
                    schema
                        .problems(&value)
                        .into_iter()
                        .map(|problem| format!("{name} {problem}")),
                );
            }
        }
    }
    if let Some(media_type) = &described.media_type {
        let stated = header("content-type").unwrap_or_default();
        if stated.split(';').next().unwrap_or_default().trim() != media_type {
            problems.push(format!("the body is {stated:?}, not {media_type}"));
        }
    }
    if let Some(schema) = &described.schema {
        match serde_json::from_slice(body) {
            Ok(value) => problems.extend(schema.problems(&value)),
            Err(error) => problems.push(format!("the body is no JSON: {error}")),
        }
    }
    Verdict {
        documented: Some(described.status.clone()),
        problems: problems
            .into_iter()
            .map(|problem| format!("{} answered {status}: {problem}", operation.key()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn forms_of_pairs() {
        let components = json!({"schemas": {"Count": {"type": "integer"}}});
        let schema = Schema::new(
            json!({"type": "object", "properties": {
                "name": {"type": "string"},
                "count": {"$ref": "#/components/schemas/Count"},
                "marks": {"type": "array", "items": {"type": "boolean"}},
            }}),
            &components,
        );
        for (body, read) in [
            ("", Ok(json!({}))),
            (
                "name=a+b%26c&count=5",
                Ok(json!({"name": "a b&c", "count": 5})),
            ),
            ("name=5&count=+5", Ok(json!({"name": "5", "count": " 5"}))),
            ("marks=true&marks=x", Ok(json!({"marks": [true, "x"]}))),
            (
                "name=a&name=b",
                Err("name is sent more than once".to_owned()),
            ),
            // In another style: nobody declares it.
            ("marks%5B0%5D=true", Ok(json!({"marks[0]": "true"}))),
        ] {
            assert_eq!(pairs(&schema, body.as_bytes()), read, "{body}");
        }
    }
}
