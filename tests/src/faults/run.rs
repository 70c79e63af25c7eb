//! Runs cases and holds their ends against what is expected, and against what holds always.

use super::{Case, Expected, Faulty, Verify, network::Attempt, rows};
use crate::{
    Clients, Keys,
    contract::{Called, Client, generate},
};
use certfleet_http::{Attempt as Record, Call, Class, Clock, Effect, Error, ErrorKind, Observer};
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    fmt::Debug,
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

/// Every key of these tests ends so: nothing that is shown may hold it.
pub const CANARY: &str = "canary";

/// The time that every operation has.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// Keys that must not be seen.
pub fn keys() -> Keys {
    Keys::all(|_| format!("test-key-{CANARY}"))
}

/// A clock that is wrong by so many seconds.
#[derive(Debug)]
struct Skewed(i64);

impl Clock for Skewed {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.0)
    }
}

/// Keeps what observers are told, as text.
#[derive(Debug, Default)]
pub struct Told(Mutex<Vec<String>>);

impl Told {
    /// All of it.
    ///
    /// # Panics
    /// A test panicked while it held the list.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().expect("no panic while held").clone()
    }

    fn keep(&self, what: &impl Debug) {
        let mut told = self.0.lock().expect("no panic while held");
        told.push(format!("{what:?}"));
    }
}

impl Observer for Told {
    fn ended(&self, call: &Call) {
        self.keep(call);
    }

    fn attempted(&self, attempt: &Record) {
        self.keep(attempt);
    }
}

/// Clients over a network that fails, and what it is told.
struct Setting {
    network: Faulty,
    clients: Clients,
    told: Arc<Told>,
}

fn setting(client: &Client, case: &Case) -> Setting {
    let network = Faulty::new(&case.steps, rows::done(client));
    let told = Arc::new(Told::default());
    let clients = Clients::set_up(
        "http://localhost",
        |_| "",
        &keys(),
        |builder| {
            builder
                .transport(Arc::new(network.clone()))
                .observer(told.clone())
                .clock(Arc::new(Skewed(case.skew)))
                .seed(u64::from(case.row))
        },
    );
    Setting {
        network,
        clients,
        told,
    }
}

/// Runs in virtual time, and fails where something is left running.
///
/// # Panics
/// A task outlives it.
pub fn virtually<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let output = runtime.block_on(future);
    assert_eq!(
        runtime.metrics().num_alive_tasks(),
        0,
        "something is still running"
    );
    output
}

/// Calls the operation once, and holds its end against what the case says.
///
/// # Errors
/// What is not as expected.
pub fn called(client: &Client, case: &Case) -> Result<(), String> {
    let class = client.constants().class;
    let setting = setting(client, case);
    let arguments = generate::plain(client.documented());
    let (result, took) = virtually(async {
        let began = Instant::now();
        let result = client.call(&setting.clients, &arguments).await;
        (result, began.elapsed())
    });
    let expected = as_class(case.of(class), class);
    check(&expected, &result, &setting.network.attempts(), took)?;
    always(class, case, &result, &setting, took)
}

/// A write that is looked at. `look` is what a look finds: done or not, or that it fails.
///
/// # Errors
/// What is not as expected.
pub fn recovered(client: &Client, case: &Case, look: Result<bool, ()>) -> Result<(), String> {
    let class = client.constants().class;
    let setting = setting(client, case);
    let arguments = generate::plain(client.documented());
    let looks = Mutex::new(0);
    let (result, took) = virtually(async {
        let began = Instant::now();
        let result = setting
            .clients
            .session(client.provider)
            .recover(
                |session| {
                    let clients = setting.clients.through(client.provider, session);
                    let arguments = &arguments;
                    async move { client.call(&clients, arguments).await.map(Some) }
                },
                |_| async {
                    *looks.lock().expect("no panic while held") += 1;
                    match look {
                        Ok(true) => Ok(Some(None)),
                        Ok(false) => Ok(None),
                        Err(()) => Err(Error::config("the list cannot be read")),
                    }
                },
            )
            .await;
        (result, began.elapsed())
    });
    let looks = *looks.lock().expect("no panic while held");
    let direct = as_class(case.of(class), class);
    let is_open = direct.failure.is_some() && case.verify != Verify::Never;
    let expected = match (is_open, look, class, &case.again) {
        (true, Ok(true), ..) => Expected {
            seen: direct.seen,
            ..Expected::ok(direct.attempts)
        },
        (true, Ok(false), Class::Idempotent, Some(again)) => again.clone(),
        // A look that fails takes nothing from what the answer told.
        (true, Err(()), ..) => direct.clone().says("the list cannot be read"),
        _ => direct.clone(),
    };
    if (looks > 0) != is_open {
        return Err(format!("looked {looks} times"));
    }
    if let Ok(recovered) = &result {
        same("verified", recovered.verified, is_open && look == Ok(true))?;
    }
    let result = result.map(|recovered| recovered.value);
    check_outcome(&expected, result.as_ref().map(|_| ()))?;
    check_attempts(&expected, &setting.network.attempts(), took)?;
    always(class, case, &result, &setting, took)
}

