//! The certificate that intercepts at Cloudflare: switched, rotated, and put back.

use crate::rotations::{passes, writer};
use certfleet::{
    Certificate, Change, ErrorKind, How, ProviderId, Scope, State,
    change::{Delete, Generate, ReferencePolicy, SetActive},
};
use certfleet_changes::{
    ConsequenceKind, Journal, Writer,
    rotation::{ProbeResult, Rotation, RotationOptions, RotationSpec, RotationStep},
};
use certfleet_http::{Bytes, StatusCode};
use certfleet_sandbox::{CLOUDFLARE_CORP, CLOUDFLARE_CORP_TOKEN, Provider, Sandbox};
use certfleet_tests::{
    sandbox,
    writes::{Fault, Faulty, listed},
};
use serde_json::{Value, json};
use std::time::Duration;

const KIND: ProviderId = ProviderId::CLOUDFLARE;

async fn configuration(sandbox: &Sandbox, method: &str, body: &Value) -> Value {
    let request = http::Request::builder()
        .method(method)
        .uri(format!(
            "/cloudflare/client/v4/accounts/{CLOUDFLARE_CORP}/gateway/configuration"
        ))
        .header("authorization", format!("Bearer {CLOUDFLARE_CORP_TOKEN}"))
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_string()))
        .unwrap();
    let answer = sandbox.handle(request).await;
    assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.body());
    let answer: Value = serde_json::from_slice(answer.body()).unwrap();
    answer["result"]["settings"].clone()
}

/// The settings, without the certificate.
async fn other_settings(sandbox: &Sandbox) -> Value {
    let mut settings = configuration(sandbox, "GET", &Value::Null).await;
    settings.as_object_mut().unwrap().remove("certificate");
    settings
}

fn at(sandbox: &Sandbox, id: &certfleet::CertificateId) -> Option<Vec<String>> {
    let snapshot = sandbox.snapshot();
    let record = snapshot.record(Provider::Cloudflare, &id.native);
    record.map(|record| record.placements.clone())
}

fn in_use(listed: &[Certificate]) -> &Certificate {
    let mut all = listed.iter();
    all.find(|one| one.in_use == Some(true)).unwrap()
}

fn standby(listed: &[Certificate]) -> &Certificate {
    let is_it = |one: &&Certificate| one.state == State::Active && one.in_use == Some(false);
    listed.iter().find(is_it).unwrap()
}

fn to_gateway(one: &Certificate) -> Change {
    Change::Activate(SetActive::new([one.id.clone()], Scope::Gateway))
}

/// A sandbox whose records follow the configuration late, as the vendor's may.
fn late() -> Sandbox {
    let sandbox = sandbox();
    sandbox.change_behaviour(|behaviour| {
        behaviour.cloudflare.in_use_follows_after = Duration::from_secs(3);
    });
    // What is on its way arrives.
    sandbox.clock().advance(Duration::from_secs(60));
    sandbox
}

async fn begin(writer: &Writer) -> Rotation {
    let listed = listed(writer.account()).await;
    let spec = RotationSpec::new(
        in_use(&listed).id.clone(),
        Change::Generate(Generate::default()),
        ReferencePolicy::Keep,
    );
    let plan = writer.plan_rotation(spec.soak(Duration::from_secs(3600)));
    let plan = plan.await.unwrap();
    assert_eq!(plan.scopes, [Scope::Edge, Scope::Gateway]);
    assert!(plan.kinds().contains(&ConsequenceKind::ClientsMustTrust));
    writer.begin_rotation(plan).await.unwrap()
}

fn assert_rotated(sandbox: &Sandbox, rotation: &Rotation, what: &str) {
    assert_eq!(rotation.step, RotationStep::Done, "{what}");
    assert_eq!(at(sandbox, &rotation.spec.old), None, "{what}");
    let new = rotation.new.as_ref().unwrap();
    assert_eq!(at(sandbox, new).unwrap(), ["available", "in_use"], "{what}");
    assert_eq!(sandbox.snapshot().count(Provider::Cloudflare), 11, "{what}");
}

