//! The types of choices in `src/types.rs`: enums that tell their alternatives apart by what a value holds,
//! and keep what they do not know.

use super::{progenitor_code::unexpected, shapes::Shapes};
use crate::{
    choice::{Choice, Tag, alternatives},
    composition::Recursion,
    formats::{DATE_TIME, INTEGER, SECRET, UNIX_TIME},
    lowered::Lowered,
    pointer,
    problem::Result,
    references, rust_name, schema,
};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;
use std::collections::BTreeSet;

/// An open enum: its name, its values, and what is said of it.
type OpenEnum = (String, Vec<String>, Option<String>);

/// The types that are written here: name and path.
pub(crate) fn paths(lowered: &Lowered) -> impl Iterator<Item = (String, String)> + '_ {
    choices(lowered).map(|(name, _, _)| {
        let name = rust_name::pascal(name);
        (name.clone(), format!("crate::types::{name}"))
    })
}

/// The choices that are still in the document, each with its schema.
fn choices(lowered: &Lowered) -> impl Iterator<Item = (&String, &Choice, &Value)> {
    lowered.choices.choices.iter().filter_map(|(name, choice)| {
        let schema = lowered.document.pointer(&pointer::to_schema(name))?;
        let count = alternatives(schema)?.len();
        (count == choice.variants.len()).then_some((name, choice, schema))
    })
}

