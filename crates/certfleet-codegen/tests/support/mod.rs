//! What the tests share: generating from a document, and compiling what was generated.

#![allow(dead_code, reason = "every test uses a part of it")]

pub(crate) mod batch;
pub(crate) mod round_trip;
pub(crate) mod sample;

use certfleet_codegen::{
    Dependencies, Generated, Package, Problems, Provider, Source, document, generate, infer,
};
use serde_json::Value;
use std::path::PathBuf;

/// The folder of this crate.
pub(crate) fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where `certfleet-http` is.
pub(crate) fn http() -> PathBuf {
    here().join("../certfleet-http")
}

/// Reads a document.
pub(crate) fn parse(text: &[u8], name: &str) -> Result<Value, Problems> {
    document::parse(text, name)
}

/// Generates what can be generated.
pub(crate) fn from_document(document: Value, name: &str) -> Result<Generated, Problems> {
    let provider = infer(name, &document, name, &[])?;
    from_provider(document, provider)
}

/// Generates what can be generated, with a configuration.
pub(crate) fn from_provider(document: Value, provider: Provider) -> Result<Generated, Problems> {
    let name = provider.name.clone();
    generate(
        Source {
            name: name.clone(),
            configuration: "configuration".to_owned(),
            document,
            overlay: None,
            package: Package {
                name,
                description: provider.title.clone(),
                generated_by: "a test".to_owned(),
                kept_in: None,
                lowered: "lowered.json".to_owned(),
                dependencies: Dependencies::Path(http().display().to_string()),
            },
            provider,
        },
        true,
    )
}
