//! Every write of every client, ready to be sent to a sandbox, and how to tell from the sandbox whether it was
//! carried out.

use crate::{Clients, Keys, start};
use certfleet_http::{Class, Error, FilePart, Session, SessionBuilder, Transport};
use certfleet_sandbox::{Clock, Sample, Sandbox, Snapshot, Vendor};
use futures_util::future::{BoxFuture, FutureExt};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

/// A certificate to upload.
static PEM: LazyLock<String> = LazyLock::new(|| {
    Sandbox::builder()
        .clock(Clock::fixed(start()))
        .without_certificates()
        .build()
        .sample(Sample::Authority, "cut-test", 90)
});

/// A sandbox, and clients of it with waits of their usual length.
#[derive(Debug)]
pub struct World {
    /// The vendors.
    pub sandbox: Sandbox,
    /// The clients.
    pub clients: Clients,
}

impl World {
    /// A sandbox with nothing in it, where nothing takes time.
    pub fn empty() -> Sandbox {
        let sandbox = Sandbox::builder()
            .clock(Clock::fixed(start()))
            .without_certificates()
            .build();
        sandbox.change_behaviour(|behaviour| {
            behaviour.cloudflare.settles_after = Duration::ZERO;
        });
        sandbox
    }

    /// Clients that reach a sandbox so.
    pub fn over(origin: &str, sandbox: Sandbox, transport: Arc<dyn Transport>) -> Self {
        Self::set_up(origin, sandbox, |builder| {
            builder.transport(transport.clone()).seed(1)
        })
    }

    /// Clients that reach a sandbox as set up.
    pub fn set_up(
        origin: &str,
        sandbox: Sandbox,
        set_up: impl Fn(SessionBuilder) -> SessionBuilder,
    ) -> Self {
        let clients = Clients::set_up(origin, Vendor::base_path, &Keys::of(&sandbox), set_up);
        Self { sandbox, clients }
    }
}

/// What an operation needs to be there: the id or name of a certificate.
pub type Ready = BoxFuture<'static, String>;
/// How a call ended.
pub type Sent = BoxFuture<'static, Result<(), Error>>;

/// One write.
pub struct Write {
    /// Whose.
    pub vendor: Vendor,
    /// The generated method's name.
    pub id: &'static str,
    /// What repeating it does.
    pub class: Class,
    /// Makes what it needs.
    pub prepare: fn(Clients) -> Ready,
    /// Takes it back, where that is less work than preparing it anew.
    pub undo: Option<fn(Clients, String) -> Sent>,
    /// Sends it.
    pub send: fn(Clients, String) -> Sent,
    /// How often it is done, by what the sandbox holds.
    pub done: fn(&Snapshot, &str) -> usize,
}

impl Write {
    /// The session that it goes through.
    pub fn session<'a>(&self, clients: &'a Clients) -> &'a Session {
        match self.vendor {
            Vendor::OpenAi => clients.openai.session(),
            Vendor::Cloudflare => clients.cloudflare.session(),
            Vendor::Patchworks => clients.patchworks.session(),
            Vendor::Apinizer => clients.apinizer.session(),
        }
    }

    /// Clients of which its vendor's goes through this session.
    pub fn through(&self, clients: &Clients, session: Session) -> Clients {
        let mut clients = clients.clone();
        match self.vendor {
            Vendor::OpenAi => clients.openai = session.into(),
            Vendor::Cloudflare => clients.cloudflare = session.into(),
            Vendor::Patchworks => clients.patchworks = session.into(),
            Vendor::Apinizer => clients.apinizer = session.into(),
        }
        clients
    }
}

impl std::fmt::Debug for Write {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.vendor, self.id)
    }
}

const CF: &str = certfleet_sandbox::CLOUDFLARE_CORP;
const PROJECT: &str = "proj_sandboxresearch";

fn nothing(_: Clients) -> Ready {
    async { String::new() }.boxed()
}

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

fn gateway(sandbox_clients: &Clients) -> (&certfleet_apinizer::Client, &'static str) {
    (
        &sandbox_clients.apinizer,
        certfleet_sandbox::APINIZER_PROJECTS[0],
    )
}

fn pem() -> FilePart {
    FilePart::new("certificate.pem", PEM.as_bytes().to_vec())
}

