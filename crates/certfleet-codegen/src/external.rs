//! References to other files: what they lead to is put into the document. Only files in the folder of the
//! document, and below it, are read.

use crate::{document, pointer, problem::Result, reference_targets, references, rust_name, schema};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// How many references deep something that has no name of its own is put in its place.
const DEEPEST: usize = 32;

/// Reads a document and puts what its references find in other files into it: schemas as components, anything
/// else where it is referred to. A reference that leads out of the document's folder, to an address or to
/// nothing stays as it is. `name` is how problems name the document.
///
/// # Errors
/// The document itself cannot be read.
pub fn read(path: &Path, name: &str) -> Result<Value> {
    let mut document = document::read_openapi(path, name)?;
    let Ok(main) = fs::canonicalize(path) else {
        return Ok(document);
    };
    let folder = main.parent().map(Path::to_owned).unwrap_or_default();
    let mut files = Files {
        taken: schema::named(&document)
            .map(|(name, _)| name.clone())
            .collect(),
        folder,
        main: main.clone(),
        read: BTreeMap::new(),
        named: BTreeMap::new(),
        open: Vec::new(),
    };
    files.visit(&mut document, &main, &mut Vec::new(), 0);
    while let Some((target, name)) = files.open.pop() {
        let Some(mut schema) = files.value(&target) else {
            continue;
        };
        let mut steps = vec!["schemas".to_owned(), name.clone()];
        files.visit(&mut schema, &target.file, &mut steps, 0);
        if let Some(schemas) = schema::schemas_or_new(&mut document) {
            schemas.insert(name, schema);
        }
    }
    Ok(document)
}

/// What a reference leads to: a file, and a JSON pointer in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Target {
    file: PathBuf,
    pointer: String,
}

struct Files {
    folder: PathBuf,
    main: PathBuf,
    /// The files that were read; nothing for one that cannot be.
    read: BTreeMap<PathBuf, Option<Value>>,
    /// The names of schemas of other files.
    named: BTreeMap<Target, String>,
    taken: BTreeSet<String>,
    /// The named schemas that are not in the document yet.
    open: Vec<(Target, String)>,
}

impl Files {
    /// Replaces the references of a value that stands in `file`; `steps` lead to it.
    fn visit(&mut self, value: &mut Value, file: &Path, steps: &mut Vec<String>, depth: usize) {
        match value {
            Value::Object(fields) => {
                let reference = fields.get("$ref").and_then(Value::as_str);
                if let Some(target) = reference.and_then(|text| self.target(text, file)) {
                    return self.replace(value, &target, steps, depth);
                }
                let names: Vec<String> = fields.keys().cloned().collect();
                for name in names {
                    let Some(field) = fields.get_mut(&name) else {
                        continue;
                    };
                    match name.as_str() {
                        "example" | "examples" | "default" | "enum" if !is_named(steps) => {}
                        "mapping" if steps.last().is_some_and(|step| step == "discriminator") => {
                            self.mapping(field, file);
                        }
                        _ => {
                            steps.push(name);
                            self.visit(field, file, steps, depth);
                            steps.pop();
                        }
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    steps.push(index.to_string());
                    self.visit(item, file, steps, depth);
                    steps.pop();
                }
            }
            _ => {}
        }
    }

    /// Puts what a reference leads to in its place, or a reference to its name.
    fn replace(
        &mut self,
        value: &mut Value,
        target: &Target,
        steps: &mut Vec<String>,
        depth: usize,
    ) {
        let Some(fields) = value.as_object_mut() else {
            return;
        };
        if target.file == self.main {
            fields.insert("$ref".to_owned(), format!("#{}", target.pointer).into());
        } else if is_schema(steps) {
            if let Some(name) = self.name(target) {
                fields.insert("$ref".to_owned(), references::text_to_schema(&name).into());
            }
        } else if depth < DEEPEST
            && let Some(mut found) = self.value(target)
        {
            if let Some(found) = found.as_object_mut() {
                beside(fields, found);
            }
            self.visit(&mut found, &target.file, steps, depth + 1);
            *value = found;
        }
    }

    /// A discriminator's values, which are references without `$ref`.
    fn mapping(&mut self, mapping: &mut Value, file: &Path) {
        for value in mapping
            .as_object_mut()
            .into_iter()
            .flat_map(Map::values_mut)
        {
            let target = value
                .as_str()
                .filter(|text| text.contains(['.', '/', '#']))
                .and_then(|text| self.target(text, file));
            let Some(target) = target else {
                continue;
            };
            if target.file == self.main {
                *value = format!("#{}", target.pointer).into();
            } else if let Some(name) = self.name(&target) {
                *value = references::text_to_schema(&name).into();
            }
        }
    }

    /// What a reference in a file leads to, if it is in the document's folder. Those of the document to
    /// itself stay as they are.
    fn target(&self, reference: &str, file: &Path) -> Option<Target> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = reference_targets::percent_decoded(fragment)?;
        if path.is_empty() {
            return (file != self.main).then(|| Target {
                file: file.to_owned(),
                pointer: fragment,
            });
        }
        let path = reference_targets::percent_decoded(path)?;
        if path.contains("://") || Path::new(&path).is_absolute() {
            return None;
        }
        let found = fs::canonicalize(file.parent()?.join(path)).ok()?;
        (found.starts_with(&self.folder) && found.is_file()).then_some(Target {
            file: found,
            pointer: fragment,
        })
    }

