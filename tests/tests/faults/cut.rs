//! Every write against the sandbox, its connection broken before it is read, after it is read, after it is
//! done, and after every byte of its answer. What the client says must be what the sandbox holds.

use crate::{TALLY, one};
use certfleet_http::{Class, Effect, Error, FilePart, Session};
use certfleet_sandbox::{Clock, Fault, FaultPoint, Sample, Sandbox, Snapshot, Vendor};
use certfleet_tests::{
    Clients, Keys,
    faults::{matrix::Layer, run},
    start,
};
use futures_util::future::{BoxFuture, FutureExt};
use libtest_mimic::Trial;
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

pub(crate) fn trials() -> Vec<Trial> {
    WRITES
        .iter()
        .map(|write| {
            one(format!("cut::{}.{}", write.vendor, write.id), || {
                sweep(write)
            })
        })
        .chain([complete()])
        .collect()
}

/// Each so many cut points the write is settled too.
const SETTLED: usize = 8;

/// A certificate to upload.
static PEM: LazyLock<String> = LazyLock::new(|| {
    Sandbox::builder()
        .clock(Clock::fixed(start()))
        .without_certificates()
        .build()
        .sample(Sample::Authority, "cut-test", 90)
});

/// A sandbox with nothing in it, and clients of it.
struct World {
    sandbox: Sandbox,
    clients: Clients,
}

impl World {
    fn new() -> Self {
        Self::of(Self::empty())
    }

    fn empty() -> Sandbox {
        let sandbox = Sandbox::builder()
            .clock(Clock::fixed(start()))
            .without_certificates()
            .build();
        sandbox.change_behaviour(|behaviour| {
            behaviour.cloudflare.settles_after = Duration::ZERO;
        });
        sandbox
    }

    fn of(sandbox: Sandbox) -> Self {
        let clients = Clients::set_up(
            "http://localhost",
            Vendor::base_path,
            &Keys::of(&sandbox),
            |builder| builder.transport(Arc::new(sandbox.clone())).seed(1),
        );
        Self { sandbox, clients }
    }
}

/// What an operation needs to be there: the id or name of a certificate.
type Ready = BoxFuture<'static, String>;
type Sent = BoxFuture<'static, Result<(), Error>>;