fn imported(clients: Clients) -> Ready {
    async move {
        imported_once(clients).await.expect("one");
        "cut".to_owned()
    }
    .boxed()
}

fn in_place(snapshot: &Snapshot, vendor: Vendor, id: &str, place: &str) -> bool {
    snapshot
        .record(vendor, id)
        .is_some_and(|record| record.placements.iter().any(|one| one == place))
}

macro_rules! gone {
    ($vendor:ident) => {
        |snapshot, id| usize::from(snapshot.record(Vendor::$vendor, id).is_none())
    };
}

macro_rules! count {
    ($vendor:ident) => {
        |snapshot, _| snapshot.count(Vendor::$vendor)
    };
}

/// Every write of every client.
pub static WRITES: &[Write] = &[
    Write {
        vendor: Vendor::OpenAi,
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
        vendor: Vendor::OpenAi,
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
            let record = snapshot.record(Vendor::OpenAi, id);
            usize::from(record.is_some_and(|record| record.name.as_deref() == Some("after")))
        },
    },
    Write {
        vendor: Vendor::OpenAi,
        id: "activate_organization_certificates",
        class: Class::Idempotent,
        prepare: uploaded,
        undo: Some(|clients, id| toggle(clients, id, false, false)),
        send: |clients, id| toggle(clients, id, true, false),
        done: |snapshot, id| usize::from(in_place(snapshot, Vendor::OpenAi, id, "organization")),
    },
    Write {
        vendor: Vendor::OpenAi,
        id: "deactivate_organization_certificates",
        class: Class::Idempotent,
        prepare: active,
        undo: Some(|clients, id| toggle(clients, id, true, false)),
        send: |clients, id| toggle(clients, id, false, false),
        done: |snapshot, id| usize::from(!in_place(snapshot, Vendor::OpenAi, id, "organization")),
    },
    Write {
        vendor: Vendor::OpenAi,
        id: "activate_project_certificates",
        class: Class::Idempotent,
        prepare: uploaded,
        undo: Some(|clients, id| toggle(clients, id, false, true)),
        send: |clients, id| toggle(clients, id, true, true),
        done: |snapshot, id| usize::from(in_place(snapshot, Vendor::OpenAi, id, PROJECT)),
    },
    Write {
        vendor: Vendor::OpenAi,
        id: "deactivate_project_certificates",
        class: Class::Idempotent,
        prepare: active,
        undo: Some(|clients, id| toggle(clients, id, true, true)),
        send: |clients, id| toggle(clients, id, false, true),
        done: |snapshot, id| usize::from(!in_place(snapshot, Vendor::OpenAi, id, PROJECT)),
    },
    Write {
        vendor: Vendor::OpenAi,
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
    Write {
        vendor: Vendor::Cloudflare,
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
        vendor: Vendor::Cloudflare,
        id: "activate_certificate",
        class: Class::Idempotent,
        prepare: generated,
        undo: Some(|clients, id| switch(clients, id, false)),
        send: |clients, id| switch(clients, id, true),
        done: |snapshot, id| usize::from(in_place(snapshot, Vendor::Cloudflare, id, "available")),
    },
    Write {
        vendor: Vendor::Cloudflare,
        id: "deactivate_certificate",
        class: Class::Idempotent,
        prepare: deployed,
        undo: Some(|clients, id| switch(clients, id, true)),
        send: |clients, id| switch(clients, id, false),
        done: |snapshot, id| usize::from(!in_place(snapshot, Vendor::Cloudflare, id, "available")),
    },
    Write {
        vendor: Vendor::Cloudflare,
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
    Write {
        vendor: Vendor::Patchworks,
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
        vendor: Vendor::Patchworks,
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
    Write {
        vendor: Vendor::Apinizer,
        id: "create_certificate",
        class: Class::Create,
        prepare: nothing,
        undo: None,
        send: |clients, _| imported_once(clients).boxed(),
        done: count!(Apinizer),
    },
    Write {
        vendor: Vendor::Apinizer,
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
        vendor: Vendor::Apinizer,
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
        done: |snapshot, id| usize::from(in_place(snapshot, Vendor::Apinizer, id, "test")),
    },
    Write {
        vendor: Vendor::Apinizer,
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
