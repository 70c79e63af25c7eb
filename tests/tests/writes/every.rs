//! Every write of every vendor through the facade, over the sandbox: as it should go, and what is open afterwards
//! where its request was lost. All that can happen to a request is in `faults`, trials `facade::…`.

use certfleet::{Effect, ErrorKind, How, ProviderId};
use certfleet_changes::{Writer, journal::Ending};
use certfleet_sandbox::Sandbox;
use certfleet_tests::{
    sandbox,
    writes::{self, Fault, Faulty, Write, listed},
};
use std::{sync::Arc, time::Duration};

fn name(write: &Write) -> String {
    format!("{} {}", write.kind, write.name)
}

/// A sandbox, an account of it whose first writes meet these faults, and the transport.
fn place(write: &Write, faults: &[Fault]) -> (Sandbox, Faulty, Writer) {
    let sandbox = sandbox();
    let transport = Faulty::new(&sandbox, faults);
    let writer = writes::writer(&sandbox, write.kind, Arc::new(transport.clone()));
    (sandbox, transport, writer)
}

#[tokio::test(start_paused = true)]
async fn every_write_is_planned_without_writing_and_sent_once() {
    for write in writes::all() {
        let name = name(&write);
        let (sandbox, transport, writer) = place(&write, &[]);
        let change = (write.change)(&sandbox, writer.account(), &listed(writer.account()).await);
        assert!(
            !(write.is_done)(&sandbox, &change),
            "{name} is done already"
        );

        let plan = writer.plan(change.clone()).await.expect(&name);
        assert_eq!(transport.writes(), 0, "planning {name} wrote");
        assert_eq!(plan.steps.len(), 1, "{name}");

        let applied = writer.apply(change.clone()).await.expect(&name);
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
        assert!(
            writer.journal().pending().await.unwrap().is_empty(),
            "{name}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_so_already_is_not_sent() {
    for write in writes::all() {
        let name = name(&write);
        let (sandbox, transport, writer) = place(&write, &[]);
        let change = (write.change)(&sandbox, writer.account(), &listed(writer.account()).await);
        writer.apply(change.clone()).await.expect(&name);
        let again = writer.apply(change.clone()).await;
        match write.again {
            writes::Again::Unchanged => {
                assert_eq!(again.expect(&name).how, How::Unchanged, "{name}");
                assert_eq!(transport.writes(), 1, "{name}");
            }
            writes::Again::NotFound => {
                // The journal knows who removed it; another one does not.
                let again = again.expect(&name);
                assert_eq!(again.how, How::Unchanged, "{name}");
                assert!(again.notes[0].contains("made the same change"), "{again:?}");
                assert_eq!(transport.writes(), 1, "{name}");
                let account = Arc::new(transport.clone());
                let other = writes::writer(&sandbox, write.kind, account);
                let error = other.apply(change).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::NotFound, "{name}");
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
        let (sandbox, transport, writer) = place(&write, &[Fault::LostRequest; 9]);
        let change = (write.change)(&sandbox, writer.account(), &listed(writer.account()).await);
        let error = writer.apply(change.clone()).await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{name}");
        assert_eq!(transport.writes(), 4, "{name}");
        assert!(!(write.is_done)(&sandbox, &change), "{name}");
        assert_eq!(writer.journal().pending().await.unwrap().len(), 1, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_is_settled_later_and_not_doubled_before() {
    for write in writes::all().into_iter().filter(|one| !one.repeatable) {
        let name = name(&write);
        let (sandbox, transport, writer) = place(&write, &[Fault::LostRequest]);
        let change = (write.change)(&sandbox, writer.account(), &listed(writer.account()).await);
        writer.apply(change.clone()).await.unwrap_err();

        let makes = write.operation != "updateCertificate";
        if makes {
            let again = writer.apply(change.clone()).await.unwrap_err();
            assert_eq!(again.kind(), ErrorKind::Precondition, "{name}: {again}");
            assert_eq!(transport.writes(), 1, "{name} was sent again");
        }
        let resumed = writer.resume().await.unwrap();
        assert_eq!(resumed.len(), 1, "{name}");
        assert!(!resumed[0].settled, "{name}: {}", resumed[0].message);

        let later = writer.clone().with_in_flight_window(Duration::ZERO);
        let resumed = later.resume().await.unwrap();
        if write.readable {
            assert!(
                matches!(resumed[0].ending, Ending::NotApplied),
                "{name}: {resumed:?}"
            );
        } else {
            assert!(!resumed[0].settled, "{name}");
            let operation = &resumed[0].operation;
            writer.dismiss(operation, "it is not there").await.unwrap();
        }
        assert!(
            writer.journal().pending().await.unwrap().is_empty(),
            "{name}"
        );
        assert_eq!(transport.writes(), 1, "resume of {name} wrote");
        writer.apply(change.clone()).await.expect(&name);
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
        let (sandbox, _, writer) = place(&write, &[Fault::LostRequest]);
        let change = (write.change)(&sandbox, writer.account(), &listed(writer.account()).await);
        writer.apply(change.clone()).await.unwrap_err();

        // The same request, on its way until now: nobody's journal has it.
        let other = writes::writer(&sandbox, write.kind, Arc::new(sandbox.clone()));
        other.apply(change.clone()).await.expect(&name);

        let resumed = writer.resume().await.unwrap();
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
        let (sandbox, _, writer) = place(&write, &[Fault::Hangs]);
        let change = (write.change)(&sandbox, writer.account(), &listed(writer.account()).await);
        let applying = tokio::time::timeout(
            std::time::Duration::from_secs(1),
            writer.apply(change.clone()),
        );
        assert!(applying.await.is_err(), "{name} ended");
        assert!((write.is_done)(&sandbox, &change), "{name}");
        assert_eq!(writer.journal().pending().await.unwrap().len(), 1, "{name}");
        let resumed = writer.resume().await.unwrap();
        assert_eq!(resumed[0].settled, write.readable, "{name}: {resumed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_vendor_cannot_do_is_refused_before_anything_is_sent() {
    let mut refused = 0;
    for write in writes::all() {
        for &kind in ProviderId::KNOWN {
            let sandbox = sandbox();
            let writer = writes::writer(&sandbox, kind, Arc::new(sandbox.clone()));
            let its_own = writes::writer(&sandbox, write.kind, Arc::new(sandbox.clone()));
            let change = (write.change)(
                &sandbox,
                its_own.account(),
                &listed(its_own.account()).await,
            );
            if writer.account().capabilities().get(change.verb()).is_some() {
                continue;
            }
            sandbox.forget_requests();
            let error = writer.apply(change).await.unwrap_err();
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
        let (sandbox, transport, writer) = place(&write, &[]);
        let change = (write.change)(&sandbox, writer.account(), &listed(writer.account()).await);
        let plan = writer.plan(change.clone()).await.unwrap();
        let plain = writes::plain_writer(&sandbox, write.kind, Arc::new(transport.clone()));
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
