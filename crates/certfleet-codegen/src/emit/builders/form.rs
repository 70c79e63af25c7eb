//! The parts of a multipart form, added to the builder of the same operation without a body.

use super::about;
use crate::{
    lowered::Lowered,
    multipart::{FormOperation, Part, PartKind},
    rust_name,
};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{ImplItem, Pat, parse_quote, visit_mut::VisitMut};

/// Whether the configuration calls a part secret.
fn is_secret(lowered: &Lowered, part: &Part) -> bool {
    lowered.provider.secrets.request.contains(&part.name)
}

/// The type of one part.
fn part_type(lowered: &Lowered, part: &Part) -> syn::Type {
    match part.kind {
        PartKind::File => parse_quote!(::certfleet_http::FilePart),
        PartKind::Json => parse_quote!(::serde_json::Value),
        PartKind::Text if is_secret(lowered, part) => parse_quote!(::certfleet_http::Secret),
        PartKind::Text => parse_quote!(String),
    }
}

/// The statements that build the form.
pub(super) fn statements(
    lowered: &Lowered,
    form: &FormOperation,
    operation: &Ident,
    whole: &Ident,
) -> TokenStream {
    let parts = form.parts.iter().map(|part| {
        let ident = format_ident!("{}", rust_name::snake(&part.name));
        let name = &part.name;
        let method = match part.kind {
            PartKind::File => quote!(file),
            PartKind::Json => quote!(json),
            PartKind::Text => quote!(text),
        };
        let value = if part.kind == PartKind::Text && is_secret(lowered, part) {
            quote!(#ident.expose().to_owned())
        } else {
            quote!(#ident)
        };
        let add = if part.is_list {
            quote!(for #ident in #ident { #whole = #whole.#method(#name, #value); })
        } else {
            quote!(#whole = #whole.#method(#name, #value);)
        };
        if part.required {
            quote! {
                let #ident = #ident.ok_or_else(|| Error::invalid_request(&api::#operation, #name, "is required"))?;
                #add
            }
        } else {
            quote! {
                if let Some(#ident) = #ident {
                    #add
                }
            }
        }
    });
    quote! {
        let mut #whole = ::certfleet_http::Form::new();
        #(#parts)*
    }
}

/// Adds a field for each part to the builder.
pub(super) fn add_fields(lowered: &Lowered, form: &FormOperation, fields: &mut syn::FieldsNamed) {
    for part in &form.parts {
        let ident = format_ident!("{}", rust_name::snake(&part.name));
        let mut value = part_type(lowered, part);
        if part.is_list {
            value = parse_quote!(Vec<#value>);
        }
        fields.named.push(syn::Field {
            attrs: Vec::new(),
            vis: syn::Visibility::Inherited,
            mutability: syn::FieldMutability::None,
            ident: Some(ident),
            colon_token: None,
            ty: parse_quote!(Option<#value>),
        });
    }
}

/// The setter of a part.
pub(super) fn setter(lowered: &Lowered, part: &Part) -> ImplItem {
    let ident = format_ident!("{}", rust_name::snake(&part.name));
    let about = about::part(part);
    let value = part_type(lowered, part);
    if part.is_list {
        parse_quote! {
            #[doc = #about]
            pub fn #ident(mut self, values: impl IntoIterator<Item = impl Into<#value>>) -> Self {
                self.#ident = Some(values.into_iter().map(Into::into).collect());
                self
            }
        }
    } else if part.kind == PartKind::File {
        parse_quote! {
            #[doc = #about]
            pub fn #ident(mut self, file: #value) -> Self {
                self.#ident = Some(file);
                self
            }
        }
    } else {
        parse_quote! {
            #[doc = #about]
            pub fn #ident(mut self, value: impl Into<#value>) -> Self {
                self.#ident = Some(value.into());
                self
            }
        }
    }
}

/// Adds the parts to `Self { … }` in `new`.
pub(super) struct AddToNew<'a>(pub(super) &'a FormOperation);

impl VisitMut for AddToNew<'_> {
    fn visit_expr_struct_mut(&mut self, expression: &mut syn::ExprStruct) {
        for part in &self.0.parts {
            let ident = format_ident!("{}", rust_name::snake(&part.name));
            expression.fields.push(parse_quote!(#ident: None));
        }
    }
}

/// Adds the parts to `let Self { … } = self` in `send`.
pub(super) struct AddToPattern<'a>(pub(super) &'a FormOperation);

impl VisitMut for AddToPattern<'_> {
    fn visit_pat_struct_mut(&mut self, pattern: &mut syn::PatStruct) {
        for part in &self.0.parts {
            let ident = format_ident!("{}", rust_name::snake(&part.name));
            pattern.fields.push(syn::FieldPat {
                attrs: Vec::new(),
                member: syn::Member::Named(ident.clone()),
                colon_token: None,
                pat: Box::new(Pat::Ident(syn::PatIdent {
                    attrs: Vec::new(),
                    by_ref: None,
                    mutability: None,
                    ident,
                    subpat: None,
                })),
            });
        }
    }
}
