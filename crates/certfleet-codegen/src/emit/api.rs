//! `src/api.rs`: operations, statuses, secrets and capabilities as constants, from the effective
//! document.

use super::literals::{constant, literal, literals, optional};
use crate::{
    extensions::SUCCESSES,
    lowered::Lowered,
    media_type::is_json,
    parameter, path_template,
    problem::{Problem, Result},
    provider::{Capability, Class, FailureValue, PagingKind, Provider},
    schema::{self, OperationAt},
    server,
};
use heck::ToShoutySnakeCase;
use serde_json::Value;

pub(crate) fn text(lowered: &Lowered) -> Result<String> {
    let provider = &lowered.provider;
    let operations: Vec<(String, String)> = schema::operations(&lowered.document)
        .map(|at| Ok((constant(&at.name()), operation(lowered, &at)?)))
        .collect::<Result<_>>()?;
    let statics: String = operations.iter().map(|(_, text)| text.as_str()).collect();
    let references: Vec<String> = operations
        .iter()
        .map(|(name, _)| format!("&{name}"))
        .collect();
    let capabilities: Vec<String> = provider
        .capability
        .iter()
        .map(|capability| self::capability(lowered, capability))
        .collect::<Result<_>>()?;
    Ok(format!(
        "use crate::auth;\n\
         #[allow(unused_imports)]\n\
         use ::certfleet_http::{{Api, AuthScheme, Capability, Class, Coverage, Expect, Failure, Method, Operation, Paging, Shapes, Unauthenticated}};\n\
         {statics}\n\
         /// {title} as data.\n\
         pub static API: Api = Api {{\n\
             provider: {name},\n\
             title: {title_literal},\n\
             version: {version},\n\
             default_base_url: {server},\n\
             operations: &[{operations}],\n\
             auth: &[{auth}],\n\
             shapes: Shapes {{ code: {code}, message: {message}, failure: &[{failures}] }},\n\
             request_id_headers: {request_ids},\n\
             unauthenticated: &[{unauthenticated}],\n\
             capabilities: &[{capabilities}],\n\
         }};\n",
        title = provider.title,
        name = literal(&provider.name),
        title_literal = literal(&provider.title),
        version = literal(
            lowered.effective["info"]["version"]
                .as_str()
                .unwrap_or_default()
        ),
        server = optional(shared_server(lowered)?.as_deref()),
        operations = references.join(", "),
        auth = auth_schemes(provider),
        code = literals(provider.errors.code.iter().map(String::as_str)),
        message = literals(provider.errors.message.iter().map(String::as_str)),
        failures = failures(provider),
        unauthenticated = unauthenticated(lowered)?,
        request_ids = literals(provider.request_id_headers.iter().map(String::as_str)),
        capabilities = capabilities.join(", "),
    ))
}

/// The ways to authenticate, as in `src/auth.rs`.
fn auth_schemes(provider: &Provider) -> String {
    let schemes: Vec<String> = provider
        .auth
        .keys()
        .map(|name| {
            format!(
                "AuthScheme {{ name: auth::{0}.name, bindings: auth::{0}.bindings }}",
                name.to_shouty_snake_case()
            )
        })
        .collect();
    schemes.join(", ")
}

/// How a success says that it failed.
fn failures(provider: &Provider) -> String {
    let failures: Vec<String> = provider
        .failure
        .iter()
        .map(|failure| {
            let equals = match &failure.equals {
                FailureValue::Flag(flag) => flag.to_string(),
                FailureValue::Text(text) => Value::from(text.as_str()).to_string(),
            };
            format!(
                "Failure {{ field: {}, equals: {}, unless: {} }}",
                literal(&failure.field),
                literal(&equals),
                optional(failure.unless.as_deref())
            )
        })
        .collect();
    failures.join(", ")
}

/// The refusals after which other credentials may be accepted. A request that was refused was not carried out, so
/// that it may be sent again: that is so for the client's errors only.
fn unauthenticated(lowered: &Lowered) -> Result<String> {
    let mut refusals = Vec::new();
    for one in &lowered.provider.unauthenticated {
        if !(400..500).contains(&one.status) {
            return Err(Problem::new(
                lowered.configuration.clone(),
                "",
                format!("unauthenticated: {} does not refuse a request", one.status),
                "write a status from 400 to 499",
            )
            .into());
        }
        refusals.push(format!(
            "Unauthenticated {{ status: {}, codes: {} }}",
            one.status,
            literals(one.codes.iter().map(String::as_str))
        ));
    }
    Ok(refusals.join(", "))
}

