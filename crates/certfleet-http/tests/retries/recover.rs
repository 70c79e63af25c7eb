//! A write whose response was lost: looked at before it is sent again.

use crate::{
    script::{DONE, Script, Then, session},
    support::{CREATE, READ, SET, Thing, call},
};
use certfleet_http::{Effect, Error, ErrorKind, Look, Operation, Recovery, Session};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// Recovers: `state` says what a look finds, one after the other, the last one for ever.
async fn recover(
    session: &Session,
    operation: &'static Operation,
    state: &[Result<bool, ErrorKind>],
) -> Result<(bool, usize), Error> {
    let looks = Mutex::new(0);
    let recovered = session
        .recover(
            |session| async move { Ok(call(&session, operation).await?.into_inner()) },
            |_| async {
                let mut looks = looks.lock().unwrap();
                *looks += 1;
                match state[(*looks - 1).min(state.len() - 1)] {
                    Ok(true) => Ok(Some(Thing {
                        id: "a".to_owned(),
                        success: None,
                    })),
                    Ok(false) => Ok(None),
                    Err(_) => Err(Error::config("cannot look")),
                }
            },
        )
        .await?;
    assert_eq!(recovered.value.id, "a");
    let looks = *looks.lock().unwrap();
    Ok((recovered.verified, looks))
}

