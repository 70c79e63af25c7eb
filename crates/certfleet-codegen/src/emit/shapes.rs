//! What a value of an alternative looks like, as constants of `certfleet_http::choice`, whose names are in
//! scope.

use crate::{pointer, references, rust_name};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The shapes of one crate.
pub(super) struct Shapes<'a> {
    /// The named schemas, as the vendor demands them.
    strict: &'a BTreeMap<String, Value>,
    /// The names that a shape refers to.
    named: BTreeSet<String>,
    /// The patterns of texts.
    patterns: Vec<String>,
}

impl<'a> Shapes<'a> {
    pub(super) fn new(strict: &'a BTreeMap<String, Value>) -> Self {
        Self {
            strict,
            named: BTreeSet::new(),
            patterns: Vec::new(),
        }
    }

    /// The shapes of several schemas.
    pub(super) fn all(&mut self, schemas: &[Value]) -> Vec<TokenStream> {
        schemas.iter().map(|schema| self.shape(schema)).collect()
    }

    /// The module with the named shapes; nothing if there are none.
    pub(super) fn module(mut self) -> TokenStream {
        let mut written: BTreeMap<String, TokenStream> = BTreeMap::new();
        while let Some(name) = self
            .named
            .iter()
            .find(|name| !written.contains_key(*name))
            .cloned()
        {
            let schema = self.strict.get(&name).cloned().unwrap_or_default();
            let shape = self.shape(&schema);
            written.insert(name, shape);
        }
        if written.is_empty() && self.patterns.is_empty() {
            return TokenStream::new();
        }
        let statics = written.iter().map(|(name, shape)| {
            let ident = format_ident!("{}", rust_name::pascal(name));
            quote!(pub(super) static #ident: Shape = #shape;)
        });
        let patterns = self.patterns.iter().enumerate().map(|(number, pattern)| {
            let ident = format_ident!("pattern_{}", number);
            quote! {
                pub(super) fn #ident(text: &str) -> bool {
                    static PATTERN: ::std::sync::LazyLock<Option<::regress::Regex>> =
                        ::std::sync::LazyLock::new(|| ::regress::Regex::new(#pattern).ok());
                    PATTERN.as_ref().is_none_or(|pattern| pattern.find(text).is_some())
                }
            }
        });
        quote! {
            /// What values of alternatives look like.
            #[allow(non_upper_case_globals, unused_imports)]
            mod shapes {
                use super::shapes;
                use ::certfleet_http::choice::{Format, Length, Object, Range, Rest, Shape, Text};
                #(#statics)*
                #(#patterns)*
            }
        }
    }

    fn shape(&mut self, schema: &Value) -> TokenStream {
        let shape = self.without_null(schema);
        if schema["nullable"] == true {
            quote!(Shape::OrNull(&#shape))
        } else {
            shape
        }
    }

    fn without_null(&mut self, schema: &Value) -> TokenStream {
        let single = schema["allOf"]
            .as_array()
            .filter(|parts| parts.len() == 1)
            .and_then(|parts| parts.first());
        if let Some(single) = single {
            return self.shape(single);
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference
                .strip_prefix(references::TO_SCHEMAS)
                .map(pointer::unescape)
                .filter(|name| self.strict.contains_key(name));
            return match name {
                Some(name) => {
                    let ident = format_ident!("{}", rust_name::pascal(&name));
                    self.named.insert(name);
                    quote!(Shape::Named(&shapes::#ident))
                }
                None => quote!(Shape::Any),
            };
        }
        if let Some(all) = schema["oneOf"].as_array() {
            let all = self.all(all);
            return quote!(Shape::AnyOf(&[#(#all),*]));
        }
        if let Some(values) = schema["enum"].as_array() {
            return one_of(values);
        }
        match schema["type"].as_str() {
            Some("string") => self.text(schema),
            Some(name @ ("integer" | "number")) => number(name, schema),
            Some("boolean") => quote!(Shape::Bool),
            Some("array") => {
                let items = self.shape(&schema["items"]);
                let length = length(schema, "minItems", "maxItems");
                quote!(Shape::List(&#items, #length))
            }
            Some("object") => self.object(schema),
            None if schema.get("properties").is_some() => self.object(schema),
            _ => quote!(Shape::Any),
        }
    }

    fn text(&mut self, schema: &Value) -> TokenStream {
        let format = match schema["format"].as_str() {
            Some("date-time") => "DateTime",
            Some("date") => "Date",
            Some("uuid") => "Uuid",
            Some("ipv4") => "Ipv4",
            Some("ipv6") => "Ipv6",
            _ => "Any",
        };
        let pattern = schema["pattern"].as_str();
        let is_bound = ["minLength", "maxLength"]
            .iter()
            .any(|keyword| schema.get(*keyword).is_some());
        if format == "Any" && pattern.is_none() && !is_bound {
            return quote!(Shape::TEXT);
        }
        let format = format_ident!("{}", format);
        let length = length(schema, "minLength", "maxLength");
        let pattern = match pattern {
            Some(pattern) => {
                let number = self.patterns.len();
                self.patterns.push(pattern.to_owned());
                let ident = format_ident!("pattern_{}", number);
                quote!(::std::option::Option::Some(shapes::#ident))
            }
            None => quote!(::std::option::Option::None),
        };
        quote!(Shape::Text(Text {
            length: #length,
            format: Format::#format,
            pattern: #pattern,
        }))
    }

    fn object(&mut self, schema: &Value) -> TokenStream {
        let required = crate::schema::texts(&schema["required"]);
        let properties = schema["properties"].as_object();
        let mut members: Vec<TokenStream> = properties
            .into_iter()
            .flatten()
            .map(|(name, member)| {
                let is_required = required.contains(name);
                let shape = self.shape(member);
                quote!((#name, #is_required, #shape))
            })
            .collect();
        // What has to be there and is not described.
        let is_described =
            |name: &&String| properties.is_some_and(|known| known.contains_key(*name));
        members.extend(
            required
                .iter()
                .filter(|name| !is_described(name))
                .map(|name| quote!((#name, true, Shape::Any))),
        );
        let rest = match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => quote!(Closed),
            Some(rest @ Value::Object(_)) => {
                let values = self.shape(rest);
                quote!(Described(&#values))
            }
            None if properties.is_some_and(|known| !known.is_empty()) => quote!(Ignored),
            _ => quote!(Described(&Shape::Any)),
        };
        quote!(Shape::Object(Object {
            members: &[#(#members),*],
            rest: Rest::#rest,
        }))
    }
}

/// The shape of one of some values.
fn one_of(values: &[Value]) -> TokenStream {
    let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
    match texts {
        Some(texts) => quote!(Shape::Texts(&[#(#texts),*])),
        None => {
            let values = values.iter().map(Value::to_string);
            quote!(Shape::Values(&[#(#values),*]))
        }
    }
}

fn number(name: &str, schema: &Value) -> TokenStream {
    let bound = |keyword: &str, exclusive: &str| {
        schema[keyword].as_f64().map(|bound| {
            let is_excluded = schema[exclusive] == true;
            quote!(::std::option::Option::Some((#bound, #is_excluded)))
        })
    };
    let least = bound("minimum", "exclusiveMinimum");
    let most = bound("maximum", "exclusiveMaximum");
    if least.is_none() && most.is_none() {
        return if name == "integer" {
            quote!(Shape::INTEGER)
        } else {
            quote!(Shape::NUMBER)
        };
    }
    let none = quote!(::std::option::Option::None);
    let (least, most) = (least.unwrap_or(none.clone()), most.unwrap_or(none));
    let kind = format_ident!("{}", rust_name::pascal(name));
    quote!(Shape::#kind(Range {
        least: #least,
        most: #most,
    }))
}

fn length(schema: &Value, least: &str, most: &str) -> TokenStream {
    let bound = |keyword: &str| {
        schema[keyword]
            .as_u64()
            .and_then(|bound| usize::try_from(bound).ok())
    };
    let (least, most) = (bound(least), bound(most));
    if least.is_none() && most.is_none() {
        return quote!(Length::ANY);
    }
    let least = least.unwrap_or(0);
    let most = most.map_or_else(|| quote!(usize::MAX), |most| quote!(#most));
    quote!(Length { least: #least, most: #most })
}
