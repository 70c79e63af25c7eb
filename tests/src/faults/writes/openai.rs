//! OpenAI's writes.

use super::write::{PEM, Ready, Sent, Write, count, gone, in_place, nothing};
use crate::Clients;
use certfleet_http::Class;
use certfleet_sandbox::Provider;
use futures_util::FutureExt;

const PROJECT: &str = "proj_sandboxresearch";

pub(super) const WRITES: &[Write] = &[
    Write {
        vendor: Provider::OpenAi,
        id: "upload_certificate",
        class: Class::Create,
        prepare: nothing,
        undo: None,
        send: |clients, _| {
            async move {
                let call = clients.openai.upload_certificate();
                call.body_map(|body| body.certificate(PEM.clone()))
                    .send()
                    .await
                    .map(|_| ())
            }
            .boxed()
        },
        done: count!(OpenAi),
    },
    Write {
        vendor: Provider::OpenAi,
        id: "modify_certificate",
        class: Class::Idempotent,
        prepare: uploaded,
        undo: None,
        send: |clients, id| {
            async move {
                let call = clients.openai.modify_certificate().certificate_id(id);
                call.body_map(|body| body.name("after".to_owned()))
                    .send()
                    .await
                    .map(|_| ())
            }
            .boxed()
        },
        done: |snapshot, id| {
            let record = snapshot.record(Provider::OpenAi, id);
            usize::from(record.is_some_and(|record| record.name.as_deref() == Some("after")))
        },
    },
    Write {
        vendor: Provider::OpenAi,
        id: "activate_organization_certificates",
        class: Class::Idempotent,
        prepare: uploaded,
        undo: Some(|clients, id| toggle(clients, id, false, false)),
        send: |clients, id| toggle(clients, id, true, false),
        done: |snapshot, id| usize::from(in_place(snapshot, Provider::OpenAi, id, "organization")),
    },
    Write {
        vendor: Provider::OpenAi,
        id: "deactivate_organization_certificates",
        class: Class::Idempotent,
        prepare: active,
        undo: Some(|clients, id| toggle(clients, id, true, false)),
        send: |clients, id| toggle(clients, id, false, false),
        done: |snapshot, id| usize::from(!in_place(snapshot, Provider::OpenAi, id, "organization")),
    },
    Write {
        vendor: Provider::OpenAi,
        id: "activate_project_certificates",
        class: Class::Idempotent,
        prepare: uploaded,
        undo: Some(|clients, id| toggle(clients, id, false, true)),
        send: |clients, id| toggle(clients, id, true, true),
        done: |snapshot, id| usize::from(in_place(snapshot, Provider::OpenAi, id, PROJECT)),
    },
    Write {
        vendor: Provider::OpenAi,
        id: "deactivate_project_certificates",
        class: Class::Idempotent,
        prepare: active,
        undo: Some(|clients, id| toggle(clients, id, true, true)),
        send: |clients, id| toggle(clients, id, false, true),
        done: |snapshot, id| usize::from(!in_place(snapshot, Provider::OpenAi, id, PROJECT)),
    },
    Write {
        vendor: Provider::OpenAi,
        id: "delete_certificate",
        class: Class::Idempotent,
        prepare: uploaded,
        undo: None,
        send: |clients, id| {
            async move {
                let call = clients.openai.delete_certificate().certificate_id(id);
                call.send().await.map(|_| ())
            }
            .boxed()
        },
        done: gone!(OpenAi),
    },
];

fn uploaded(clients: Clients) -> Ready {
    async move {
        let call = clients.openai.upload_certificate();
        let call = call.body_map(|body| body.name("before".to_owned()).certificate(PEM.clone()));
        call.send().await.expect("an upload").id.clone()
    }
    .boxed()
}

fn active(clients: Clients) -> Ready {
    async move {
        let id = uploaded(clients.clone()).await;
        toggle(clients.clone(), id.clone(), true, false)
            .await
            .expect("on");
        toggle(clients, id.clone(), true, true).await.expect("on");
        id
    }
    .boxed()
}

fn toggle(clients: Clients, id: String, on: bool, project: bool) -> Sent {
    async move {
        let ids = |body: certfleet_openai::types::builder::ToggleCertificatesRequest| {
            body.certificate_ids(vec![id.clone()])
        };
        let openai = &clients.openai;
        match (on, project) {
            (true, false) => openai
                .activate_organization_certificates()
                .body_map(ids)
                .send()
                .await
                .map(|_| ()),
            (false, false) => openai
                .deactivate_organization_certificates()
                .body_map(ids)
                .send()
                .await
                .map(|_| ()),
            (true, true) => openai
                .activate_project_certificates()
                .project_id(PROJECT)
                .body_map(ids)
                .send()
                .await
                .map(|_| ()),
            (false, true) => openai
                .deactivate_project_certificates()
                .project_id(PROJECT)
                .body_map(ids)
                .send()
                .await
                .map(|_| ()),
        }
    }
    .boxed()
}
