//! Rotations: at every vendor, over a whole fleet, cut off at every request, and rolled back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml only knows #[test] functions, not what they share"
)]

use certfleet::{
    Account, Certificate, Change, ContentFetch, Effect, ErrorKind, Fleet, How, ListOptions,
    ProviderId, Scope, State, Upload,
    change::{Generate, ReferencePolicy, Replace},
};
use certfleet_changes::{
    ConsequenceKind, FleetWriter, Journal, WaitOptions, Writer,
    rotation::{ProbeResult, Replacement, Rotation, RotationOptions, RotationSpec, RotationStep},
};
use certfleet_http::{BoxFuture, Clock, Method, RawResponse, Request, SendError, Transport};
use certfleet_sandbox::{Provider, Sample, Sandbox};
use certfleet_tests::{
    accounts_over, sandbox, start,
    writes::{self, Fault, Faulty, connector, environment, named},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::time::Instant;

/// The sandbox's start, and what the test's own time has added since.
#[derive(Debug)]
struct TestTime(Instant);

impl Clock for TestTime {
    fn now(&self) -> DateTime<Utc> {
        start() + TimeDelta::from_std(self.0.elapsed()).unwrap()
    }
}

/// Moves the sandbox's time by a second with every read, as a vendor's time goes on while somebody
/// polls.
#[derive(Debug)]
struct Ticking<T>(Sandbox, T);

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

async fn listed(account: &Account) -> Vec<Certificate> {
    account
        .list(ListOptions::content(ContentFetch::Fetch))
        .try_collect()
        .await
        .expect("a listing")
}

fn writer(sandbox: &Sandbox, kind: ProviderId, faulty: &Faulty, journal: &Journal) -> Writer {
    let transport = Arc::new(Ticking(sandbox.clone(), faulty.clone()));
    Writer::new(writes::reader(sandbox, kind, transport), journal.clone())
        .acknowledging(ConsequenceKind::ALL.iter().copied())
        .with_clock(Arc::new(TestTime(Instant::now())))
}

async fn passes(_: Certificate) -> ProbeResult {
    ProbeResult::Passed
}

/// A rotation of each vendor that has one.
fn spec(kind: ProviderId, sandbox: &Sandbox, listed: &[Certificate]) -> RotationSpec {
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

/// What a sandbox holds of a vendor, as `placements` of each content, without ids.
fn held(sandbox: &Sandbox, kind: ProviderId) -> Vec<(Vec<String>, Vec<String>)> {
    let mut held: Vec<_> = sandbox
        .snapshot()
        .of(writes::vendor(kind))
        .map(|record| (record.placements.clone(), record.sha256.clone()))
        .collect();
    held.sort();
    held
}

/// Whether a rotation ended as it should: the new one once, where the old one was; the old one gone.
fn assert_rotated(sandbox: &Sandbox, before: &Sandbox, rotation: &Rotation, what: &str) {
    assert_eq!(rotation.step, RotationStep::Done, "{what}");
    let (then, now) = (before.snapshot(), sandbox.snapshot());
    let vendor = writes::vendor(rotation.provider);
    let old = &rotation.spec.old;
    let new = rotation.new.as_ref().expect(what);
    let record = now.record(vendor, &new.native).expect(what);
    let was = then.record(vendor, &old.native).expect(what);
    if new == old {
        let sha256 = rotation.spec.introduce.sha256().unwrap().to_string();
        assert_eq!(record.placements.len(), was.placements.len(), "{what}");
        let replaced: Vec<_> = record
            .placements
            .iter()
            .zip(&record.sha256)
            .filter(|(_, held)| **held == sha256)
            .map(|(place, _)| place.as_str())
            .collect();
        assert_eq!(replaced, ["production", "test"], "{what}");
    } else {
        assert!(
            now.record(vendor, &old.native).is_none(),
            "{what}: old is there"
        );
        assert_eq!(record.placements, was.placements, "{what}");
    }
    assert_eq!(
        now.count(vendor),
        then.count(vendor),
        "{what}: doubled or lost"
    );
}

/// The vendors that [`spec`] knows a rotation of.
const KINDS: [ProviderId; 4] = [
    ProviderId::OPENAI,
    ProviderId::CLOUDFLARE,
    ProviderId::PATCHWORKS,
    ProviderId::APINIZER,
];

#[tokio::test(start_paused = true)]
async fn every_vendor_rotates() {
    for kind in KINDS {
        let (sandbox, before) = (sandbox(), sandbox());
        let faulty = Faulty::new(&sandbox, &[]);
        let writer = writer(&sandbox, kind, &faulty, &Journal::memory());
        let spec =
            spec(kind, &sandbox, &listed(writer.account()).await).soak(Duration::from_secs(3600));
        let plan = writer.plan_rotation(spec).await.expect("a plan");
        assert_eq!(faulty.writes(), 0, "planning {kind} wrote");
        let saved = serde_json::to_string(&plan).unwrap();
        let plan = serde_json::from_str(&saved).expect("a plan that was saved");
        let rotation = writer.begin_rotation(plan).await.unwrap();
        let mut steps = vec![rotation.step];
        let begun = Instant::now();
        let rotation = writer
            .rotate(rotation, &passes, RotationOptions::default(), |one| {
                steps.push(one.step);
            })
            .await
            .expect("a rotation");
        assert_eq!(steps, RotationStep::ALL[1..], "{kind}");
        assert!(
            begun.elapsed() >= Duration::from_secs(3600),
            "{kind} did not soak"
        );
        assert_rotated(&sandbox, &before, &rotation, kind.as_str());
        assert!(writer.journal().rotations().await.unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn cut_off_at_every_write_and_gone_on_with() {
    let directory = tempfile::tempdir().unwrap();
    let mut cuts = 0;
    for kind in KINDS {
        for fault in [Fault::Hangs, Fault::NeverArrives] {
            for number in 0.. {
                let what = format!("{kind} {fault:?} at write {number}");
                let (sandbox, before) = (sandbox(), sandbox());
                let mut faults = vec![Fault::Nothing; number];
                faults.push(fault);
                let faulty = Faulty::new(&sandbox, &faults);
                let path = directory
                    .path()
                    .join(format!("{kind}-{fault:?}-{number}.jsonl"));
                let journal = Journal::open(&path).unwrap();
                let writer = writer(&sandbox, kind, &faulty, &journal);
                let spec = spec(kind, &sandbox, &listed(writer.account()).await);
                let plan = writer.plan_rotation(spec).await.unwrap();
                let rotation = writer.begin_rotation(plan).await.unwrap();
                let options = RotationOptions::default();
                let rotating = writer.rotate(rotation, &passes, options, |_| ());
                if let Some(rotated) = faulty.until_it_hangs(rotating).await {
                    // There are no more writes than that.
                    assert_rotated(&sandbox, &before, &rotated.unwrap(), &what);
                    break;
                }
                cuts += 1;

                // Another process: nothing is left but the file.
                let journal = Journal::open(&path).unwrap();
                let writer = self::writer(&sandbox, kind, &faulty, &journal)
                    .with_in_flight_window(Duration::ZERO);
                let left = journal.rotations().await.unwrap();
                assert_eq!(left.len(), 1, "{what}");
                let rotated = writer
                    .rotate(left[0].clone(), &passes, options, |_| ())
                    .await
                    .unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_rotated(&sandbox, &before, &rotated, &what);
                writer.resume().await.unwrap();
                let open = journal.pending().await.unwrap();
                // That a Patchworks record is gone cannot be read back.
                let unreadable = kind == ProviderId::PATCHWORKS && number == 1;
                assert!(open.is_empty() || unreadable, "{what}: {open:?}");
            }
        }
    }
    assert!(cuts >= 20, "{cuts}");
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_may_still_come_is_not_sent_again() {
    let sandbox = sandbox();
    let faulty = Faulty::new(&sandbox, &[Fault::NeverArrives]);
    let journal = Journal::memory();
    let writer = writer(&sandbox, ProviderId::OPENAI, &faulty, &journal);
    let spec = spec(
        ProviderId::OPENAI,
        &sandbox,
        &listed(writer.account()).await,
    );
    let plan = writer.plan_rotation(spec).await.unwrap();
    let rotation = writer.begin_rotation(plan).await.unwrap();
    let options = RotationOptions::default();
    let rotating = writer.rotate(rotation.clone(), &passes, options, |_| ());
    assert!(faulty.until_it_hangs(rotating).await.is_none());
    let error = writer
        .rotate(rotation, &passes, options, |_| ())
        .await
        .unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown, "{error}");
    assert_eq!(faulty.writes(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_old_is_touched_before_the_probe_passes_and_it_can_be_rolled_back() {
    for kind in KINDS {
        let sandbox = sandbox();
        let faulty = Faulty::new(&sandbox, &[]);
        let writer = writer(&sandbox, kind, &faulty, &Journal::memory());
        // What is on its way arrives.
        sandbox.clock().advance(Duration::from_secs(60));
        let before = held(&sandbox, kind);
        let spec = spec(kind, &sandbox, &listed(writer.account()).await);
        let plan = writer.plan_rotation(spec).await.unwrap();
        let rotation = writer.begin_rotation(plan).await.unwrap();
        let options = RotationOptions::default();
        let later = |_| async { ProbeResult::Later("somebody has to look".to_owned()) };
        let rotation = writer
            .rotate(rotation, &later, options, |_| ())
            .await
            .unwrap();
        assert_eq!(rotation.step, RotationStep::Verify, "{kind}");
        let fails = |_| async { ProbeResult::Failed("handshake refused".to_owned()) };
        let error = writer
            .rotate(rotation.clone(), &fails, options, |_| ())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("handshake refused"), "{error}");
        let left = writer.journal().rotations().await.unwrap().remove(0);
        assert_eq!(left.step, RotationStep::Verify, "{kind}");
        assert!(left.failed.is_some(), "{kind}");
        let old = sandbox.snapshot();
        let old = old.record(writes::vendor(kind), &left.spec.old.native);
        assert!(old.is_some(), "{kind}: the old one is gone");

        let rolled_back = writer.roll_back(left).await;
        if kind == ProviderId::PATCHWORKS {
            let error = rolled_back.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            assert_eq!(error.certificates().len(), 2);
            continue;
        }
        let rolled_back = rolled_back.unwrap();
        assert_eq!(rolled_back.step, RotationStep::RolledBack);
        sandbox.clock().advance(Duration::from_secs(60));
        let new = rolled_back.new.as_ref().unwrap();
        let mut after = held(&sandbox, kind);
        if *new != rolled_back.spec.old {
            let sha256 = sandbox
                .snapshot()
                .record(writes::vendor(kind), &new.native)
                .unwrap()
                .sha256
                .clone();
            // The new record stays, out of force.
            let position = after.iter().position(|(_, held)| *held == sha256).unwrap();
            let (places, _) = after.remove(position);
            assert!(
                places.is_empty() || places == ["inactive"],
                "{kind}: {places:?}"
            );
        }
        let (mut after, mut before) = (after, before);
        for (places, contents) in after.iter_mut().chain(&mut before) {
            // An import puts its entries behind the others.
            let mut pairs: Vec<_> = places.iter().cloned().zip(contents.clone()).collect();
            if pairs.len() == places.len() {
                pairs.sort();
                (*places, *contents) = pairs.into_iter().unzip();
            }
        }
        after.sort();
        before.sort();
        assert_eq!(after, before, "{kind} is not as it was");
        assert!(writer.journal().rotations().await.unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_organization_hides_of_its_projects_is_rotated_too() {
    let sandbox = sandbox();
    let faulty = Faulty::new(&sandbox, &[]);
    let writer = writer(&sandbox, ProviderId::OPENAI, &faulty, &Journal::memory());
    let listed = listed(writer.account()).await;
    let old = named(&listed, "checkout-service-ca").id.clone();
    writer
        .activate([old.clone()], Scope::Organization)
        .await
        .unwrap();
    let before = sandbox.snapshot();
    let before = before.record(Provider::OpenAi, &old.native).unwrap();
    assert_eq!(before.placements.len(), 3);

    let spec = spec(ProviderId::OPENAI, &sandbox, &listed);
    let plan = writer.plan_rotation(spec).await.unwrap();
    assert_eq!(plan.scopes, [Scope::Organization]);
    let rotation = writer.begin_rotation(plan).await.unwrap();
    let rotation = writer
        .rotate(rotation, &passes, RotationOptions::default(), |_| ())
        .await
        .unwrap();
    let after = sandbox.snapshot();
    let new = rotation.new.unwrap();
    let new = after.record(Provider::OpenAi, &new.native).unwrap();
    assert_eq!(new.placements, before.placements);
    assert!(after.record(Provider::OpenAi, &old.native).is_none());
}

#[tokio::test(start_paused = true)]
async fn one_certificate_everywhere() {
    let sandbox = sandbox();
    let faulty = Faulty::new(&sandbox, &[]);
    let transport = Arc::new(Ticking(sandbox.clone(), faulty.clone()));
    let fleet = Fleet::new(accounts_over(&sandbox, transport)).unwrap();
    let writer =
        FleetWriter::new(fleet, Journal::memory()).with_clock(Arc::new(TestTime(Instant::now())));
    let inventory = async || {
        let options = ListOptions::content(ContentFetch::Fetch);
        writer.fleet().inventory(options).await
    };
    let before = inventory().await;
    let anchor = named(&before.certificates, "edge-trust-anchor-2029");
    let old = anchor.contents[0].sha256.unwrap();
    let pem = anchor.contents[0].x509.as_ref().unwrap().to_pem();
    let patchworks = writer.fleet().accounts().iter();
    let patchworks = patchworks
        .into_iter()
        .find(|one| one.provider() == ProviderId::PATCHWORKS);
    let patchworks = Writer::new(patchworks.unwrap().clone(), Journal::memory())
        .acknowledging(ConsequenceKind::ALL.iter().copied());
    let upload = Upload::new(pem.as_bytes()).unwrap().at(connector("306"));
    assert_eq!(patchworks.upload(upload).await.unwrap().how, How::Confirmed);

    let new = sandbox.sample(Sample::Authority, "anchor 2030", 900);
    let replacement = Replacement::new(new.as_bytes());
    let plan = writer.plan_rotation(old, &replacement).await.unwrap();
    let kinds: BTreeSet<_> = plan.parts.iter().map(|part| part.provider).collect();
    let expected = [
        ProviderId::OPENAI,
        ProviderId::PATCHWORKS,
        ProviderId::APINIZER,
    ];
    assert_eq!(kinds, BTreeSet::from(expected), "{plan:#?}");
    let [cloudflare] = plan.not_rotated.as_slice() else {
        panic!("{:?}", plan.not_rotated);
    };
    assert_eq!(cloudflare.error.kind, ErrorKind::Unsupported);
    let writer = writer.acknowledging(plan.kinds());
    let mut group = writer.begin_rotations(plan.parts).await.unwrap();

    let holders = async |sha256| {
        let all = inventory().await.certificates;
        let holds = |one: &&Certificate| {
            let contents = &one.contents;
            contents.iter().any(|held| held.sha256 == Some(sha256))
        };
        all.iter()
            .filter(holds)
            .map(|one| one.id.provider)
            .collect::<Vec<_>>()
    };
    // Half-way, one vendor refuses: nothing old is retired anywhere.
    faulty.set(&[Fault::Nothing, Fault::Status(400)]);
    let options = RotationOptions::default();
    let report = group.run(&passes, options, |_| ()).await.unwrap();
    assert!(!report.is_over());
    let failed: Vec<_> = report
        .parts
        .iter()
        .filter(|part| part.error.is_some())
        .collect();
    assert_eq!(failed.len(), 1, "{report:#?}");
    assert!(
        report
            .parts
            .iter()
            .all(|part| part.rotation.step <= RotationStep::Retire)
    );
    // Only a replacement takes the old content away by itself.
    let still = [
        ProviderId::OPENAI,
        ProviderId::CLOUDFLARE,
        ProviderId::PATCHWORKS,
    ];
    assert_eq!(holders(old).await, still);

    // Another process goes on.
    let left = writer.journal().rotations().await.unwrap();
    let mut groups = writer.resume_rotations(left).unwrap();
    assert_eq!(groups.len(), 1);
    let report = groups[0].run(&passes, options, |_| ()).await.unwrap();
    assert!(report.is_over(), "{report:#?}");
    assert_eq!(holders(old).await, [ProviderId::CLOUDFLARE]);
    let new = certfleet::x509::read_all(new.as_bytes()).unwrap()[0].sha256;
    assert_eq!(holders(new).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_rotation_stops_at_the_soak_when_told_to() {
    let sandbox = sandbox();
    let faulty = Faulty::new(&sandbox, &[]);
    let writer = writer(&sandbox, ProviderId::OPENAI, &faulty, &Journal::memory());
    let spec = spec(
        ProviderId::OPENAI,
        &sandbox,
        &listed(writer.account()).await,
    );
    let plan = writer
        .plan_rotation(spec.soak(Duration::from_secs(86_400)))
        .await
        .unwrap();
    let rotation = writer.begin_rotation(plan.clone()).await.unwrap();
    // The same is not begun twice, and another one not beside it.
    let same = writer.begin_rotation(plan.clone()).await.unwrap();
    assert_eq!(same.id, rotation.id);
    let mut other = plan;
    let pem = sandbox.sample(Sample::Authority, "another", 90);
    other.spec.introduce = Change::Upload(Upload::new(pem.as_bytes()).unwrap());
    let error = writer.begin_rotation(other).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Precondition, "{error}");
    let options = RotationOptions::default().stop_at_soak();
    let rotation = writer
        .rotate(rotation, &passes, options, |_| ())
        .await
        .unwrap();
    assert_eq!(rotation.step, RotationStep::Soak);
    // Retired, and still to be rolled back.
    let rolled_back = writer.roll_back(rotation).await.unwrap();
    let old = sandbox.snapshot();
    let old = old
        .record(Provider::OpenAi, &rolled_back.spec.old.native)
        .unwrap();
    assert_eq!(old.placements.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn waiting_is_bounded_and_tells_of_every_look() {
    let sandbox = sandbox();
    let faulty = Faulty::new(&sandbox, &[]);
    // Nobody moves the sandbox's time: it stays on its way.
    let writer = writes::writer(&sandbox, ProviderId::CLOUDFLARE, Arc::new(faulty));
    let listed = listed(writer.account()).await;
    let spare = listed
        .iter()
        .find(|one| one.state == State::Inactive)
        .unwrap();
    let ids = [spare.id.clone()];
    writer.activate(ids.clone(), Scope::Edge).await.unwrap();
    let waiting = WaitOptions::default()
        .timeout(Duration::from_secs(10))
        .poll_interval(Duration::from_secs(3));
    let mut looks = Vec::new();
    let started = Instant::now();
    let error = writer
        .wait(&ids, &Scope::Edge, State::Active, waiting, |progress| {
            looks.push((progress.looks, progress.pending.len()));
        })
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(error.certificates(), &ids);
    assert_eq!(looks, [(1, 1), (2, 1), (3, 1), (4, 1)]);
    assert!(started.elapsed() <= Duration::from_secs(10));
    sandbox.clock().advance(Duration::from_secs(5));
    let active = writer
        .wait(&ids, &Scope::Edge, State::Active, waiting, |_| ())
        .await
        .unwrap();
    assert_eq!(active[0].state, State::Active);
}
