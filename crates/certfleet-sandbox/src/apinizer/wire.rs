//! Apinizer's bodies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::behaviour::{ApinizerBehaviour, ContentForm, SuccessShape};
use super::certificate::{Certificate, Entry};
use super::routes::Operation;
use crate::archive;
use crate::certificates::pem::Layout;
use crate::reply::Reply;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryBody<'a> {
    environment_name: &'a str,
    start_date: String,
    end_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64_encoded_content: Option<String>,
    sha1_thumbprint: String,
    subject_dn: &'a str,
    alias: &'a str,
}

/// A list, or the list of one that a get answers.
pub(crate) fn list(
    certificates: &[&Certificate],
    behaviour: &ApinizerBehaviour,
    operation: Operation,
) -> Reply {
    let content = operation == Operation::Get || behaviour.content_in_lists;
    let entry = |entry: &Entry| -> Value {
        json!(EntryBody {
            environment_name: &entry.environment,
            start_date: date(entry.x509.not_before, behaviour),
            end_date: date(entry.x509.not_after, behaviour),
            base64_encoded_content: content.then(|| encoded(entry, behaviour)),
            sha1_thumbprint: entry.x509.sha1().to_uppercase(),
            subject_dn: &entry.x509.subject,
            alias: &entry.alias,
        })
    };
    let item = |certificate: &&Certificate| {
        json!({
            "name": certificate.name,
            "description": certificate.description,
            "certificateEnvironmentList": certificate.entries.iter().map(entry).collect::<Vec<Value>>(),
        })
    };
    let mut body = success(behaviour, operation);
    body.insert(
        "resultList".to_owned(),
        certificates.iter().map(item).collect(),
    );
    if body.contains_key("status") {
        body.insert("resultCount".to_owned(), json!(certificates.len()));
    }
    Reply::json(StatusCode::OK, &body)
}

fn encoded(entry: &Entry, behaviour: &ApinizerBehaviour) -> String {
    match behaviour.content {
        ContentForm::Der => entry.x509.base64(),
        ContentForm::Pem => STANDARD.encode(entry.x509.pem(Layout::WindowsLines)),
    }
}

fn date(at: DateTime<Utc>, behaviour: &ApinizerBehaviour) -> String {
    let form = if behaviour.milliseconds {
        SecondsFormat::Millis
    } else {
        SecondsFormat::Secs
    };
    at.to_rfc3339_opts(form, true)
}

/// An archive with one DER file for each environment; of several entries for one environment, the last.
pub(crate) fn export(certificate: &Certificate) -> Option<Reply> {
    let name = &certificate.name;
    let entries = certificate.entries.iter().enumerate();
    let last = entries.filter(|(index, entry)| {
        let mut later = certificate.entries.iter().skip(index + 1);
        !later.any(|other| other.environment == entry.environment)
    });
    let files = last.map(|(_, entry)| {
        let file_name = format!("{name}-{}.cer", entry.environment);
        (file_name, entry.x509.der.as_slice())
    });
    let archive = archive::write(files)?;
    let file_name = format!("attachment; filename=\"{name}-certificates.zip\"");
    let reply = Reply::with(StatusCode::OK, "application/octet-stream", archive);
    Some(reply.header("content-disposition", file_name))
}

/// The beginning of every success.
pub(crate) fn success(behaviour: &ApinizerBehaviour, operation: Operation) -> Map<String, Value> {
    let writes = matches!(
        operation,
        Operation::Create | Operation::Update | Operation::Delete
    );
    let flag = match behaviour.successes {
        SuccessShape::AsDocumented => writes,
        SuccessShape::Old => true,
        SuccessShape::New => false,
    };
    let (key, value) = if flag {
        ("success", json!(true))
    } else {
        ("status", json!("SUCCESS"))
    };
    Map::from_iter([(key.to_owned(), value)])
}

/// Whether each environment was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deployment {
    Deploy,
    Undeploy,
}

/// A write, and what became of it in each environment.
pub(crate) fn deployed(
    environments: &[String],
    deployment: Deployment,
    behaviour: &ApinizerBehaviour,
    operation: Operation,
) -> Reply {
    let (done, failed, all) = match deployment {
        Deployment::Deploy => (
            "Deployed successfully",
            "Deployment failed: worker is not reachable",
            "Deployment",
        ),
        Deployment::Undeploy => (
            "Undeployed successfully",
            "Undeployment failed: worker is not reachable",
            "Undeployment",
        ),
    };
    let fails = |environment: &String| behaviour.failing_environments.contains(environment);
    let result = |environment: &String| {
        let success = !fails(environment);
        json!({
            "environmentName": environment,
            "success": success,
            "message": if success { done } else { failed },
        })
    };
    let success_everywhere = !environments.iter().any(fails);
    let message = if success_everywhere {
        "completed successfully"
    } else {
        "completed with errors"
    };
    let mut body = success(behaviour, operation);
    body.insert(
        "deploymentResult".to_owned(),
        json!({
            "success": success_everywhere,
            "message": format!("{all} {message}"),
            "environmentResults": environments.iter().map(result).collect::<Vec<Value>>(),
        }),
    );
    Reply::json(StatusCode::OK, &body)
}
