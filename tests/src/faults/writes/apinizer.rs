//! Apinizer's writes.

use super::write::{Ready, Write, count, gone, in_place, nothing, pem};
use crate::Clients;
use certfleet_http::{Class, Error};
use certfleet_sandbox::Provider;
use futures_util::FutureExt;

pub(super) const WRITES: &[Write] = &[
    Write {
        vendor: Provider::Apinizer,
        id: "create_certificate",
        class: Class::Create,
        prepare: nothing,
        undo: None,
        send: |clients, _| imported_once(clients).boxed(),
        done: count!(Apinizer),
    },
    Write {
        vendor: Provider::Apinizer,
        id: "import_certificate",
        class: Class::Create,
        prepare: nothing,
        undo: None,
        send: |clients, _| {
            async move {
                let (client, project) = gateway(&clients);
                client
                    .import_certificate()
                    .project_name(project)
                    .certificate_name("cut")
                    .alias("cut")
                    .environment_list("production")
                    .certificate_file(pem())
                    .send()
                    .await
                    .map(|_| ())
            }
            .boxed()
        },
        done: count!(Apinizer),
    },
    Write {
        vendor: Provider::Apinizer,
        id: "update_certificate",
        class: Class::Idempotent,
        prepare: imported,
        undo: None,
        send: |clients, name| {
            async move {
                let (client, project) = gateway(&clients);
                client
                    .update_certificate()
                    .project_name(project)
                    .certificate_name(name)
                    .certificate_description("a description")
                    .alias("cut-test")
                    .environment_list("test")
                    .pem_encoded_file(pem())
                    .send()
                    .await
                    .map(|_| ())
            }
            .boxed()
        },
        done: |snapshot, id| usize::from(in_place(snapshot, Provider::Apinizer, id, "test")),
    },
    Write {
        vendor: Provider::Apinizer,
        id: "delete_certificate",
        class: Class::Idempotent,
        prepare: imported,
        undo: None,
        send: |clients, name| {
            async move {
                let (client, project) = gateway(&clients);
                let call = client
                    .delete_certificate()
                    .project_name(project)
                    .certificate_name(name);
                call.send().await.map(|_| ())
            }
            .boxed()
        },
        done: gone!(Apinizer),
    },
];

fn gateway(sandbox_clients: &Clients) -> (&certfleet_apinizer::Client, &'static str) {
    (
        &sandbox_clients.apinizer,
        certfleet_sandbox::APINIZER_PROJECTS[0],
    )
}

fn imported(clients: Clients) -> Ready {
    async move {
        imported_once(clients).await.expect("one");
        "cut".to_owned()
    }
    .boxed()
}

async fn imported_once(clients: Clients) -> Result<(), Error> {
    let (client, project) = gateway(&clients);
    client
        .create_certificate()
        .project_name(project)
        .certificate_name("cut")
        .alias("cut")
        .certificate_description("a description")
        .environment_list("production")
        .pem_encoded_file(pem())
        .send()
        .await
        .map(|_| ())
}