#[tokio::test(start_paused = true)]
async fn the_one_that_intercepts_is_rotated() {
    let sandbox = late();
    let before = other_settings(&sandbox).await;
    let faulty = Faulty::new(&sandbox, &[]);
    let writer = writer(&sandbox, KIND, &faulty, &Journal::memory());
    let rotation = begin(&writer).await;
    let old = rotation.spec.old.clone();
    // Until it is verified, nothing of the old one changes.
    let looked = sandbox.clone();
    let probe = |_| {
        let old = at(&looked, &old);
        async move {
            assert_eq!(old.unwrap(), ["available", "in_use"]);
            ProbeResult::Passed
        }
    };
    let options = RotationOptions::default();
    let rotation = writer.rotate(rotation, &probe, options, |_| ()).await;
    assert_rotated(&sandbox, &rotation.unwrap(), "no faults");
    assert_eq!(other_settings(&sandbox).await, before);
}

#[tokio::test(start_paused = true)]
async fn its_rotation_is_cut_off_at_every_write_and_gone_on_with_or_put_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut cuts = 0;
    for (fault, goes_on) in [
        (Fault::Hangs, true),
        (Fault::NeverArrives, true),
        (Fault::Hangs, false),
    ] {
        for number in 0.. {
            let what = format!("{fault:?} at write {number}, {goes_on}");
            let sandbox = late();
            let mut faults = vec![Fault::Nothing; number];
            faults.push(fault);
            let faulty = Faulty::new(&sandbox, &faults);
            let path = directory
                .path()
                .join(format!("{fault:?}-{number}-{goes_on}"));
            let journal = Journal::open(&path).unwrap();
            let first = writer(&sandbox, KIND, &faulty, &journal);
            let rotation = begin(&first).await;
            let old = rotation.spec.old.clone();
            let options = RotationOptions::default();
            let rotating = first.rotate(rotation, &passes, options, |_| ());
            if let Some(rotated) = faulty.until_it_hangs(rotating).await {
                assert_rotated(&sandbox, &rotated.unwrap(), &what);
                break;
            }
            cuts += 1;

            let journal = Journal::open(&path).unwrap();
            let second = writer(&sandbox, KIND, &faulty, &journal);
            let second = second.with_in_flight_window(Duration::ZERO);
            let left = journal.rotations().await.unwrap().remove(0);
            if goes_on || at(&sandbox, &old).is_none() {
                let rotated = second.rotate(left, &passes, options, |_| ()).await;
                let rotated = rotated.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_rotated(&sandbox, &rotated, &what);
            } else {
                let undone = second.roll_back(left, options).await;
                undone.unwrap_or_else(|error| panic!("{what}: {error}"));
                sandbox.clock().advance(Duration::from_secs(60));
                assert_eq!(
                    at(&sandbox, &old).unwrap(),
                    ["available", "in_use"],
                    "{what}"
                );
                assert_eq!(sandbox.snapshot().count(Provider::Cloudflare), 11, "{what}");
            }
            second.resume().await.unwrap();
            let open = journal.pending().await.unwrap();
            assert!(open.is_empty(), "{what}: {open:?}");
        }
    }
    // Generate, activate, switch, deactivate, delete.
    assert_eq!(cuts, 15);
}

