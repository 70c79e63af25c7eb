//! Every write of every vendor through the facade, over the sandbox: as it should go, and what is open afterwards
//! where its request was lost. All that can happen to a request is in `faults`, trials `facade::…`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml only knows #[test] functions, not what they share"
)]

use certfleet::{Account, Effect, ErrorKind, How, ProviderId};
use certfleet_changes::journal::Ending;
use certfleet_sandbox::Sandbox;
use certfleet_tests::{
    sandbox,
    writes::{self, Fault, Faulty, Write, listed},
};
use chrono::TimeDelta;
use std::sync::Arc;

fn name(write: &Write) -> String {
    format!("{} {}", write.kind, write.name)
}

/// A sandbox, an account of it whose first writes meet these faults, and the transport.
fn place(write: &Write, faults: &[Fault]) -> (Sandbox, Faulty, Account) {
    let sandbox = sandbox();
    let transport = Faulty::new(&sandbox, faults);
    let account = writes::account(&sandbox, write.kind, Arc::new(transport.clone()));
    (sandbox, transport, account)
}

#[tokio::test(start_paused = true)]
async fn every_write_is_planned_without_writing_and_sent_once() {
    for write in writes::all() {
        let name = name(&write);
        let (sandbox, transport, account) = place(&write, &[]);
        let change = (write.change)(&sandbox, &account, &listed(&account).await);
        assert!(
            !(write.is_done)(&sandbox, &change),
            "{name} is done already"
        );

        let plan = account.plan(change.clone()).await.expect(&name);
        assert_eq!(transport.writes(), 0, "planning {name} wrote");
        assert_eq!(plan.steps.len(), 1, "{name}");

        let applied = account.apply(change.clone()).await.expect(&name);
        assert_eq!(applied.how, How::Confirmed, "{name}");
        assert!(applied.is_complete(), "{name}: {applied:?}");
        assert!((write.is_done)(&sandbox, &change), "{name} is not done");
        assert_eq!(transport.writes(), 1, "{name}");
        let last = sandbox
            .requests()
            .into_iter()
            .rfind(|seen| seen.method != "GET")
            .unwrap();
        assert_eq!(last.operation, Some(write.operation), "{name}");
        assert!(account.journal().open().unwrap().is_empty(), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_so_already_is_not_sent() {
    for write in writes::all() {
        let name = name(&write);
        let (sandbox, transport, account) = place(&write, &[]);
        let change = (write.change)(&sandbox, &account, &listed(&account).await);
        account.apply(change.clone()).await.expect(&name);
        let again = account.apply(change.clone()).await;
        match write.again {
            writes::Again::AlreadySo => {
                assert_eq!(again.expect(&name).how, How::Unchanged, "{name}");
                assert_eq!(transport.writes(), 1, "{name}");
            }
            writes::Again::NotFound => {
                assert_eq!(again.unwrap_err().kind(), ErrorKind::NotFound, "{name}");
            }
            writes::Again::Anew => {
                assert_eq!(again.expect(&name).how, How::Confirmed, "{name}");
                assert_eq!(transport.writes(), 2, "{name}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_idempotent_write_is_sent_more_than_four_times() {
    for write in writes::all().into_iter().filter(|one| one.repeatable) {
        let name = name(&write);
        let (sandbox, transport, account) = place(&write, &[Fault::LostRequest; 9]);
        let change = (write.change)(&sandbox, &account, &listed(&account).await);
        let error = account.apply(change.clone()).await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{name}");
        assert_eq!(transport.writes(), 4, "{name}");
        assert!(!(write.is_done)(&sandbox, &change), "{name}");
        assert_eq!(account.journal().open().unwrap().len(), 1, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_is_settled_later_and_not_doubled_before() {
    for write in writes::all().into_iter().filter(|one| !one.repeatable) {
        let name = name(&write);
        let (sandbox, transport, account) = place(&write, &[Fault::LostRequest]);
        let change = (write.change)(&sandbox, &account, &listed(&account).await);
        account.apply(change.clone()).await.unwrap_err();

        let makes = write.operation != "updateCertificate";
        if makes {
            let again = account.apply(change.clone()).await.unwrap_err();
            assert_eq!(again.kind(), ErrorKind::Precondition, "{name}: {again}");
            assert_eq!(transport.writes(), 1, "{name} was sent again");
        }
        let resumed = account.resume().await.unwrap();
        assert_eq!(resumed.len(), 1, "{name}");
        assert!(!resumed[0].settled, "{name}: {}", resumed[0].message);

        let later = account.clone().with_in_flight_window(TimeDelta::zero());
        let resumed = later.resume().await.unwrap();
        if write.readable {
            assert!(
                matches!(resumed[0].ending, Ending::NotApplied),
                "{name}: {resumed:?}"
            );
        } else {
            assert!(!resumed[0].settled, "{name}");
            let operation = &resumed[0].operation;
            account.dismiss(operation, "it is not there").await.unwrap();
        }
        assert!(account.journal().open().unwrap().is_empty(), "{name}");
        assert_eq!(transport.writes(), 1, "resume of {name} wrote");
        account.apply(change.clone()).await.expect(&name);
        assert!((write.is_done)(&sandbox, &change), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_lands_late_is_found_by_resume() {
    for write in writes::all() {
        if write.repeatable || !write.readable {
            continue;
        }
        let name = name(&write);
        let (sandbox, _, account) = place(&write, &[Fault::LostRequest]);
        let change = (write.change)(&sandbox, &account, &listed(&account).await);
        account.apply(change.clone()).await.unwrap_err();

        // The same request, on its way until now: nobody's journal has it.
        let other = writes::account(&sandbox, write.kind, Arc::new(sandbox.clone()));
        other.apply(change.clone()).await.expect(&name);

        let resumed = account.resume().await.unwrap();
        assert!(resumed[0].settled, "{name}: {}", resumed[0].message);
        assert!(
            matches!(
                resumed[0].ending,
                Ending::Applied {
                    how: How::Recovered,
                    ..
                }
            ),
            "{name}: {resumed:?}"
        );
        assert!((write.is_done)(&sandbox, &change), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_future_that_is_dropped_leaves_an_open_entry() {
    for write in writes::all() {
        let name = name(&write);
        let (sandbox, _, account) = place(&write, &[Fault::Hangs]);
        let change = (write.change)(&sandbox, &account, &listed(&account).await);
        let applying = tokio::time::timeout(
            std::time::Duration::from_secs(1),
            account.apply(change.clone()),
        );
        assert!(applying.await.is_err(), "{name} ended");
        assert!((write.is_done)(&sandbox, &change), "{name}");
        assert_eq!(account.journal().open().unwrap().len(), 1, "{name}");
        let resumed = account.resume().await.unwrap();
        assert_eq!(resumed[0].settled, write.readable, "{name}: {resumed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_vendor_cannot_do_is_refused_before_anything_is_sent() {
    let mut refused = 0;
    for write in writes::all() {
        for &kind in ProviderId::KNOWN {
            let sandbox = sandbox();
            let account = writes::account(&sandbox, kind, Arc::new(sandbox.clone()));
            let its_own = writes::account(&sandbox, write.kind, Arc::new(sandbox.clone()));
            let change = (write.change)(&sandbox, &its_own, &listed(&its_own).await);
            if account.capabilities().get(change.verb()).is_some() {
                continue;
            }
            sandbox.forget_requests();
            let error = account.apply(change).await.unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::Unsupported,
                "{kind} {}",
                name(&write)
            );
            assert_eq!(error.effect(), Effect::None);
            assert!(
                sandbox.requests().is_empty(),
                "{kind} {} was sent",
                name(&write)
            );
            refused += 1;
        }
    }
    assert!(refused > 20, "{refused}");
}

#[tokio::test(start_paused = true)]
async fn consequences_have_to_be_acknowledged() {
    for write in writes::all() {
        let name = name(&write);
        let (sandbox, transport, account) = place(&write, &[]);
        let change = (write.change)(&sandbox, &account, &listed(&account).await);
        let plan = account.plan(change.clone()).await.unwrap();
        let plain = writes::plain_account(&sandbox, write.kind, Arc::new(transport.clone()));
        let kinds = plan.kinds();
        for missing in &kinds {
            let some = kinds.iter().filter(|kind| *kind != missing).copied();
            let error = plain
                .acknowledging(some)
                .apply(change.clone())
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotAcknowledged, "{name} {missing}");
            assert!(error.to_string().contains(missing.as_str()), "{error}");
        }
        assert_eq!(transport.writes(), 0, "{name}");
        plain.acknowledging(kinds).apply(change).await.expect(&name);
    }
}
