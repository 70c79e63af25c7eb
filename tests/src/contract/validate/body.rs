//! The body of a request.

use super::{typed::typed, wire::Wire};
use crate::contract::{Arguments, Schema, document::Body, multipart};
use serde_json::{Map, Value};

/// What a body carries.
///
/// # Errors
/// Everything in which it is not what the document allows.
pub(super) fn body(declared: Option<&Body>, wire: &Wire<'_>) -> Result<Option<Value>, Vec<String>> {
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
