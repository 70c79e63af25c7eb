//! References to other files: what they lead to is put into the document. Only files in the folder of the
//! document, and below it, are read.

mod place;
mod target;

use crate::{
    document, pointer,
    problem::{Problem, Result},
    reference_targets, references, rust_name, schema,
};
use place::Place;
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use target::Target;

/// How many references deep something that has no name of its own is put in its place.
const DEEPEST: usize = 32;

/// How many values references may add to a document, which files that refer to each other multiply.
const MOST: usize = 2_000_000;

/// Reads a document and puts what its references find in other files into it: schemas as components, anything
/// else where it is referred to. A reference that leads out of the document's folder, to an address, to
/// nothing or to what it stands in stays as it is. If the document is a symbolic link, its folder is that of
/// what the link leads to. `name` is how problems name the document.
///
/// # Errors
/// The document or a file that it refers to cannot be read; or the files make it too large or nest it too deep.
pub fn read(path: &Path, name: &str) -> Result<Value> {
    let mut document = document::read_openapi(path, name)?;
    let Ok(main) = fs::canonicalize(path) else {
        return Ok(document);
    };
    let folder = main.parent().map(Path::to_owned).unwrap_or_default();
    let mut files = Files {
        name,
        folder,
        main: main.clone(),
        read: BTreeMap::new(),
        taken: BTreeSet::new(),
        named: BTreeMap::new(),
        open: Vec::new(),
        added: 0,
    };
    files.keep_names(&document)?;
    files.visit(&mut document, &main, &mut Place::default())?;
    while let Some((target, name)) = files.open.pop() {
        let Some(mut schema) = files.value(&target)? else {
            continue;
        };
        files.add(&schema)?;
        files.visit(&mut schema, &target.file, &mut Place::of_schema(&name))?;
        if let Some(schemas) = schema::schemas_or_new(&mut document) {
            schemas.insert(name, schema);
        }
    }
    document::check_depth(&document, name)?;
    Ok(document)
}

struct Files<'a> {
    name: &'a str,
    folder: PathBuf,
    main: PathBuf,
    /// The files that were read.
    read: BTreeMap<PathBuf, Value>,
    /// The names of the document's own schemas, and of those of other files.
    taken: BTreeSet<String>,
    named: BTreeMap<Target, String>,
    /// The named schemas that are not in the document yet.
    open: Vec<(Target, String)>,
    /// How many values references have added.
    added: usize,
}

