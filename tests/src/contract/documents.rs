//! The effective documents of all providers.

use super::document::{Document, Operation};
use std::sync::OnceLock;
use xtask::Workspace;

/// The effective documents of all providers.
#[derive(Debug)]
pub struct Contract {
    /// One for each folder of `specs/`.
    pub documents: Vec<Document>,
}

impl Contract {
    /// The documents of this workspace, read once per process.
    ///
    /// # Panics
    /// A document cannot be read, or says something this reader does not know.
    pub fn get() -> &'static Self {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| {
            let workspace = Workspace::of_this_build();
            let documents = workspace
                .providers()
                .expect("the specs folder")
                .into_iter()
                .map(|provider| {
                    let effective = xtask::effective(&workspace, &provider)
                        .unwrap_or_else(|problems| panic!("{provider}: {problems}"));
                    Document::read(&provider, effective)
                })
                .collect();
            Self { documents }
        })
    }

    /// A provider's document.
    ///
    /// # Panics
    /// There is none.
    pub fn document(&self, provider: &str) -> &Document {
        self.documents
            .iter()
            .find(|document| document.provider == provider)
            .unwrap_or_else(|| panic!("no document of {provider}"))
    }

    /// Every operation of every document.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.documents
            .iter()
            .flat_map(|document| &document.operations)
    }
}
