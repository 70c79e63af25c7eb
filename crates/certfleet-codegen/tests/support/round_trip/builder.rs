//! What a generated builder can be told, read from its source.

use std::collections::BTreeMap;
use syn::{ImplItem, Item, Type};

/// The setters of a generated builder.
pub(super) struct Builder {
    /// Methods by what they set: location, name on the wire, type.
    pub(super) parameters: Vec<(String, String, String, String)>,
    /// Parts of a form: method, name on the wire, type.
    pub(super) parts: Vec<(String, String, String)>,
    /// The type of the body.
    pub(super) body: Option<String>,
}

impl Builder {
    /// Reads the builder of an operation.
    pub(super) fn new(file: &syn::File, id: &str) -> Self {
        let mut builder = Self {
            parameters: Vec::new(),
            parts: Vec::new(),
            body: None,
        };
        let name = file
            .items
            .iter()
            .find_map(|item| match item {
                Item::Struct(item) if docs(&item.attrs).contains(&format!("[`Client::{id}`]")) => {
                    Some(item.ident.clone())
                }
                _ => None,
            })
            .unwrap_or_else(|| panic!("no builder for {id}"));
        let mut types: BTreeMap<String, String> = BTreeMap::new();
        for item in &file.items {
            match item {
                Item::Struct(item) if item.ident == name => {
                    for field in &item.fields {
                        if let (Some(ident), Some(inner)) = (&field.ident, inner(&field.ty)) {
                            types.insert(ident.to_string(), inner);
                        }
                    }
                }
                Item::Impl(item) if names(&item.self_ty, &name) => {
                    for member in &item.items {
                        if let ImplItem::Fn(function) = member {
                            builder.learn(function, &types);
                        }
                    }
                }
                _ => {}
            }
        }
        builder
    }

    fn learn(&mut self, function: &syn::ImplItemFn, types: &BTreeMap<String, String>) {
        let ident = function.sig.ident.to_string();
        let about = docs(&function.attrs);
        let wire = about.split('`').nth(1).unwrap_or_default().to_owned();
        // A setter has another name than its field where the field's is a method's.
        let value = types
            .get(&ident)
            .or_else(|| types.get(ident.trim_end_matches('_')))
            .cloned()
            .unwrap_or_default();
        if about.starts_with(" Sets the form's part ") {
            self.parts.push((ident, wire, value));
        } else if about.starts_with(" Sets the JSON body.")
            || about.starts_with(" Sets the form in the body.")
        {
            self.body = Some(value.replace("types::builder::", "types::"));
        } else if let Some(location) = ["path", "query", "header"]
            .into_iter()
            .find(|location| about.starts_with(&format!(" Sets the {location} parameter ")))
        {
            self.parameters
                .push((ident, location.to_owned(), wire, value));
        }
    }
}

fn docs(attributes: &[syn::Attribute]) -> String {
    attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                syn::Expr::Lit(literal) => match &literal.lit {
                    syn::Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn names(path: &Type, name: &syn::Ident) -> bool {
    matches!(path, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == *name))
}

/// `T` of `Result<T, String>`, of `Result<Option<T>, String>` and of `Option<T>`.
fn inner(path: &Type) -> Option<String> {
    let Type::Path(path) = path else {
        return None;
    };
    let last = path.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let syn::GenericArgument::Type(first) = arguments.args.first()? else {
        return None;
    };
    match first {
        Type::Path(first_path)
            if last.ident == "Result"
                && first_path
                    .path
                    .segments
                    .last()
                    .is_some_and(|segment| segment.ident == "Option") =>
        {
            inner(first)
        }
        other => Some(quote::quote!(#other).to_string().replace(' ', "")),
    }
}
