//! What tests of writes share: accounts of a sandbox whose clock moves, and a transport that loses
//! what passes it.

use certfleet::{
    Account, Certificate, CertificateId, Change, ConsequenceKind, Content, Delete, Generate,
    ListOptions, Origin, ProviderKind, References, Rename, Replace, Scope, SetActive, State,
    Upload,
};
use certfleet_http::{Answer, BoxFuture, Bytes, Method, Request, SendError, StatusCode, Transport};
use certfleet_sandbox::{Sample, Sandbox, Vendor};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;

/// What happens to a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: it goes through.
    Nothing,
    /// It is carried out, and its answer is lost.
    LostAnswer,
    /// It never arrives, and nobody can tell.
    LostRequest,
    /// It is carried out, and its answer is not of the documented shape.
    UnreadableAnswer,
    /// It is carried out, and its answer never comes.
    Hangs,
    /// It never arrives, and no answer ever comes.
    NeverArrives,
    /// It is not carried out, and answered with this status.
    Status(u16),
}

/// A sandbox whose first so many writes meet a fault. Reads go through.
#[derive(Debug, Clone)]
pub struct Faulty {
    sandbox: Sandbox,
    faults: Arc<Mutex<Vec<Fault>>>,
    writes: Arc<AtomicUsize>,
    bodies: Arc<Mutex<Vec<Bytes>>>,
    hung: Arc<Notify>,
    before: Arc<Mutex<Option<Before>>>,
}

/// Something that happens between a look and a write.
struct Before(Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>);

impl std::fmt::Debug for Before {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Before")
    }
}

impl Faulty {
    /// The faults of the first writes, in their order.
    pub fn new(sandbox: &Sandbox, faults: &[Fault]) -> Self {
        let mut faults = faults.to_vec();
        faults.reverse();
        Self {
            sandbox: sandbox.clone(),
            faults: Arc::new(Mutex::new(faults)),
            writes: Arc::default(),
            bodies: Arc::default(),
            hung: Arc::default(),
            before: Arc::default(),
        }
    }

    /// How many writes were tried.
    pub fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    /// What a future comes to, or `None` where a write hangs in it: it is dropped there, as a crash
    /// would.
    pub async fn until_it_hangs<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = self.hung.notified() => None,
        }
    }

    /// What happens right before the next write goes out.
    pub fn before_next_write(
        &self,
        before: impl FnOnce() -> BoxFuture<'static, ()> + Send + 'static,
    ) {
        let mut slot = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Before(Box::new(before)));
    }

    /// The bodies of the writes.
    pub fn bodies(&self) -> Vec<Bytes> {
        self.bodies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sets what happens to the next writes.
    pub fn set(&self, faults: &[Fault]) {
        let mut list = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        *list = faults.iter().rev().copied().collect();
    }
}

impl Transport for Faulty {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<Answer, SendError>> {
        Box::pin(async move {
            if request.operation().method == Method::GET {
                return self.sandbox.send(request, body_limit, deadline).await;
            }
            let before = self
                .before
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if let Some(Before(before)) = before {
                before().await;
            }
            self.writes.fetch_add(1, Ordering::SeqCst);
            self.bodies
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(request.body().clone());
            let fault = self
                .faults
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop()
                .unwrap_or(Fault::Nothing);
            let answer = |status: u16, body: &'static str| Answer {
                status: StatusCode::from_u16(status).unwrap_or_default(),
                headers: [("content-type", "application/json")]
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)))
                    .collect(),
                body: Bytes::from_static(body.as_bytes()),
            };
            match fault {
                Fault::Nothing => self.sandbox.send(request, body_limit, deadline).await,
                Fault::LostRequest => Err(SendError::maybe_sent("connection reset")),
                Fault::LostAnswer => {
                    self.sandbox.send(request, body_limit, deadline).await?;
                    Err(SendError::maybe_sent("connection reset"))
                }
                Fault::Hangs => {
                    self.sandbox.send(request, body_limit, deadline).await?;
                    self.hung.notify_one();
                    std::future::pending().await
                }
                Fault::NeverArrives => {
                    self.hung.notify_one();
                    std::future::pending().await
                }
                Fault::UnreadableAnswer => {
                    let real = self.sandbox.send(request, body_limit, deadline).await?;
                    Ok(Answer {
                        body: Bytes::from_static(b"[17]"),
                        ..real
                    })
                }
                Fault::Status(status) => Ok(answer(status, "{}")),
            }
        })
    }
}

