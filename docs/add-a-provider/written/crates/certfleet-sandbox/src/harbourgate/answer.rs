//! From a request to an answer.

use http::StatusCode;

use super::accounts::{HARBOURGATE_KEY, HARBOURGATE_POWERLESS_KEY, HARBOURGATE_TOKEN};
use super::behaviour::HarbourgateBehaviour;
use super::refusal::Refusal;
use super::routes::{Operation, ROUTES};
use super::state::State;
use super::{request, wire};
use crate::call::Call;
use crate::moment::{Answered, Moment};
use crate::reply::Reply;
use crate::routing::{self, Found};

/// Answers one request.
pub(crate) fn answer(
    state: &mut State,
    behaviour: &HarbourgateBehaviour,
    call: &Call,
    moment: Moment,
) -> Answered {
    let (id, outcome) = match routing::find(ROUTES, &call.method, &call.path) {
        Found::Nothing => (None, Err(Refusal::not_found("There is nothing here."))),
        Found::OtherMethods(_) => (
            None,
            Err(Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "Another method is needed here.",
            )),
        ),
        Found::Operation {
            id,
            operation,
            parameters,
        } => {
            let one = parameters.first().map(String::as_str).unwrap_or_default();
            let outcome = admit(state, behaviour, call, moment).and_then(|()| match operation {
                Operation::ListCertificates => Ok(list(state, behaviour, call)),
                Operation::GetCertificate => state
                    .get(one)
                    .map(|found| Reply::json(StatusCode::OK, &wire::certificate(found, true))),
                Operation::UploadCertificate => upload(state, call, moment),
                Operation::DeleteCertificate => state
                    .delete(one)
                    .map(|()| Reply::empty(StatusCode::NO_CONTENT)),
            });
            (Some(id), outcome)
        }
    };
    let reply = outcome.unwrap_or_else(|refusal| refusal.reply());
    let request = moment
        .seed
        .uuid(&format!("harbourgate request {}", moment.number));
    Answered {
        operation: id,
        reply: reply.header("x-request-id", request),
    }
}

fn admit(
    state: &mut State,
    behaviour: &HarbourgateBehaviour,
    call: &Call,
    moment: Moment,
) -> Result<(), Refusal> {
    match request::secret(call) {
        Some(HARBOURGATE_KEY | HARBOURGATE_TOKEN) => {}
        Some(HARBOURGATE_POWERLESS_KEY) => {
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "This key may not read certificates.",
            ));
        }
        _ => {
            return Err(Refusal::new(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "A key or a token is needed.",
            ));
        }
    }
    match behaviour.rate_limit {
        None => Ok(()),
        Some(limit) => match state.requests.admit(limit, moment.now) {
            Ok(_) => Ok(()),
            Err(seconds) => Err(Refusal::too_many(seconds)),
        },
    }
}

fn list(state: &State, behaviour: &HarbourgateBehaviour, call: &Call) -> Reply {
    let (page, per_page) = request::page(call);
    let all = state.all();
    let shown = all
        .iter()
        .skip(per_page.saturating_mul(page - 1))
        .take(per_page);
    let items: Vec<_> = shown
        .map(|one| wire::certificate(one, behaviour.content_in_lists))
        .collect();
    let pages = all.len().div_ceil(per_page).max(1);
    Reply::json(StatusCode::OK, &wire::page(&items, page, pages, all.len()))
}

fn upload(state: &mut State, call: &Call, moment: Moment) -> Result<Reply, Refusal> {
    let made = state.add(request::upload(call, moment)?)?;
    Ok(Reply::json(
        StatusCode::CREATED,
        &wire::certificate(&made, true),
    ))
}
