//! Every write of every vendor through the facade, over the sandbox: as it should go, and with
//! everything that can happen to its request.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml only knows #[test] functions, not what they share"
)]

use certfleet::{
    Account, Applied, Certificate, Content, Effect, Error, ErrorKind, How, ListOptions,
    ProviderKind, journal::Ending,
};
use certfleet_sandbox::Sandbox;
use certfleet_tests::{
    sandbox,
    writes::{self, Fault, Faulty, Write},
};
use chrono::TimeDelta;
use futures_util::TryStreamExt;
use std::sync::Arc;

async fn listed(account: &Account) -> Vec<Certificate> {
    account
        .list(ListOptions::content(Content::Fetch))
        .try_collect()
        .await
        .expect("a listing")
}

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
                assert_eq!(again.expect(&name).how, How::AlreadySo, "{name}");
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

/// What a write amounts to after a fault.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    result: Result<How, Effect>,
    done: bool,
    writes: usize,
    open: usize,
}

fn outcome(result: &Result<Applied, Error>, done: bool, writes: usize, open: usize) -> Outcome {
    Outcome {
        result: result
            .as_ref()
            .map(|applied| applied.how)
            .map_err(Error::effect),
        done,
        writes,
        open,
    }
}

/// Whether the transport takes it for something that a second request does again.
fn creates(write: &Write) -> bool {
    write.name.starts_with("upload") || ["generate", "replace by import"].contains(&write.name)
}

fn expected(write: &Write, fault: Fault) -> Outcome {
    let of = |result, done, writes, open| Outcome {
        result,
        done,
        writes,
        open,
    };
    let found_again = |effect| match (write.readable, write.repeatable) {
        (true, _) => of(Ok(How::Recovered), true, 1, 0),
        // Only sending it again tells that it was done.
        (false, true) => of(Ok(How::Recovered), true, 2, 0),
        (false, false) => of(Err(effect), true, 1, 1),
    };
    match fault {
        Fault::Nothing => of(Ok(How::Confirmed), true, 1, 0),
        // The transport sends again what was not sent, and what the vendor did not wait for (408)
        // where that is idempotent; of anything else a 408 is a refusal.
        Fault::Refused => of(Ok(How::Confirmed), true, 1, 0),
        Fault::Status(408) if creates(write) => of(Err(Effect::None), false, 1, 0),
        Fault::Status(408) => of(Ok(How::Confirmed), true, 2, 0),
        Fault::Status(400) => of(Err(Effect::None), false, 1, 0),
        Fault::LostAnswer | Fault::Hangs | Fault::DoneStatus(_) => found_again(Effect::Unknown),
        Fault::UnreadableAnswer => found_again(Effect::Applied),
        Fault::LostRequest | Fault::NeverArrives | Fault::Status(_) if write.repeatable => {
            of(Ok(How::Confirmed), true, 2, 0)
        }
        Fault::LostRequest | Fault::NeverArrives | Fault::Status(_) => {
            of(Err(Effect::Unknown), false, 1, 1)
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_happens_to_a_request_its_effect_is_told() {
    let faults = [
        Fault::Refused,
        Fault::LostAnswer,
        Fault::LostRequest,
        Fault::UnreadableAnswer,
        Fault::Status(400),
        Fault::Status(408),
        Fault::Status(500),
        Fault::Status(502),
        Fault::DoneStatus(500),
        Fault::DoneStatus(502),
    ];
    let mut wrong = Vec::new();
    let mut cases = 0;
    for write in writes::all() {
        for fault in faults {
            let (sandbox, transport, account) = place(&write, &[fault]);
            let change = (write.change)(&sandbox, &account, &listed(&account).await);
            let result = account.apply(change.clone()).await;
            let done = (write.is_done)(&sandbox, &change);
            let open = account.journal().open().unwrap().len();
            let mut got = outcome(&result, done, transport.writes(), open);
            let expected = expected(&write, fault);
            if fault == Fault::Refused {
                // How often a connection is tried is the transport's business.
                got.writes = expected.writes;
            }
            if got != expected {
                wrong.push(format!(
                    "{} {fault:?}: {got:?}, expected {expected:?}: {result:?}",
                    name(&write)
                ));
            }
            cases += 1;
        }
    }
    assert_eq!(cases, writes::all().len() * faults.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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

        let later = account.clone().with_may_still_land(TimeDelta::zero());
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
        for &kind in ProviderKind::ALL {
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
