//! From a request to an answer.

use http::StatusCode;
use serde_json::json;

use super::accounts::{APINIZER_POWERLESS_TOKEN, APINIZER_TOKEN};
use super::behaviour::ApinizerBehaviour;
use super::certificate::Certificate;
use super::refusal::Refusal;
use super::request;
use super::routes::{Operation, ROUTES};
use super::state::{self, State};
use super::wire::{self, Deployment};
use crate::call::Call;
use crate::form::Form;
use crate::moment::{Answered, Moment};
use crate::reply::Reply;
use crate::routing::{self, Found};

/// Answers one request.
pub(crate) fn answer(
    state: &mut State,
    behaviour: &ApinizerBehaviour,
    call: &Call,
    moment: Moment,
) -> Answered {
    let (id, reply) = match routing::find(ROUTES, &call.method, &call.path) {
        Found::Nothing => (
            None,
            no_route(call, StatusCode::NOT_FOUND, "Not Found", moment),
        ),
        Found::OtherMethods(_) => (
            None,
            no_route(
                call,
                StatusCode::METHOD_NOT_ALLOWED,
                "Method Not Allowed",
                moment,
            ),
        ),
        Found::Operation {
            id,
            operation,
            parameters,
        } => {
            let outcome =
                admit(call).and_then(|()| perform(state, behaviour, call, operation, &parameters));
            (
                Some(id),
                outcome.unwrap_or_else(|refusal| refusal.reply(behaviour, operation)),
            )
        }
    };
    let correlation = moment
        .seed
        .uuid(&format!("apinizer request {}", moment.number));
    Answered {
        operation: id,
        reply: reply.header("x-correlation-id", correlation),
    }
}

fn admit(call: &Call) -> Result<(), Refusal> {
    match call.bearer() {
        Some(APINIZER_TOKEN) => {}
        Some(APINIZER_POWERLESS_TOKEN) => {
            return Err(Refusal::bad(
                "User does not have required permission (SECRETS + MANAGE) in the project!",
            ));
        }
        _ => {
            return Err(Refusal::new(
                StatusCode::UNAUTHORIZED,
                "Token is not valid!",
            ));
        }
    }
    if call.too_large() {
        return Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Maximum upload size exceeded!",
        ));
    }
    Ok(())
}

fn perform(
    state: &mut State,
    behaviour: &ApinizerBehaviour,
    call: &Call,
    operation: Operation,
    parameters: &[String],
) -> Result<Reply, Refusal> {
    let project = parameters.first().map(String::as_str).unwrap_or_default();
    let name = parameters.get(1).map(String::as_str).unwrap_or_default();
    state::project(project, behaviour)?;
    match operation {
        Operation::List => Ok(wire::list(&state.list(project), behaviour, operation)),
        Operation::Get => Ok(wire::list(
            &[state.get(project, name)?],
            behaviour,
            operation,
        )),
        Operation::Create => {
            let form = request::form(call)?;
            let name = request::required(form, "certificateName")?;
            let certificate = request::certificate(form, project, name)?;
            let environments = certificate.environments();
            state.create(certificate)?;
            Ok(wire::deployed(
                &environments,
                Deployment::Deploy,
                behaviour,
                operation,
            ))
        }
        Operation::Update => {
            state.get(project, name)?;
            let jwks = request::jwk_update(call)?;
            let certificate = request::certificate(request::form(call)?, project, name)?;
            let environments = certificate.environments();
            state.update(certificate, jwks, behaviour)?;
            Ok(wire::deployed(
                &environments,
                Deployment::Deploy,
                behaviour,
                operation,
            ))
        }
        Operation::Delete => {
            let certificate = state.delete(project, name, request::jwk_delete(call)?)?;
            let environments = certificate.environments();
            Ok(wire::deployed(
                &environments,
                Deployment::Undeploy,
                behaviour,
                operation,
            ))
        }
        Operation::Export => {
            wire::export(state.get(project, name)?).ok_or_else(|| Refusal::bad("Export failed!"))
        }
        Operation::ImportFile => import_file(state, behaviour, request::form(call)?, project),
    }
}

fn import_file(
    state: &mut State,
    behaviour: &ApinizerBehaviour,
    form: &Form,
    project: &str,
) -> Result<Reply, Refusal> {
    let name = request::required(form, "certificateName")?;
    let alias = request::required(form, "alias")?;
    let mut upload = request::import(form, name, alias)?;
    leave_out_failing(&mut upload, behaviour);
    let description = form.text("certificateDescription");
    let certificate = Certificate {
        project: project.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        entries: upload.entries,
    };
    state.import(certificate, !description.is_empty())?;
    let mut body = wire::success(behaviour, Operation::ImportFile);
    if !upload.unresolved.is_empty() {
        body.insert("unresolvedReferences".to_owned(), json!(upload.unresolved));
    }
    Ok(Reply::json(StatusCode::OK, &body))
}

/// An import answers without results by environment: where one cannot be reached, what is there stays,
/// and the answer names it among what was not carried over.
fn leave_out_failing(upload: &mut request::Upload, behaviour: &ApinizerBehaviour) {
    let fails = |environment: &str| behaviour.failing_environments.contains(environment);
    for entry in upload
        .entries
        .iter()
        .filter(|entry| fails(&entry.environment))
    {
        upload.unresolved.push(format!(
            "Environment ({}) could not be reached and was not imported.",
            entry.environment
        ));
    }
    upload.entries.retain(|entry| !fails(&entry.environment));
}

/// The answer of the vendor's web framework, which a missing trailing slash gets too.
fn no_route(call: &Call, status: StatusCode, error: &str, moment: Moment) -> Reply {
    let body = json!({
        "timestamp": moment.now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "status": status.as_u16(),
        "error": error,
        "path": call.path,
    });
    Reply::json(status, &body)
}
