//! Changes of progenitor's code: messages, errors, and the type of bytes.

use proc_macro2::Ident;
use quote::quote;
use syn::{
    Expr, Lit, Local, Pat, Token, parse_quote,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

/// Turns `x.map_err(Error::InvalidRequest)?` into an error that names operation and parameter.
pub(super) struct Parameters<'a>(pub(super) &'a Ident);

impl VisitMut for Parameters<'_> {
    fn visit_local_mut(&mut self, local: &mut Local) {
        let name = match &local.pat {
            Pat::Ident(pattern) => pattern.ident.to_string(),
            _ => return,
        };
        struct Replace<'a>(&'a Ident, String);

        impl VisitMut for Replace<'_> {
            fn visit_expr_mut(&mut self, expression: &mut Expr) {
                if let Expr::Path(path) = expression
                    && path
                        .path
                        .segments
                        .last()
                        .is_some_and(|last| last.ident == "InvalidRequest")
                {
                    let (operation, name) = (self.0, &self.1);
                    *expression =
                        parse_quote!(|why| Error::invalid_request(&api::#operation, #name, why));
                } else {
                    visit_mut::visit_expr_mut(self, expression);
                }
            }
        }

        Replace(self.0, name).visit_local_mut(local);
    }
}

/// Rewords progenitor's messages, which follow the name of a parameter.
pub(super) struct Messages;

impl VisitMut for Messages {
    fn visit_lit_str_mut(&mut self, literal: &mut syn::LitStr) {
        let text = literal.value();
        if text.ends_with(" was not initialized") {
            *literal = syn::LitStr::new("is required", literal.span());
        } else if let Some(rest) = text.strip_prefix("conversion to `") {
            let name = rest.split('`').next().unwrap_or_default();
            let name = name.rsplit(' ').next().unwrap_or(name);
            let reworded = if text.ends_with("{}") {
                format!("is not a valid {name}: {{}}")
            } else {
                format!("is not a valid {name}")
            };
            *literal = syn::LitStr::new(&reworded, literal.span());
        }
    }

    fn visit_macro_mut(&mut self, called: &mut syn::Macro) {
        if called.path.is_ident("format")
            && let Ok(mut arguments) =
                called.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
        {
            if let Some(Expr::Lit(first)) = arguments.first_mut()
                && let Lit::Str(literal) = &mut first.lit
            {
                self.visit_lit_str_mut(literal);
            }
            called.tokens = quote!(#arguments);
        }
    }
}

/// Gives a body of bytes the type of certfleet-http, which can be sent again, in place of reqwest's.
pub(super) struct Octets;

impl VisitMut for Octets {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let steps: Vec<String> = path
            .segments
            .iter()
            .map(|step| step.ident.to_string())
            .collect();
        if steps == ["reqwest", "Body"] {
            *path = parse_quote!(::certfleet_http::Bytes);
        } else {
            visit_mut::visit_path_mut(self, path);
        }
    }
}

/// Makes optional bytes empty where they are not set.
pub(super) struct NoOctets;

impl VisitMut for NoOctets {
    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        let is_body = matches!(&field.member, syn::Member::Named(name) if name == "body");
        // A typed body begins as its builder, this one as an error.
        if is_body
            && let Expr::Call(call) = &field.expr
            && super::found::ends_with(&call.func, "Err")
        {
            field.expr = parse_quote!(Ok(Bytes::new()));
        }
    }
}
