//! What progenitor's `send` sends and returns, read from its code.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{
    Block, Expr, Lit, Local, Pat, Stmt, Token,
    punctuated::Punctuated,
    visit::{self, Visit},
};

/// What progenitor's `send` sends.
pub(super) struct Found {
    /// The idents of the path's parameters, in their order.
    pub(super) path: Vec<Ident>,
    pub(super) query: Vec<(String, Ident)>,
    pub(super) body: Option<Body>,
    pub(super) success: Success,
}

/// What a body is written as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    Json,
    Urlencoded,
    Bytes,
}

/// What a success is read as.
#[derive(Clone, Copy)]
pub(super) enum Success {
    Json,
    Bytes,
    Nothing,
}

impl Found {
    pub(super) fn new(block: &Block) -> Self {
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

pub(super) fn ends_with(function: &Expr, name: &str) -> bool {
    matches!(function, Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

fn ident_of(expression: &Expr) -> Option<Ident> {
    match expression {
        Expr::Path(path) => path.path.get_ident().cloned(),
        _ => None,
    }
}

/// The first field of `let Self { client, … } = self`.
pub(super) fn first_of_pattern(statement: &Stmt) -> Option<Ident> {
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

pub(super) fn local_name(statement: &Stmt) -> Option<String> {
    match statement {
        Stmt::Local(Local {
            pat: Pat::Ident(pattern),
            ..
        }) => Some(pattern.ident.to_string()),
        _ => None,
    }
}

/// `T` of `Result<ResponseValue<T>, …>`.
pub(super) fn success_type(output: &syn::ReturnType) -> Option<TokenStream> {
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
