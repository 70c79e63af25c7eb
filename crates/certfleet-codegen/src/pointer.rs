//! JSON pointers (RFC 6901).

/// A pointer one step below another.
pub fn child(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A pointer several steps below the root.
pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names
        .into_iter()
        .fold(String::new(), |pointer, name| child(&pointer, name))
}

/// The pointer a local `$ref` holds: `#/components/schemas/X` becomes `/components/schemas/X`.
pub fn of_reference(reference: &str) -> Option<&str> {
    reference.strip_prefix('#')
}