/// One write.
struct Write {
    vendor: Vendor,
    id: &'static str,
    class: Class,
    prepare: fn(Clients) -> Ready,
    /// Takes it back, where that is less work than preparing it anew.
    undo: Option<fn(Clients, String) -> Sent>,
    send: fn(Clients, String) -> Sent,
    /// How often it is done, by what the sandbox holds.
    done: fn(&Snapshot, &str) -> usize,
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

static WRITES: &[Write] = &[
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

/// Breaks it everywhere.
fn sweep(write: &'static Write) -> Result<(), String> {
    let mut points = vec![
        FaultPoint::BeforeRead,
        FaultPoint::AfterRead,
        FaultPoint::AfterCommit,
    ];
    let mut cuts = 0;
    let mut prepared = None;
    for bytes in 0.. {
        points.push(FaultPoint::AfterBytes(bytes));
        for point in points.drain(..) {
            let end =
                called(write, point, &mut prepared).map_err(|why| format!("{point:?}: {why}"))?;
            if end == End::Whole {
                TALLY.count(55, Layer::Cut, write.class, cuts);
                return if cuts > 100 {
                    Ok(())
                } else {
                    Err(format!("only {cuts} cut points"))
                };
            }
            // What follows a cut depends on little more than whether the head came whole.
            if cuts < 10 || cuts % SETTLED == 0 {
                settled(write, point, &mut prepared)
                    .map_err(|why| format!("{point:?}, settled: {why}"))?;
            }
            cuts += 1;
        }
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum End {
    Cut,
    /// The answer came whole.
    Whole,
}

/// A prepared sandbox, to be used again where what is done to it can be undone.
type Prepared = Option<(Sandbox, String)>;

/// A prepared sandbox whose next request breaks here.
async fn broken(write: &Write, point: FaultPoint, prepared: &mut Prepared) -> (World, String) {
    let (world, id) = match (write.undo, prepared.take()) {
        (Some(undo), Some((sandbox, id))) => {
            // New clients: the budget of one session would not last.
            let world = World::of(sandbox);
            undo(world.clients.clone(), id.clone())
                .await
                .expect("undone");
            (world, id)
        }
        _ => {
            let world = World::new();
            let id = (write.prepare)(world.clients.clone()).await;
            (world, id)
        }
    };
    *prepared = Some((world.sandbox.clone(), id.clone()));
    world.sandbox.inject(Fault::at(point));
    (world, id)
}

/// Sends it once: what the error says must be what the sandbox holds.
fn called(write: &Write, point: FaultPoint, prepared: &mut Prepared) -> Result<End, String> {
    run::virtually(async {
        let (world, id) = broken(write, point, prepared).await;
        world.sandbox.forget_requests();
        let result = (write.send)(world.clients.clone(), id.clone()).await;
        let done = (write.done)(&world.sandbox.snapshot(), &id);
        if !world.sandbox.faults().is_empty() {
            return Err("the fault did not happen".to_owned());
        }
        if done > 1 || world.sandbox.requests().len() > 1 {
            return Err(format!(
                "done {done} times, {} requests",
                world.sandbox.requests().len()
            ));
        }
        let unread = matches!(point, FaultPoint::BeforeRead | FaultPoint::AfterRead);
        match &result {
            Ok(()) if done == 1 => Ok(End::Whole),
            Err(error) if error.effect() == Effect::Unknown && done == usize::from(!unread) => {
                Ok(End::Cut)
            }
            Err(error) if error.effect() == Effect::Applied && done == 1 => Ok(End::Cut),
            _ => Err(format!("done {done} times, and the client says {result:?}")),
        }
    })
}

/// Sends it until it is settled, looking at what the sandbox holds: done in the end, and once.
fn settled(write: &Write, point: FaultPoint, prepared: &mut Prepared) -> Result<(), String> {
    run::virtually(async {
        let (world, id) = broken(write, point, prepared).await;
        let before = world.sandbox.requests().len();
        let through = |session: Session| {
            let mut clients = world.clients.clone();
            match write.vendor {
                Vendor::OpenAi => clients.openai = session.into(),
                Vendor::Cloudflare => clients.cloudflare = session.into(),
                Vendor::Patchworks => clients.patchworks = session.into(),
                Vendor::Apinizer => clients.apinizer = session.into(),
            }
            clients
        };
        let session = match write.vendor {
            Vendor::OpenAi => world.clients.openai.session(),
            Vendor::Cloudflare => world.clients.cloudflare.session(),
            Vendor::Patchworks => world.clients.patchworks.session(),
            Vendor::Apinizer => world.clients.apinizer.session(),
        };
        let result = session
            .settle(
                |session| (write.send)(through(session), id.clone()),
                |_| async { Ok(((write.done)(&world.sandbox.snapshot(), &id) == 1).then_some(())) },
            )
            .await;
        let done = (write.done)(&world.sandbox.snapshot(), &id);
        let requests = world.sandbox.requests().len() - before;
        let unread = matches!(point, FaultPoint::BeforeRead | FaultPoint::AfterRead);
        let truthful = match (&result, write.class) {
            // A create that was never read is not sent again, and nobody claims that it is there.
            (Err(error), Class::Create) => unread && done == 0 && error.effect() == Effect::Unknown,
            (Ok(settled), Class::Create) => !unread && done == 1 && settled.verified,
            (Ok(settled), _) => done == 1 && settled.verified != unread,
            (Err(_), _) => false,
        };
        if truthful && requests <= 1 {
            Ok(())
        } else {
            Err(format!(
                "done {done} times in {requests} requests, and the client says {result:?}"
            ))
        }
    })
}

/// Every write of every client is in the table.
fn complete() -> Trial {
    one("cut::every_write", || {
        let missing: Vec<String> = certfleet_tests::contract::operations::TABLE
            .iter()
            .filter(|client| client.constants().class != Class::Read)
            .filter(|client| {
                !WRITES.iter().any(|write| {
                    (write.vendor.prefix(), write.id, write.class)
                        == (client.provider, client.id, client.constants().class)
                })
            })
            .map(|client| format!("{client:?}"))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(missing.join(", "))
        }
    })
}
