//! JSON pointers (RFC 6901).

/// The pointer one step below another.
pub fn child(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The pointer that leads from the root through several names.
pub fn join<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names
        .into_iter()
        .fold(String::new(), |pointer, name| child(&pointer, name))
}

/// The pointer of a named schema.
pub fn to_schema(name: &str) -> String {
    join(["components", "schemas", name])
}

/// The pointer a local `$ref` holds: `#/components/schemas/X` becomes `/components/schemas/X`.
pub fn from_reference(reference: &str) -> Option<&str> {
    reference.strip_prefix('#')
}

/// One step of a pointer as the name that it stands for.
pub fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
