//! A `Debug` that shows no bytes.

use proc_macro2::Ident;
use quote::quote;
use syn::{Item, Token, parse_quote, punctuated::Punctuated, visit::Visit};

/// The fields that `Debug` must not show: bytes, which may be secret. Other types hide what is secret in
/// their own `Debug`.
pub(super) fn hidden(item: &syn::ItemStruct) -> Vec<Ident> {
    item.fields
        .iter()
        .filter(|field| holds_bytes(&field.ty))
        .filter_map(|field| field.ident.clone())
        .collect()
}

/// Whether a type is made of bytes as they are.
fn holds_bytes(value: &syn::Type) -> bool {
    struct Bytes(bool);

    impl<'ast> Visit<'ast> for Bytes {
        fn visit_ident(&mut self, ident: &'ast Ident) {
            self.0 |= ident == "Bytes";
        }
    }

    let mut bytes = Bytes(false);
    bytes.visit_type(value);
    bytes.0
}

/// A `Debug` without these fields, in place of the derived one.
pub(super) fn hide(item: &mut syn::ItemStruct, hidden: &[Ident]) -> Item {
    item.attrs.retain_mut(|attribute| {
        if !attribute.path().is_ident("derive") {
            return true;
        }
        let Ok(mut kept) =
            attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated)
        else {
            return true;
        };
        kept = kept
            .into_iter()
            .filter(|name| {
                name.segments
                    .last()
                    .is_none_or(|last| last.ident != "Debug")
            })
            .collect();
        *attribute = parse_quote!(#[derive(#kept)]);
        !kept.is_empty()
    });
    let ident = &item.ident;
    let name = ident.to_string();
    let fields = item
        .fields
        .iter()
        .filter_map(|field| field.ident.as_ref())
        .filter(|field| !hidden.contains(field))
        .map(|field| {
            let name = field.to_string();
            quote!(.field(#name, &self.#field))
        });
    let (implemented, of, bounds) = item.generics.split_for_impl();
    parse_quote! {
        impl #implemented ::std::fmt::Debug for #ident #of #bounds {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#name) #(#fields)* .finish_non_exhaustive()
            }
        }
    }
}
