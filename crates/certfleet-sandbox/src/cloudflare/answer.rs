//! From a request to an answer.

use http::StatusCode;
use serde_json::Value;

use super::accounts::{
    CLOUDFLARE_CORP, CLOUDFLARE_CORP_TOKEN, CLOUDFLARE_EMAIL, CLOUDFLARE_KEY, CLOUDFLARE_LABS,
    CLOUDFLARE_LABS_TOKEN, CLOUDFLARE_POWERLESS_TOKEN,
};
use super::behaviour::CloudflareBehaviour;
use super::certificate::{Binding, Certificate};
use super::refusal::Refusal;
use super::routes::{Operation, ROUTES};
use super::state::State;
use super::{request, seed, wire};
use crate::call::Call;
use crate::certificates::Mint;
use crate::certificates::pem::Layout;
use crate::moment::{Answered, Moment};
use crate::reply::Reply;
use crate::routing::{self, Found};

const ACCOUNTS: [&str; 2] = [CLOUDFLARE_CORP, CLOUDFLARE_LABS];

/// Answers one request.
pub(crate) fn answer(
    state: &mut State,
    behaviour: &CloudflareBehaviour,
    call: &Call,
    moment: Moment,
) -> Answered {
    let (id, outcome) = match routing::find(ROUTES, &call.method, &call.path) {
        Found::Nothing => (
            None,
            Err(Refusal::new(
                StatusCode::NOT_FOUND,
                7003,
                "No route for the URI",
            )),
        ),
        Found::OtherMethods(_) => {
            let text = format!("{} method not allowed for the requested URI", call.method);
            (
                None,
                Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, 7001, text)),
            )
        }
        Found::Operation {
            id,
            operation,
            parameters,
        } => {
            let outcome = admit(state, behaviour, call, moment, &parameters).and_then(|account| {
                perform(
                    state,
                    behaviour,
                    call,
                    moment,
                    operation,
                    account,
                    &parameters,
                )
            });
            (Some(id), outcome)
        }
    };
    let mut reply = outcome.unwrap_or_else(|refusal| refusal.reply(behaviour));
    if behaviour.rate_headers {
        reply = reply
            .header("ratelimit", "\"default\";r=1199;t=300")
            .header("ratelimit-policy", "\"default\";q=1200;w=300");
    }
    let ray = moment
        .seed
        .hex(&format!("cloudflare request {}", moment.number), 16);
    Answered {
        operation: id,
        reply: reply
            .header("cf-ray", format!("{ray}-AMS"))
            .header("server", "cloudflare"),
    }
}

/// Who is asking, and for which account.
fn admit(
    state: &mut State,
    behaviour: &CloudflareBehaviour,
    call: &Call,
    moment: Moment,
    parameters: &[String],
) -> Result<&'static str, Refusal> {
    let opened = opened(call)?;
    if let Some(limit) = behaviour.rate_limit {
        state
            .requests
            .admit(limit, moment.now)
            .map_err(Refusal::too_many)?;
    }
    let account = parameters.first().map(String::as_str).unwrap_or_default();
    let open = opened.iter().find(|id| **id == account);
    let account = open.ok_or_else(not_authenticated)?;
    if call.too_large() {
        return Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            6008,
            "Request body is too large",
        ));
    }
    Ok(account)
}

/// The accounts the request's credential opens.
fn opened(call: &Call) -> Result<&'static [&'static str], Refusal> {
    let [corp, labs] = &ACCOUNTS;
    if call.headers.contains_key("authorization") {
        return match call.bearer() {
            Some(CLOUDFLARE_CORP_TOKEN) => Ok(std::slice::from_ref(corp)),
            Some(CLOUDFLARE_LABS_TOKEN) => Ok(std::slice::from_ref(labs)),
            Some(CLOUDFLARE_POWERLESS_TOKEN) => Ok(&[]),
            Some(token) if !token.is_empty() => Err(not_authenticated()),
            _ => Err(Refusal::header(
                6111,
                "Invalid format for Authorization header",
            )),
        };
    }
    match (call.header("x-auth-email"), call.header("x-auth-key")) {
        (Some(CLOUDFLARE_EMAIL), Some(CLOUDFLARE_KEY)) => Ok(&ACCOUNTS),
        (Some(email), Some(_)) if !email.contains('@') => Err(Refusal::header(
            6102,
            "Invalid format for X-Auth-Email header",
        )),
        (Some(_), Some("")) => Err(Refusal::header(
            6103,
            "Invalid format for X-Auth-Key header",
        )),
        (Some(_), Some(_)) => Err(not_authenticated()),
        _ => Err(Refusal::bad(
            9106,
            "Missing X-Auth-Key, X-Auth-Email or Authorization headers",
        )
        .auth()),
    }
}

fn not_authenticated() -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, 10000, "Authentication error").auth()
}

fn perform(
    state: &mut State,
    behaviour: &CloudflareBehaviour,
    call: &Call,
    moment: Moment,
    operation: Operation,
    account: &'static str,
    parameters: &[String],
) -> Result<Reply, Refusal> {
    let id = parameters.get(1).map(String::as_str).unwrap_or_default();
    let state = state.account(account);
    let in_use = state.settings.said_to_be_used(moment.now).to_owned();
    let show = |certificate: &Certificate| {
        wire::certificate(certificate, certificate.id == in_use, behaviour, moment)
    };
    let (status, certificate) = match operation {
        Operation::List => {
            let result: Vec<Value> = state.certificates.iter().map(show).collect();
            return Ok(wire::list(&result, behaviour));
        }
        Operation::GetConfiguration => {
            let settings = state.settings.shown(behaviour, false);
            return Ok(wire::success(StatusCode::OK, &settings));
        }
        Operation::ChangeConfiguration => {
            let change = request::settings(call)?;
            state.change_settings(change, behaviour, moment.now)?;
            let settings = state.settings.shown(behaviour, true);
            return Ok(wire::success(StatusCode::OK, &settings));
        }
        Operation::Get => (StatusCode::OK, show(state.get(id, behaviour)?)),
        Operation::Create => {
            let days = request::validity(call)?;
            let made = state.spend_creation(behaviour, moment.now)?;
            let certificate = create(account, days, made, moment)?;
            let shown = show(&certificate);
            state.certificates.push(certificate);
            (StatusCode::OK, shown)
        }
        Operation::Delete => {
            request::refuse_content(call)?;
            (StatusCode::OK, show(&state.delete(id, behaviour, moment)?))
        }
        Operation::Activate => {
            request::refuse_content(call)?;
            (
                StatusCode::ACCEPTED,
                show(state.activate(id, behaviour, moment)?),
            )
        }
        Operation::Deactivate => {
            request::refuse_content(call)?;
            (
                StatusCode::CREATED,
                show(state.deactivate(id, behaviour, moment)?),
            )
        }
    };
    Ok(wire::success(status, &certificate))
}

fn create(account: &str, days: i64, made: u64, moment: Moment) -> Result<Certificate, Refusal> {
    let label = format!("cloudflare {account} created {made}");
    let mint = Mint {
        seed: moment.seed,
        start: moment.now,
    };
    let x509 = seed::gateway_authority(&mint, &label, days).map_err(|_| {
        Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            1000,
            "Certificate generation failed",
        )
    })?;
    Ok(Certificate {
        id: moment.seed.uuid(&label),
        x509,
        layout: Layout::Lines,
        custom: false,
        created_at: moment.now,
        updated_at: moment.now,
        binding: Binding::Inactive,
    })
}
