//! OpenAI: organization and project certificates.

pub(crate) mod behaviour;
pub(crate) mod routes;
pub(crate) mod seed;
pub(crate) mod state;
mod wire;

use http::StatusCode;
use serde_json::{Map, Value, json};

use self::behaviour::{EmptyPageIds, OpenAiBehaviour};
use self::routes::{Operation, ROUTES};
use self::state::State;
use self::wire::{Refusal, Shown};
use crate::accounts::{OPENAI_ADMIN_KEY, OPENAI_ORGANIZATION, OPENAI_PROJECT_KEY};
use crate::call::{BodyFault, Call};
use crate::moment::{Answered, Moment};
use crate::reply::Reply;
use crate::routing::{self, Found};

/// Answers one request.
pub(crate) fn answer(
    state: &mut State,
    behaviour: &OpenAiBehaviour,
    call: &Call,
    moment: Moment,
) -> Answered {
    let (id, outcome) = match routing::find(ROUTES, &call.method, &call.path) {
        Found::Nothing => (None, Err(no_such_url(call, StatusCode::NOT_FOUND))),
        Found::OtherMethods(_) => (None, Err(no_such_url(call, StatusCode::METHOD_NOT_ALLOWED))),
        Found::Operation {
            id,
            operation,
            parameters,
        } => {
            let outcome = admit(state, behaviour, call, moment)
                .and_then(|()| perform(state, behaviour, call, moment, operation, &parameters));
            (Some(id), outcome)
        }
    };
    let reply = outcome
        .unwrap_or_else(|refusal| refusal.reply())
        .header(
            "x-request-id",
            format!(
                "req_{}",
                moment
                    .seed
                    .hex(&format!("openai request {}", moment.number), 32)
            ),
        )
        .header("openai-organization", OPENAI_ORGANIZATION)
        .header("openai-version", "2020-10-01");
    Answered {
        operation: id,
        reply,
    }
}

fn admit(
    state: &mut State,
    behaviour: &OpenAiBehaviour,
    call: &Call,
    moment: Moment,
) -> Result<(), Refusal> {
    match call.bearer() {
        Some(OPENAI_ADMIN_KEY) => {}
        Some(OPENAI_PROJECT_KEY) => {
            let text = "You have insufficient permissions for this operation. Missing scopes: api.management.read.";
            return Err(Refusal::invalid(text)
                .status(StatusCode::FORBIDDEN)
                .code("missing_scope"));
        }
        Some(_) => {
            let text = "Incorrect API key provided. You can find your API key at https://platform.openai.com.";
            return Err(Refusal::invalid(text)
                .status(StatusCode::UNAUTHORIZED)
                .code("invalid_api_key"));
        }
        None => {
            let text = "You didn't provide an API key. You need to provide it in an Authorization header using Bearer auth.";
            return Err(Refusal::invalid(text).status(StatusCode::UNAUTHORIZED));
        }
    }
    if let Some(limit) = behaviour.rate_limit
        && let Err(wait) = state.requests.admit(limit, moment.now)
    {
        let refusal = Refusal::invalid("Rate limit reached for requests. Please try again later.");
        let refusal = refusal
            .status(StatusCode::TOO_MANY_REQUESTS)
            .code("rate_limit_exceeded");
        let retry_after = behaviour.retry_after.then_some(wait);
        return Err(Refusal {
            kind: "requests",
            retry_after,
            ..refusal
        });
    }
    if call.too_large() {
        return Err(Refusal::invalid("The request body is too large.")
            .status(StatusCode::PAYLOAD_TOO_LARGE));
    }
    Ok(())
}

fn perform(
    state: &mut State,
    behaviour: &OpenAiBehaviour,
    call: &Call,
    moment: Moment,
    operation: Operation,
    parameters: &[String],
) -> Result<Reply, Refusal> {
    let first = parameters.first().map(String::as_str).unwrap_or_default();
    let inherited = behaviour.projects_show_inherited;
    let in_project = Shown::Project {
        id: first,
        inherited,
    };
    match operation {
        Operation::List => list(state, behaviour, call, Shown::Organization),
        Operation::ListProject => {
            state::project(first)?;
            list(state, behaviour, call, in_project)
        }
        Operation::Upload => {
            refuse_query(call, behaviour, &[])?;
            let field = if behaviour.upload_field_is_content {
                "content"
            } else {
                "certificate"
            };
            let body = body(call, behaviour, &["name", field])?;
            let name = text(&body, "name")?;
            let Some(pem) = text(&body, field)? else {
                return Err(missing(field));
            };
            ok(&wire::certificate(
                state.upload(name, &pem, behaviour, moment)?,
                Shown::Alone { content: false },
            ))
        }
        Operation::Get => {
            refuse_query(call, behaviour, &["include[]"])?;
            let included: Vec<_> = call
                .query
                .iter()
                .filter(|(name, _)| name == "include[]")
                .collect();
            if let Some((_, other)) = included.iter().find(|(_, value)| value != "content") {
                let text = format!("Invalid value: '{other}'. Supported values are: 'content'.");
                return Err(Refusal::invalid(text)
                    .param("include[]")
                    .code("invalid_value"));
            }
            ok(&wire::certificate(
                state.get(first)?,
                Shown::Alone {
                    content: !included.is_empty(),
                },
            ))
        }
        Operation::Modify => {
            refuse_query(call, behaviour, &[])?;
            let body = body(call, behaviour, &["name"])?;
            let name = text(&body, "name")?;
            ok(&wire::certificate(
                state.rename(first, name)?,
                Shown::Alone { content: false },
            ))
        }
        Operation::Delete => {
            state.delete(first)?;
            ok(&json!({ "object": "certificate.deleted", "id": first }))
        }
        Operation::Toggle { activate } => toggle(
            state,
            behaviour,
            call,
            None,
            Shown::Organization,
            ("organization.certificate", activate),
        ),
        Operation::ToggleProject { activate } => {
            state::project(first)?;
            toggle(
                state,
                behaviour,
                call,
                Some(first),
                in_project,
                ("organization.project.certificate", activate),
            )
        }
    }
}

