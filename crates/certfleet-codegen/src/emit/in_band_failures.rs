//! `src/in_band_failures.rs`: for every type that an operation returns, whether a value of it says that the
//! call failed.

use crate::{
    lowered::Lowered,
    provider::{Failure, FailureValue},
    rust_name, schema,
};
use serde_json::Value;
use std::collections::BTreeSet;

pub(crate) fn text(lowered: &Lowered) -> String {
    let returned: BTreeSet<String> = schema::operations(&lowered.document)
        .flat_map(|at| at.operation["responses"].as_object().into_iter().flatten())
        .filter_map(|(_, response)| {
            response["content"]["application/json"]["schema"]["$ref"]
                .as_str()?
                .strip_prefix("#/components/schemas/")
                .map(str::to_owned)
        })
        .collect();
    let impls: String = returned
        .iter()
        .map(|name| {
            let schema = &lowered.document["components"]["schemas"][name];
            let conditions: Vec<(String, bool)> = lowered
                .provider
                .failure
                .iter()
                .filter_map(|failure| condition(schema, failure))
                .collect();
            let refused = match conditions.as_slice() {
                [] => "false".to_owned(),
                [(condition, _)] => condition.clone(),
                several => several
                    .iter()
                    .map(|(condition, is_compound)| {
                        if *is_compound {
                            format!("({condition})")
                        } else {
                            condition.clone()
                        }
                    })
                    .collect::<Vec<_>>()
                    .join(" || "),
            };
            let module = if schema::is_string_enum(schema) {
                "crate::enums"
            } else {
                "types"
            };
            format!(
                "impl InBandFailure for {module}::{} {{ fn refused(&self) -> bool {{ {refused} }} }}\n",
                rust_name::pascal(name)
            )
        })
        .collect();
    if impls.is_empty() {
        return String::new();
    }
    let types = if impls.contains("for types::") {
        "use crate::types;\n"
    } else {
        ""
    };
    format!("{types}use ::certfleet_http::InBandFailure;\n{impls}")
}

/// The condition as Rust, if the type has the field, and whether it is of two parts.
fn condition(schema: &Value, failure: &Failure) -> Option<(String, bool)> {
    let field = schema["properties"].get(&failure.field)?;
    let is_required = schema["required"]
        .as_array()
        .is_some_and(|required| required.iter().any(|name| *name == failure.field))
        && field["nullable"] != true;
    let ident = rust_name::snake(&failure.field);
    let condition = match (&failure.equals, is_required) {
        (FailureValue::Flag(false), true) => format!("!self.{ident}"),
        (FailureValue::Flag(true), true) => format!("self.{ident}"),
        (FailureValue::Flag(flag), false) => format!("self.{ident} == Some({flag})"),
        (FailureValue::Text(text), true) => format!("self.{ident}.as_str() == {text:?}"),
        (FailureValue::Text(text), false) => {
            format!("self.{ident}.as_ref().is_some_and(|value| value.as_str() == {text:?})")
        }
    };
    let unless = failure
        .unless
        .as_ref()
        .filter(|name| schema["properties"].get(name.as_str()).is_some())
        .map(|name| format!(" && self.{}.is_none()", rust_name::snake(name)))
        .unwrap_or_default();
    Some((format!("{condition}{unless}"), !unless.is_empty()))
}
