//! Every operation of every vendor, called through the generated client against the sandbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "test code outside #[test] functions, which are all that clippy.toml knows"
)]

use certfleet_apinizer::types::{
    DeleteCertificateJwkDeleteAction, UpdateCertificateJwkUpdateAction,
};
use certfleet_http::{FilePart, Integer};
use certfleet_sandbox::Sample;
use certfleet_tests::{Clients, sandbox};
use serde_json::Value;
use std::collections::BTreeSet;

#[tokio::test]
async fn all_26_are_called() {
    let sandbox = sandbox();
    let clients = Clients::of(&sandbox);
    let (account_id, project_name) = Clients::places(&sandbox);
    let authority = || sandbox.sample(Sample::Authority, "operations-test", 90);

    // OpenAI: upload, rename, on and off in both scopes, delete.
    let openai = &clients.openai;
    let pem = authority();
    let uploaded = openai
        .upload_certificate()
        .body_map(|body| {
            body.name("operations-test".to_owned())
                .certificate(pem.clone())
        })
        .send()
        .await
        .unwrap();
    let id = uploaded.id.clone();
    assert!(uploaded.request_id().is_some());
    let renamed = openai
        .modify_certificate()
        .certificate_id(&id)
        .body_map(|body| body.name("renamed".to_owned()))
        .send()
        .await
        .unwrap();
    assert_eq!(renamed.name.as_deref(), Some("renamed"));
    let with_content = openai
        .get_certificate()
        .certificate_id(&id)
        .include(vec![
            certfleet_openai::types::GetCertificateIncludeItem::Content,
        ])
        .send()
        .await
        .unwrap();
    assert!(with_content.certificate_details.content.is_some());
    let page = openai
        .list_organization_certificates()
        .limit(std::num::NonZeroU64::MIN)
        .send()
        .await
        .unwrap();
    assert_eq!((page.data.len(), page.has_more), (1, true));
    let toggle = |body: certfleet_openai::types::builder::ToggleCertificatesRequest| {
        body.certificate_ids(vec![id.clone()])
    };
    let on = openai
        .activate_organization_certificates()
        .body_map(toggle)
        .send()
        .await
        .unwrap();
    assert!(on.data.iter().all(|certificate| certificate.active));
    let off = openai
        .deactivate_organization_certificates()
        .body_map(toggle)
        .send()
        .await
        .unwrap();
    assert!(off.data.iter().all(|certificate| !certificate.active));
    let project = "proj_sandboxresearch";
    let on = openai
        .activate_project_certificates()
        .project_id(project)
        .body_map(toggle)
        .send()
        .await
        .unwrap();
    assert!(on.data.iter().all(|certificate| certificate.active));
    let listed = openai
        .list_project_certificates()
        .project_id(project)
        .send()
        .await
        .unwrap();
    assert!(
        listed
            .data
            .iter()
            .any(|certificate| certificate.id == id && certificate.active)
    );
    openai
        .deactivate_project_certificates()
        .project_id(project)
        .body_map(toggle)
        .send()
        .await
        .unwrap();
    let deleted = openai
        .delete_certificate()
        .certificate_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.id, id);

    // Cloudflare: make, deploy, withdraw, delete.
    let cloudflare = &clients.cloudflare;
    let made = cloudflare
        .create_certificate()
        .account_id(account_id)
        .body_map(|body| body.validity_period_days(std::num::NonZeroU64::new(30).unwrap()))
        .send()
        .await
        .unwrap();
    let id = made.result.clone().and_then(|result| result.id).unwrap();
    let on = cloudflare
        .activate_certificate()
        .account_id(account_id)
        .certificate_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(on.status().as_u16(), 202);
    sandbox.clock().advance(std::time::Duration::from_secs(10));
    let got = cloudflare
        .get_certificate()
        .account_id(account_id)
        .certificate_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(
        got.result.as_ref().and_then(|r| r.binding_status.clone()),
        Some(certfleet_cloudflare::enums::BindingStatus::Available)
    );
    let off = cloudflare
        .deactivate_certificate()
        .account_id(account_id)
        .certificate_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(off.status().as_u16(), 201);
    sandbox.clock().advance(std::time::Duration::from_secs(10));
    cloudflare
        .delete_certificate()
        .account_id(account_id)
        .certificate_id(&id)
        .send()
        .await
        .unwrap();
    let listed = cloudflare
        .list_certificates()
        .account_id(account_id)
        .send()
        .await
        .unwrap();
    assert!(
        listed
            .result
            .iter()
            .flatten()
            .all(|certificate| certificate.id.as_ref() != Some(&id))
    );

    // Patchworks: put on a connector, see it there, delete.
    let patchworks = &clients.patchworks;
    let pem = sandbox.sample(Sample::Client, "operations-test", 90);
    let made = patchworks
        .create_certificate()
        .body_map(|body| body.certificate(pem).passphrase(Some("pass-canary".into())))
        .send()
        .await
        .unwrap();
    let id = made
        .data
        .as_ref()
        .and_then(|data| data.id)
        .map(Integer::get)
        .unwrap();
    assert!(
        !String::from_utf8_lossy(made.body()).contains("pass-canary"),
        "the echoed passphrase is kept"
    );
    let listed = patchworks
        .list_connectors()
        .include("certificate")
        .send()
        .await
        .unwrap();
    assert!(
        listed
            .data
            .iter()
            .flatten()
            .any(|connector| connector.certificate.is_some())
    );
    let deleted = patchworks
        .delete_certificate()
        .certificate(id.to_string())
        .send()
        .await
        .unwrap();
    assert!(deleted.message.is_some());

    // Apinizer: create, read, update, export, import, delete.
    let apinizer = &clients.apinizer;
    let file = || FilePart::new("certificate.pem", authority());
    let made = apinizer
        .create_certificate()
        .project_name(project_name)
        .certificate_name("operations-test")
        .alias("operations-test")
        .certificate_description("made by a test")
        .environment_list("production")
        .pem_encoded_file(file())
        .send()
        .await
        .unwrap();
    assert_eq!(made.success, Some(true));
    let got = apinizer
        .get_certificate()
        .project_name(project_name)
        .certificate_name("operations-test")
        .send()
        .await
        .unwrap();
    assert_eq!(got.result_list.as_ref().map(Vec::len), Some(1));
    apinizer
        .update_certificate()
        .project_name(project_name)
        .certificate_name("operations-test")
        .jwk_update_action(UpdateCertificateJwkUpdateAction::Nullify)
        .alias("operations-test-2")
        .certificate_description("changed by a test")
        .environment_list("test")
        .pem_encoded_file(file())
        .send()
        .await
        .unwrap();
    let exported = apinizer
        .export_certificate()
        .project_name(project_name)
        .certificate_name("operations-test")
        .send()
        .await
        .unwrap();
    assert!(exported.starts_with(b"PK"), "the export is no ZIP");
    apinizer
        .import_certificate()
        .project_name(project_name)
        .certificate_file(file())
        .certificate_name("operations-test-3")
        .alias("operations-test-3")
        .environment_list("production")
        .send()
        .await
        .unwrap();
    let deleted = apinizer
        .delete_certificate()
        .project_name(project_name)
        .certificate_name("operations-test")
        .jwk_delete_action(DeleteCertificateJwkDeleteAction::Nullify)
        .send()
        .await
        .unwrap();
    assert!(deleted.deployment_result.is_some());
    let listed = apinizer
        .list_certificates()
        .project_name(project_name)
        .send()
        .await
        .unwrap();
    assert!(
        listed
            .result_list
            .iter()
            .flatten()
            .all(|c| c.name.as_deref() != Some("operations-test"))
    );

    // The sandbox saw every operation that the four APIs list, and refused none.
    let apis = [
        &certfleet_openai::API,
        &certfleet_cloudflare::API,
        &certfleet_patchworks::API,
        &certfleet_apinizer::API,
    ];
    let seen = sandbox.requests();
    assert!(
        seen.iter().all(|seen| seen.status.is_success()),
        "{seen:#?}"
    );
    let calls: BTreeSet<(String, String)> = seen
        .iter()
        .filter_map(|seen| {
            Some((
                format!("{:?}", seen.vendor).to_lowercase(),
                seen.operation?.to_owned(),
            ))
        })
        .collect();
    let operations: usize = apis.iter().map(|api| api.operations.len()).sum();
    assert_eq!((operations, calls.len()), (26, 26), "{calls:#?}");
}

#[tokio::test]
async fn what_was_answered_is_kept_byte_for_byte() {
    let clients = Clients::of(&sandbox());
    let page = clients
        .openai
        .list_organization_certificates()
        .send()
        .await
        .unwrap();
    let raw: Value = serde_json::from_slice(page.body()).unwrap();
    assert_eq!(raw["data"].as_array().map(Vec::len), Some(page.data.len()));
    assert!(page.headers().contains_key("x-request-id"));
}
