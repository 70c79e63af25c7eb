//! Sending again, recovering, throttling and credentials that change, in virtual time.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use certfleet_http::{
    Attempt, Authorization, BoxFuture, Call, Clock, CredentialsSource, Deadline, Effect, Error,
    ErrorKind, HeaderMap, Limits, Observer, Operation, RawResponse, Reason, Request, Retry, Secret,
    SendError, Session, StatusCode, Transport,
};
use chrono::{DateTime, Utc};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use support::{BEARER, CREATE, READ, SET, TOKEN, Thing, builder, call};
use tokio::time::Instant;

/// What happens to one attempt.
#[derive(Debug, Clone)]
enum Then {
    Responds(u16, &'static [(&'static str, &'static str)], &'static str),
    Refused,
    Lost,
    Hangs,
    BreaksAfter(u16),
}

const DONE: Then = Then::Responds(200, &[], r#"{"id":"a"}"#);

/// Plays its steps one after the other, the last one for ever, and keeps when each was asked for and with
/// which credentials.
#[derive(Debug)]
struct Script {
    steps: Mutex<VecDeque<Then>>,
    seen: Mutex<Vec<(Instant, String)>>,
    takes: Duration,
}

impl Script {
    fn new(steps: impl IntoIterator<Item = Then>) -> Arc<Self> {
        Self::slow(Duration::ZERO, steps)
    }

    fn slow(takes: Duration, steps: impl IntoIterator<Item = Then>) -> Arc<Self> {
        Arc::new(Self {
            steps: Mutex::new(steps.into_iter().collect()),
            seen: Mutex::default(),
            takes,
        })
    }

    fn times(&self) -> Vec<Instant> {
        self.seen
            .lock()
            .unwrap()
            .iter()
            .map(|seen| seen.0)
            .collect()
    }

    fn waits(&self) -> Vec<f64> {
        let times = self.times();
        times
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).as_secs_f64())
            .collect()
    }
}

