//! Patchworks's writes.

use super::write::{PEM, Ready, Write, count, gone, nothing};
use crate::Clients;
use certfleet_http::Class;
use certfleet_sandbox::Provider;
use futures_util::FutureExt;

pub(super) const WRITES: &[Write] = &[
    Write {
        vendor: Provider::Patchworks,
        id: "create_certificate",
        class: Class::Create,
        prepare: nothing,
        undo: None,
        send: |clients, _| {
            async move {
                let call = clients.patchworks.create_certificate();
                call.body_map(|body| body.certificate(PEM.clone()))
                    .send()
                    .await
                    .map(|_| ())
            }
            .boxed()
        },
        done: count!(Patchworks),
    },
    Write {
        vendor: Provider::Patchworks,
        id: "delete_certificate",
        class: Class::Idempotent,
        prepare: attached,
        undo: None,
        send: |clients, id| {
            async move {
                clients
                    .patchworks
                    .delete_certificate()
                    .certificate(id)
                    .send()
                    .await
                    .map(|_| ())
            }
            .boxed()
        },
        done: gone!(Patchworks),
    },
];

fn attached(clients: Clients) -> Ready {
    async move {
        let call = clients.patchworks.create_certificate();
        let made = call
            .body_map(|body| body.certificate(PEM.clone()))
            .send()
            .await
            .expect("one");
        made.data
            .as_ref()
            .and_then(|data| data.id)
            .map(|id| id.to_string())
            .expect("an id")
    }
    .boxed()
}
