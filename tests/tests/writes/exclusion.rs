//! Changes of one account exclude each other: many tasks that ask for the same at random moments make it once,
//! and those that come too late say who made it. Virtual time. The same between processes is a test of the
//! command, `change::exclusion`. `CERTFLEET_ROUNDS` sets how many rounds there are of each.

use crate::rotations::{KINDS, Ticking, passes, spec};
use certfleet::{Applied, Change, Effect, ErrorKind, How, ProviderId, Result, Upload};
use certfleet_changes::{
    Writer,
    rotation::{Rotation, RotationOptions, RotationSpec, RotationStep},
};
use certfleet_http::{BoxFuture, RawResponse, Request, SendError, Transport};
use certfleet_sandbox::{Sample, Sandbox};
use certfleet_tests::{
    sandbox,
    writes::{self, Again, Write, connector, listed},
};
use futures_util::future::join_all;
use std::{sync::Arc, time::Duration};

/// The latest moment at which a task begins.
const OFFSET_MS: u64 = 250;

/// A sandbox that is some way off: before and after each request, others get on.
#[derive(Debug)]
struct Distant(Sandbox);

impl Transport for Distant {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, std::result::Result<RawResponse, SendError>> {
        Box::pin(async move {
            pause(20).await;
            let response = self.0.send(request, body_limit, deadline).await;
            pause(20).await;
            response
        })
    }
}

/// Waits for a random time.
async fn pause(most_ms: u64) {
    tokio::time::sleep(Duration::from_millis(fastrand::u64(0..=most_ms))).await;
}

fn rounds() -> usize {
    let asked = std::env::var("CERTFLEET_ROUNDS");
    asked.map_or(1, |rounds| rounds.parse().expect("a number of rounds"))
}

/// How many tasks there are in each round.
fn crowds() -> impl Iterator<Item = usize> {
    std::iter::repeat_n(8, rounds()).chain([64])
}

fn writer(sandbox: &Sandbox, kind: ProviderId) -> Writer {
    writes::writer(sandbox, kind, Arc::new(Distant(sandbox.clone())))
}

/// Has so many clones of one writer do something at random moments.
async fn all_at_once<T>(writer: &Writer, tasks: usize, work: impl AsyncFn(Writer) -> T) -> Vec<T> {
    let tasks = (0..tasks).map(|_| {
        let (writer, work) = (writer.clone(), &work);
        async move { work(writer).await }
    });
    join_all(tasks).await
}