impl Files<'_> {
    /// Takes the names of the document's schemas, also where they are in another file. One that only refers to
    /// a schema of another file gives it its name, as it may be the value of a discriminator.
    fn keep_names(&mut self, document: &Value) -> Result<()> {
        let root = Target {
            file: self.main.clone(),
            pointer: String::new(),
        };
        let Some((components, at)) = self.member(&root, document, "components")? else {
            return Ok(());
        };
        let Some((schemas, at)) = self.member(&at, &components, "schemas")? else {
            return Ok(());
        };
        let schemas = schemas.as_object().cloned().unwrap_or_default();
        self.taken.extend(schemas.keys().cloned());
        let mut references = Vec::new();
        for (name, schema) in schemas {
            let own = Target {
                pointer: pointer::child(&at.pointer, &name),
                file: at.file.clone(),
            };
            match lone(&schema).and_then(|text| self.target(text, &at.file)) {
                Some(target) => references.push((target, name)),
                None => {
                    self.named.insert(own, name);
                }
            }
        }
        for (target, name) in references {
            if let Some(target) = self.schema(target)?
                && target.file != self.main
                && !self.named.contains_key(&target)
            {
                self.named.insert(target.clone(), name.clone());
                self.open.push((target, name));
            }
        }
        Ok(())
    }

    /// A member, also where it or what it is a member of is a reference, and where that is.
    fn member(
        &mut self,
        at: &Target,
        value: &Value,
        name: &str,
    ) -> Result<Option<(Value, Target)>> {
        let Some(own) = value.get(name) else {
            return Ok(None);
        };
        let reference = own["$ref"].as_str();
        let target = match reference.and_then(|text| self.target(text, &at.file)) {
            Some(target) => self.last(target)?,
            None => None,
        };
        let Some(target) = target else {
            let target = Target {
                pointer: pointer::child(&at.pointer, name),
                file: at.file.clone(),
            };
            return Ok(Some((own.clone(), target)));
        };
        let mut found = self.value(&target)?.unwrap_or_default();
        beside(own, &mut found);
        Ok(Some((found, target)))
    }

    /// Replaces the references of a value that stands in `file`.
    fn visit(&mut self, value: &mut Value, file: &Path, place: &mut Place) -> Result<()> {
        if place.depth() > document::DEEPEST {
            return Err(document::nested(self.name).into());
        }
        match value {
            Value::Object(fields) => {
                let reference = fields.get("$ref").and_then(Value::as_str);
                if let Some(target) = reference.and_then(|text| self.target(text, file)) {
                    return self.replace(value, file, &target, place);
                }
                for (name, field) in fields {
                    if place.is_mapping(name) {
                        self.mapping(field, file)?;
                    } else if !place.is_data(name) {
                        place.enter(name.clone());
                        self.visit(field, file, place)?;
                        place.leave();
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    place.enter(index.to_string());
                    self.visit(item, file, place)?;
                    place.leave();
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Replaces a reference.
    fn replace(
        &mut self,
        value: &mut Value,
        file: &Path,
        target: &Target,
        place: &mut Place,
    ) -> Result<()> {
        let found = self.replacement(target, place)?;
        let reference = value
            .as_object_mut()
            .and_then(|fields| fields.remove("$ref"));
        // What stands beside the reference is of this file.
        self.visit(value, file, place)?;
        let reference = match found {
            Some(Replacement::Value(mut found)) => {
                beside(value, &mut found);
                *value = found;
                return Ok(());
            }
            Some(Replacement::Reference(text)) => Some(text.into()),
            None => reference,
        };
        if let (Some(fields), Some(reference)) = (value.as_object_mut(), reference) {
            fields.insert("$ref".to_owned(), reference);
        }
        Ok(())
    }

    /// What goes to the place of a reference to another file; nothing if the reference stays.
    fn replacement(&mut self, target: &Target, place: &mut Place) -> Result<Option<Replacement>> {
        if place.is_schema() || target.file == self.main {
            return Ok(self.text(target)?.map(Replacement::Reference));
        }
        if place.within.len() >= DEEPEST || place.within.contains(target) {
            return Ok(None);
        }
        let Some(mut found) = self.value(target)?.filter(|found| place.takes(found)) else {
            return Ok(None);
        };
        self.add(&found)?;
        place.within.push(target.clone());
        self.visit(&mut found, &target.file, place)?;
        place.within.pop();
        Ok(Some(Replacement::Value(found)))
    }

    /// A discriminator's values, which are references without `$ref`.
    fn mapping(&mut self, mapping: &mut Value, file: &Path) -> Result<()> {
        let values = mapping
            .as_object_mut()
            .into_iter()
            .flat_map(Map::values_mut);
        for value in values {
            let target = value
                .as_str()
                .filter(|text| text.contains(['.', '/', '#']))
                .and_then(|text| self.target(text, file));
            if let Some(target) = target
                && let Some(text) = self.text(&target)?
            {
                *value = text.into();
            }
        }
        Ok(())
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

    fn value(&mut self, target: &Target) -> Result<Option<Value>> {
        if !self.read.contains_key(&target.file) {
            let value = document::read(&target.file, &target.file.display().to_string())?;
            self.read.insert(target.file.clone(), value);
        }
        let read = self.read.get(&target.file);
        Ok(read.and_then(|read| read.pointer(&target.pointer)).cloned())
    }

    /// Where a row of references ends, each of which is all that there is; nothing if there is nothing.
    fn last(&mut self, target: Target) -> Result<Option<Target>> {
        let mut last = target;
        for _ in 0..DEEPEST {
            let Some(value) = self.value(&last)? else {
                return Ok(None);
            };
            match lone(&value).and_then(|text| self.target(text, &last.file)) {
                Some(next) => last = next,
                None => break,
            }
        }
        Ok(Some(last))
    }

    /// Where the schema is that a row of references leads to; nothing if there is none.
    fn schema(&mut self, target: Target) -> Result<Option<Target>> {
        let Some(target) = self.last(target)? else {
            return Ok(None);
        };
        let found = self.value(&target)?;
        Ok(found
            .is_some_and(|found| found.is_object() || found.is_boolean())
            .then_some(target))
    }

    /// The reference to a schema of another file, which gets a name: the last step of the reference. Nothing if
    /// there is no schema.
    fn text(&mut self, target: &Target) -> Result<Option<String>> {
        if target.file == self.main {
            return Ok(Some(format!("#{}", target.pointer)));
        }
        let Some(target) = self.schema(target.clone())? else {
            return Ok(None);
        };
        if target.file == self.main {
            return Ok(Some(format!("#{}", target.pointer)));
        }
        if let Some(name) = self.named.get(&target) {
            return Ok(Some(references::text_to_schema(name)));
        }
        let last = match target.pointer.rsplit('/').next() {
            Some(last) if !last.is_empty() => pointer::unescape(last),
            _ => target
                .file
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default(),
        };
        let name = rust_name::first_free(&last, |name| self.taken.insert(name.clone()));
        self.named.insert(target.clone(), name.clone());
        let text = references::text_to_schema(&name);
        self.open.push((target, name));
        Ok(Some(text))
    }

    /// Counts what is added to the document.
    fn add(&mut self, value: &Value) -> Result<()> {
        self.added += size(value);
        if self.added <= MOST {
            return Ok(());
        }
        Err(Problem::new(
            self.name,
            "",
            format!("the files that it refers to would add more than {MOST} values to it"),
            "put what they refer to often under components of the document, and refer to that",
        )
        .into())
    }
}

/// The reference of a value that is nothing else.
fn lone(value: &Value) -> Option<&str> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    fields.get("$ref")?.as_str()
}

/// What goes to the place of a reference.
enum Replacement {
    Reference(String),
    Value(Value),
}

/// How many values a value holds, itself included.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(size).sum::<usize>() + 1,
        Value::Object(fields) => fields.values().map(size).sum::<usize>() + 1,
        _ => 1,
    }
}

/// What stands beside a reference counts, as 3.1 has it.
fn beside(own: &Value, found: &mut Value) {
    let (Some(own), Some(found)) = (own.as_object(), found.as_object_mut()) else {
        return;
    };
    for (key, value) in own.iter().filter(|(key, _)| *key != "$ref") {
        found.insert(key.clone(), value.clone());
    }
}
