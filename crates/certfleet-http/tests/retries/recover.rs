//! A write whose response was lost: looked at before it is sent again.

use crate::{
    script::{DONE, Script, Then, session},
    support::{CREATE, READ, SET, Thing, call},
};
use certfleet_http::{Effect, Error, ErrorKind, Operation, Session};
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
