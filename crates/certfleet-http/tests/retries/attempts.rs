//! The attempts of one call: how many, when, and what an observer sees of them.

use crate::{
    script::{DONE, Script, Then, session},
    support::{CREATE, READ, SET, builder, call},
};
use certfleet_http::{Attempt, Call, Clock, Deadline, Effect, ErrorKind, Observer, Retry};
use chrono::{DateTime, Utc};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn the_time_of_an_operation_bounds_attempts_and_waits() {
    let script = Script::new([Then::Hangs]);
    let began = Instant::now();
    let error = call(&session(&script), &READ).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(began.elapsed() <= Duration::from_millis(120_100));
    let times = script.times();
    assert_eq!((times.len(), error.attempts()), (4, 4));
    assert!(times[1] - times[0] >= Duration::from_secs(30));
    assert!(error.to_string().ends_with("(4 attempts)"), "{error}");

    // A write that hangs may have been carried out.
    let script = Script::new([Then::Hangs]);
    let began = Instant::now();
    let error = call(&session(&script), &SET).await.unwrap_err();
    assert_eq!(
        (error.effect(), began.elapsed().as_secs()),
        (Effect::Unknown, 30)
    );
}

#[tokio::test(start_paused = true)]
async fn calls_until_a_deadline_share_it() {
    let script = Script::slow(Duration::from_secs(4), [DONE]);
    let session = session(&script).until(Deadline::after(Duration::from_secs(10)));
    let began = Instant::now();
    assert!(call(&session, &READ).await.is_ok());
    assert!(call(&session, &READ).await.is_ok());
    let error = call(&session, &READ).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(began.elapsed() <= Duration::from_millis(10_100));
    let error = call(&session, &CREATE).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Deadline, Effect::None)
    );
    assert_eq!(
        script.times().len(),
        3,
        "nothing is sent after the deadline"
    );
}

#[tokio::test(start_paused = true)]
async fn everything_is_sent_once_when_switched_off() {
    for step in [
        Then::Refused,
        Then::Lost,
        Then::Responds(429, &[("retry-after", "1")], ""),
        Then::Responds(503, &[], ""),
    ] {
        for operation in [&READ, &SET, &CREATE] {
            let script = Script::new([step.clone()]);
            let session = builder()
                .base_url("http://localhost")
                .transport(script.clone())
                .retry(Retry::off())
                .build()
                .unwrap();
            let error = call(&session, operation).await.unwrap_err();
            assert_eq!((script.times().len(), error.attempts()), (1, 1), "{step:?}");
        }
    }
}

/// A clock that is wrong.
#[derive(Debug)]
struct Wrong(DateTime<Utc>);

impl Clock for Wrong {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

#[tokio::test(start_paused = true)]
async fn dates_need_no_right_clock() {
    let headers = &[
        ("date", "Sun, 22 Nov 2026 10:00:00 GMT"),
        ("retry-after", "Sun, 22 Nov 2026 10:00:20 GMT"),
    ];
    for year in [1970, 2016, 2036, 9999] {
        let script = Script::new([Then::Responds(429, headers, ""), DONE]);
        let now = format!("{year}-01-01T00:00:00Z").parse().unwrap();
        let session = builder()
            .base_url("http://localhost")
            .transport(script.clone())
            .clock(Arc::new(Wrong(now)))
            .build()
            .unwrap();
        call(&session, &CREATE).await.unwrap();
        let waits = script.waits();
        assert!((20.0..=20.6).contains(&waits[0]), "{waits:?}");
    }
}

/// A clock that goes with the test's time.
#[derive(Debug)]
struct Virtual(DateTime<Utc>, Instant);

impl Clock for Virtual {
    fn now(&self) -> DateTime<Utc> {
        self.0 + self.1.elapsed()
    }
}

/// The vendor states the time when it sends the head; how long its body takes changes nothing.
#[tokio::test(start_paused = true)]
async fn the_vendors_clock_is_read_when_the_head_arrives() {
    let headers = &[("date", "Sun, 22 Nov 2026 10:00:00 GMT")];
    let vendor: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().unwrap();
    let second = Duration::from_secs;
    // The second call follows one whose body took long.
    let script = Script::slow(
        second(2),
        [
            Then::Slowly(headers, second(20)),
            Then::Responds(200, headers, r#"{"id":"a"}"#),
        ],
    );
    let local = vendor - second(60);
    let session = builder()
        .base_url("http://localhost")
        .transport(script)
        .clock(Arc::new(Virtual(local, Instant::now())))
        .build()
        .unwrap();
    call(&session, &READ).await.unwrap();
    assert_eq!(session.vendor_time(), Some(vendor + second(20)));
    // 60 seconds ahead when the request was sent, 2 before the head arrived.
    assert_eq!(session.clock_skew().unwrap().num_seconds(), 58);
    tokio::time::sleep(second(5)).await;
    assert_eq!(session.vendor_time(), Some(vendor + second(25)));
    // A transport that does not say when the head arrived has it at the end.
    call(&session, &READ).await.unwrap();
    assert_eq!(session.vendor_time(), Some(vendor));
    assert_eq!(session.clock_skew().unwrap().num_seconds(), 60 - 2 - 25 - 2);
}

/// What an observer saw.
#[derive(Debug, Default)]
struct Seen(Mutex<Vec<String>>);

impl Observer for Seen {
    fn ended(&self, call: &Call) {
        let line = format!("{} {:?} {}", call.operation, call.status, call.attempts);
        self.0.lock().unwrap().push(line);
    }

    fn attempted(&self, attempt: &Attempt) {
        let line = format!("  {} {:?}", attempt.number, attempt.status);
        self.0.lock().unwrap().push(line);
    }
}

#[tokio::test(start_paused = true)]
async fn observers_see_attempts_and_calls() {
    let script = Script::new([Then::Responds(503, &[], ""), Then::Refused, DONE]);
    let seen = Arc::new(Seen::default());
    let session = builder()
        .base_url("http://localhost")
        .transport(script)
        .observer(seen.clone())
        .build()
        .unwrap();
    let response = call(&session, &READ).await.unwrap();
    assert_eq!(response.call().attempts, 3);
    assert_eq!(
        *seen.0.lock().unwrap(),
        [
            "  1 Some(503)",
            "  2 None",
            "  3 Some(200)",
            "read Some(200) 3"
        ]
    );
}
