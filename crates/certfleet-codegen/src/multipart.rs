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
    /// Whether it is a file; a text otherwise.
    pub is_file: bool,
    /// The vendor's description.
    pub description: Option<String>,
}