#[tokio::test(start_paused = true)]
async fn a_write_is_looked_at_before_it_is_sent_again() {
    let (yes, no, blind) = (Ok(true), Ok(false), Err(ErrorKind::Config));
    let gone = Then::Responds(404, &[], "");
    let failed = Then::Responds(500, &[], "");
    let unreadable = Then::Responds(200, &[], "{");
    // What happens to each send, what each look finds; verified and looks, or the effect; sends.
    type Row<'a> = (
        &'a str,
        &'static Operation,
        Vec<Then>,
        Vec<Result<bool, ErrorKind>>,
        Result<(bool, usize), Effect>,
        usize,
    );
    #[rustfmt::skip]
    let rows: [Row<'_>; 17] = [
        ("responded", &SET, vec![DONE], vec![no], Ok((false, 0)), 1),
        ("refused by the vendor", &SET, vec![Then::Responds(400, &[], "")], vec![yes], Err(Effect::None), 1),
        ("lost, but done", &SET, vec![Then::Lost], vec![yes], Ok((true, 1)), 1),
        ("lost and not done", &SET, vec![Then::Lost, DONE], vec![no], Ok((false, 1)), 2),
        ("failed and not done", &SET, vec![failed.clone(), DONE], vec![no], Ok((false, 1)), 2),
        ("lost for ever", &SET, vec![Then::Lost], vec![no], Err(Effect::Unknown), 4),
        ("lost, then unreachable", &SET, vec![Then::Lost, Then::Refused], vec![no], Err(Effect::Unknown), 4),
        ("lost, done in the end", &SET, vec![Then::Lost], vec![no, no, yes], Ok((true, 3)), 3),
        ("deleted, then gone", &SET, vec![Then::Lost, gone], vec![no, yes], Ok((true, 2)), 2),
        ("committed, unreadable, done", &SET, vec![unreadable.clone()], vec![yes], Ok((true, 1)), 1),
        ("committed, unreadable, not done", &SET, vec![unreadable], vec![no], Err(Effect::Applied), 1),
        ("broken off after the head", &SET, vec![Then::BreaksAfter(200)], vec![no], Err(Effect::Applied), 1),
        ("lost, and looking fails", &SET, vec![Then::Lost], vec![blind], Err(Effect::Unknown), 1),
        ("create, lost, not there", &CREATE, vec![Then::Lost], vec![no], Err(Effect::Unknown), 1),
        ("create, lost, there", &CREATE, vec![Then::Lost], vec![yes], Ok((true, 1)), 1),
        ("create, never sent", &CREATE, vec![Then::Refused, DONE], vec![no], Ok((false, 0)), 2),
        ("create, failed", &CREATE, vec![failed], vec![no], Err(Effect::Unknown), 1),
    ];
    for (name, operation, steps, state, expected, sends) in rows {
        let script = Script::new(steps);
        let result = recover(&session(&script), operation, &state).await;
        let shown = format!("{name}: {result:?}");
        assert_eq!(result.map_err(|error| error.effect()), expected, "{shown}");
        assert_eq!(script.times().len(), sends, "{shown}");
        if state[0].is_err() {
            assert!(shown.contains("cannot look"), "{shown}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn recovering_has_one_deadline() {
    let script = Script::new([Then::Hangs]);
    let began = Instant::now();
    let error = recover(&session(&script), &SET, &[Ok(false)])
        .await
        .unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(began.elapsed() <= Duration::from_millis(120_100));
    assert_eq!(script.times().len(), 4);
}

/// The vendor repeats to the look what only the write held.
#[tokio::test(start_paused = true)]
async fn what_a_look_says_holds_no_secret_of_the_write() {
    let told = r#"{"message":"job with passphrase-canary-0815 failed"}"#;
    let look = Script::new([Then::Responds(400, &[], told)]);
    let looker = session(&look);
    // The second time the last send does not begin: its error knows of no secret.
    for repeat in [false, true] {
        let script = Script::new([Then::Lost]);
        let asked = AtomicUsize::new(0);
        let recovered = session(&script)
            .recovery()
            .repeat(repeat)
            .run(
                |session| {
                    let before = asked.fetch_add(1, Ordering::Relaxed);
                    async move {
                        if before == 0 {
                            call(&session, &CREATE).await.map(|_| ())
                        } else {
                            Err(Error::config("the vault is sealed: open it"))
                        }
                    }
                },
                |_| async { call(&looker, &READ).await.map(|_| Some(())) },
            )
            .await;
        let error = recovered.unwrap_err();
        let shown = format!("{error} {error:?} {}", error.detail());
        assert!(
            shown.contains("Looking for it failed too") && shown.contains("job with [redacted]"),
            "{shown}"
        );
        assert!(!shown.contains("canary"), "{shown}");
        assert_eq!(script.times().len(), 1, "{shown}");
        assert_eq!(asked.into_inner(), if repeat { 2 } else { 1 }, "{shown}");
    }
}

/// Recovers with settings: `state` says what each look finds, the last one for ever. Returns the looks too.
async fn recover_with(
    recovery: Recovery<'_>,
    operation: &'static Operation,
    state: &[Look<()>],
) -> (Result<bool, Error>, usize) {
    let looks = AtomicUsize::new(0);
    let recovered = recovery
        .run(
            |session| async move { call(&session, operation).await.map(|_| ()) },
            |_| async {
                let before = looks.fetch_add(1, Ordering::Relaxed);
                Ok(state[before.min(state.len() - 1)].clone())
            },
        )
        .await;
    (
        recovered.map(|recovered| recovered.verified),
        looks.into_inner(),
    )
}

#[tokio::test(start_paused = true)]
async fn a_write_is_sent_again_as_its_recovery_is_set() {
    let (done, not, blind) = (Look::Done(()), Look::NotDone, Look::Unreadable);
    let twice = vec![Then::Lost, DONE];
    type Row<'a> = (
        &'a str,
        &'static Operation,
        Option<bool>,
        Vec<Then>,
        Vec<Look<()>>,
        Result<bool, Effect>,
        usize,
        usize,
    );
    // What was set, each send, each look; verified or the effect, sends, looks.
    #[rustfmt::skip]
    let rows: [Row<'_>; 9] = [
        ("not done", &SET, None, twice.clone(), vec![not.clone()], Ok(false), 2, 1),
        ("done", &SET, None, twice.clone(), vec![done], Ok(true), 1, 1),
        ("reading cannot tell", &SET, None, twice.clone(), vec![blind.clone()], Err(Effect::Unknown), 1, 1),
        ("reading cannot tell, harmless", &SET, Some(true), twice.clone(), vec![blind.clone()], Ok(false), 2, 1),
        ("reading cannot tell, forbidden", &SET, Some(false), twice.clone(), vec![blind.clone()], Err(Effect::Unknown), 1, 1),
        ("forbidden", &SET, Some(false), twice.clone(), vec![not.clone()], Err(Effect::Unknown), 1, 1),
        ("create", &CREATE, None, twice.clone(), vec![not.clone()], Err(Effect::Unknown), 1, 1),
        ("create, harmless", &CREATE, Some(true), twice.clone(), vec![not], Ok(false), 2, 1),
        ("create, harmless, reading cannot tell", &CREATE, Some(true), twice, vec![blind], Ok(false), 2, 1),
    ];
    for (name, operation, repeat, steps, state, expected, sends, looked) in rows {
        let script = Script::new(steps);
        let session = session(&script);
        let recovery = session.recovery();
        let recovery = match repeat {
            Some(repeat) => recovery.repeat(repeat),
            None => recovery,
        };
        let (result, looks) = recover_with(recovery, operation, &state).await;
        let shown = format!("{name}: {result:?}");
        assert_eq!(result.map_err(|error| error.effect()), expected, "{shown}");
        assert_eq!((script.times().len(), looks), (sends, looked), "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_show_late_is_looked_for_again() {
    let waits = [Duration::from_secs(2), Duration::from_secs(5)];
    let (done, not, blind) = (Look::Done(()), Look::NotDone, Look::Unreadable);
    for (state, expected, looked, seconds) in [
        (vec![not.clone(), done.clone()], Ok(true), 2, 2),
        (vec![not.clone(), not.clone(), done.clone()], Ok(true), 3, 7),
        (vec![not.clone()], Err(Effect::Unknown), 3, 7),
        // It shows no better later.
        (vec![blind, done], Err(Effect::Unknown), 1, 0),
    ] {
        let script = Script::new([Then::Lost]);
        let session = session(&script);
        let recovery = session.recovery().look_again_after(&waits);
        let began = Instant::now();
        let (result, looks) = recover_with(recovery, &CREATE, &state).await;
        let shown = format!("{state:?}: {result:?}");
        assert_eq!(result.map_err(|error| error.effect()), expected, "{shown}");
        assert_eq!((looks, script.times().len()), (looked, 1), "{shown}");
        assert_eq!(began.elapsed().as_secs(), seconds, "{shown}");
    }
    // No wait goes beyond the deadline.
    let script = Script::new([Then::Lost]);
    let session = session(&script);
    let far = [Duration::from_secs(100_000)];
    let recovery = session.recovery().look_again_after(&far);
    let (result, looks) = recover_with(recovery, &CREATE, &[not]).await;
    assert_eq!((result.unwrap_err().effect(), looks), (Effect::Unknown, 1));
}

/// "Nothing was sent" is true of the last send alone.
#[tokio::test(start_paused = true)]
async fn the_last_send_does_not_speak_for_the_first() {
    for (last, is_noted) in [
        (Then::Refused, true),
        (Then::Responds(400, &[], ""), false),
        (Then::Lost, false),
    ] {
        let script = Script::new([Then::Lost, last]);
        let error = recover(&session(&script), &SET, &[Ok(false)])
            .await
            .unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{error}");
        let note = "An earlier send may have been carried out";
        assert_eq!(error.to_string().contains(note), is_noted, "{error}");
    }
    // Nothing was sent before the first send.
    let script = Script::new([Then::Refused]);
    let error = recover(&session(&script), &SET, &[Ok(false)])
        .await
        .unwrap_err();
    assert_eq!(error.effect(), Effect::None, "{error}");
    assert!(!error.to_string().contains("earlier"), "{error}");
}
