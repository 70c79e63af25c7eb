//! From a request to an answer.

use chrono::TimeDelta;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::accounts::{
    PATCHWORKS_CONNECTORS, PATCHWORKS_JWT, PATCHWORKS_KEY, PATCHWORKS_POWERLESS_KEY,
};
use super::behaviour::PatchworksBehaviour;
use super::refusal::Refusal;
use super::routes::{Operation, ROUTES};
use super::state::State;
use super::{request, wire};
use crate::call::Call;
use crate::clock::later;
use crate::moment::{Answered, Moment};
use crate::reply::Reply;
use crate::routing::{self, Found};

const PATH: &str = "https://core.wearepatchworks.com/api/v1/connectors";

/// Answers one request.
pub(crate) fn answer(
    state: &mut State,
    behaviour: &PatchworksBehaviour,
    call: &Call,
    moment: Moment,
) -> Answered {
    let (id, outcome) = match routing::find(ROUTES, &call.method, &call.path) {
        Found::Nothing => {
            let text = format!(
                "The route {} could not be found.",
                call.path.trim_start_matches('/')
            );
            (None, Err(Refusal::not_found(text)))
        }
        Found::OtherMethods(methods) => {
            let text = format!(
                "The {} method is not supported for route {}. Supported methods: {}.",
                call.method,
                call.path.trim_start_matches('/'),
                methods.join(", "),
            );
            (
                None,
                Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, text)),
            )
        }
        Found::Operation {
            id,
            operation,
            parameters,
        } => {
            let first = parameters.first().map(String::as_str).unwrap_or_default();
            let outcome = admit(state, behaviour, call, moment).and_then(|()| match operation {
                Operation::Create => create(state, behaviour, call, moment),
                Operation::Delete => delete(state, first),
                Operation::ListConnectors => connectors(state, behaviour, call, moment),
            });
            (Some(id), outcome)
        }
    };
    let accepts = call
        .header("accept")
        .is_some_and(|accept| accept.contains("/json") || accept.contains("+json"));
    let reply = outcome.unwrap_or_else(|refusal| refusal.reply(behaviour, accepts));
    let request = moment
        .seed
        .uuid(&format!("patchworks request {}", moment.number));
    Answered {
        operation: id,
        reply: reply.header("x-request-id", request),
    }
}

fn admit(
    state: &mut State,
    behaviour: &PatchworksBehaviour,
    call: &Call,
    moment: Moment,
) -> Result<(), Refusal> {
    match (call.header("authorization"), call.bearer()) {
        (Some(PATCHWORKS_KEY), _) | (_, Some(PATCHWORKS_JWT)) => {}
        (Some(PATCHWORKS_POWERLESS_KEY), _) => {
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                "This action is unauthorized.",
            ));
        }
        _ => return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Unauthenticated.")),
    }
    if let Some(limit) = behaviour.rate_limit {
        state
            .requests
            .admit(limit, moment.now)
            .map_err(Refusal::too_many)?;
    }
    if call.too_large() {
        return Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The POST data is too large.",
        ));
    }
    Ok(())
}

fn create(
    state: &mut State,
    behaviour: &PatchworksBehaviour,
    call: &Call,
    moment: Moment,
) -> Result<Reply, Refusal> {
    let new = request::new_certificate(call, moment)?;
    let certificate = state.create(new, behaviour, moment)?;
    Ok(Reply::json(
        StatusCode::OK,
        &json!({ "data": wire::certificate(&certificate, behaviour) }),
    ))
}

fn delete(state: &mut State, id: &str) -> Result<Reply, Refusal> {
    state.delete(id)?;
    Ok(Reply::json(
        StatusCode::OK,
        &json!({ "message": "Certificate deleted." }),
    ))
}

fn connectors(
    state: &State,
    behaviour: &PatchworksBehaviour,
    call: &Call,
    moment: Moment,
) -> Result<Reply, Refusal> {
    let includes = request::includes(call)?;
    let (page, per_page) = request::page(call)?;

    let total = PATCHWORKS_CONNECTORS.len();
    let skipped = per_page.saturating_mul(page - 1);
    let start = wire::date(later(moment.now, TimeDelta::days(-400)), behaviour);
    let shown = PATCHWORKS_CONNECTORS.iter().skip(skipped).take(per_page);
    let data: Vec<Value> = shown
        .map(|(id, name)| {
            wire::connector(
                *id,
                name,
                included(state, behaviour, *id, &includes),
                &start,
            )
        })
        .collect();

    let last = total.div_ceil(per_page).max(1);
    let (from, to) = if data.is_empty() {
        (None, None)
    } else {
        (Some(skipped + 1), Some(skipped + data.len()))
    };
    let link = |page: usize| format!("{PATH}?page={page}");
    let body = json!({
        "data": data,
        "links": {
            "first": link(1),
            "last": link(last),
            "prev": (page > 1).then(|| link(page - 1)),
            "next": (page < last).then(|| link(page + 1)),
        },
        "meta": {
            "current_page": page,
            "from": from,
            "last_page": last,
            "path": PATH,
            "per_page": per_page,
            "to": to,
            "total": total,
        },
    });
    Ok(Reply::json(StatusCode::OK, &body))
}

fn included(
    state: &State,
    behaviour: &PatchworksBehaviour,
    id: u64,
    includes: &[&str],
) -> Map<String, Value> {
    let attached = state.attached(id);
    let mut included = Map::new();
    for include in includes {
        let (key, value) = match *include {
            "certificate" => {
                let shown = attached.map(|certificate| wire::certificate(certificate, behaviour));
                ("certificate", wire::optional(shown, behaviour))
            }
            "certificateExists" => ("certificate_exists", Some(json!(attached.is_some()))),
            other => (other, Some(json!(usize::from(attached.is_some())))),
        };
        included.extend(value.map(|value| (key.to_owned(), value)));
    }
    included
}