/// What is expected, as a class has it: a read has no effect.
fn as_class(expected: &Expected, class: Class) -> Expected {
    match class {
        Class::Read => expected.clone().effect(Effect::None),
        Class::Idempotent | Class::Create => expected.clone(),
    }
}

fn check(
    expected: &Expected,
    result: &Result<Called, Error>,
    attempts: &[Attempt],
    took: Duration,
) -> Result<(), String> {
    check_outcome(expected, result.as_ref().map(|_| ()))?;
    if let (Ok(called), true) = (result, expected.failure.is_none()) {
        let body = String::from_utf8_lossy(&called.body);
        if !body.contains(expected.says) {
            return Err(format!("{:?} is not in {body}", expected.says));
        }
    }
    check_attempts(expected, attempts, took)
}

/// Holds the end of a call against what is expected.
///
/// # Errors
/// What is not as expected.
pub fn check_outcome(expected: &Expected, result: Result<(), &Error>) -> Result<(), String> {
    let failure = result.err().map(|error| (error.kind(), error.effect()));
    if failure != expected.failure {
        return Err(format!("ended {result:?}, expected {:?}", expected.failure));
    }
    let Err(error) = result else {
        return Ok(());
    };
    same(
        "status",
        error.status().map(|status| status.as_u16()),
        expected.status,
    )?;
    same("reason", error.reason(), expected.reason)?;
    same("attempts", error.attempts() as usize, expected.attempts)?;
    same("hint", error.retry_after(), expected.retry_after)?;
    if !error.to_string().contains(expected.says) {
        return Err(format!("{:?} is not in {error}", expected.says));
    }
    Ok(())
}

fn check_attempts(expected: &Expected, attempts: &[Attempt], took: Duration) -> Result<(), String> {
    same("attempts", attempts.len(), expected.attempts)?;
    let seen = attempts.iter().filter(|attempt| attempt.arrived).count();
    same("seen", seen, expected.seen)?;
    for (index, pair) in attempts.windows(2).enumerate() {
        let ended = pair[0].ended.ok_or("an attempt did not end")?;
        let wait = (pair[1].began - ended).as_secs_f64();
        let jitter = (0.0, (0.5 * 2_f64.powi(index as i32)).min(8.0));
        let (least, most) = expected.waits.get(index).copied().unwrap_or(jitter);
        // Timers are as fine as a millisecond.
        if wait < least || wait > most + 0.002 {
            return Err(format!("wait {index} was {wait} s, not {least} to {most}"));
        }
    }
    let took = took.as_secs_f64();
    match expected.lasts {
        Some((least, most)) if took < least || took > most + 0.002 => {
            Err(format!("took {took} s, not {least} to {most}"))
        }
        _ => Ok(()),
    }
}

/// What holds whatever happens.
fn always<T>(
    class: Class,
    case: &Case,
    result: &Result<T, Error>,
    setting: &Setting,
    took: Duration,
) -> Result<(), String> {
    let attempts = setting.network.attempts();
    // (a) Nothing takes longer than it may.
    if took > DEADLINE + Duration::from_millis(100) {
        return Err(format!("took {took:?}"));
    }
    // (b) Nothing that is shown holds a secret.
    let mut shown = setting.told.all();
    if let Err(error) = result {
        shown.push(format!("{error} {error:?} {error:#?}"));
        if let Some(body) = error.body() {
            let body = String::from_utf8_lossy(body);
            // A page is kept, but not shown.
            shown.push(body.replace("page-canary", ""));
        }
    }
    shown.push(format!("{:?}", setting.clients));
    if let Some(text) = shown.iter().find(|text| text.contains(CANARY)) {
        return Err(format!("a secret is shown: {text}"));
    }
    // (c) A create is not sent again once it may have left, unless it was refused for its rate.
    let arrived = attempts.iter().filter(|attempt| attempt.arrived).count();
    let refused_for_rate = [11, 17, 18, 19, 20, 21].contains(&case.row);
    if class == Class::Create && arrived > 1 && !refused_for_rate {
        return Err(format!("a create arrived {arrived} times"));
    }
    // (d) Nothing is tried more than four times.
    if attempts.len() > 4 {
        return Err(format!("{} attempts", attempts.len()));
    }
    // (g) Nothing goes elsewhere.
    if let Some(other) = attempts.iter().find(|attempt| attempt.host != "localhost") {
        return Err(format!("{} was contacted", other.host));
    }
    // The record of every attempt, and one of the call for each send.
    let records = shown
        .iter()
        .filter(|text| text.starts_with("Attempt"))
        .count();
    same("records of attempts", records, attempts.len())?;
    // What says that nothing was changed is the end of something that was not carried out.
    if let Err(error) = result
        && class != Class::Read
        && error.effect() == Effect::None
        && matches!(
            error.kind(),
            ErrorKind::Interrupted | ErrorKind::TooLarge | ErrorKind::Unreadable
        )
    {
        return Err(format!("too sure: {error:?}"));
    }
    Ok(())
}

fn same<T: PartialEq + Debug>(what: &str, got: T, wanted: T) -> Result<(), String> {
    if got == wanted {
        Ok(())
    } else {
        Err(format!("{what} is {got:?}, not {wanted:?}"))
    }
}
