//! Harbourgate's writes.

use super::write::{Ready, Write, count, gone, nothing, pem};
use crate::Clients;
use certfleet_http::Class;
use certfleet_sandbox::Provider;
use futures_util::FutureExt;

pub(super) const WRITES: &[Write] = &[
    Write {
        vendor: Provider::Harbourgate,
        id: "upload_certificate",
        class: Class::Create,
        prepare: nothing,
        undo: None,
        send: |clients, _| {
            async move {
                let call = clients.harbourgate.upload_certificate();
                call.name("cut").file(pem()).send().await.map(|_| ())
            }
            .boxed()
        },
        done: count!(Harbourgate),
    },
    Write {
        vendor: Provider::Harbourgate,
        id: "delete_certificate",
        class: Class::Idempotent,
        prepare: uploaded,
        undo: None,
        send: |clients, id| {
            async move {
                let call = clients.harbourgate.delete_certificate();
                call.certificate_id(id).send().await.map(|_| ())
            }
            .boxed()
        },
        done: gone!(Harbourgate),
    },
];

fn uploaded(clients: Clients) -> Ready {
    async move {
        let call = clients.harbourgate.upload_certificate();
        let made = call.name("before").file(pem()).send().await;
        made.expect("an upload").id.clone()
    }
    .boxed()
}
