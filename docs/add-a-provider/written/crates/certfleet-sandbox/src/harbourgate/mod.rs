//! Harbourgate: authorities whose clients an edge lets in.

pub(crate) mod accounts;
pub(crate) mod behaviour;
pub(crate) mod routes;
pub(crate) mod seed;
pub(crate) mod state;
mod wire;

use http::StatusCode;

use self::accounts::{HARBOURGATE_KEY, HARBOURGATE_POWERLESS_KEY, HARBOURGATE_TOKEN};
use self::behaviour::HarbourgateBehaviour;
use self::routes::{Operation, ROUTES};
use self::state::{New, State};
use self::wire::Refusal;
use crate::call::Call;
use crate::certificates::Certificate as X509;
use crate::moment::{Answered, Moment};
use crate::reply::Reply;
use crate::routing::{self, Found};

/// Page size when none is asked for.
const PER_PAGE: usize = 20;
/// The largest page.
const LARGEST_PAGE: usize = 50;

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
    match accounts::secret(call) {
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
    // The document has no failure for it: what is out of bounds counts as not given.
    let number = |name: &str, most: usize| {
        let number: usize = call.query(name)?.parse().ok()?;
        (1..=most).contains(&number).then_some(number)
    };
    let page = number("page", usize::MAX).unwrap_or(1);
    let per_page = number("per_page", LARGEST_PAGE).unwrap_or(PER_PAGE);
    let all = state.all();
    let shown = all
        .iter()
        .skip(per_page.saturating_mul(page - 1))
        .take(per_page);
    let items: Vec<_> = shown
        .map(|one| wire::certificate(one, behaviour.content_in_lists))
        .collect();
    let pages = all.len().div_ceil(per_page).max(1);
    Reply::json(
        StatusCode::OK,
        &wire::page(&items, page, pages, all.len()),
    )
}

fn upload(state: &mut State, call: &Call, moment: Moment) -> Result<Reply, Refusal> {
    let Some(form) = call.form.as_ref().filter(|form| !form.broken) else {
        return Err(Refusal::invalid("A form with a name and a file is needed."));
    };
    let name = form.text("name");
    if name.is_empty() {
        return Err(Refusal::invalid("The name is missing."));
    }
    let certificate = match X509::from_any(form.file("file")) {
        Ok(mut chain) if chain.len() == 1 => chain.remove(0),
        _ => {
            return Err(Refusal::invalid(
                "The file holds no certificate, or several.",
            ));
        }
    };
    if !certificate.authority.is_ca {
        return Err(Refusal::invalid("The certificate is no authority's."));
    }
    let made = state.add(New {
        name: name.to_owned(),
        certificate,
        created_at: moment.now,
    })?;
    Ok(Reply::json(
        StatusCode::CREATED,
        &wire::certificate(&made, true),
    ))
}