/// The enums, and the shapes of their alternatives.
///
/// # Errors
/// An alternative that pass `hoist` gave no name.
pub(crate) fn items(lowered: &Lowered, open_enums: &[OpenEnum]) -> Result<Vec<syn::Item>> {
    let recursion = Recursion::new(&lowered.document);
    let mut shapes = Shapes::new(&lowered.choices.strict);
    let mut code = TokenStream::new();
    for (name, choice, schema) in choices(lowered) {
        let mut variants = Vec::new();
        for (variant, alternative) in choice
            .variants
            .iter()
            .zip(alternatives(schema).into_iter().flatten())
        {
            let value = rust_type(alternative, open_enums)
                .ok_or_else(|| unexpected(lowered, &format!("{name} has an inline type")))?;
            variants.push(Variant {
                ident: format_ident!("{}", variant),
                value: if recursion.leads_back(name, alternative) {
                    quote!(::std::boxed::Box<#value>)
                } else {
                    value
                },
            });
        }
        let alternatives = lowered
            .choices
            .strict
            .get(name)
            .and_then(alternatives)
            .map(|all| shapes.all(all))
            .unwrap_or_default();
        code.extend(type_of_choice(
            &format_ident!("{}", rust_name::pascal(name)),
            schema["description"].as_str(),
            &variants,
            choice.tag.as_ref(),
            &alternatives,
        ));
    }
    code.extend(shapes.module());
    syn::parse2::<syn::File>(code)
        .map(|file| file.items)
        .map_err(|error| unexpected(lowered, &format!("a choice is not Rust: {error}")).into())
}

/// One alternative: its name, and its type.
struct Variant {
    ident: Ident,
    value: TokenStream,
}

/// The enum of a choice, and how it is read and made.
fn type_of_choice(
    name: &Ident,
    about: Option<&str>,
    variants: &[Variant],
    tag: Option<&Tag>,
    shapes: &[TokenStream],
) -> TokenStream {
    let about = match about {
        Some(text) => format!(" {}", text.trim()),
        None => format!(" `{name}` of the vendor's document: one of several types."),
    };
    let members = variants.iter().map(|Variant { ident, value }| {
        let about = format!(" The alternative `{ident}`.");
        quote!(#[doc = #about] #ident(#value))
    });
    let readers = variants
        .iter()
        .map(|Variant { ident, .. }| quote!(|value| read_alternative(value).map(Self::#ident)));
    let tag = match tag {
        Some(tag) => {
            let member = &tag.member;
            let values = tag
                .values
                .iter()
                .map(|(value, indices)| quote!((#value, &[#(#indices),*])));
            quote!(::std::option::Option::Some(Tag {
                member: #member,
                values: &[#(#values),*],
            }))
        }
        None => quote!(::std::option::Option::None),
    };
    let conversions = conversions(name, variants);
    quote! {
        #[doc = #about]
        #[derive(::serde::Serialize, Clone, Debug)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum #name {
            #(#members,)*
            /// Another value than this version knows, as it came.
            Unknown(::serde_json::Value),
        }

        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                #[allow(unused_imports)]
                use ::certfleet_http::choice::{
                    Choice, Format, Length, Object, Range, Rest, Shape, Tag, Text, read_alternative,
                };
                static CHOICE: Choice = Choice {
                    tag: #tag,
                    shapes: &[#(#shapes),*],
                };
                CHOICE.read(deserializer, &[#(#readers),*], Self::Unknown)
            }
        }

        #conversions
    }
}

/// From the type of each alternative that no other has.
fn conversions(name: &Ident, variants: &[Variant]) -> TokenStream {
    let plain = |value: &TokenStream| {
        let text = value.to_string();
        match text.strip_prefix(":: std :: boxed :: Box <") {
            Some(inner) => inner.trim_end_matches('>').trim().to_owned(),
            None => text,
        }
    };
    let mut seen = BTreeSet::new();
    let repeated: BTreeSet<String> = variants
        .iter()
        .map(|variant| plain(&variant.value))
        .filter(|value| !seen.insert(value.clone()))
        .collect();
    variants
        .iter()
        .filter(|variant| !repeated.contains(&plain(&variant.value)))
        .filter_map(|Variant { ident, value }| {
            let value: TokenStream = plain(value).parse().ok()?;
            Some(quote! {
                impl ::std::convert::From<#value> for #name {
                    fn from(value: #value) -> Self {
                        Self::#ident(value.into())
                    }
                }
            })
        })
        .collect()
}

/// The Rust type of an alternative; `None` if typify would give it a type of its own.
fn rust_type(schema: &Value, open_enums: &[OpenEnum]) -> Option<TokenStream> {
    let referred = schema["$ref"].as_str().or_else(|| {
        schema["allOf"]
            .as_array()
            .and_then(|parts| parts.first())
            .and_then(|only| only["$ref"].as_str())
    });
    let inner = |schema: &Value| rust_type(schema, open_enums);
    let value = if let Some(reference) = referred {
        let name = reference.strip_prefix(references::TO_SCHEMAS)?;
        let name = rust_name::pascal(&pointer::unescape(name));
        let ident = format_ident!("{}", name);
        if open_enums.iter().any(|(open, _, _)| *open == name) {
            quote!(crate::enums::#ident)
        } else {
            quote!(#ident)
        }
    } else {
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("string"), Some(SECRET)) => quote!(::certfleet_http::Secret),
            (Some("string"), Some(DATE_TIME)) => quote!(::certfleet_http::Timestamp),
            (Some("string"), _) => quote!(::std::string::String),
            (Some("integer"), Some(UNIX_TIME)) => quote!(::certfleet_http::UnixSeconds),
            (Some("integer"), Some(INTEGER)) => quote!(::certfleet_http::Integer),
            (Some("integer"), _) => quote!(i64),
            (Some("number"), _) => quote!(f64),
            (Some("boolean"), _) => quote!(bool),
            (Some("array"), _) => {
                let items = inner(&schema["items"])?;
                quote!(::std::vec::Vec<#items>)
            }
            (Some("object"), _) if schema.get("properties").is_none() => {
                match schema.get("additionalProperties") {
                    Some(rest) if rest.as_object().is_some_and(|rest| !rest.is_empty()) => {
                        let values = inner(rest)?;
                        quote!(::std::collections::BTreeMap<::std::string::String, #values>)
                    }
                    _ => quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>),
                }
            }
            (None, _) if !schema::has_structure(schema) => quote!(::serde_json::Value),
            _ => return None,
        }
    };
    Some(if schema["nullable"] == true {
        quote!(::std::option::Option<#value>)
    } else {
        value
    })
}
