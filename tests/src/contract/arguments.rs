//! What an operation is called with, by the names of its document.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What an operation is called with: parameters by their names on the wire, and the body. The parts
/// of a form are members of the body; a file's bytes are the characters U+0000 to U+00FF of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arguments {
    /// Path, query and header parameters.
    pub parameters: Map<String, Value>,
    /// The body.
    pub body: Option<Value>,
}

impl Arguments {
    /// A parameter, if it is to be sent.
    ///
    /// # Panics
    /// The client's type cannot hold it.
    pub fn parameter<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.parameters.get(name).map(|value| read(name, value))
    }

    /// The JSON body, if it is to be sent.
    ///
    /// # Panics
    /// The client's type cannot hold it.
    pub fn body<T: DeserializeOwned>(&self) -> Option<T> {
        self.body.as_ref().map(|value| read("body", value))
    }

    /// A text part of a form, if it is to be sent.
    ///
    /// # Panics
    /// It is no text.
    pub fn part(&self, name: &str) -> Option<String> {
        self.body.as_ref()?.get(name).map(|value| read(name, value))
    }

    /// A file part of a form, if it is to be sent.
    ///
    /// # Panics
    /// It is no text of bytes.
    pub fn file(&self, name: &str) -> Option<Vec<u8>> {
        self.part(name).map(|text| {
            text.chars()
                .map(|character| u8::try_from(character).expect("a byte"))
                .collect()
        })
    }

    /// Bytes as a file part has them in [`body`](Self::body).
    pub fn text_of(bytes: &[u8]) -> String {
        bytes.iter().copied().map(char::from).collect()
    }
}

fn read<T: DeserializeOwned>(name: &str, value: &Value) -> T {
    serde_json::from_value(value.clone())
        .unwrap_or_else(|error| panic!("the client's type of {name} cannot hold {value}: {error}"))
}