/// Whether one made it, and all others were told by whom.
fn assert_made_once(results: Vec<Result<Applied>>, what: &str) {
    let mut confirmed = 0;
    for result in results {
        let applied = result.unwrap_or_else(|error| panic!("{what}: {error}"));
        match applied.how {
            How::Confirmed => confirmed += 1,
            How::Unchanged => {
                let told = applied.notes.iter().any(|note| {
                    note.contains("made the same change at") && note.contains("journal entry")
                });
                assert!(told, "{what}: who made it is not told: {applied:?}");
            }
            how => panic!("{what}: {how:?}"),
        }
    }
    assert_eq!(confirmed, 1, "{what}");
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_many_apply_is_carried_out_once() {
    for write in writes::all() {
        for tasks in crowds() {
            let what = format!("{} {} by {tasks}", write.kind, write.name);
            let sandbox = sandbox();
            let writer = writer(&sandbox, write.kind);
            let change =
                (write.change)(&sandbox, writer.account(), &listed(writer.account()).await);
            let results = all_at_once(&writer, tasks, async |writer| {
                let plan = writer.plan(change.clone()).await?;
                pause(OFFSET_MS).await;
                writer.apply_plan(plan).await
            })
            .await;
            assert_made_once(results, &what);
            assert!((write.is_done)(&sandbox, &change), "{what}");
            assert_sent_once(&sandbox, &write, &what);
            assert!(writer.journal().pending().await.unwrap().is_empty());
        }
    }
}

/// What reading shows to be there needs no plan: whoever comes late sees it.
#[tokio::test(start_paused = true)]
async fn what_many_ask_for_is_made_once() {
    for write in writes::all() {
        if write.again != Again::Unchanged {
            continue;
        }
        for tasks in crowds() {
            let what = format!("{} {} by {tasks}", write.kind, write.name);
            let sandbox = sandbox();
            let writer = writer(&sandbox, write.kind);
            let change =
                (write.change)(&sandbox, writer.account(), &listed(writer.account()).await);
            let results = all_at_once(&writer, tasks, async |writer| {
                pause(OFFSET_MS).await;
                writer.apply(change.clone()).await
            })
            .await;
            assert_made_once(results, &what);
            assert_sent_once(&sandbox, &write, &what);
        }
    }
}

fn assert_sent_once(sandbox: &Sandbox, write: &Write, what: &str) {
    let sent = sandbox.requests();
    let sent = sent.iter().filter(|seen| seen.method != "GET");
    let operations: Vec<_> = sent.filter_map(|seen| seen.operation).collect();
    assert_eq!(operations, [write.operation], "{what}");
}

/// Each was told what its own upload takes the place of. What came meanwhile was not asked about.
#[tokio::test(start_paused = true)]
async fn nothing_is_displaced_that_was_not_in_the_plan() {
    for tasks in crowds() {
        let sandbox = sandbox();
        let writer = writer(&sandbox, ProviderId::PATCHWORKS);
        let results = all_at_once(&writer, tasks, async |writer| {
            let name = format!("client {}", fastrand::u64(..));
            let pem = sandbox.sample(Sample::Client, &name, 90);
            let upload = Upload::new(pem.as_bytes())?.at(connector("306"));
            let change = Change::Upload(upload);
            let plan = writer.plan(change.clone()).await?;
            pause(OFFSET_MS).await;
            let applied = writer.apply_plan(plan).await;
            Ok((applied, change.sha256().unwrap().to_string()))
        })
        .await;
        let mut made = Vec::new();
        for result in results {
            let (applied, sha256) =
                result.unwrap_or_else(|error: certfleet::Error| panic!("{error}"));
            match applied {
                Ok(applied) => {
                    assert_eq!(applied.how, How::Confirmed);
                    made.push(sha256);
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Precondition, "{error}");
                    assert_eq!(error.effect(), Effect::None);
                    assert!(error.to_string().contains("displaces"), "{error}");
                }
            }
        }
        let [made] = made.as_slice() else {
            panic!("{} were made", made.len());
        };
        let snapshot = sandbox.snapshot();
        let patchworks = writes::vendor(ProviderId::PATCHWORKS);
        let mut attached = snapshot
            .of(patchworks)
            .filter(|record| record.placements.iter().any(|at| at == "306"));
        assert!(attached.next().unwrap().sha256.contains(made));
        assert!(attached.next().is_none());
    }
}

async fn rotated(writer: Writer, spec: RotationSpec) -> Result<Rotation> {
    let plan = writer.plan_rotation(spec).await?;
    pause(OFFSET_MS).await;
    let rotation = writer.begin_rotation(plan).await?;
    let options = RotationOptions::default();
    writer.rotate(rotation, &passes, options, |_| ()).await
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_many_begin_is_one() {
    for kind in KINDS {
        for tasks in crowds() {
            let what = format!("{kind} by {tasks}");
            let sandbox = sandbox();
            let ticking = Ticking(sandbox.clone(), Distant(sandbox.clone()));
            let writer = writes::writer(&sandbox, kind, Arc::new(ticking));
            // What is on its way arrives.
            sandbox.clock().advance(Duration::from_secs(60));
            let spec = spec(kind, &sandbox, &listed(writer.account()).await);
            let before = sandbox.snapshot().count(writes::vendor(kind));
            let results = all_at_once(&writer, tasks, async |writer| {
                rotated(writer, spec.clone()).await
            })
            .await;
            let mut ids = Vec::new();
            for result in results {
                let rotation = result.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_eq!(rotation.step, RotationStep::Done, "{what}");
                ids.push((rotation.id, rotation.new));
            }
            ids.dedup();
            assert_eq!(ids.len(), 1, "{what}: {ids:?}");
            let after = sandbox.snapshot();
            assert_eq!(after.count(writes::vendor(kind)), before, "{what}");
            let old = after.record(writes::vendor(kind), &spec.old.native);
            assert_eq!(old.is_some(), kind == ProviderId::APINIZER, "{what}");
            assert!(writer.journal().pending().await.unwrap().is_empty());
        }
    }
}