fn list(
    state: &State,
    behaviour: &OpenAiBehaviour,
    call: &Call,
    shown: Shown<'_>,
) -> Result<Reply, Refusal> {
    refuse_query(call, behaviour, &["limit", "after", "order"])?;
    let limit = match call.query("limit").map(str::parse::<usize>) {
        None => 20,
        Some(Ok(limit @ 1..=100)) => limit,
        Some(_) => {
            let text = "Invalid 'limit': expected an integer from 1 to 100.";
            return Err(Refusal::invalid(text)
                .param("limit")
                .code("integer_out_of_range"));
        }
    };
    let ascending = match call.query("order") {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(other) => {
            let text = format!("Invalid value: '{other}'. Supported values are: 'asc' and 'desc'.");
            return Err(Refusal::invalid(text).param("order").code("invalid_value"));
        }
    };
    let page = state.page(limit, ascending, call.query("after"), behaviour)?;
    let data: Vec<Value> = page
        .certificates
        .iter()
        .map(|one| wire::certificate(one, shown))
        .collect();
    let mut body = Map::new();
    body.insert("object".to_owned(), json!("list"));
    body.insert("has_more".to_owned(), json!(page.has_more));
    for (key, end) in [
        ("first_id", page.certificates.first()),
        ("last_id", page.certificates.last()),
    ] {
        match (end, behaviour.empty_page_ids) {
            (Some(certificate), _) => body.insert(key.to_owned(), json!(certificate.id)),
            (None, EmptyPageIds::Null) => body.insert(key.to_owned(), Value::Null),
            (None, EmptyPageIds::Absent) => None,
        };
    }
    body.insert("data".to_owned(), Value::Array(data));
    ok(&Value::Object(body))
}

fn toggle(
    state: &mut State,
    behaviour: &OpenAiBehaviour,
    call: &Call,
    project: Option<&str>,
    shown: Shown<'_>,
    (object, activate): (&str, bool),
) -> Result<Reply, Refusal> {
    refuse_query(call, behaviour, &[])?;
    let body = body(call, behaviour, &["certificate_ids"])?;
    let ids = match body.get("certificate_ids") {
        None => return Err(missing("certificate_ids")),
        Some(Value::Array(ids)) => ids
            .iter()
            .map(|id| id.as_str().map(str::to_owned))
            .collect(),
        Some(_) => None,
    };
    let Some(ids): Option<Vec<String>> = ids else {
        let text = "Invalid type for 'certificate_ids': expected an array of strings.";
        return Err(Refusal::invalid(text)
            .param("certificate_ids")
            .code("invalid_type"));
    };
    let data: Vec<Value> = state
        .toggle(&ids, project, activate)?
        .into_iter()
        .map(|one| wire::certificate(one, shown))
        .collect();
    let object = match (behaviour.toggles_answer_list, activate) {
        (true, _) => "list".to_owned(),
        (false, true) => format!("{object}.activation"),
        (false, false) => format!("{object}.deactivation"),
    };
    ok(&json!({ "object": object, "data": data }))
}

fn body(
    call: &Call,
    behaviour: &OpenAiBehaviour,
    known: &[&str],
) -> Result<Map<String, Value>, Refusal> {
    if !call.says_json() {
        let given = call.header("content-type").unwrap_or_default();
        let text = format!(
            "Unsupported content type: '{given}'. This API method only accepts 'application/json' requests."
        );
        return Err(Refusal::invalid(text).code("unsupported_content_type"));
    }
    let body = call.object().map_err(|fault| match fault {
        BodyFault::Empty | BodyFault::NotJson => {
            Refusal::invalid("We could not parse the JSON body of your request.")
        }
        BodyFault::NotAnObject => {
            Refusal::invalid("Invalid type for the request body: expected an object.")
        }
    })?;
    match body.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) if behaviour.refuses_unknown_parameters => {
            Err(Refusal::invalid(format!("Unknown parameter: '{key}'."))
                .param(key)
                .code("unknown_parameter"))
        }
        _ => Ok(body),
    }
}

fn refuse_query(call: &Call, behaviour: &OpenAiBehaviour, known: &[&str]) -> Result<(), Refusal> {
    match call
        .query
        .iter()
        .find(|(name, _)| !known.contains(&name.as_str()))
    {
        Some((name, _)) if behaviour.refuses_unknown_parameters => {
            Err(Refusal::invalid(format!("Unknown parameter: '{name}'."))
                .param(name)
                .code("unknown_parameter"))
        }
        _ => Ok(()),
    }
}

fn text(body: &Map<String, Value>, field: &str) -> Result<Option<String>, Refusal> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => {
            let text = format!("Invalid type for '{field}': expected a string.");
            Err(Refusal::invalid(text).param(field).code("invalid_type"))
        }
    }
}

fn missing(field: &str) -> Refusal {
    let text = format!("Missing required parameter: '{field}'.");
    Refusal::invalid(text)
        .param(field)
        .code("missing_required_parameter")
}

fn no_such_url(call: &Call, status: StatusCode) -> Refusal {
    Refusal::invalid(format!("Invalid URL ({} {})", call.method, call.path))
        .status(status)
        .code("unknown_url")
}

fn ok(body: &Value) -> Result<Reply, Refusal> {
    Ok(Reply::json(StatusCode::OK, body))
}
