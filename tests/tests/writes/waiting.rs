//! Waiting for a state.

use certfleet::{ErrorKind, ProviderId, Scope, State};
use certfleet_changes::WaitOptions;
use certfleet_tests::writes::listed;
use certfleet_tests::{
    sandbox,
    writes::{self, Faulty},
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

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
