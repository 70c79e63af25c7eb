//! Operations with a multipart body, which progenitor cannot express.

/// An operation with a multipart body. progenitor types its parameters and its response, as the same
/// operation without a body.
#[derive(Debug, Clone)]
pub struct FormOperation {
    /// The operationId.
    pub operation_id: String,
    /// The parts of its form.
    pub parts: Vec<Part>,
}

/// One part of the form.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name on the wire.
    pub name: String,
    /// Whether the vendor refuses the form without it.
    pub required: bool,
    /// What it is.
    pub kind: PartKind,
    /// Whether it is sent as often as its list has items.
    pub is_list: bool,
    /// The vendor's description.
    pub description: Option<String>,
}

/// What a part of a form is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// A text.
    Text,
    /// A file.
    File,
    /// Any value, as JSON.
    Json,
}
