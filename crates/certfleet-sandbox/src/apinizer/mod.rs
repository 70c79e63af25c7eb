//! Apinizer: API gateway certificates.

mod archive;
pub(crate) mod behaviour;
mod import;
pub(crate) mod routes;
pub(crate) mod seed;
pub(crate) mod state;
mod wire;

use http::StatusCode;
use serde_json::json;

use self::behaviour::ApinizerBehaviour;
use self::routes::{Operation, ROUTES};
use self::state::{Certificate, Entry, JwkDelete, JwkUpdate, State};
use self::wire::{Deployment, Refusal};
use crate::accounts::{APINIZER_POWERLESS_TOKEN, APINIZER_TOKEN};
use crate::call::Call;
use crate::certificates::Certificate as X509;
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
            let form = form(call)?;
            let name = required(form, "certificateName")?;
            let certificate = certificate(form, project, name)?;
            let environments = environments(&certificate);
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
            let jwks = jwk_update(call)?;
            let certificate = certificate(form(call)?, project, name)?;
            let environments = environments(&certificate);
            state.update(certificate, jwks, behaviour)?;
            Ok(wire::deployed(
                &environments,
                Deployment::Deploy,
                behaviour,
                operation,
            ))
        }
        Operation::Delete => {
            let certificate = state.delete(project, name, jwk_delete(call)?)?;
            let environments = environments(&certificate);
            Ok(wire::deployed(
                &environments,
                Deployment::Undeploy,
                behaviour,
                operation,
            ))
        }
        Operation::Export => {
            let archive = archive::write(state.get(project, name)?)
                .ok_or_else(|| Refusal::bad("Export failed!"))?;
            let file_name = format!("attachment; filename=\"{name}-certificates.zip\"");
            Ok(
                Reply::with(StatusCode::OK, "application/octet-stream", archive)
                    .header("content-disposition", file_name),
            )
        }
        Operation::ImportFile => import_file(state, behaviour, form(call)?, project),
    }
}

fn import_file(
    state: &mut State,
    behaviour: &ApinizerBehaviour,
    form: &Form,
    project: &str,
) -> Result<Reply, Refusal> {
    let name = required(form, "certificateName")?;
    let alias = required(form, "alias")?;
    let mut upload = import::read(form, name, alias)?;
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
fn leave_out_failing(upload: &mut import::Upload, behaviour: &ApinizerBehaviour) {
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

fn form(call: &Call) -> Result<&Form, Refusal> {
    match &call.form {
        Some(form) if !form.broken => Ok(form),
        Some(_) => Err(Refusal::bad("Could not parse multipart request!")),
        None => {
            let given = call.header("content-type").unwrap_or_default();
            let text = format!("Content type '{given}' not supported");
            Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text))
        }
    }
}

fn required<'a>(form: &'a Form, field: &str) -> Result<&'a str, Refusal> {
    match form.text(field) {
        "" => Err(Refusal::empty(field)),
        text => Ok(text),
    }
}

/// What a POST or PUT asks for.
fn certificate(form: &Form, project: &str, name: &str) -> Result<Certificate, Refusal> {
    let alias = required(form, "alias")?;
    let description = required(form, "certificateDescription")?;
    let file = form.file("pemEncodedFile");
    if file.is_empty() {
        return Err(Refusal::empty("pemEncodedFile"));
    }
    let invalid = || Refusal::bad("pemEncodedFile is not a valid PEM encoded certificate!");
    let text = std::str::from_utf8(file).map_err(|_| invalid())?;
    let x509 = X509::from_pem(text)
        .ok()
        .and_then(|chain| chain.into_iter().next())
        .ok_or_else(invalid)?;
    let entry = |environment| Entry {
        environment,
        alias: alias.to_owned(),
        x509: x509.clone(),
    };
    Ok(Certificate {
        project: project.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        entries: import::environments(form)?.into_iter().map(entry).collect(),
    })
}

/// Each environment once, in order.
fn environments(certificate: &Certificate) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in &certificate.entries {
        if !names.contains(&entry.environment) {
            names.push(entry.environment.clone());
        }
    }
    names
}

fn jwk_update(call: &Call) -> Result<JwkUpdate, Refusal> {
    match (call.query("jwkUpdateAction"), call.query("updateScope")) {
        (None | Some("NULLIFY"), _) => Ok(JwkUpdate::Nullify),
        (Some("UPDATE"), Some("SAME_PROJECT")) => Ok(JwkUpdate::UpdateInProject),
        (Some("UPDATE"), Some("ALL_PROJECTS")) => Ok(JwkUpdate::UpdateEverywhere),
        (Some("UPDATE"), None) => Err(Refusal::empty("updateScope")),
        (Some("UPDATE"), Some(other)) => Err(Refusal::bad(format!(
            "updateScope value ({other}) is not valid!"
        ))),
        (Some(other), _) => Err(Refusal::bad(format!(
            "jwkUpdateAction value ({other}) is not valid!"
        ))),
    }
}

fn jwk_delete(call: &Call) -> Result<JwkDelete, Refusal> {
    match call.query("jwkDeleteAction") {
        None | Some("NULLIFY") => Ok(JwkDelete::Nullify),
        Some("DELETE") => Ok(JwkDelete::Delete),
        Some(other) => Err(Refusal::bad(format!(
            "jwkDeleteAction value ({other}) is not valid!"
        ))),
    }
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
