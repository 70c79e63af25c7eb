//! `src/successes.rs`: what an operation returns that documents successes of several shapes, by status.

use super::enums;
use crate::{
    extensions::{OWN_STATUSES, SUCCESSES},
    lowered::Lowered,
    pointer, references, rust_name,
    schema::{self, OperationAt},
    text,
};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;
use std::collections::BTreeSet;

/// One success: the statuses that it has, and the type of its body, if it has one.
struct Success {
    statuses: Vec<String>,
    value: Option<TokenStream>,
    expect: &'static str,
}

/// The enum of an operation with several successes, if it has. `kept` is the type of the one that progenitor
/// saw.
pub(super) fn of_operation(
    lowered: &Lowered,
    at: &OperationAt<'_>,
    kept: Option<TokenStream>,
    kept_expect: &'static str,
) -> Option<TokenStream> {
    let response = at.operation["responses"].as_object()?.values().next()?;
    let others = response[SUCCESSES].as_object()?;
    let mut all = vec![Success {
        statuses: schema::texts(&response[OWN_STATUSES]).into_iter().collect(),
        value: kept,
        expect: kept_expect,
    }];
    for (status, body) in others {
        let (value, expect) = body_type(lowered, body);
        let text = value.as_ref().map(TokenStream::to_string);
        let same = all.iter_mut().find(|one| {
            one.value.as_ref().map(TokenStream::to_string) == text && one.expect == expect
        });
        match same {
            Some(one) => one.statuses.push(status.clone()),
            None => all.push(Success {
                statuses: vec![status.clone()],
                value,
                expect,
            }),
        }
    }
    Some(written(at, &all))
}

/// The type of a body that progenitor did not see, and how it is expected.
fn body_type(lowered: &Lowered, body: &Value) -> (Option<TokenStream>, &'static str) {
    let name = body["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix(references::TO_SCHEMAS))
        .map(|name| rust_name::pascal(&pointer::unescape(name)));
    match name {
        Some(name) => {
            let ident = format_ident!("{}", name);
            let is_open = enums::open(&lowered.document)
                .iter()
                .any(|(open, _, _)| *open == name);
            let value = if is_open {
                quote!(crate::enums::#ident)
            } else {
                quote!(crate::types::#ident)
            };
            (Some(value), "Json")
        }
        None if body["bytes"] == true => (Some(quote!(::certfleet_http::Bytes)), "Bytes"),
        None => (None, "Nothing"),
    }
}

fn written(at: &OperationAt<'_>, all: &[Success]) -> TokenStream {
    let name = format_ident!("{}", rust_name::pascal(&at.name()));
    let about = format!(
        " The successes of [`{id}`](crate::Client::{id}), by status.",
        id = at.name()
    );
    let has_range = all
        .iter()
        .skip(1)
        .flat_map(|success| &success.statuses)
        .any(|status| is_range(status));
    let mut taken = BTreeSet::new();
    let mut variants = Vec::new();
    let mut arms = Vec::new();
    // What progenitor saw goes last.
    let mut ordered: Vec<(bool, &Success)> = all
        .iter()
        .enumerate()
        .map(|(index, success)| (index == 0, success))
        .collect();
    ordered.sort_by_key(|(is_kept, success)| {
        (
            *is_kept,
            success.statuses.iter().all(|status| is_range(status)),
        )
    });
    for (is_kept, success) in ordered {
        let plain = success.statuses.first().map_or("", String::as_str);
        let variant = rust_name::first_free(&variant(plain), |name| taken.insert(name.clone()));
        let variant = format_ident!("{}", variant);
        let about = format!(" Status {}.", text::line(&success.statuses.join(", ")));
        variants.push(match &success.value {
            // Bytes are nothing that could be written as JSON.
            Some(value) if success.expect == "Bytes" => {
                quote!(#[doc = #about] #[serde(skip_serializing)] #variant(#value))
            }
            Some(value) => quote!(#[doc = #about] #variant(#value)),
            None => quote!(#[doc = #about] #variant),
        });
        let read = match (&success.value, success.expect) {
            (Some(_), "Json") => quote!(read_json(body).map(Self::#variant)),
            (Some(_), _) => quote!(Ok(Self::#variant(body.clone()))),
            (None, _) => quote!(Ok(Self::#variant)),
        };
        arms.extend(self::arms(success, is_kept, has_range, &read));
    }
    arms.sort_by_key(|arm| arm.rank);
    let expects = arms.iter().map(
        |Arm {
             pattern, expect, ..
         }| quote!(#pattern => Expect::#expect),
    );
    let reads = arms
        .iter()
        .map(|Arm { pattern, read, .. }| quote!(#pattern => #read));
    quote! {
        #[doc = #about]
        #[derive(::serde::Serialize, Clone, Debug)]
        #[serde(untagged)]
        pub enum #name { #(#variants,)* }

        impl ByStatus for #name {
            fn expect(status: u16) -> Expect {
                match status { #(#expects,)* }
            }

            fn read(status: u16, body: &Bytes) -> ::std::result::Result<Self, String> {
                match status { #(#reads,)* }
            }
        }
    }
}

/// What is read of some statuses.
struct Arm {
    rank: Rank,
    pattern: TokenStream,
    expect: Ident,
    read: TokenStream,
}

/// In which order statuses are compared: one by one before the ranges that hold them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Status,
    Range,
    Rest,
}

/// The arms of a success. What progenitor saw is also what is left; its statuses have an arm of their own only
/// if a range would take them.
fn arms(success: &Success, is_kept: bool, has_range: bool, read: &TokenStream) -> Vec<Arm> {
    let (ranges, statuses): (Vec<&String>, Vec<&String>) =
        success.statuses.iter().partition(|status| is_range(status));
    let patterns = |statuses: &[&String]| {
        let patterns = statuses.iter().map(|status| pattern(status));
        quote!(#(#patterns)|*)
    };
    let mut found = Vec::new();
    if !statuses.is_empty() && (!is_kept || has_range) {
        found.push((Rank::Status, patterns(&statuses)));
    }
    if is_kept {
        found.push((Rank::Rest, quote!(_)));
    } else if !ranges.is_empty() {
        found.push((Rank::Range, patterns(&ranges)));
    }
    found
        .into_iter()
        .map(|(rank, pattern)| Arm {
            rank,
            pattern,
            expect: format_ident!("{}", success.expect),
            read: read.clone(),
        })
        .collect()
}

fn is_range(status: &str) -> bool {
    status.parse::<u16>().is_err()
}

/// The pattern of a status, or of the range that it begins.
fn pattern(status: &str) -> TokenStream {
    match status.parse::<u16>() {
        Ok(status) => quote!(#status),
        Err(_) if status.starts_with('3') => quote!(300..=399),
        Err(_) => quote!(200..=299),
    }
}

/// What a status is called.
fn variant(status: &str) -> String {
    let name = match status {
        "200" => "Ok",
        "201" => "Created",
        "202" => "Accepted",
        "203" => "NonAuthoritative",
        "204" => "NoContent",
        "205" => "ResetContent",
        "206" => "PartialContent",
        "207" => "MultiStatus",
        other if is_range(other) => "Other",
        other => return format!("Status{other}"),
    };
    name.to_owned()
}

/// The file; nothing if no operation has several successes.
pub(crate) fn text(successes: &[TokenStream]) -> Option<String> {
    if successes.is_empty() {
        return None;
    }
    let file = quote! {
        #[allow(unused_imports)]
        use crate::types;
        #[allow(unused_imports)]
        use ::certfleet_http::{ByStatus, Bytes, Expect, read_json};
        #(#successes)*
    };
    Some(file.to_string())
}
