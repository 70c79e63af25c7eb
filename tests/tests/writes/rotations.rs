//! What tests of rotations share.

use certfleet::{
    Certificate, Change, ProviderId, State, Upload,
    change::{Generate, ReferencePolicy, Replace},
};
use certfleet_changes::{
    ConsequenceKind, Journal, Writer,
    rotation::{ProbeResult, RotationSpec},
};
use certfleet_http::{BoxFuture, Clock, Method, RawResponse, Request, SendError, Transport};
use certfleet_sandbox::{Sample, Sandbox};
use certfleet_tests::{
    start,
    writes::{self, Faulty, environment, named},
};
use chrono::{DateTime, TimeDelta, Utc};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// The sandbox's start, and what the test's own time has added since.
#[derive(Debug)]
pub(crate) struct TestTime(pub(crate) Instant);

impl Clock for TestTime {
    fn now(&self) -> DateTime<Utc> {
        start() + TimeDelta::from_std(self.0.elapsed()).unwrap()
    }
}

/// Moves the sandbox's time by a second with every read, as a vendor's time goes on while somebody
/// polls.
#[derive(Debug)]
pub(crate) struct Ticking<T>(pub(crate) Sandbox, pub(crate) T);

impl<T: Transport> Transport for Ticking<T> {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        if request.operation().method == Method::GET {
            self.0.clock().advance(Duration::from_secs(1));
        }
        self.1.send(request, body_limit, deadline)
    }
}

pub(crate) fn writer(
    sandbox: &Sandbox,
    kind: ProviderId,
    faulty: &Faulty,
    journal: &Journal,
) -> Writer {
    let transport = Arc::new(Ticking(sandbox.clone(), faulty.clone()));
    Writer::new(writes::reader(sandbox, kind, transport), journal.clone())
        .acknowledging(ConsequenceKind::ALL.iter().copied())
        .with_clock(Arc::new(TestTime(Instant::now())))
}

pub(crate) async fn passes(_: Certificate) -> ProbeResult {
    ProbeResult::Passed
}

/// A rotation of each vendor that has one.
pub(crate) fn spec(kind: ProviderId, sandbox: &Sandbox, listed: &[Certificate]) -> RotationSpec {
    let authority = sandbox.sample(Sample::Authority, "successor", 90);
    match kind {
        ProviderId::OPENAI => RotationSpec::new(
            named(listed, "checkout-service-ca").id.clone(),
            Change::Upload(Upload::new(authority.as_bytes()).unwrap().name("successor")),
            ReferencePolicy::Keep,
        ),
        ProviderId::CLOUDFLARE => {
            let standby = listed
                .iter()
                .find(|one| one.state == State::Active && one.in_use == Some(false));
            RotationSpec::new(
                standby.unwrap().id.clone(),
                Change::Generate(Generate::default()),
                ReferencePolicy::Keep,
            )
        }
        ProviderId::PATCHWORKS => {
            let old = &listed[0];
            let scope = old.placements[0].scope.clone();
            RotationSpec::new(
                old.id.clone(),
                Change::Upload(Upload::new(authority.as_bytes()).unwrap().at(scope)),
                ReferencePolicy::Keep,
            )
        }
        _ => {
            let id = named(listed, "northwind-root").id.clone();
            let scopes = ["production", "test"].map(environment);
            let replace = Replace::new(
                id.clone(),
                authority.as_bytes(),
                scopes,
                ReferencePolicy::Keep,
            );
            RotationSpec::new(id, Change::Replace(replace.unwrap()), ReferencePolicy::Keep)
        }
    }
}

/// The vendors that [`spec`] knows a rotation of.
pub(crate) const KINDS: [ProviderId; 4] = [
    ProviderId::OPENAI,
    ProviderId::CLOUDFLARE,
    ProviderId::PATCHWORKS,
    ProviderId::APINIZER,
];