/// The address of the document's server, if all customers share it.
fn shared_server(lowered: &Lowered) -> Result<Option<String>> {
    if !lowered.provider.shared_server {
        return Ok(None);
    }
    let server = server::first(&lowered.effective).map(server::url);
    if server.is_none() {
        return Err(Problem::new(
            lowered.name.clone(),
            "/servers/0/url",
            "there is no server, but provider.toml says that all share one",
            "add the server in overlay.yaml, or set shared_server = false",
        )
        .into());
    }
    Ok(server)
}

/// The constant of an operation.
fn operation(lowered: &Lowered, at: &OperationAt<'_>) -> Result<String> {
    let id = at.name();
    let choice = lowered.provider.operations.get(&id);
    let class = match choice.map(|choice| choice.class) {
        Some(Class::Read) => "Read",
        Some(Class::Idempotent) => "Idempotent",
        Some(Class::Create) | None => "Create",
    };
    let effective = &lowered.effective["paths"][at.path][at.method];
    let responses = effective["responses"].as_object();
    let statuses: Vec<&str> = responses
        .into_iter()
        .flatten()
        .map(|(status, _)| status.as_str())
        .collect();
    let (kept, kept_response) = at.operation["responses"]
        .as_object()
        .and_then(|responses| responses.iter().next())
        .map(|(status, response)| (status.clone(), response.clone()))
        .unwrap_or_default();
    let success = successes(lowered, effective, &kept, &kept_response);
    let expect = match kept_response["content"].as_object() {
        Some(content) if content.contains_key("application/json") => "Json",
        Some(content) if !content.is_empty() => "Bytes",
        _ => "Nothing",
    };
    let secrets = &lowered.provider.secrets;
    // What a success holds is secret also where the client returns another.
    let is_json = expect == "Json" || has_json_success(lowered, effective);
    let of = |names: &[String], wanted: bool| {
        literals(names.iter().filter(|_| wanted).map(String::as_str))
    };
    let has_body = effective.get("requestBody").is_some();
    let success: Vec<String> = success.iter().map(u16::to_string).collect();
    Ok(format!(
        "pub(crate) static {constant}: Operation = Operation {{\n\
             id: {id},\n\
             vendor_id: {vendor_id},\n\
             method: Method::{method},\n\
             path: {path},\n\
             class: Class::{class},\n\
             expect: Expect::{expect},\n\
             success: &[{success}],\n\
             statuses: {statuses},\n\
             request_secrets: {request_secrets},\n\
             response_secrets: {response_secrets},\n\
             response_certificates: {response_certificates},\n\
         }};\n",
        constant = constant(&id),
        id = literal(&id),
        vendor_id = optional(effective["operationId"].as_str()),
        method = at.method.to_uppercase(),
        path = literal(&encoded(path_template::plain(at.path))),
        success = success.join(", "),
        statuses = literals(statuses.iter().copied()),
        request_secrets = of(&secrets.request, has_body),
        response_secrets = of(&secrets.response, is_json),
        response_certificates = of(&secrets.certificates, is_json),
    ))
}

/// Whether a documented success is JSON.
fn has_json_success(lowered: &Lowered, effective: &Value) -> bool {
    effective["responses"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(status, _)| schema::is_success(status) || schema::is_redirect(status))
        .filter_map(|(_, response)| {
            schema::follow(&lowered.effective, response)?["content"].as_object()
        })
        .any(|content| content.keys().any(|media_type| is_json(media_type)))
}

