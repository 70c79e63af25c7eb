//! Wall clocks that are wrong, and that change between the beginning of a write and its resumption: what may
//! still take effect is not called impossible, and what no longer can is resolved.

use certfleet::{Connection, ErrorKind, ProviderId};
use certfleet_changes::{ConsequenceKind, Journal, Writer, journal::Ending};
use certfleet_http::Transport;
use certfleet_sandbox::{Clock, Sandbox};
use certfleet_tests::{
    accounts_of, sandbox, start,
    writes::{self, Fault, Faulty, Write, listed},
};
use chrono::TimeDelta;
use std::{sync::Arc, time::Duration};

/// Seconds by which a wall clock is off: minutes, ten years, and so far back that it shows a time before 1970.
const OFF: [i64; 6] = [0, 600, -600, 315_576_000, -315_576_000, -2_000_000_000];

/// Longer than a lost request may still take effect.
const LATER: Duration = Duration::from_secs(5 * 60 + 1);

/// An account that is changed by a wall clock which is off.
fn writer(
    sandbox: &Sandbox,
    kind: ProviderId,
    transport: Arc<dyn Transport>,
    off: i64,
    journal: Journal,
) -> Writer {
    let clock = Clock::fixed(start() + TimeDelta::seconds(off));
    let connection = Connection::default()
        .clock(Arc::new(clock))
        .transport(transport);
    let account = accounts_of(sandbox, connection)
        .into_iter()
        .find(|account| account.provider() == kind);
    Writer::new(account.unwrap(), journal).acknowledging(ConsequenceKind::ALL.iter().copied())
}

/// Writes that make something, and of which reading shows whether they did.
fn making() -> impl Iterator<Item = Write> {
    writes::all()
        .into_iter()
        .filter(|write| !write.repeatable && write.readable)
}

#[tokio::test(start_paused = true)]
async fn another_process_goes_by_the_vendors_clock() {
    let directory = tempfile::tempdir().unwrap();
    for (number, write) in making().enumerate() {
        for begun in OFF {
            for resumed in OFF {
                let what = format!("{} {}: {begun} s, {resumed} s", write.kind, write.name);
                let path = directory
                    .path()
                    .join(format!("{number} {begun} {resumed}.jsonl"));
                let journal = || Journal::open(&path).unwrap();
                let sandbox = sandbox();
                let faulty: Arc<dyn Transport> =
                    Arc::new(Faulty::new(&sandbox, &[Fault::LostRequest]));
                let reader = writes::reader(&sandbox, write.kind, Arc::new(sandbox.clone()));
                let change = (write.change)(&sandbox, &reader, &listed(&reader).await);
                let first = writer(&sandbox, write.kind, Arc::clone(&faulty), begun, journal());
                let error = first.apply(change.clone()).await.unwrap_err();
                if error.kind() == ErrorKind::InvalidInput {
                    // By that clock the certificate is not valid yet, or no longer: nothing was sent.
                    assert!(error.to_string().contains("Nothing was sent"), "{error}");
                    continue;
                }

                let later = writer(&sandbox, write.kind, faulty, resumed, journal());
                let at_once = later.resume().await.unwrap();
                assert!(!at_once[0].settled, "{what}: {}", at_once[0].message);
                sandbox.clock().advance(LATER);
                let later = later.resume().await.unwrap();
                assert!(
                    matches!(later[0].ending, Ending::NotApplied),
                    "{what}: {}",
                    later[0].message
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_process_goes_by_its_monotonic_clock() {
    for write in making() {
        for off in OFF {
            let what = format!("{} {}: {off} s", write.kind, write.name);
            let sandbox = sandbox();
            let faulty = Faulty::new(&sandbox, &[Fault::LostRequest]);
            let reader = writes::reader(&sandbox, write.kind, Arc::new(sandbox.clone()));
            let change = (write.change)(&sandbox, &reader, &listed(&reader).await);
            let journal = Journal::memory();
            let first = writer(
                &sandbox,
                write.kind,
                Arc::new(faulty.clone()),
                0,
                journal.clone(),
            );
            first.apply(change.clone()).await.unwrap_err();
            // The wall clock is set while the process runs.
            let now = writer(&sandbox, write.kind, Arc::new(faulty), off, journal);
            let at_once = now.resume().await.unwrap();
            assert!(!at_once[0].settled, "{what}: {}", at_once[0].message);
            tokio::time::advance(LATER).await;
            let later = now.resume().await.unwrap();
            assert!(matches!(later[0].ending, Ending::NotApplied), "{what}");
        }
    }
}
