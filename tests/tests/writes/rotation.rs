//! Rotations: at every vendor, cut off at every request, and rolled back.

use crate::rotations::{KINDS, passes, spec, writer};
use certfleet::{Change, Effect, ErrorKind, ProviderId, Scope, Upload};
use certfleet_changes::{
    Journal,
    rotation::{ProbeResult, Rotation, RotationOptions, RotationStep},
};
use certfleet_sandbox::{Provider, Sample, Sandbox};
use certfleet_tests::writes::listed;
use certfleet_tests::{
    sandbox,
    writes::{self, Fault, Faulty, named},
};
use std::time::Duration;
use tokio::time::Instant;

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

        let plan = writer.plan_roll_back(&left).await.unwrap();
        let rolled_back = writer.roll_back(left, options).await;
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
        // The rotation made the new record, so it is deleted, as the plan says.
        let is_deleted = *new != rolled_back.spec.old;
        let last = plan.steps.last().unwrap();
        assert_eq!(
            *last == format!("delete {new}"),
            is_deleted,
            "{kind}: {plan:?}"
        );
        let (mut after, mut before) = (held(&sandbox, kind), before);
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
    let rolled_back = writer
        .roll_back(rotation, RotationOptions::default())
        .await
        .unwrap();
    let old = sandbox.snapshot();
    let old = old
        .record(Provider::OpenAi, &rolled_back.spec.old.native)
        .unwrap();
    assert_eq!(old.placements.len(), 2);
}