#[tokio::test(start_paused = true)]
async fn rolling_back_after_the_switch_says_what_it_asks_of_clients() {
    let sandbox = late();
    let faulty = Faulty::new(&sandbox, &[]);
    let writer = writer(&sandbox, KIND, &faulty, &Journal::memory());
    let rotation = begin(&writer).await;
    let (old, options) = (rotation.spec.old.clone(), RotationOptions::default());
    let soaks = writer.rotate(rotation, &passes, options.stop_at_soak(), |_| ());
    let soaks = soaks.await.unwrap();
    let new = soaks.new.clone().unwrap();
    assert_eq!(at(&sandbox, &new).unwrap(), ["available", "in_use"]);
    let plan = writer.plan_roll_back(&soaks).await.unwrap();
    assert!(plan.kinds().contains(&ConsequenceKind::ClientsMustTrust));
    assert_eq!(
        plan.steps,
        [
            format!("activate {old} at edge"),
            format!("activate {old} at gateway"),
            format!("deactivate {new} at edge"),
            format!("delete {new}"),
        ]
    );
    writer.roll_back(soaks, options).await.unwrap();
    assert_eq!(at(&sandbox, &old).unwrap(), ["available", "in_use"]);
    assert_eq!(at(&sandbox, &new), None);
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_would_refuse_is_refused_before() {
    let sandbox = late();
    let faulty = Faulty::new(&sandbox, &[]);
    let writer = writer(&sandbox, KIND, &faulty, &Journal::memory());
    let listed = listed(writer.account()).await;
    let used = in_use(&listed).id.clone();
    let set = |scope| SetActive::new([used.clone()], scope);
    let inactive = |expired| {
        let now = sandbox.clock().now();
        let mut all = listed.iter();
        let is_it = |one: &&Certificate| {
            one.state == State::Inactive && one.is_expired(now) == Some(expired)
        };
        all.find(is_it).unwrap()
    };
    let delete = Delete {
        id: used.clone(),
        references: ReferencePolicy::Keep,
    };
    for (change, says) in [
        (
            Change::Deactivate(set(Scope::Edge)),
            "activate another one at gateway first",
        ),
        (
            Change::Deactivate(set(Scope::Gateway)),
            "activate another one at gateway first",
        ),
        (
            Change::Delete(delete),
            "is active at gateway: activate another one there first",
        ),
        (to_gateway(inactive(false)), "is not active at edge"),
    ] {
        let error = writer.plan(change).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Precondition, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
    // One that expires while it is active.
    sandbox.clock().advance(Duration::from_secs(30 * 86_400));
    let writer = self::writer(&sandbox, KIND, &faulty, &Journal::memory())
        .with_clock(std::sync::Arc::new(sandbox.clock().clone()));
    let expired = standby(&listed);
    let error = writer.plan(to_gateway(expired)).await.unwrap_err();
    assert!(error.to_string().contains("has expired"), "{error}");
    assert_eq!(faulty.writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_switch_sends_the_certificate_alone_and_says_what_else_changed() {
    for meanwhile in [false, true] {
        let sandbox = late();
        sandbox.change_behaviour(|behaviour| {
            behaviour.cloudflare.older_settings = true;
            behaviour.cloudflare.shows_unset_settings = true;
        });
        let faulty = Faulty::new(&sandbox, &[]);
        let writer = writer(&sandbox, KIND, &faulty, &Journal::memory());
        let listed = listed(writer.account()).await;
        let (old, new) = (in_use(&listed), standby(&listed));
        let plan = writer.plan(to_gateway(new)).await.unwrap();
        assert_eq!(plan.kinds(), [ConsequenceKind::ClientsMustTrust]);
        let says = format!(
            "it takes the place of {0}; to go back, activate {0}",
            old.id
        );
        assert!(
            plan.notes.iter().any(|note| note.starts_with(&says)),
            "{plan:?}"
        );
        if meanwhile {
            let sandbox = sandbox.clone();
            faulty.before_next_write(move || {
                Box::pin(async move {
                    let other = json!({"settings": {"fips": {"tls": false}, "block_page": {"enabled": false}}});
                    configuration(&sandbox, "PATCH", &other).await;
                })
            });
        }
        let applied = writer.apply_plan(plan).await.unwrap();
        assert_eq!(applied.how, How::Confirmed);
        let sent: Vec<Value> = faulty
            .bodies()
            .iter()
            .map(|body| serde_json::from_slice(body).unwrap())
            .collect();
        assert_eq!(
            sent,
            [json!({"settings": {"certificate": {"id": new.id.native}}})]
        );
        let says = "other Gateway settings are not as they were before: block_page, fips.";
        let is_said = applied.notes.iter().any(|note| note.starts_with(says));
        assert_eq!(is_said, meanwhile, "{:?}", applied.notes);
        assert_eq!(applied.notes.len(), usize::from(meanwhile));
        // The record does not say so yet.
        let shown = &applied.certificates[0].placements;
        let at_gateway = shown.iter().find(|at| at.scope == Scope::Gateway);
        assert_eq!(at_gateway.unwrap().state, State::Activating);
    }
}
