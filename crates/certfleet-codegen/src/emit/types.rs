//! `src/types.rs`: progenitor's types, without the builders of types that only answers use.

use super::progenitor_code::{module, unexpected};
use crate::{
    lowered::Lowered,
    media_type::{JSON, URLENCODED},
    problem::Result,
    references, rust_name, schema, text,
};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::{Item, parse_quote, visit_mut::VisitMut};

pub(crate) fn file(lowered: &Lowered, raw: &syn::File) -> Result<syn::File> {
    let mut items = module(raw, "types")
        .ok_or_else(|| unexpected(lowered, "there is no module types"))?
        .to_vec();
    // A body that also comes back has a builder of its own, whatever it is made of has none.
    let bodies = schema::operations(&lowered.document).filter_map(|at| {
        let content = &at.operation["requestBody"]["content"];
        [&content[JSON], &content[URLENCODED]]
            .into_iter()
            .find_map(|body| body["schema"]["$ref"].as_str()?.strip_prefix('#'))
            .map(str::to_owned)
    });
    let bodies: BTreeSet<String> = bodies
        .filter_map(|pointer| {
            pointer
                .strip_prefix("/components/schemas/")
                .map(rust_name::pascal)
        })
        .collect();
    let built: BTreeSet<String> = references::request_only(&lowered.document)
        .iter()
        .filter_map(|pointer| pointer.strip_prefix("/components/schemas/"))
        .map(rust_name::pascal)
        .collect();
    let names: BTreeSet<String> = items
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            _ => None,
        })
        .collect();
    // An inner type of a request is named after it.
    let is_built = |name: &str| {
        !names.contains(name)
            || bodies.contains(name)
            || built.iter().any(|built| name.starts_with(built.as_str()))
    };
    for item in &mut items {
        if let Item::Mod(module) = item
            && module.ident == "builder"
            && let Some((_, inner)) = &mut module.content
        {
            inner.retain(|item| match item {
                Item::Struct(item) => is_built(&item.ident.to_string()),
                Item::Impl(item) => last_name(&item.self_ty).is_none_or(|name| is_built(&name)),
                _ => true,
            });
        }
    }
    items.retain(|item| match item {
        // `impl X { pub fn builder() -> builder::X }`
        Item::Impl(item) if item.trait_.is_none() && item.items.len() == 1 => {
            let is_builder = item.to_token_stream().to_string().contains("fn builder ()");
            !is_builder || last_name(&item.self_ty).is_none_or(|name| is_built(&name))
        }
        Item::Mod(module) if module.ident == "builder" => module
            .content
            .as_ref()
            .is_none_or(|(_, items)| !items.is_empty()),
        _ => true,
    });
    Ok(syn::File {
        shebang: None,
        attrs: Vec::new(),
        items,
    })
}

/// The last name of a type's path.
pub(super) fn last_name(path: &syn::Type) -> Option<String> {
    match path {
        syn::Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// Gives every public field and variant that the vendor says nothing of a sentence with its name.
pub(crate) fn document_fields(file: &mut syn::File) {
    struct Document;

    impl VisitMut for Document {
        fn visit_field_mut(&mut self, field: &mut syn::Field) {
            if let Some(name) = &field.ident
                && matches!(field.vis, syn::Visibility::Public(_))
                && !is_documented(&field.attrs)
            {
                let text = format!(
                    " The vendor's field `{}`.",
                    text::line(&wire_name(&field.attrs, &name.to_string()))
                );
                field.attrs.insert(0, parse_quote!(#[doc = #text]));
            }
        }

        fn visit_variant_mut(&mut self, variant: &mut syn::Variant) {
            if !is_documented(&variant.attrs) {
                let text = format!(
                    " `{}`.",
                    text::line(&wire_name(&variant.attrs, &variant.ident.to_string()))
                );
                variant.attrs.insert(0, parse_quote!(#[doc = #text]));
            }
        }
    }

    Document.visit_file_mut(file);
}

fn is_documented(attributes: &[syn::Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("doc"))
}

/// The name in `#[serde(rename = "…")]`, or the Rust name.
pub(super) fn wire_name(attributes: &[syn::Attribute], ident: &str) -> String {
    let mut name = ident.trim_start_matches("r#").to_owned();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        // Other arguments of the attribute make the parser stop, which changes nothing.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = meta.value()?.parse::<syn::LitStr>()?.value();
            }
            Ok(())
        });
    }
    name
}
