//! Sending through the session, in place of progenitor's client.

use super::{
    form::{self, AddToPattern},
    found::{Body, Found, Success, first_of_pattern, local_name, success_type},
    rewording::Parameters,
};
use crate::{
    emit::{literals::constant, progenitor_code::unexpected, servers, successes},
    extensions::{COOKIE, EMPTY_JSON, MEDIA_TYPE, SLASHES},
    form_style,
    lowered::Lowered,
    media_type::OCTETS,
    multipart::FormOperation,
    parameter, path_template,
    problem::Result,
    rust_name,
    schema::{self, OperationAt},
    text,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use syn::{Block, Stmt, parse_quote, visit_mut::VisitMut};

/// Replaces everything from the address on.
pub(super) fn rewrite(
    lowered: &Lowered,
    at: &OperationAt<'_>,
    form: Option<&FormOperation>,
    function: &mut syn::ImplItemFn,
) -> Result<Option<TokenStream>> {
    let operation = format_ident!("{}", constant(&at.name()));
    let found = Found::new(&function.block);
    let mut statements =
        before_address(function).ok_or_else(|| unexpected(lowered, "send builds no address"))?;
    for statement in &mut statements {
        Parameters(&operation).visit_stmt_mut(statement);
    }
    if let Some(form) = form {
        AddToPattern(form).visit_stmt_mut(
            statements
                .first_mut()
                .ok_or_else(|| unexpected(lowered, "send takes nothing apart"))?,
        );
    }

    // progenitor gives the client another name where a parameter has its name.
    let client = statements
        .first()
        .and_then(first_of_pattern)
        .ok_or_else(|| unexpected(lowered, "send takes no client apart"))?;
    if path_template::names(at.path).len() != found.path.len() {
        return Err(unexpected(lowered, "the address has other parameters than the path").into());
    }
    let form_ident = form_ident(at, form);
    let parameters = parameters(at, &found);
    let body = match form {
        Some(_) => quote!(.form(&#form_ident)),
        None => body(at, &found),
    };
    let form = form.map(|form| form::statements(lowered, form, &operation, &form_ident));
    let (call, value, expect) = match found.success {
        Success::Json => (quote!(json), success_type(&function.sig.output), "Json"),
        Success::Bytes => (quote!(bytes), Some(quote!(Bytes)), "Bytes"),
        Success::Nothing => (quote!(nothing), Some(quote!(())), "Nothing"),
    };
    let kept = value.clone().filter(|_| expect != "Nothing");
    let several = successes::of_operation(lowered, at, kept, expect);
    let (call, value) = match &several {
        Some(_) => {
            let name = format_ident!("{}", rust_name::pascal(&at.name()));
            (quote!(by_status), Some(quote!(crate::successes::#name)))
        }
        None => (call, value),
    };
    let begin = match servers::constant(lowered, at) {
        Some(server) => {
            let server = format_ident!("{}", server);
            quote!(request_at(&crate::servers::#server, &api::#operation))
        }
        None => quote!(request(&api::#operation)),
    };
    let rest: Block = parse_quote!({
        #form
        let request = #client
            .session
            .#begin
            #parameters
            #body
            .build()?;
        #client.session.#call(request).await
    });
    statements.extend(rest.stmts);
    function.block.stmts = statements;

    let value = value.ok_or_else(|| unexpected(lowered, "send returns another type"))?;
    function.sig.output = parse_quote!(-> ::std::result::Result<Response<#value>, Error>);
    function.attrs = documentation(at);
    Ok(several)
}

/// What is said of `send`.
fn documentation(at: &OperationAt<'_>) -> Vec<syn::Attribute> {
    let about = format!(
        " Sends `{}`, retrying when that is safe ([`Retry`](::certfleet_http::Retry)).",
        text::line(&at.call())
    );
    vec![
        parse_quote!(#[doc = #about]),
        parse_quote!(#[doc = ""]),
        parse_quote!(#[doc = " # Errors"]),
        parse_quote!(#[doc = " A parameter that is missing or cannot be sent, and everything but a documented success."]),
    ]
}

/// Takes the statements before the address out of `send`.
fn before_address(function: &mut syn::ImplItemFn) -> Option<Vec<Stmt>> {
    let statements = &mut function.block.stmts;
    let address = statements.iter().position(is_address)?;
    Some(statements.drain(..address).collect())
}

/// Whether a statement is `let url = format!(…)`: a parameter may be called `url`, too.
fn is_address(statement: &Stmt) -> bool {
    let is_named = local_name(statement).is_some_and(|name| name.trim_matches('_') == "url");
    let Stmt::Local(local) = statement else {
        return false;
    };
    is_named
        && local.init.as_ref().is_some_and(
            |init| matches!(&*init.expr, syn::Expr::Macro(called) if called.mac.path.is_ident("format")),
        )
}

/// The name of the form's variable, which no part and no parameter has.
fn form_ident(at: &OperationAt<'_>, form: Option<&FormOperation>) -> Ident {
    let parts = form.into_iter().flat_map(|form| &form.parts);
    let taken: BTreeSet<String> = parts
        .map(|part| rust_name::snake(&part.name))
        .chain(
            schema::parameters(at.operation)
                .filter_map(|parameter| parameter["name"].as_str().map(rust_name::snake)),
        )
        .collect();
    let free = rust_name::first_free("form", |name| !taken.contains(name));
    format_ident!("{}", free)
}

/// The calls that set the parameters of the path, the query and the headers.
fn parameters(at: &OperationAt<'_>, found: &Found) -> TokenStream {
    let names = path_template::names(at.path);
    let paths = names.iter().zip(&found.path).map(|(name, ident)| {
        let is_path = schema::parameters(at.operation)
            .any(|parameter| parameter[SLASHES] == true && parameter::wire_name(parameter) == name);
        if is_path {
            quote!(.path_with_slashes(#name, &#ident))
        } else {
            quote!(.path(#name, &#ident))
        }
    });
    let queries: Vec<(bool, &str, &Ident)> = found
        .query
        .iter()
        .map(|(name, ident)| {
            let parameter = schema::parameters(at.operation)
                .find(|parameter| parameter["in"] == "query" && parameter["name"] == name.as_str());
            let is_required = parameter.is_some_and(|parameter| parameter["required"] == true);
            let wire = parameter.map_or(name.as_str(), parameter::wire_name);
            (is_required, wire, ident)
        })
        .collect();
    // A parameter of the name says the same, and more, if it is set.
    let fixed = path_template::fixed_query(at.path)
        .unwrap_or_default()
        .into_iter()
        .filter_map(
            |(name, value)| match queries.iter().find(|(_, wire, _)| *wire == name) {
                Some((true, _, _)) => None,
                Some((false, _, ident)) => {
                    Some(quote!(.query(#name, &#ident.is_none().then_some(#value))))
                }
                None => Some(quote!(.query(#name, &#value))),
            },
        );
    let queries = queries
        .iter()
        .map(|(_, name, ident)| quote!(.query(#name, &#ident)));
    let headers = schema::parameters(at.operation)
        .filter(|parameter| parameter["in"] == "header")
        .filter_map(|parameter| Some((parameter["name"].as_str()?, parameter)))
        .map(|(name, parameter)| {
            let ident = Ident::new(&rust_name::snake(name), Span::call_site());
            let name = parameter::wire_name(parameter);
            if parameter[COOKIE] == true {
                quote!(.cookie(#name, &#ident))
            } else {
                quote!(.header(#name, &#ident))
            }
        });
    quote!(#(#paths)* #(#fixed)* #(#queries)* #(#headers)*)
}

/// The call that sets the body, if there is one.
fn body(at: &OperationAt<'_>, found: &Found) -> TokenStream {
    match found.body {
        Some(Body::Json) => quote!(.json(&body)),
        Some(Body::Urlencoded) => {
            let styles = form_style::styles(at.operation).map(|(name, style)| {
                let style = format_ident!("{}", rust_name::pascal(style));
                quote!((#name, ::certfleet_http::FieldStyle::#style))
            });
            quote!(.urlencoded(&body, &[#(#styles),*]))
        }
        Some(Body::Bytes) => {
            let media_type = at.operation[MEDIA_TYPE].as_str().unwrap_or(OCTETS);
            quote!(.bytes(#media_type, &body))
        }
        None if at.operation[EMPTY_JSON] == true => {
            quote!(.json(&::serde_json::Map::<String, ::serde_json::Value>::new()))
        }
        None => TokenStream::new(),
    }
}
