//! Cloudflare's writes.

use super::write::{Ready, Sent, Write, count, gone, in_place, nothing};
use crate::Clients;
use certfleet_cloudflare::types::{
    GatewayAccountSettings, GatewayAccountSettingsSettings,
    GatewayAccountSettingsSettingsCertificate,
};
use certfleet_http::{Class, Nullable};
use certfleet_sandbox::Provider;
use futures_util::FutureExt;

const CF: &str = certfleet_sandbox::CLOUDFLARE_CORP;
/// Stands for the vendor's own certificate.
const VENDORS_OWN: &str = "00000000-0000-0000-0000-000000000000";

pub(super) const WRITES: &[Write] = &[
    Write {
        vendor: Provider::Cloudflare,
        id: "create_certificate",
        class: Class::Create,
        prepare: nothing,
        undo: None,
        send: |clients, _| {
            async move {
                clients
                    .cloudflare
                    .create_certificate()
                    .account_id(CF)
                    .send()
                    .await
                    .map(|_| ())
            }
            .boxed()
        },
        done: count!(Cloudflare),
    },
    Write {
        vendor: Provider::Cloudflare,
        id: "activate_certificate",
        class: Class::Idempotent,
        prepare: generated,
        undo: Some(|clients, id| switch(clients, id, false)),
        send: |clients, id| switch(clients, id, true),
        done: |snapshot, id| usize::from(in_place(snapshot, Provider::Cloudflare, id, "available")),
    },
    Write {
        vendor: Provider::Cloudflare,
        id: "deactivate_certificate",
        class: Class::Idempotent,
        prepare: deployed,
        undo: Some(|clients, id| switch(clients, id, true)),
        send: |clients, id| switch(clients, id, false),
        done: |snapshot, id| {
            usize::from(!in_place(snapshot, Provider::Cloudflare, id, "available"))
        },
    },
    Write {
        vendor: Provider::Cloudflare,
        id: "update_configuration",
        class: Class::Idempotent,
        prepare: deployed,
        undo: Some(|clients, _| intercept_with(clients, VENDORS_OWN.to_owned())),
        send: intercept_with,
        done: |snapshot, id| usize::from(in_place(snapshot, Provider::Cloudflare, id, "in_use")),
    },
    Write {
        vendor: Provider::Cloudflare,
        id: "delete_certificate",
        class: Class::Idempotent,
        prepare: generated,
        undo: None,
        send: |clients, id| {
            async move {
                let call = clients
                    .cloudflare
                    .delete_certificate()
                    .account_id(CF)
                    .certificate_id(id);
                call.send().await.map(|_| ())
            }
            .boxed()
        },
        done: gone!(Cloudflare),
    },
];

fn switch(clients: Clients, id: String, on: bool) -> Sent {
    async move {
        let cloudflare = &clients.cloudflare;
        if on {
            let call = cloudflare
                .activate_certificate()
                .account_id(CF)
                .certificate_id(id);
            call.send().await.map(|_| ())
        } else {
            let call = cloudflare
                .deactivate_certificate()
                .account_id(CF)
                .certificate_id(id);
            call.send().await.map(|_| ())
        }
    }
    .boxed()
}

fn intercept_with(clients: Clients, id: String) -> Sent {
    async move {
        let certificate = GatewayAccountSettingsSettingsCertificate { id };
        let settings = GatewayAccountSettingsSettings {
            certificate: Nullable::Value(certificate),
        };
        let call = clients
            .cloudflare
            .update_configuration()
            .account_id(CF)
            .body(GatewayAccountSettings {
                settings: Some(settings),
            });
        call.send().await.map(|_| ())
    }
    .boxed()
}

fn generated(clients: Clients) -> Ready {
    async move {
        let made = clients
            .cloudflare
            .create_certificate()
            .account_id(CF)
            .send()
            .await
            .expect("one");
        made.result
            .as_ref()
            .and_then(|made| made.id.clone())
            .expect("an id")
    }
    .boxed()
}

fn deployed(clients: Clients) -> Ready {
    async move {
        let id = generated(clients.clone()).await;
        let call = clients
            .cloudflare
            .activate_certificate()
            .account_id(CF)
            .certificate_id(&id);
        call.send().await.expect("active");
        id
    }
    .boxed()
}
