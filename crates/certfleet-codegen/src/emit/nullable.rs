//! Members of requests that may be left out and may be null: `Nullable` in place of `Option`, in the structs
//! and in their builders.

use crate::{lowered::Lowered, pointer, rust_name};
use std::collections::{BTreeMap, BTreeSet};
use syn::{Item, parse_quote, visit_mut::VisitMut};

/// Members of structs, by their names on the wire.
type Members = BTreeMap<String, BTreeSet<String>>;

/// Gives the members their type.
pub(super) fn rewrite(lowered: &Lowered, items: &mut [Item]) {
    let members: Members = lowered
        .nullable
        .iter()
        .filter(|(name, _)| {
            lowered
                .document
                .pointer(&pointer::to_schema(name))
                .is_some_and(|schema| schema.get("properties").is_some())
        })
        .map(|(name, members)| (rust_name::pascal(name), members.clone()))
        .collect();
    if members.is_empty() {
        return;
    }
    // The fields in Rust, as the structs name them; their builders have the same.
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in items.iter_mut() {
        if let Item::Struct(item) = item
            && let Some(members) = members.get(&item.ident.to_string())
        {
            let found = rewrite_struct(item, members);
            fields.insert(item.ident.to_string(), found);
        }
    }
    for item in items {
        if let Item::Mod(module) = item
            && module.ident == "builder"
            && let Some((_, inner)) = &mut module.content
        {
            for item in inner {
                rewrite_builder(item, &fields);
            }
        }
    }
}

/// Rewrites a struct. Returns the names of the fields that changed.
fn rewrite_struct(item: &mut syn::ItemStruct, members: &BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for field in &mut item.fields {
        let Some(ident) = field.ident.as_ref().map(ToString::to_string) else {
            continue;
        };
        let name = super::types::wire_name(&field.attrs, &ident);
        if !members.contains(&name) || !Nullable::replace(&mut field.ty) {
            continue;
        }
        let is_renamed = name != ident.trim_start_matches("r#");
        field
            .attrs
            .retain(|attribute| !attribute.path().is_ident("serde"));
        field.attrs.push(if is_renamed {
            parse_quote!(#[serde(
                rename = #name,
                default,
                skip_serializing_if = "::certfleet_http::Nullable::is_absent"
            )])
        } else {
            parse_quote!(#[serde(
                default,
                skip_serializing_if = "::certfleet_http::Nullable::is_absent"
            )])
        });
        found.insert(ident);
    }
    found
}

/// Rewrites the fields and the setters of a struct's builder.
fn rewrite_builder(item: &mut Item, fields: &BTreeMap<String, BTreeSet<String>>) {
    match item {
        Item::Struct(item) => {
            let Some(names) = fields.get(&item.ident.to_string()) else {
                return;
            };
            for field in &mut item.fields {
                let ident = field.ident.as_ref().map(ToString::to_string);
                if ident.is_some_and(|ident| names.contains(&ident)) {
                    Nullable::replace(&mut field.ty);
                }
            }
        }
        Item::Impl(item) if item.trait_.is_none() => {
            let Some(names) =
                super::types::last_name(&item.self_ty).and_then(|name| fields.get(&name))
            else {
                return;
            };
            for member in &mut item.items {
                if let syn::ImplItem::Fn(function) = member
                    && names.contains(&function.sig.ident.to_string())
                    && let Some(bounds) = &mut function.sig.generics.where_clause
                {
                    let mut first = Nullable(false);
                    first.visit_where_clause_mut(bounds);
                }
            }
        }
        _ => {}
    }
}

/// Puts `Nullable` in the place of the first `Option`. Holds whether there was one.
struct Nullable(bool);

impl Nullable {
    fn replace(value: &mut syn::Type) -> bool {
        let mut first = Self(false);
        first.visit_type_mut(value);
        first.0
    }
}

impl VisitMut for Nullable {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if self.0 {
            return;
        }
        if let Some(last) = path.segments.last()
            && last.ident == "Option"
        {
            let arguments = last.arguments.clone();
            let mut replaced: syn::Path = parse_quote!(::certfleet_http::Nullable);
            if let Some(last) = replaced.segments.last_mut() {
                last.arguments = arguments;
            }
            *path = replaced;
            self.0 = true;
            return;
        }
        syn::visit_mut::visit_path_mut(self, path);
    }
}
