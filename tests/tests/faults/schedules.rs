//! Random schedules of faults against a model of the vendor, in virtual time: whatever happens in whatever
//! order, what the client says is what the vendor holds, and it does what the matrix says.

use crate::one;
use certfleet_http::{
    Api, AuthScheme, Authorization, Binding, BoxFuture, Class, Effect, Error, Expect, HeaderMap,
    Method, Operation, Place, RawResponse, Reason, Request, Secret, SendError, Session,
    SessionBuilder, Shapes, Transport,
};
use certfleet_tests::faults::{network::status, run::virtually};
use libtest_mimic::Trial;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How many schedules are played.
pub(crate) const SCHEDULES: usize = 100_000;

/// How many of them have been.
pub(crate) static PLAYED: AtomicUsize = AtomicUsize::new(0);

/// Sets another seed than the usual one.
const SEED: &str = "CERTFLEET_FAULTS_SEED";

pub(crate) fn trials() -> Vec<Trial> {
    const PARTS: usize = 4;
    let seed: u64 = std::env::var(SEED)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(2_026);
    (0..PARTS as u64)
        .map(|part| {
            one(format!("schedules::{part}"), move || {
                let mut random = fastrand::Rng::with_seed(seed ^ (part << 32));
                virtually(async {
                    for number in 0..SCHEDULES / PARTS {
                        let schedule = Schedule::any(&mut random);
                        schedule.play().await.map_err(|why| {
                            format!("{why}\nschedule {number} of part {part}, seed {seed}: {schedule:#?}")
                        })?;
                        PLAYED.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
        })
        .collect()
}

/// What happens to one attempt. A request that arrived may have been carried out although its answer says
/// nothing of it.
#[derive(Clone, Copy, Debug)]
enum Step {
    Unsent(Reason),
    Lost {
        done: bool,
    },
    Hangs {
        done: bool,
    },
    Fails {
        status: u16,
        done: bool,
    },
    Refuses {
        status: u16,
        retry_after: Option<u32>,
    },
    BreaksOff,
    Unreadable,
    Done,
}

impl Step {
    fn any(random: &mut fastrand::Rng) -> Self {
        let done = random.bool();
        match random.u8(0..14) {
            0 => Self::Unsent(Reason::Dns),
            1 => Self::Unsent(Reason::Tls),
            2 | 3 => Self::Unsent(Reason::Connect),
            4 | 5 => Self::Lost { done },
            6 => Self::Hangs { done },
            7 => Self::Fails {
                status: [500, 502, 503, 599][random.usize(0..4)],
                done,
            },
            8 => Self::Refuses {
                status: [400, 404, 409, 501][random.usize(0..4)],
                retry_after: None,
            },
            9 => Self::Refuses {
                status: 408,
                retry_after: None,
            },
            10 => Self::Refuses {
                status: 429,
                retry_after: random.bool().then(|| random.u32(0..200)),
            },
            11 => Self::BreaksOff,
            12 => Self::Unreadable,
            _ => Self::Done,
        }
    }

    /// Whether the vendor carries it out.
    fn is_done(self) -> bool {
        match self {
            Self::Unsent(_) | Self::Refuses { .. } => false,
            Self::Lost { done } | Self::Hangs { done } | Self::Fails { done, .. } => done,
            Self::BreaksOff | Self::Unreadable | Self::Done => true,
        }
    }

    /// Whether the matrix has it sent again without a look. `before`: the steps before it.
    fn is_repeated(self, class: Class, before: &[Self]) -> bool {
        let read = class == Class::Read;
        match self {
            Self::Unsent(Reason::Connect) => true,
            Self::Unsent(Reason::Dns) => !before
                .iter()
                .any(|one| matches!(one, Self::Unsent(Reason::Dns))),
            Self::Unsent(_) | Self::Done | Self::Unreadable => false,
            Self::Lost { .. } | Self::Hangs { .. } | Self::BreaksOff | Self::Fails { .. } => read,
            Self::Refuses {
                status: 429,
                retry_after,
            } => retry_after.is_none_or(|seconds| seconds <= 120),
            Self::Refuses { status: 408, .. } => class != Class::Create,
            Self::Refuses { .. } => false,
        }
    }

    /// What a write says when it ends so.
    fn effect(self) -> Option<Effect> {
        match self {
            Self::Done => None,
            Self::Unsent(_) | Self::Refuses { .. } => Some(Effect::None),
            Self::Lost { .. } | Self::Hangs { .. } | Self::Fails { .. } => Some(Effect::Unknown),
            Self::BreaksOff | Self::Unreadable => Some(Effect::Applied),
        }
    }

    /// How many seconds it and the wait after it take, at most.
    fn seconds(self) -> f64 {
        match self {
            Self::Hangs { .. } => 34.1,
            Self::Refuses {
                retry_after: Some(seconds),
                ..
            } => f64::from(seconds) + 0.6,
            _ => 4.1,
        }
    }
}

const fn operation(method: Method, class: Class) -> Operation {
    Operation {
        id: "operation",
        vendor_id: None,
        method,
        path: "/thing",
        class,
        expect: Expect::Json,
        success: &[200],
        statuses: &["200"],
        request_secrets: &[],
        response_secrets: &[],
        response_certificates: &[],
    }
}

static READ: Operation = operation(Method::GET, Class::Read);
static SET: Operation = operation(Method::PUT, Class::Idempotent);
static CREATE: Operation = operation(Method::POST, Class::Create);

static BEARER: AuthScheme = AuthScheme {
    name: "Token",
    bindings: &[Binding {
        place: Place::Header,
        name: "authorization",
        prefix: "Bearer ",
    }],
};

static API: Api = Api {
    provider: "model",
    title: "Model",
    version: "1",
    default_base_url: None,
    operations: &[&READ, &SET, &CREATE],
    auth: &[],
    shapes: Shapes {
        code: &[],
        message: &[],
        failure: &[],
    },
    request_id_headers: &[],
    unauthenticated: &[],
    capabilities: &[],
};

/// The vendor: what it is told to do, and what it holds.
#[derive(Clone, Debug, Default)]
struct Model(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    steps: Vec<Step>,
    attempts: usize,
    arrived: usize,
    done: usize,
}

impl Transport for Model {
    fn send<'a>(
        &'a self,
        _: &'a Request,
        _: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        let step = {
            let mut state = self.0.lock().expect("no panic while held");
            let step = state
                .steps
                .get(state.attempts)
                .copied()
                .unwrap_or(Step::Done);
            state.attempts += 1;
            state.arrived += usize::from(!matches!(step, Step::Unsent(_)));
            state.done += usize::from(step.is_done());
            step
        };
        Box::pin(async move {
            let answer = |code: u16, body: &'static str| RawResponse {
                status: status(code),
                headers: HeaderMap::new(),
                body: body.into(),
            };
            match step {
                Step::Unsent(reason) => Err(SendError::not_sent("no").because(reason)),
                Step::Lost { .. } => Err(SendError::maybe_sent("lost")),
                Step::Hangs { .. } => {
                    sleep(deadline).await;
                    Err(SendError::maybe_sent("late").because(Reason::Timeout))
                }
                Step::Fails { status, .. } => Ok(answer(status, "")),
                Step::Refuses {
                    status,
                    retry_after,
                } => {
                    let mut answer = answer(status, "");
                    if let Some(seconds) = retry_after {
                        answer.headers.insert("retry-after", seconds.into());
                    }
                    Ok(answer)
                }
                Step::BreaksOff => Err(SendError::maybe_sent("lost").after(answer(200, ""))),
                Step::Unreadable => Ok(answer(200, "no JSON")),
                Step::Done => Ok(answer(200, "{}")),
            }
        })
    }
}

#[derive(Debug)]
struct Schedule {
    class: Class,
    recovers: bool,
    steps: Vec<Step>,
    seed: u64,
}

impl Schedule {
    fn any(random: &mut fastrand::Rng) -> Self {
        let class = [Class::Read, Class::Idempotent, Class::Create][random.usize(0..3)];
        Self {
            class,
            recovers: class != Class::Read && random.bool(),
            steps: (0..random.usize(1..6)).map(|_| Step::any(random)).collect(),
            seed: random.u64(..),
        }
    }

    fn session(&self, model: &Model) -> Session {
        SessionBuilder::new(&API, Authorization::new(&BEARER, &[&Secret::new("token")]))
            .base_url("http://localhost")
            .transport(Arc::new(model.clone()))
            .seed(self.seed)
            .build()
            .expect("a session")
    }

    async fn play(&self) -> Result<(), String> {
        let model = Model::default();
        model
            .0
            .lock()
            .expect("no panic while held")
            .steps
            .clone_from(&self.steps);
        let session = self.session(&model);
        let began = Instant::now();
        let result = if self.recovers {
            self.recover(&session, &model).await
        } else {
            self.send(session).await
        };
        let took = began.elapsed();
        let state = model.0.lock().expect("no panic while held");
        let truth = || {
            if took > Duration::from_millis(120_100) || state.attempts > 4 {
                return Err("too long or too often".to_owned());
            }
            let played = self.steps.iter().take(state.attempts);
            let refused = played
                .filter(|step| matches!(step, Step::Refuses { status: 429, .. }))
                .count();
            if self.class == Class::Create && (state.arrived > 1 + refused || state.done > 1) {
                return Err("a create was sent again".to_owned());
            }
            if self.class == Class::Read {
                return Ok(());
            }
            let effect = result.as_ref().err().map(Error::effect);
            let truthful = match effect {
                None | Some(Effect::Applied) => state.done > 0,
                Some(Effect::None) => state.done == 0,
                Some(Effect::Unknown) => true,
            };
            if truthful {
                Ok(())
            } else {
                Err("it is not true".to_owned())
            }
        };
        truth()
            .and_then(|()| self.predicted(state.attempts, &result))
            .map_err(|why| format!("{why}: {result:?} after {took:?}, {state:?}"))
    }

    async fn send(&self, session: Session) -> Result<(), Error> {
        let operation = match self.class {
            Class::Read => &READ,
            Class::Idempotent => &SET,
            Class::Create => &CREATE,
        };
        let request = session.request(operation).build()?;
        session.json::<serde_json::Value>(request).await.map(|_| ())
    }

    /// With a look at what the model holds.
    async fn recover(&self, session: &Session, model: &Model) -> Result<(), Error> {
        session
            .recover(
                |session| self.send(session),
                |_| async {
                    let state = model.0.lock().expect("no panic while held");
                    Ok((state.done > 0).then_some(()))
                },
            )
            .await
            .map(|_| ())
    }

    /// What the matrix says, worked out step by step; where time may run out, it is left alone.
    fn predicted(&self, attempts: usize, result: &Result<(), Error>) -> Result<(), String> {
        let step = |number: usize| self.steps.get(number).copied().unwrap_or(Step::Done);
        if self.recovers || (0..4).map(|number| step(number).seconds()).sum::<f64>() > 119.0 {
            return Ok(());
        }
        let mut number = 0;
        while number < 3
            && step(number).is_repeated(self.class, &self.steps[..number.min(self.steps.len())])
        {
            number += 1;
        }
        let effect = match self.class {
            Class::Read => step(number).effect().map(|_| Effect::None),
            Class::Idempotent | Class::Create => step(number).effect(),
        };
        let got = (attempts, result.as_ref().err().map(Error::effect));
        if got == (number + 1, effect) {
            Ok(())
        } else {
            Err(format!("{got:?} and not {:?}", (number + 1, effect)))
        }
    }
}
