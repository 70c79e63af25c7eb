//! How fast a session may send.

use crate::{
    script::{DONE, Script, Then, session},
    support::{CREATE, READ, builder, call},
};
use certfleet_http::{Deadline, Effect, Limits};
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn what_a_vendor_says_of_its_rate_holds_everyone_back() {
    let spent = Then::Responds(
        200,
        &[("ratelimit", r#""default";r=0;t=30"#)],
        r#"{"id":"a"}"#,
    );
    let script = Script::new([spent, DONE]);
    let session = session(&script);
    for _ in 0..3 {
        call(&session, &READ).await.unwrap();
    }
    let waits = script.waits();
    assert!(
        (30.0..=30.1).contains(&waits[0]) && waits[1] < 0.1,
        "{waits:?}"
    );

    // Longer than the deadline: said at once, and nothing is sent.
    let spent = Then::Responds(
        200,
        &[("ratelimit", r#""default";r=0;t=90"#)],
        r#"{"id":"a"}"#,
    );
    let script = Script::new([spent, DONE]);
    let session = self::session(&script);
    call(&session, &READ).await.unwrap();
    let began = Instant::now();
    let soon = session.until(Deadline::after(Duration::from_secs(20)));
    let error = call(&soon, &CREATE).await.unwrap_err();
    assert_eq!(
        (
            error.effect(),
            error.retry_after().map(|wait| wait.as_secs())
        ),
        (Effect::None, Some(90))
    );
    assert_eq!((began.elapsed(), script.times().len()), (Duration::ZERO, 1));
}

#[tokio::test(start_paused = true)]
async fn no_more_at_a_time_than_allowed() {
    let script = Script::slow(Duration::from_secs(1), [DONE]);
    let mut limits = Limits::default();
    limits.concurrency = 3;
    let session = builder()
        .base_url("http://localhost")
        .transport(script.clone())
        .limits(limits)
        .build()
        .unwrap();
    let began = Instant::now();
    let calls: Vec<_> = (0..9)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { call(&session, &READ).await.unwrap().id.clone() })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(began.elapsed().as_secs(), 3);
    for time in script.times() {
        let together = script
            .times()
            .iter()
            .filter(|other| **other == time)
            .count();
        assert_eq!(together, 3);
    }
}
