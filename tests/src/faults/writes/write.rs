//! A write of a client, as data, and what the vendors' writes share.

use crate::{Clients, Keys, start};
use certfleet_http::{Class, Error, FilePart, Session, SessionBuilder, Transport};
use certfleet_sandbox::{Clock, Provider, Sample, Sandbox, Snapshot};
use futures_util::future::{BoxFuture, FutureExt};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

macro_rules! gone {
    ($vendor:ident) => {
        |snapshot, id| usize::from(snapshot.record(Provider::$vendor, id).is_none())
    };
}

macro_rules! count {
    ($vendor:ident) => {
        |snapshot, _| snapshot.count(Provider::$vendor)
    };
}

pub(super) use {count, gone};

/// A certificate to upload.
pub(super) static PEM: LazyLock<String> = LazyLock::new(|| {
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
        let clients = Clients::set_up(
            origin,
            Provider::base_path,
            &Keys::from_sandbox(&sandbox),
            set_up,
        );
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
    pub vendor: Provider,
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
        clients.session(self.vendor.prefix())
    }

    /// Clients of which its vendor's goes through this session.
    pub fn through(&self, clients: &Clients, session: Session) -> Clients {
        clients.through(self.vendor.prefix(), session)
    }
}

impl std::fmt::Debug for Write {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.vendor, self.id)
    }
}

pub(super) fn nothing(_: Clients) -> Ready {
    async { String::new() }.boxed()
}

pub(super) fn pem() -> FilePart {
    FilePart::new("certificate.pem", PEM.as_bytes().to_vec())
}

pub(super) fn in_place(snapshot: &Snapshot, vendor: Provider, id: &str, place: &str) -> bool {
    snapshot
        .record(vendor, id)
        .is_some_and(|record| record.placements.iter().any(|one| one == place))
}