fn response(status: u16, headers: &[(&'static str, &str)], body: &'static str) -> RawResponse {
    let mut map = HeaderMap::new();
    map.insert("content-type", "application/json".parse().unwrap());
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    RawResponse {
        status: StatusCode::from_u16(status).unwrap(),
        headers: map,
        body: body.into(),
    }
}

impl Transport for Script {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        _: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        let credentials = request.headers()["authorization"].to_str().unwrap();
        self.seen
            .lock()
            .unwrap()
            .push((Instant::now(), credentials.to_owned()));
        let mut steps = self.steps.lock().unwrap();
        let step = if steps.len() > 1 {
            steps.pop_front().unwrap()
        } else {
            steps[0].clone()
        };
        Box::pin(async move {
            tokio::time::sleep(self.takes).await;
            match step {
                Then::Responds(status, headers, body) => Ok(response(status, headers, body)),
                Then::Refused => Err(SendError::not_sent("refused")),
                Then::Lost => Err(SendError::maybe_sent("reset")),
                Then::Hangs => {
                    tokio::time::sleep(deadline).await;
                    Err(SendError::maybe_sent("").because(Reason::Timeout))
                }
                Then::BreaksAfter(status) => {
                    Err(SendError::maybe_sent("reset").after(response(status, &[], "")))
                }
            }
        })
    }
}

fn session(script: &Arc<Script>) -> Session {
    builder()
        .base_url("http://localhost")
        .transport(script.clone())
        .seed(1)
        .build()
        .unwrap()
}

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
    let rows: Vec<Row<'_>> = vec![
        ("responded", &SET, vec![DONE], vec![no], Ok((false, 0)), 1),
        (
            "refused by the vendor",
            &SET,
            vec![Then::Responds(400, &[], "")],
            vec![yes],
            Err(Effect::None),
            1,
        ),
        (
            "lost, but done",
            &SET,
            vec![Then::Lost],
            vec![yes],
            Ok((true, 1)),
            1,
        ),
        (
            "lost and not done",
            &SET,
            vec![Then::Lost, DONE],
            vec![no],
            Ok((false, 1)),
            2,
        ),
        (
            "failed and not done",
            &SET,
            vec![failed.clone(), DONE],
            vec![no],
            Ok((false, 1)),
            2,
        ),
        (
            "lost for ever",
            &SET,
            vec![Then::Lost],
            vec![no],
            Err(Effect::Unknown),
            4,
        ),
        (
            "lost, then unreachable",
            &SET,
            vec![Then::Lost, Then::Refused],
            vec![no],
            Err(Effect::Unknown),
            4,
        ),
        (
            "lost, done in the end",
            &SET,
            vec![Then::Lost],
            vec![no, no, yes],
            Ok((true, 3)),
            3,
        ),
        (
            "deleted, then gone",
            &SET,
            vec![Then::Lost, gone],
            vec![no, yes],
            Ok((true, 2)),
            2,
        ),
        (
            "committed, unreadable, done",
            &SET,
            vec![unreadable.clone()],
            vec![yes],
            Ok((true, 1)),
            1,
        ),
        (
            "committed, unreadable, not done",
            &SET,
            vec![unreadable],
            vec![no],
            Err(Effect::Applied),
            1,
        ),
        (
            "broken off after the head",
            &SET,
            vec![Then::BreaksAfter(200)],
            vec![no],
            Err(Effect::Applied),
            1,
        ),
        (
            "lost, and looking fails",
            &SET,
            vec![Then::Lost],
            vec![blind],
            Err(Effect::Unknown),
            1,
        ),
        (
            "create, lost, not there",
            &CREATE,
            vec![Then::Lost],
            vec![no],
            Err(Effect::Unknown),
            1,
        ),
        (
            "create, lost, there",
            &CREATE,
            vec![Then::Lost],
            vec![yes],
            Ok((true, 1)),
            1,
        ),
        (
            "create, never sent",
            &CREATE,
            vec![Then::Refused, DONE],
            vec![no],
            Ok((false, 0)),
            2,
        ),
        (
            "create, failed",
            &CREATE,
            vec![failed],
            vec![no],
            Err(Effect::Unknown),
            1,
        ),
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

/// Gives a number of tokens, one after the other, the last one for ever.
#[derive(Debug)]
struct Tokens {
    left: Mutex<VecDeque<&'static str>>,
    asked: Mutex<Vec<bool>>,
}

impl Tokens {
    fn new(tokens: impl IntoIterator<Item = &'static str>) -> Arc<Self> {
        Arc::new(Self {
            left: Mutex::new(tokens.into_iter().collect()),
            asked: Mutex::default(),
        })
    }
}

impl CredentialsSource for Tokens {
    fn authorization<'a>(
        &'a self,
        refused: Option<&'a Authorization>,
    ) -> BoxFuture<'a, Result<Authorization, Error>> {
        self.asked.lock().unwrap().push(refused.is_some());
        let mut left = self.left.lock().unwrap();
        let token = if left.len() > 1 {
            left.pop_front()
        } else {
            left.front().copied()
        };
        Box::pin(async move {
            match token {
                Some(token) => Authorization::new(&BEARER, &[&Secret::new(token)]),
                None => Err(Error::config("the vault is sealed: open it")),
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_are_asked_for_again_after_a_refusal() {
    let refused = Then::Responds(401, &[], r#"{"message":"expired"}"#);
    for (tokens, steps, status, seen, asked) in [
        (vec!["one"], vec![DONE], Ok(()), vec!["one"], vec![false]),
        (
            vec!["one", "two"],
            vec![refused.clone(), DONE],
            Ok(()),
            vec!["one", "two"],
            vec![false, true],
        ),
        (
            vec!["one", "two"],
            vec![refused.clone()],
            Err(Some(401)),
            vec!["one", "two"],
            vec![false, true],
        ),
        (
            vec!["one"],
            vec![refused.clone()],
            Err(Some(401)),
            vec!["one"],
            vec![false, true],
        ),
        (vec![], vec![DONE], Err(None), vec![], vec![false]),
    ] {
        for operation in [&READ, &SET, &CREATE] {
            let script = Script::new(steps.clone());
            let source = Tokens::new(tokens.clone());
            let session = builder()
                .base_url("http://localhost")
                .transport(script.clone())
                .credentials(source.clone())
                .build()
                .unwrap();
            let result = call(&session, operation).await;
            let shown = format!("{tokens:?}: {result:?} {session:?}");
            assert_eq!(
                result
                    .map(|_| ())
                    .map_err(|error| error.status().map(|status| status.as_u16())),
                status,
                "{shown}"
            );
            let sent: Vec<String> = script
                .seen
                .lock()
                .unwrap()
                .iter()
                .map(|seen| seen.1.clone())
                .collect();
            let expected: Vec<String> =
                seen.iter().map(|token| format!("Bearer {token}")).collect();
            assert_eq!(sent, expected, "{shown}");
            assert_eq!(*source.asked.lock().unwrap(), asked, "{shown}");
        }
    }
    // Fixed ones are not sent twice.
    let script = Script::new([refused]);
    let error = call(&session(&script), &READ).await.unwrap_err();
    assert_eq!((error.attempts(), script.times().len()), (1, 1));
    assert!(!error.to_string().contains(TOKEN), "{error}");
}
