//! No `Debug` is derived over what may be secret: the sources are read.

use std::{
    collections::BTreeSet,
    fmt::Debug,
    fs,
    path::{Path, PathBuf},
};
use syn::visit::{self, Visit};

/// Types whose content is not known to be free of secrets: whoever holds one writes their own `Debug`.
const OPAQUE: [&str; 4] = ["Bytes", "HeaderMap", "HeaderValue", "RequestBuilder"];

/// Names of fields that hold secrets, whatever their type is.
const TELLING: [&str; 8] = [
    "secret",
    "passphrase",
    "password",
    "token",
    "api_key",
    "private_key",
    "credential",
    "authorization",
];

/// No type of a library or the command derives `Debug` over a field that may hold a secret as it is.
#[test]
fn no_debug_is_derived_over_what_may_be_secret() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for source in sources() {
        for field in fields(&source).into_iter().filter(|field| field.derived) {
            checked += 1;
            if field.may_be_secret() {
                wrong.push(format!("{}: {field:?}", source.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 900, "{checked}");
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every source file of what is built for users; the sandbox holds made-up secrets only.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("certfleet-sandbox") && !path.ends_with("certfleet-codegen"))
        .map(|path| path.join("src"))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// A field of a type.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) owner: String,
    pub(crate) name: String,
    /// Every name in its type.
    pub(crate) kind: BTreeSet<String>,
    /// Whether its owner derives `Debug`.
    pub(crate) derived: bool,
}

impl Field {
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.kind.contains(name)
    }

    /// Whether it may hold a secret that a derived `Debug` of its owner would show.
    fn may_be_secret(&self) -> bool {
        let telling =
            TELLING.contains(&self.name.as_str()) && self.is_text() && !self.mentions("Secret");
        telling || OPAQUE.iter().any(|name| self.mentions(name))
    }

    /// Whether what it holds would be shown as it is.
    pub(crate) fn is_text(&self) -> bool {
        ["String", "str", "Vec", "Cow", "Value", "Map"]
            .iter()
            .any(|name| self.mentions(name))
    }
}

pub(crate) fn fields(source: &Path) -> Vec<Field> {
    let file = syn::parse_file(&fs::read_to_string(source).unwrap()).unwrap();
    let mut found = Found::default();
    found.visit_file(&file);
    found.0
}

#[derive(Default)]
struct Found(Vec<Field>);

impl Found {
    fn add(&mut self, owner: &syn::Ident, attributes: &[syn::Attribute], fields: &syn::Fields) {
        let derived = attributes.iter().any(|one| {
            one.path().is_ident("derive")
                && one.meta.require_list().is_ok_and(|list| {
                    list.tokens
                        .to_string()
                        .split(|c: char| !c.is_alphanumeric())
                        .any(|name| name == "Debug")
                })
        });
        for field in fields {
            let mut names = Names::default();
            names.visit_type(&field.ty);
            self.0.push(Field {
                owner: owner.to_string(),
                name: field
                    .ident
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
                kind: names.0,
                derived,
            });
        }
    }
}

impl<'a> Visit<'a> for Found {
    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.add(&item.ident, &item.attrs, &item.fields);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        for variant in &item.variants {
            self.add(&item.ident, &item.attrs, &variant.fields);
        }
        visit::visit_item_enum(self, item);
    }
}

#[derive(Default)]
struct Names(BTreeSet<String>);

impl<'a> Visit<'a> for Names {
    fn visit_ident(&mut self, name: &'a syn::Ident) {
        self.0.insert(name.to_string());
    }
}

/// The scan sees what it is for.
#[test]
fn the_scan_finds_what_it_looks_for() {
    let file = syn::parse_file(
        "#[derive(Clone, Debug)] pub struct A { token: Option<String>, x: Bytes } struct B(HeaderMap); \
         mod m { #[derive(::std::fmt::Debug)] enum C { D { passphrase: Secret } } } \
         #[derive(Debug)] pub struct Put<'a> { client: &'a super::Client, \
         body: Result<::certfleet_http::Bytes, String> }",
    )
    .unwrap();
    let mut found = Found::default();
    found.visit_file(&file);
    let seen: Vec<_> = found
        .0
        .iter()
        .map(|one| (one.owner.as_str(), one.name.as_str(), one.derived))
        .collect();
    assert_eq!(
        seen,
        [
            ("A", "token", true),
            ("A", "x", true),
            ("B", "", false),
            ("C", "passphrase", true),
            ("Put", "client", true),
            ("Put", "body", true)
        ]
    );
    let may_be_secret: Vec<_> = found.0.iter().map(Field::may_be_secret).collect();
    assert_eq!(may_be_secret, [true, true, true, false, false, true]);
    assert!(found.0[0].mentions("String") && found.0[3].mentions("Secret"));
}
