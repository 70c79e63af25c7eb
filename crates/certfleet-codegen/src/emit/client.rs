//! `src/client.rs` and `src/lib.rs`.

use super::progenitor_code::unexpected;
use crate::{lowered::Lowered, problem::Result, schema, text};
use quote::ToTokens;
use syn::{ImplItem, Item};

/// The client, with one method for each operation.
pub(crate) fn text(lowered: &Lowered, raw: &syn::File) -> Result<String> {
    let methods = methods(lowered, raw);
    if methods.len() != schema::operations(&lowered.document).count() {
        return Err(unexpected(lowered, "other methods than operations").into());
    }
    let provider = &lowered.provider;
    let new = if provider.shared_server {
        "/// Creates a client for the vendor's address.\n\
         ///\n\
         /// # Errors\n\
         /// [`ErrorKind::Config`](::certfleet_http::ErrorKind::Config): the credentials cannot be sent.\n\
         pub fn new(credentials: &Credentials) -> Result<Self> {\n\
             Self::builder(credentials).build().map(Self::from)\n\
         }"
    } else {
        "/// Creates a client for the address of an installation, which has no default.\n\
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
             /// Sets up a session with another address, transport, deadline or body limit. Its `build`\n\
             /// returns what [`Client::from`] takes.\n\
             pub fn builder(credentials: &Credentials) -> SessionBuilder {{\n\
                 SessionBuilder::new(&API, credentials.authorization())\n\
             }}\n\
             /// Returns the session that sends the requests.\n\
             pub fn session(&self) -> &Session {{ &self.session }}\n\
             /// Returns a client whose calls end by this deadline, waits and retries included.\n\
             pub fn until(&self, deadline: Deadline) -> Self {{ self.session.until(deadline).into() }}\n\
             /// Returns a client whose calls carry this header besides their own.\n\
             ///\n\
             /// # Errors\n\
             /// [`ErrorKind::Config`](::certfleet_http::ErrorKind::Config): it cannot be a header, or is one that the\n\
             /// session or the credentials set.\n\
             pub fn with_header(&self, name: &str, value: &str) -> Result<Self> {{\n\
                 self.session.with_header(name, value).map(Self::from)\n\
             }}\n\
             {methods}\n\
         }}\n\
         impl From<Session> for Client {{\n\
             fn from(session: Session) -> Self {{ Self {{ session }} }}\n\
         }}\n",
        title = provider.title,
        methods = methods.join("\n"),
    ))
}

/// The methods of progenitor's client that call an operation, with their documentation.
fn methods(lowered: &Lowered, raw: &syn::File) -> Vec<String> {
    raw.items
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
        .collect()
}

/// The documentation of an operation.
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
        lines.push(format!("`{}`", text::line(&at.call())));
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

/// `src/lib.rs` below its mark. Most crates have no servers and no successes of their own.
pub(crate) fn root(has_servers: bool, has_successes: bool) -> String {
    let mut root = ROOT.to_owned();
    for (name, is_there) in [("successes", has_successes), ("servers", has_servers)] {
        if is_there {
            root = root.replace(
                "mod in_band_failures;\n",
                &format!("mod in_band_failures;\n#[rustfmt::skip]\npub mod {name};\n"),
            );
        }
    }
    root
}

/// `src/lib.rs` below its mark, formatted as rustfmt would: it is the one generated file that rustfmt
/// reads.
const ROOT: &str = "\
#![doc = include_str!(\"../README.md\")]

#[rustfmt::skip]
mod api;
#[rustfmt::skip]
mod auth;
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, unused_imports)]
pub mod builder;
#[rustfmt::skip]
mod client;
#[rustfmt::skip]
pub mod enums;
#[rustfmt::skip]
mod in_band_failures;
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, clippy::unwrap_used, missing_docs)]
pub mod types;

pub use api::API;
pub use auth::Credentials;
pub use client::Client;

pub use ::certfleet_http as http;
";