    fn value(&mut self, target: &Target) -> Option<Value> {
        let read = self.read.entry(target.file.clone()).or_insert_with(|| {
            document::read(&target.file, &target.file.display().to_string()).ok()
        });
        read.as_ref()?.pointer(&target.pointer).cloned()
    }

    /// The name of a schema of another file: the last step of the reference.
    fn name(&mut self, target: &Target) -> Option<String> {
        if let Some(name) = self.named.get(target) {
            return Some(name.clone());
        }
        self.value(target)?;
        let last = match target.pointer.rsplit('/').next() {
            Some(last) if !last.is_empty() => pointer::unescape(last),
            _ => target.file.file_stem()?.to_string_lossy().into_owned(),
        };
        let name = rust_name::first_free(&last, |name| self.taken.insert(name.clone()));
        self.named.insert(target.clone(), name.clone());
        self.open.push((target.clone(), name.clone()));
        Some(name)
    }
}

/// What stands beside a reference counts, as 3.1 has it.
fn beside(own: &Map<String, Value>, found: &mut Map<String, Value>) {
    for (key, value) in own.iter().filter(|(key, _)| *key != "$ref") {
        found.insert(key.clone(), value.clone());
    }
}

/// Whether these steps lead to the members of an object, whose names say nothing.
fn is_named(steps: &[String]) -> bool {
    steps
        .last()
        .is_some_and(|step| matches!(step.as_str(), "properties" | "schemas" | "$defs"))
}

/// Whether these steps lead to a schema.
fn is_schema(steps: &[String]) -> bool {
    let mut steps = steps.iter().rev().map(String::as_str);
    let (last, above) = (steps.next(), steps.next());
    let is_listed = matches!(
        above,
        Some(
            "properties"
                | "patternProperties"
                | "schemas"
                | "$defs"
                | "definitions"
                | "allOf"
                | "anyOf"
                | "oneOf"
                | "prefixItems"
        )
    );
    is_listed
        || matches!(
            last,
            Some("schema" | "items" | "additionalProperties" | "not" | "propertyNames")
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn files_beside_the_document() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("api");
        fs::create_dir_all(folder.join("parts")).unwrap();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        fs::write(outside.path().join("secret.yml"), "type: string").unwrap();
        write(
            "api.yml",
            "openapi: 3.0.3\npaths:\n  /a:\n    get: {$ref: parts/get.yml}\n    put: {$ref: 'https://x.example/put.yml'}\n    post: {$ref: ../secret.yml}\n  /b: {$ref: 'parts/b.yml#/~1b'}\n",
        );
        write(
            "parts/get.yml",
            "operationId: getA\nparameters: [{$ref: 'b.yml#/limit'}]\nresponses: {'200': {content: {application/json: {schema: {$ref: Thing.yml}}}}}\n",
        );
        write(
            "parts/b.yml",
            "/b:\n  get: {operationId: getB}\nlimit: {name: limit, in: query, schema: {$ref: '#/count'}}\ncount: {type: integer}\n",
        );
        write(
            "parts/Thing.yml",
            "properties: {next: {$ref: Thing.yml}, size: {$ref: './b.yml#/count'}, example: {$ref: ../api.yml#/x}}\n",
        );
        let document = read(&folder.join("api.yml"), "api.yml").unwrap();
        let schema = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        assert_eq!(
            document,
            json!({
                "openapi": "3.0.3",
                "paths": {
                    "/a": {
                        "get": {
                            "operationId": "getA",
                            "parameters": [{"name": "limit", "in": "query", "schema": schema("count")}],
                            "responses": {"200": {"content": {"application/json": {"schema": schema("Thing")}}}},
                        },
                        "put": {"$ref": "https://x.example/put.yml"},
                        "post": {"$ref": "../secret.yml"},
                    },
                    "/b": {"get": {"operationId": "getB"}},
                },
                "components": {"schemas": {
                    "Thing": {"properties": {
                        "next": schema("Thing"),
                        "size": schema("count"),
                        "example": {"$ref": "#/x"},
                    }},
                    "count": {"type": "integer"},
                }},
            })
        );
    }
}
