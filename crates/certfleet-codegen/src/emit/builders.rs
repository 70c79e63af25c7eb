//! `src/builder.rs`: progenitor's builders. Everything up to the address stays as progenitor wrote
//! it; sending goes through the session, and the parts of forms are added.

use super::{constant, module, unexpected};
use crate::{
    lint,
    passes::{
        FormOperation, Part,
        bodies::{EMPTY_JSON, MEDIA_TYPE, URLENCODED},
        parameters, urlencoded,
    },
    pipeline::Lowered,
    problem::{Problems, Result},
    rust_name,
    schema::{self, OperationAt},
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{
    Block, Expr, ImplItem, Item, Lit, Local, Pat, Stmt, Token, parse_quote,
    punctuated::Punctuated,
    visit::{self, Visit},
    visit_mut::{self, VisitMut},
};

pub(crate) fn file(lowered: &Lowered, raw: &syn::File) -> Result<syn::File> {
    let mut items = module(raw, "builder")
        .ok_or_else(|| unexpected(lowered, "there is no module builder"))?
        .to_vec();
    items.retain(|item| !matches!(item, Item::Use(_)));
    let mut problems = Vec::new();
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
                        add_fields(lowered, form, fields);
                    }
                    let hidden = hidden(item);
                    if !hidden.is_empty() {
                        shown.push(hide(item, &hidden));
                    }
                }
                Item::Impl(item) if matches!(&*item.self_ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|s| s.ident == name)) => {
                    match rewrite(lowered, &at, form, item) {
                        Ok(rewritten) => sent += rewritten,
                        Err(found) => {
                            problems.extend(found.0.into_iter().map(|one| one.of(&operation_id)))
                        }
                    }
                }
                _ => {}
            }
        }
        if sent != 1 && problems.is_empty() {
            problems.push(
                unexpected(lowered, &format!("{operation_id} has {sent} ways to send"))
                    .of(&operation_id),
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
    Ok(syn::File {
        shebang: None,
        attrs: Vec::new(),
        items: uses.items.into_iter().chain(items).chain(shown).collect(),
    })
}

/// Rewrites `new` and `send` of one builder. Returns how many `send` there were.
fn rewrite(
    lowered: &Lowered,
    at: &OperationAt<'_>,
    form: Option<&FormOperation>,
    item: &mut syn::ItemImpl,
) -> Result<usize> {
    let mut sent = 0;
    for member in &mut item.items {
        let ImplItem::Fn(function) = member else {
            continue;
        };
        Messages.visit_impl_item_fn_mut(function);
        Octets.visit_impl_item_fn_mut(function);
        if function.sig.ident == "new" {
            function.attrs.insert(
                0,
                parse_quote!(#[doc = " The operation without parameters."]),
            );
            if let Some(form) = form {
                AddToNew(form).visit_impl_item_fn_mut(function);
            }
            let body = &at.operation["requestBody"];
            let is_octets = body["content"].get("application/octet-stream").is_some();
            if is_octets && body["required"] != true {
                NoOctets.visit_impl_item_fn_mut(function);
            }
        } else if function.sig.ident == "send" {
            send(lowered, at, form, function)?;
            sent += 1;
        } else {
            let about = about(at, &function.sig.ident.to_string());
            function.attrs.insert(0, parse_quote!(#[doc = #about]));
        }
    }
    if let Some(form) = form {
        for part in &form.parts {
            let ident = format_ident!("{}", rust_name::snake(&part.name));
            let about = format!(
                " The form's part `{}`{}.{}",
                part.name,
                if part.required { ", required" } else { "" },
                part.description
                    .as_deref()
                    .map_or(String::new(), |text| format!(" {}", sentence(text)))
            );
            let setter: ImplItem = if part.is_file {
                parse_quote! {
                    #[doc = #about]
                    pub fn #ident(mut self, file: ::certfleet_http::FilePart) -> Self {
                        self.#ident = Some(file);
                        self
                    }
                }
            } else {
                let value = text(lowered, part);
                parse_quote! {
                    #[doc = #about]
                    pub fn #ident(mut self, value: impl Into<#value>) -> Self {
                        self.#ident = Some(value.into());
                        self
                    }
                }
            };
            let place = item.items.len().saturating_sub(1);
            item.items.insert(place, setter);
        }
    }
    Ok(sent)
}

/// Replaces everything from the address on.
fn send(
    lowered: &Lowered,
    at: &OperationAt<'_>,
    form: Option<&FormOperation>,
    function: &mut syn::ImplItemFn,
) -> Result<()> {
    let operation = format_ident!("{}", constant(&at.name()));
    let found = Found::of(&function.block);
    let address = function
        .block
        .stmts
        .iter()
        .position(|statement| local_name(statement).is_some_and(|name| name.starts_with("url")))
        .ok_or_else(|| unexpected(lowered, "send builds no address"))?;
    let mut statements: Vec<Stmt> = function.block.stmts.drain(..address).collect();
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

    // progenitor calls the client otherwise where a parameter is called so.
    let client = statements
        .first()
        .and_then(first_of_pattern)
        .ok_or_else(|| unexpected(lowered, "send takes no client apart"))?;
    let form_ident = match form {
        Some(form)
            if form
                .parts
                .iter()
                .any(|part| rust_name::snake(&part.name) == "form") =>
        {
            format_ident!("_form")
        }
        _ => format_ident!("form"),
    };
    let names = lint::template_names(at.path);
    if names.len() != found.path.len() {
        return Err(unexpected(lowered, "the address has other parameters than the path").into());
    }
    let paths = names
        .iter()
        .zip(&found.path)
        .map(|(name, ident)| quote!(.path(#name, &#ident)));
    let queries = found.query.iter().map(|(name, ident)| {
        let name = at.operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|parameter| parameter["in"] == "query" && parameter["name"] == name.as_str())
            .map_or(name.as_str(), parameters::wire_name);
        quote!(.query(#name, &#ident))
    });
    let headers = at.operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|parameter| parameter["in"] == "header")
        .filter_map(|parameter| Some((parameter["name"].as_str()?, parameter)))
        .map(|(name, parameter)| {
            let ident = Ident::new(&rust_name::snake(name), Span::call_site());
            let name = parameters::wire_name(parameter);
            quote!(.header(#name, &#ident))
        });
    let body: TokenStream = if form.is_some() {
        quote!(.form(&#form_ident))
    } else if found.body == Some(Body::Json) {
        quote!(.json(&body))
    } else if found.body == Some(Body::Urlencoded) {
        let styles = urlencoded::styles(at.operation)
            .into_iter()
            .map(|(name, style)| {
                let style = format_ident!("{style}");
                quote!((#name, ::certfleet_http::FieldStyle::#style))
            });
        quote!(.urlencoded(&body, &[#(#styles),*]))
    } else if found.body == Some(Body::Bytes) {
        let media_type = at.operation[MEDIA_TYPE]
            .as_str()
            .unwrap_or("application/octet-stream");
        quote!(.bytes(#media_type, &body))
    } else if at.operation[EMPTY_JSON] == true {
        quote!(.json(&::serde_json::Map::<String, ::serde_json::Value>::new()))
    } else {
        TokenStream::new()
    };
    let form = form.map(|form| form_of(lowered, form, &operation, &form_ident));
    let (call, value) = match found.success {
        Success::Json => (quote!(json), None),
        Success::Bytes => (quote!(bytes), Some(quote!(Bytes))),
        Success::Nothing => (quote!(nothing), Some(quote!(()))),
    };
    let rest: Block = parse_quote!({
        #form
        let request = #client
            .session
            .request(&api::#operation)
            #(#paths)*
            #(#queries)*
            #(#headers)*
            #body
            .build()?;
        #client.session.#call(request).await
    });
    statements.extend(rest.stmts);
    function.block.stmts = statements;

    let value = match value {
        Some(value) => value,
        None => success_type(&function.sig.output)
            .ok_or_else(|| unexpected(lowered, "send returns another type"))?,
    };
    function.sig.output = parse_quote!(-> ::std::result::Result<Response<#value>, Error>);
    let about = format!(
        " Sends `{}`, retrying when that is safe ([`Retry`](::certfleet_http::Retry)).",
        at.call()
    );
    function.attrs = vec![
        parse_quote!(#[doc = #about]),
        parse_quote!(#[doc = ""]),
        parse_quote!(#[doc = " # Errors"]),
        parse_quote!(#[doc = " A parameter that is missing or cannot be sent, and everything but a documented success."]),
    ];
    Ok(())
}

/// Whether the document calls a part secret.
fn is_secret(lowered: &Lowered, part: &Part) -> bool {
    lowered.provider.secrets.request.contains(&part.name)
}

/// The type of a part that is a text.
fn text(lowered: &Lowered, part: &Part) -> syn::Type {
    if is_secret(lowered, part) {
        parse_quote!(::certfleet_http::Secret)
    } else {
        parse_quote!(String)
    }
}

/// The statements that make the form.
fn form_of(
    lowered: &Lowered,
    form: &FormOperation,
    operation: &Ident,
    whole: &Ident,
) -> TokenStream {
    let parts = form.parts.iter().map(|part| {
        let ident = format_ident!("{}", rust_name::snake(&part.name));
        let name = &part.name;
        let method = format_ident!("{}", if part.is_file { "file" } else { "text" });
        let value = if !part.is_file && is_secret(lowered, part) {
            quote!(#ident.expose().to_owned())
        } else {
            quote!(#ident)
        };
        if part.required {
            quote! {
                let #ident = #ident.ok_or_else(|| Error::invalid_request(&api::#operation, #name, "is required"))?;
                #whole = #whole.#method(#name, #value);
            }
        } else {
            quote! {
                if let Some(#ident) = #ident {
                    #whole = #whole.#method(#name, #value);
                }
            }
        }
    });
    quote! {
        let mut #whole = ::certfleet_http::Form::new();
        #(#parts)*
    }
}

fn add_fields(lowered: &Lowered, form: &FormOperation, fields: &mut syn::FieldsNamed) {
    for part in &form.parts {
        let ident = format_ident!("{}", rust_name::snake(&part.name));
        let value: syn::Type = if part.is_file {
            parse_quote!(::certfleet_http::FilePart)
        } else {
            text(lowered, part)
        };
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

/// The fields that `Debug` must not show: bytes, of which nobody knows whether they are secret. Others hide
/// what is secret in their own `Debug`.
fn hidden(item: &syn::ItemStruct) -> Vec<Ident> {
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
fn hide(item: &mut syn::ItemStruct, hidden: &[Ident]) -> Item {
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

/// Adds the parts to `Self { … }` in `new`.
struct AddToNew<'a>(&'a FormOperation);

impl VisitMut for AddToNew<'_> {
    fn visit_expr_struct_mut(&mut self, expression: &mut syn::ExprStruct) {
        for part in &self.0.parts {
            let ident = format_ident!("{}", rust_name::snake(&part.name));
            expression.fields.push(parse_quote!(#ident: None));
        }
    }
}

/// Adds the parts to `let Self { … } = self` in `send`.
struct AddToPattern<'a>(&'a FormOperation);

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

/// Turns `x.map_err(Error::InvalidRequest)?` into an error that names operation and parameter.
struct Parameters<'a>(&'a Ident);

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

/// Rewords progenitor's messages: they follow the parameter's name.
struct Messages;

impl VisitMut for Messages {
    fn visit_lit_str_mut(&mut self, literal: &mut syn::LitStr) {
        let text = literal.value();
        if text.ends_with(" was not initialized") {
            *literal = syn::LitStr::new("is required", literal.span());
        } else if let Some(rest) = text.strip_prefix("conversion to `") {
            let name = rest.split('`').next().unwrap_or_default();
            let name = name.rsplit(' ').next().unwrap_or(name);
            let reworded = if text.ends_with("{}") {
                format!("is no {name}: {{}}")
            } else {
                format!("is no {name}")
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

/// A body that is sent as it is is our bytes, which can be sent again, not reqwest's.
struct Octets;

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

/// Bytes that need not be given are none.
struct NoOctets;

impl VisitMut for NoOctets {
    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        let is_body = matches!(&field.member, syn::Member::Named(name) if name == "body");
        // A typed body begins as its builder, this one as an error.
        if is_body
            && let Expr::Call(call) = &field.expr
            && ends_with(&call.func, "Err")
        {
            field.expr = parse_quote!(Ok(Bytes::new()));
        }
    }
}

/// What progenitor's `send` sends.
struct Found {
    path: Vec<Ident>,
    query: Vec<(String, Ident)>,
    body: Option<Body>,
    success: Success,
}

/// What a body is written as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    Json,
    Urlencoded,
    Bytes,
}

/// What a success is read as.
#[derive(Clone, Copy)]
enum Success {
    Json,
    Bytes,
    Nothing,
}

impl Found {
    fn of(block: &Block) -> Self {
        let mut found = Self {
            path: Vec::new(),
            query: Vec::new(),
            body: None,
            success: Success::Nothing,
        };
        found.visit_block(block);
        found
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        if called.path.is_ident("format")
            && let Ok(arguments) =
                called.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
        {
            for argument in arguments {
                if let Expr::Call(call) = argument
                    && ends_with(&call.func, "encode_path")
                    && let Some(Expr::Reference(argument)) = call.args.first()
                    && let Expr::MethodCall(text) = &*argument.expr
                    && let Some(ident) = ident_of(&text.receiver)
                {
                    self.path.push(ident);
                }
            }
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let segments: Vec<String> = path
                .path
                .segments
                .iter()
                .map(|s| s.ident.to_string())
                .collect();
            let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
            match segments.as_slice() {
                [.., "QueryParam", "new"] => {
                    if let (Some(Expr::Lit(name)), Some(Expr::Reference(value))) =
                        (call.args.first(), call.args.get(1))
                        && let (Lit::Str(name), Some(ident)) = (&name.lit, ident_of(&value.expr))
                    {
                        self.query.push((name.value(), ident));
                    }
                }
                ["ResponseValue", "from_response"] => self.success = Success::Json,
                ["ResponseValue", "stream"] => self.success = Success::Bytes,
                _ => {}
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        match call.method.to_string().as_str() {
            "json" => self.body = Some(Body::Json),
            "form_urlencoded" => self.body = Some(Body::Urlencoded),
            "body" => self.body = Some(Body::Bytes),
            _ => {}
        }
        visit::visit_expr_method_call(self, call);
    }
}

fn ends_with(function: &Expr, name: &str) -> bool {
    matches!(function, Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

fn ident_of(expression: &Expr) -> Option<Ident> {
    match expression {
        Expr::Path(path) => path.path.get_ident().cloned(),
        _ => None,
    }
}

/// The first field of `let Self { client, … } = self`.
fn first_of_pattern(statement: &Stmt) -> Option<Ident> {
    let Stmt::Local(Local {
        pat: Pat::Struct(pattern),
        ..
    }) = statement
    else {
        return None;
    };
    match &pattern.fields.first()?.member {
        syn::Member::Named(ident) => Some(ident.clone()),
        syn::Member::Unnamed(_) => None,
    }
}

fn local_name(statement: &Stmt) -> Option<String> {
    match statement {
        Stmt::Local(Local {
            pat: Pat::Ident(pattern),
            ..
        }) => Some(pattern.ident.to_string()),
        _ => None,
    }
}

/// `T` of `Result<ResponseValue<T>, …>`.
fn success_type(output: &syn::ReturnType) -> Option<TokenStream> {
    let syn::ReturnType::Type(_, output) = output else {
        return None;
    };
    let value = first_argument(output)?;
    let value = first_argument(value)?;
    Some(quote!(#value))
}

fn first_argument(path: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = path else {
        return None;
    };
    let syn::PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments
    else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(argument) => Some(argument),
        _ => None,
    })
}

/// What is said of a parameter.
fn about(at: &OperationAt<'_>, ident: &str) -> String {
    match ident {
        "body" | "body_map" => return about_body(at, ident),
        _ => {}
    }
    let parameter = at.operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|parameter| {
            parameter["name"]
                .as_str()
                .is_some_and(|name| rust_name::snake(name) == ident)
        });
    let Some(parameter) = parameter else {
        return format!(" The parameter `{ident}`.");
    };
    format!(
        " The {} parameter `{}`{}.{}",
        parameter["in"].as_str().unwrap_or_default(),
        parameters::wire_name(parameter),
        if parameter["required"] == true {
            ", required"
        } else {
            ""
        },
        parameter["description"]
            .as_str()
            .map_or(String::new(), |text| format!(" {}", sentence(text)))
    )
}

/// What is said of the body's methods.
fn about_body(at: &OperationAt<'_>, ident: &str) -> String {
    let content = &at.operation["requestBody"]["content"];
    let what = if content.get(URLENCODED).is_some() {
        "form in the body".to_owned()
    } else if content.get("application/json").is_some() {
        "JSON body".to_owned()
    } else {
        let media_type = at.operation[MEDIA_TYPE]
            .as_str()
            .unwrap_or("application/octet-stream");
        format!("body, `{media_type}`")
    };
    match ident {
        "body_map" => format!(" Changes the {what} that was set so far."),
        _ => format!(" The {what}."),
    }
}

/// A description on one line, ending in a full stop.
fn sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.ends_with(['.', '!', '?']) {
        text
    } else {
        format!("{text}.")
    }
}