/// The time that the accounts of [`account`] go by: the start of every test's sandbox.
pub fn clock() -> DateTime<Utc> {
    crate::start()
}

/// The first account of a vendor, every consequence acknowledged.
///
/// # Panics
/// The sandbox has no account there.
pub fn account(sandbox: &Sandbox, kind: ProviderKind, transport: Arc<dyn Transport>) -> Account {
    plain_account(sandbox, kind, transport).acknowledging(ConsequenceKind::ALL)
}

/// The first account of a vendor, no consequence acknowledged.
///
/// # Panics
/// The sandbox has no account there.
pub fn plain_account(
    sandbox: &Sandbox,
    kind: ProviderKind,
    transport: Arc<dyn Transport>,
) -> Account {
    crate::accounts_over(sandbox, transport)
        .into_iter()
        .find(|account| account.provider() == kind)
        .expect("an account")
        .with_clock(clock)
}

/// What an account lists, with contents.
///
/// # Panics
/// It cannot be listed.
pub async fn listed(account: &Account) -> Vec<Certificate> {
    account
        .list(ListOptions::content(Content::Fetch))
        .try_collect()
        .await
        .expect("a listing")
}

/// The address of a record of an account.
pub fn id(account: &Account, native: &str) -> CertificateId {
    CertificateId::new(account.provider(), account.name(), native)
}

/// The sandbox's name of a vendor.
///
/// # Panics
/// It has none.
pub fn vendor(kind: ProviderKind) -> Vendor {
    match kind {
        ProviderKind::OpenAi => Vendor::OpenAi,
        ProviderKind::Cloudflare => Vendor::Cloudflare,
        ProviderKind::Patchworks => Vendor::Patchworks,
        ProviderKind::Apinizer => Vendor::Apinizer,
        other => panic!("{other} is not in the sandbox"),
    }
}

/// What applying the same change once more comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It is so already.
    AlreadySo,
    /// What it is about is no longer there.
    NotFound,
    /// It is done anew.
    Anew,
}

/// A write that a vendor can do, over the sandbox's seeded fleet.
pub struct Write {
    /// What it is, for messages.
    pub name: &'static str,
    /// The vendor.
    pub kind: ProviderKind,
    /// The change.
    pub change: fn(&Sandbox, &Account, &[Certificate]) -> Change,
    /// The operation that carries it out.
    pub operation: &'static str,
    /// Whether it is there, by what the sandbox holds.
    pub is_done: fn(&Sandbox, &Change) -> bool,
    /// Whether a lost answer is found again by reading.
    pub readable: bool,
    /// Whether it is sent again where it was not done.
    pub repeatable: bool,
    /// What applying it once more comes to.
    pub again: Again,
}

/// The record of a name.
///
/// # Panics
/// There is none.
pub fn named<'a>(listed: &'a [Certificate], name: &str) -> &'a Certificate {
    listed
        .iter()
        .find(|one| one.name.as_deref() == Some(name))
        .unwrap_or_else(|| panic!("no {name}"))
}

fn at_edge(listed: &[Certificate], state: State, in_use: bool) -> CertificateId {
    listed
        .iter()
        .filter(|one| one.origin == Origin::ProviderManaged)
        .find(|one| one.state == state && one.in_use == Some(in_use))
        .expect("such a certificate")
        .id
        .clone()
}

fn set_done(sandbox: &Sandbox, change: &Change) -> bool {
    let (Change::Activate(set) | Change::Deactivate(set)) = change else {
        return false;
    };
    let place = match &set.scope {
        Scope::Organization => "organization",
        Scope::Project { id } => id,
        _ => return false,
    };
    let snapshot = sandbox.snapshot();
    set.ids.iter().all(|id| {
        let record = snapshot.record(Vendor::OpenAi, &id.native).expect("it");
        record.placements.iter().any(|one| one == place) == matches!(change, Change::Activate(_))
    })
}

fn holders(sandbox: &Sandbox, vendor: Vendor, change: &Change) -> usize {
    let sha256 = change.sha256().expect("a content").to_string();
    sandbox
        .snapshot()
        .of(vendor)
        .filter(|record| record.sha256.contains(&sha256))
        .count()
}

