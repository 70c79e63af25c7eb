//! `src/builder.rs`: progenitor's builders. Everything up to the address stays as progenitor wrote
//! it; sending goes through the session, and the parts of forms are added.

mod about;
mod debug;
mod form;
mod found;
mod rewording;
mod send;

use super::progenitor_code::{module, unexpected};
use crate::{
    lowered::Lowered,
    media_type::OCTETS,
    multipart::FormOperation,
    parameter,
    problem::{Problems, Result},
    rust_name,
    schema::{self, OperationAt},
};
use proc_macro2::TokenStream;
use quote::format_ident;
use rewording::{Messages, NoOctets, Octets};
use syn::{ImplItem, Item, parse_quote, visit_mut::VisitMut};

/// The builders, and what operations with several successes return.
pub(crate) fn file(lowered: &Lowered, raw: &syn::File) -> Result<(syn::File, Vec<TokenStream>)> {
    let mut items = module(raw, "builder")
        .ok_or_else(|| unexpected(lowered, "there is no module builder"))?
        .to_vec();
    items.retain(|item| !matches!(item, Item::Use(_)));
    let mut problems = Vec::new();
    let mut successes = Vec::new();
    let mut shown = Vec::new();
    for at in schema::operations(&lowered.document) {
        let mut sent = 0;
        let operation_id = at.name();
        let name = rust_name::pascal(&operation_id);
        let form = lowered
            .forms
            .iter()
            .find(|form| form.operation_id == operation_id);
        for item in &mut items {
            match item {
                Item::Struct(item) if item.ident == name => {
                    Octets.visit_item_struct_mut(item);
                    if let (Some(form), syn::Fields::Named(fields)) = (form, &mut item.fields) {
                        form::add_fields(lowered, form, fields);
                    }
                    let hidden = debug::hidden(item);
                    if !hidden.is_empty() {
                        shown.push(debug::hide(item, &hidden));
                    }
                }
                Item::Impl(item) if matches!(&*item.self_ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|s| s.ident == name)) => {
                    match rewrite(lowered, &at, form, item) {
                        Ok(rewritten) => {
                            sent += rewritten.sent;
                            successes.extend(rewritten.successes);
                        }
                        Err(found) => problems.extend(
                            found
                                .0
                                .into_iter()
                                .map(|problem| problem.in_operation(&operation_id)),
                        ),
                    }
                }
                _ => {}
            }
        }
        if sent != 1 && problems.is_empty() {
            problems.push(
                unexpected(lowered, &format!("{operation_id} has {sent} ways to send"))
                    .in_operation(&operation_id),
            );
        }
    }
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    let uses: syn::File = parse_quote! {
        #[allow(unused_imports)]
        use crate::{api, types};
        #[allow(unused_imports)]
        use ::certfleet_http::{Bytes, Error, Response};
    };
    let file = syn::File {
        shebang: None,
        attrs: Vec::new(),
        items: uses.items.into_iter().chain(items).chain(shown).collect(),
    };
    Ok((file, successes))
}

/// What rewriting a builder found.
#[derive(Default)]
struct Rewritten {
    /// How many `send` there were.
    sent: usize,
    /// What the operation returns, if it has several successes.
    successes: Option<TokenStream>,
}

/// Rewrites `new` and `send` of one builder.
fn rewrite(
    lowered: &Lowered,
    at: &OperationAt<'_>,
    form: Option<&FormOperation>,
    item: &mut syn::ItemImpl,
) -> Result<Rewritten> {
    let mut rewritten = Rewritten::default();
    for member in &mut item.items {
        let ImplItem::Fn(function) = member else {
            continue;
        };
        let is_setter = matches!(function.sig.inputs.first(), Some(syn::FnArg::Receiver(_)))
            && function.sig.inputs.len() > 1;
        if is_setter && parameter::is_taken(&function.sig.ident.to_string(), false) {
            // A parameter of the path, whose name is in the template.
            let about = about::setter(at, &function.sig.ident.to_string());
            function.attrs.insert(0, parse_quote!(#[doc = #about]));
            function.sig.ident = format_ident!("{}_", function.sig.ident);
            Messages.visit_impl_item_fn_mut(function);
            continue;
        }
        Messages.visit_impl_item_fn_mut(function);
        Octets.visit_impl_item_fn_mut(function);
        if function.sig.ident == "new" {
            function.attrs.insert(
                0,
                parse_quote!(#[doc = " Creates the operation without parameters."]),
            );
            if let Some(form) = form {
                form::AddToNew(form).visit_impl_item_fn_mut(function);
            }
            let body = &at.operation["requestBody"];
            let is_octets = body["content"].get(OCTETS).is_some();
            if is_octets && body["required"] != true {
                NoOctets.visit_impl_item_fn_mut(function);
            }
        } else if function.sig.ident == "send" {
            rewritten.successes = send::rewrite(lowered, at, form, function)?;
            rewritten.sent += 1;
        } else {
            let about = about::setter(at, &function.sig.ident.to_string());
            function.attrs.insert(0, parse_quote!(#[doc = #about]));
        }
    }
    if let Some(form) = form {
        for part in &form.parts {
            // Before `send`.
            let index = item.items.len().saturating_sub(1);
            item.items.insert(index, form::setter(lowered, part));
        }
    }
    Ok(rewritten)
}
