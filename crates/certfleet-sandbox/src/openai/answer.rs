//! From a request to an answer.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::accounts::{OPENAI_ADMIN_KEY, OPENAI_ORGANIZATION, OPENAI_PROJECT_KEY};
use super::behaviour::{EmptyPageIds, OpenAiBehaviour};
use super::certificate::Certificate;
use super::refusal::Refusal;
use super::request;
use super::routes::{Operation, ROUTES};
use super::state::{self, State};
use super::wire::{self, Shown};
use crate::call::Call;
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
            let (name, pem) = request::upload(call, behaviour)?;
            alone(state.upload(name, &pem, behaviour, moment)?, false)
        }
        Operation::Get => {
            let content = request::includes_content(call, behaviour)?;
            alone(state.get(first)?, content)
        }
        Operation::Modify => {
            let name = request::new_name(call, behaviour)?;
            alone(state.rename(first, name)?, false)
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
    let (limit, ascending) = request::page(call, behaviour)?;
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
    let ids = request::certificate_ids(call, behaviour)?;
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

fn alone(certificate: &Certificate, content: bool) -> Result<Reply, Refusal> {
    ok(&wire::certificate(certificate, Shown::Alone { content }))
}

fn no_such_url(call: &Call, status: StatusCode) -> Refusal {
    Refusal::invalid(format!("Invalid URL ({} {})", call.method, call.path))
        .status(status)
        .code("unknown_url")
}

fn ok(body: &Value) -> Result<Reply, Refusal> {
    Ok(Reply::json(StatusCode::OK, body))
}