fn gone(sandbox: &Sandbox, change: &Change) -> bool {
    let id = &change.ids()[0];
    sandbox
        .snapshot()
        .record(vendor(id.provider), &id.native)
        .is_none()
}

/// An environment.
pub fn environment(name: &str) -> Scope {
    Scope::Environment {
        name: name.to_owned(),
    }
}

/// A connector.
pub fn connector(id: &str) -> Scope {
    Scope::Connector { id: id.to_owned() }
}

/// Every write of every vendor.
pub fn all() -> Vec<Write> {
    use ProviderKind::{Apinizer, Cloudflare, OpenAi, Patchworks};
    let write = |name, kind, operation| Write {
        name,
        kind,
        operation,
        change: |_, _, _| Change::Generate(Generate::default()),
        is_done: |_, _| false,
        readable: true,
        repeatable: true,
        again: Again::AlreadySo,
    };
    vec![
        Write {
            change: |sandbox, _, _| {
                let pem = sandbox.sample(Sample::Authority, "new", 90);
                Change::Upload(Upload::new(pem.as_bytes()).unwrap().name("new"))
            },
            is_done: |sandbox, change| holders(sandbox, Vendor::OpenAi, change) == 1,
            repeatable: false,
            ..write("upload", OpenAi, "uploadCertificate")
        },
        Write {
            change: |_, _, listed| {
                Change::Rename(Rename {
                    id: named(listed, "retired-vpn-ca").id.clone(),
                    name: "renamed".to_owned(),
                })
            },
            is_done: |sandbox, change| {
                let id = &change.ids()[0].native;
                let snapshot = sandbox.snapshot();
                snapshot.record(Vendor::OpenAi, id).unwrap().name.as_deref() == Some("renamed")
            },
            ..write("rename", OpenAi, "modifyCertificate")
        },
        Write {
            change: |_, _, listed| {
                let ids = ["payments-mtls-2027", "retired-vpn-ca"];
                let ids = ids.map(|name| named(listed, name).id.clone());
                Change::Activate(SetActive::new(ids, Scope::Organization))
            },
            is_done: set_done,
            ..write(
                "activate at the organization",
                OpenAi,
                "activateOrganizationCertificates",
            )
        },
        Write {
            change: |_, _, listed| {
                let active = listed
                    .iter()
                    .filter(|one| {
                        one.placements
                            .iter()
                            .any(|at| at.scope == Scope::Organization && at.state == State::Active)
                    })
                    .map(|one| one.id.clone());
                Change::Deactivate(SetActive::new(active, Scope::Organization))
            },
            is_done: set_done,
            ..write(
                "deactivate at the organization",
                OpenAi,
                "deactivateOrganizationCertificates",
            )
        },
        Write {
            change: |_, _, listed| {
                let id = named(listed, "retired-vpn-ca").id.clone();
                let project = "proj_sandboxstaging".to_owned();
                Change::Activate(SetActive::new([id], Scope::Project { id: project }))
            },
            is_done: set_done,
            ..write(
                "activate at a project",
                OpenAi,
                "activateProjectCertificates",
            )
        },
        Write {
            change: |_, _, listed| {
                let id = named(listed, "staging-clients-ca").id.clone();
                let project = "proj_sandboxstaging".to_owned();
                Change::Deactivate(SetActive::new([id], Scope::Project { id: project }))
            },
            is_done: set_done,
            ..write(
                "deactivate at a project",
                OpenAi,
                "deactivateProjectCertificates",
            )
        },
        Write {
            change: |_, _, listed| {
                Change::Delete(Delete {
                    id: named(listed, "retired-vpn-ca").id.clone(),
                    references: References::Keep,
                })
            },
            is_done: gone,
            again: Again::NotFound,
            ..write("delete", OpenAi, "deleteCertificate")
        },
        Write {
            change: |_, _, _| Change::Generate(Generate::default()),
            is_done: |sandbox, _| {
                sandbox
                    .snapshot()
                    .of(Vendor::Cloudflare)
                    .filter(|record| record.account == certfleet_sandbox::CLOUDFLARE_CORP)
                    .count()
                    == 8
            },
            repeatable: false,
            again: Again::Anew,
            ..write(
                "generate",
                Cloudflare,
                "zero-trust-certificates-create-zero-trust-certificate",
            )
        },
        Write {
            change: |_, _, listed| {
                let id = at_edge(listed, State::Inactive, false);
                Change::Activate(SetActive::new([id], Scope::Edge))
            },
            is_done: |sandbox, change| edge(sandbox, change, "pending_deployment"),
            ..write(
                "activate",
                Cloudflare,
                "zero-trust-certificates-activate-zero-trust-certificate",
            )
        },
        Write {
            change: |_, _, listed| {
                let id = at_edge(listed, State::Active, false);
                Change::Deactivate(SetActive::new([id], Scope::Edge))
            },
            is_done: |sandbox, change| edge(sandbox, change, "pending_deletion"),
            ..write(
                "deactivate",
                Cloudflare,
                "zero-trust-certificates-deactivate-zero-trust-certificate",
            )
        },
        Write {
            change: |_, _, listed| {
                Change::Delete(Delete {
                    id: at_edge(listed, State::Inactive, false),
                    references: References::Keep,
                })
            },
            is_done: gone,
            again: Again::NotFound,
            ..write(
                "delete",
                Cloudflare,
                "zero-trust-certificates-delete-zero-trust-certificate",
            )
        },
        Write {
            change: |sandbox, _, _| {
                let pem = sandbox.sample(Sample::Client, "new", 90);
                Change::Upload(Upload::new(pem.as_bytes()).unwrap().at(connector("306")))
            },
            is_done: |sandbox, change| holders(sandbox, Vendor::Patchworks, change) == 1,
            repeatable: false,
            ..write("upload to a connector", Patchworks, "createCertificate")
        },
        Write {
            change: |sandbox, _, _| {
                let pem = sandbox.sample(Sample::Client, "new", 90);
                Change::Upload(
                    Upload::new(pem.as_bytes())
                        .unwrap()
                        .passphrase("canary-passphrase".into()),
                )
            },
            is_done: |sandbox, change| holders(sandbox, Vendor::Patchworks, change) == 1,
            repeatable: false,
            readable: false,
            again: Again::Anew,
            ..write(
                "upload without a connector",
                Patchworks,
                "createCertificate",
            )
        },
        Write {
            change: |_, _, listed| {
                Change::Delete(Delete {
                    id: listed[0].id.clone(),
                    references: References::Keep,
                })
            },
            is_done: gone,
            again: Again::NotFound,
            // What is attached to nothing cannot be seen to be gone: only deleting again tells.
            readable: false,
            ..write("delete", Patchworks, "deleteCertificate")
        },
        Write {
            change: |sandbox, _, _| {
                let pem = sandbox.sample(Sample::Authority, "new", 90);
                Change::Upload(
                    Upload::new(pem.as_bytes())
                        .unwrap()
                        .name("new")
                        .alias("new")
                        .description("new")
                        .at(environment("test"))
                        .at(environment("dev")),
                )
            },
            is_done: |sandbox, change| holders(sandbox, Vendor::Apinizer, change) == 1,
            repeatable: false,
            ..write("upload", Apinizer, "createCertificate")
        },
        Write {
            change: |sandbox, _, listed| replacing(sandbox, listed, References::Keep),
            is_done: |sandbox, change| holders(sandbox, Vendor::Apinizer, change) == 1,
            ..write("replace by import", Apinizer, "importCertificateFile")
        },
        Write {
            change: |sandbox, _, listed| replacing(sandbox, listed, References::UpdateEverywhere),
            is_done: |sandbox, change| holders(sandbox, Vendor::Apinizer, change) == 1,
            repeatable: false,
            ..write("replace by update", Apinizer, "updateCertificate")
        },
        Write {
            change: |_, _, listed| {
                Change::Delete(Delete {
                    id: named(listed, "token-signing-2028").id.clone(),
                    references: References::Delete,
                })
            },
            is_done: gone,
            again: Again::NotFound,
            ..write("delete", Apinizer, "deleteCertificate")
        },
    ]
}

fn replacing(sandbox: &Sandbox, listed: &[Certificate], references: References) -> Change {
    let pem = sandbox.sample(Sample::Authority, "new", 90);
    let id = named(listed, "token-signing-2028").id.clone();
    let scopes = [environment("production")];
    Change::Replace(Replace::new(id, pem.as_bytes(), scopes, references).unwrap())
}

fn edge(sandbox: &Sandbox, change: &Change, status: &str) -> bool {
    let snapshot = sandbox.snapshot();
    let record = snapshot.record(Vendor::Cloudflare, &change.ids()[0].native);
    record.expect("it").placements[0] == status
}
