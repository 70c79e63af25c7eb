//! `src/client.rs` and `src/lib.rs`.

use super::unexpected;
use crate::{pipeline::Lowered, problem::Result, schema};
use quote::ToTokens;
use syn::{ImplItem, Item};

/// The client, with one method for each operation.
pub(crate) fn text(lowered: &Lowered, raw: &syn::File) -> Result<String> {
    let methods: Vec<String> = raw
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() => Some(item),
            _ => None,
        })
        .flat_map(|item| &item.items)
        .filter_map(|member| match member {
            ImplItem::Fn(function)
                if !matches!(
                    function.sig.ident.to_string().as_str(),
                    "new" | "new_with_client"
                ) =>
            {
                Some(function)
            }
            _ => None,
        })
        .map(|function| {
            let about = documentation(lowered, &function.sig.ident.to_string());
            let mut function = function.clone();
            function.attrs.clear();
            format!("{about}{}", function.to_token_stream())
        })
        .collect();
    if methods.len() != schema::operations(&lowered.document).count() {
        return Err(unexpected(lowered, "other methods than operations").into());
    }
    let provider = &lowered.provider;
    let new = if provider.shared_server {
        "/// A client at the vendor's address.\n\
         ///\n\
         /// # Errors\n\
         /// [`ErrorKind::Config`](::certfleet_http::ErrorKind::Config): the credentials cannot be sent.\n\
         pub fn new(credentials: &Credentials) -> Result<Self> {\n\
             Self::builder(credentials).build().map(Self::from)\n\
         }"
    } else {
        "/// A client at its owner's address, which has no default.\n\
         ///\n\
         /// # Errors\n\
         /// [`ErrorKind::Config`](::certfleet_http::ErrorKind::Config): the address or the credentials cannot be used.\n\
         pub fn new(base_url: &str, credentials: &Credentials) -> Result<Self> {\n\
             Self::builder(credentials).base_url(base_url).build().map(Self::from)\n\
         }"
    };
    Ok(format!(
        "use crate::{{api::API, builder, Credentials}};\n\
         use ::certfleet_http::{{Deadline, Result, Session, SessionBuilder}};\n\
         /// A client for {title}. Cheap to clone; clones share connections.\n\
         #[derive(Clone, Debug)]\n\
         pub struct Client {{ pub(crate) session: Session }}\n\
         impl Client {{\n\
             {new}\n\
             /// Sets up a session: another address, transport, deadline, body limit. Its `build` gives\n\
             /// what [`Client::from`] takes.\n\
             pub fn builder(credentials: &Credentials) -> SessionBuilder {{\n\
                 SessionBuilder::new(&API, credentials.authorization())\n\
             }}\n\
             /// What it talks through.\n\
             pub fn session(&self) -> &Session {{ &self.session }}\n\
             /// A client whose calls all have to be over by then, waits and repetitions included.\n\
             pub fn until(&self, deadline: Deadline) -> Self {{ self.session.until(deadline).into() }}\n\
             {methods}\n\
         }}\n\
         impl From<Session> for Client {{\n\
             fn from(session: Session) -> Self {{ Self {{ session }} }}\n\
         }}\n",
        title = provider.title,
        methods = methods.join("\n"),
    ))
}

/// What is said of an operation.
fn documentation(lowered: &Lowered, method: &str) -> String {
    let mut lines = Vec::new();
    if let Some(at) = schema::operations(&lowered.document).find(|at| at.name() == method) {
        for field in ["summary", "description"] {
            if let Some(text) = at.operation[field].as_str() {
                if !lines.is_empty() {
                    lines.push(String::new());
                }
                lines.extend(text.trim().lines().map(str::to_owned));
            }
        }
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(format!("`{}`", at.call()));
        if at.operation["deprecated"] == true {
            lines.push(String::new());
            lines.push("The vendor means to take it away (deprecated).".to_owned());
        }
    }
    lines
        .iter()
        .map(|line| format!("/// {}\n", line.trim()).replace("///  ", "/// "))
        .collect()
}

/// `src/lib.rs`, formatted as rustfmt would: it is the one generated file that rustfmt reads.
pub(crate) fn root(lowered: &Lowered) -> String {
    let notice = &lowered.package.notice;
    format!(
        "// {notice} Do not edit.\n\
         #![doc = include_str!(\"../README.md\")]\n\
         \n\
         #[rustfmt::skip]\n\
         mod api;\n\
         #[rustfmt::skip]\n\
         mod auth;\n\
         #[rustfmt::skip]\n\
         #[allow(clippy::all, clippy::pedantic, unused_imports)]\n\
         pub mod builder;\n\
         #[rustfmt::skip]\n\
         mod client;\n\
         #[rustfmt::skip]\n\
         pub mod enums;\n\
         #[rustfmt::skip]\n\
         mod in_band_failures;\n\
         #[rustfmt::skip]\n\
         #[allow(clippy::all, clippy::pedantic, clippy::unwrap_used, missing_docs)]\n\
         pub mod types;\n\
         \n\
         pub use api::API;\n\
         pub use auth::Credentials;\n\
         pub use client::Client;\n\
         \n\
         pub use ::certfleet_http as http;\n"
    )
}