/// The statuses that are successes of the client.
fn successes(lowered: &Lowered, effective: &Value, kept: &str, kept_response: &Value) -> Vec<u16> {
    let responses = effective["responses"].as_object();
    let statuses = || {
        responses
            .into_iter()
            .flatten()
            .map(|(status, _)| status.as_str())
    };
    let mut success: Vec<u16> = Vec::new();
    // Of several successes only those of the returned type's shape are successes of the client.
    let shape = |status: &str| {
        responses
            .and_then(|responses| responses.get(status))
            .and_then(|response| schema::follow(&lowered.effective, response))
            .map(|response| response.get("content").cloned())
    };
    let has_success = statuses().any(schema::is_success);
    let is_returned = |status: &str| {
        if has_success {
            schema::is_success(status)
        } else {
            schema::is_redirect(status)
        }
    };
    let returns_all = kept_response.get(SUCCESSES).is_some() || !has_success;
    for status in statuses().filter(|status| is_returned(status)) {
        if returns_all || shape(status) == shape(kept) {
            match status.parse() {
                Ok(code) => success.push(code),
                Err(_) if has_success => success.extend(200..=206),
                Err(_) => success.extend([300, 301, 302, 303, 307, 308]),
            }
        }
    }
    success.sort_unstable();
    success.dedup();
    if success.is_empty() {
        success.extend(200..=206);
    }
    success
}

/// A path template whose text can stand in an address: what is not ASCII is percent-encoded. The
/// names in braces stay.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    let mut is_name = false;
    for character in path.chars() {
        match character {
            '{' => is_name = true,
            '}' => is_name = false,
            _ => {}
        }
        if is_name || (character.is_ascii_graphic() && !matches!(character, '"' | '<' | '>' | '`'))
        {
            encoded.push(character);
        } else {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    encoded
}

fn capability(lowered: &Lowered, capability: &Capability) -> Result<String> {
    let provider = &lowered.provider;
    let wrong = |what: String| {
        Problem::new(
            lowered.configuration.clone(),
            "",
            format!("capability {}: {what}", capability.verb),
            "correct it: names and bounds have to be in the document",
        )
    };
    for operation in &capability.operations {
        if !provider.operations.contains_key(operation) {
            return Err(wrong(format!("there is no operation {operation}")).into());
        }
    }
    let paging = match &capability.paging {
        None => "None".to_owned(),
        Some(paging) if paging.kind == PagingKind::Single => "Some(Paging::Single)".to_owned(),
        Some(paging) => {
            let name = paging.size.as_deref().unwrap_or_default();
            let size = capability
                .operations
                .first()
                .and_then(|operation| page_size(lowered, operation, name))
                .ok_or_else(|| wrong(format!("no query parameter {name:?} with a maximum")))?;
            let kind = match paging.kind {
                PagingKind::Cursor => "Cursor",
                PagingKind::Numbered | PagingKind::Single => "Numbered",
            };
            format!("Some(Paging::{kind}({size}))")
        }
    };
    let max_batch = match &capability.max_batch {
        None => None,
        Some(bound) => Some(
            lowered.effective["components"]["schemas"][&bound.schema]["properties"]
                [&bound.property]["maxItems"]
                .as_u64()
                .ok_or_else(|| {
                    wrong(format!(
                        "{}.{} has no maxItems",
                        bound.schema, bound.property
                    ))
                })?,
        ),
    };
    let number = |number: Option<u64>| number.map_or("None".to_owned(), |n| format!("Some({n})"));
    Ok(format!(
        "Capability {{ verb: {}, operations: {}, coverage: Coverage::{}, paging: {paging}, max_batch: {}, max_objects: {}, max_per_day: {}, scopes: {}, note: {} }}",
        literal(&capability.verb),
        literals(capability.operations.iter().map(String::as_str)),
        if capability.attached_only {
            "AttachedOnly"
        } else {
            "Complete"
        },
        number(max_batch),
        number(capability.max_objects.map(u64::from)),
        number(capability.max_per_day.map(u64::from)),
        literals(capability.scopes.iter().map(String::as_str)),
        optional(capability.note.as_deref()),
    ))
}

/// The `maximum` of an operation's query parameter.
fn page_size(lowered: &Lowered, operation: &str, name: &str) -> Option<u64> {
    schema::operations(&lowered.document)
        .find(|at| at.name() == operation)?
        .operation["parameters"]
        .as_array()?
        .iter()
        .find(|parameter| parameter::wire_name(parameter) == name)?["schema"]["maximum"]
        .as_u64()
}
