//! The sandbox: from a request to an answer.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, Request, Response, StatusCode};
use serde_json::json;

use crate::accounts;
use crate::call::Call;
use crate::certificates::Mint;
use crate::fault::Faults;
use crate::fleet::Fleet;
use crate::moment::{Answered, Moment};
use crate::random::Seed;
use crate::reply::Reply;
use crate::sample::Sample;

use crate::seen::{Log, Seen};
use crate::{
    Account, Behaviour, Clock, Fault, FaultPoint, Provider, Snapshot, apinizer, cloudflare, openai,
    patchworks,
};

/// The vendors' certificate APIs with one state. Clones share it.
///
/// ```
/// # async fn example() {
/// use certfleet_sandbox::{OPENAI_ADMIN_KEY, Sandbox};
///
/// let sandbox = Sandbox::new();
/// let request = http::Request::get("/openai/v1/organization/certificates?limit=5")
///     .header("authorization", format!("Bearer {OPENAI_ADMIN_KEY}"))
///     .body(bytes::Bytes::new())
///     .unwrap();
/// assert_eq!(sandbox.handle(request).await.status(), 200);
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example());
/// ```
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    clock: Clock,
    seed: Seed,
    faults: Faults,
    state: Mutex<State>,
}

struct State {
    behaviour: Behaviour,
    requests: u64,
    log: Log,
    openai: openai::state::State,
    cloudflare: cloudflare::state::State,
    patchworks: patchworks::state::State,
    apinizer: apinizer::state::State,
    // new-provider: field
}

/// Prepares a [`Sandbox`].
#[derive(Clone, Debug)]
pub struct Builder {
    seed: u64,
    clock: Clock,
    behaviour: Behaviour,
    certificates: bool,
    more: usize,
}

impl Builder {
    /// What keys, serial numbers and ids come from: the same seed and start time give the same bytes.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The clock, real time otherwise. The certificates' dates count from its time at [`build`](Self::build).
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// What to do where the vendors leave a choice.
    #[must_use]
    pub fn behaviour(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }

    /// Accounts, projects and connectors, but no certificates.
    #[must_use]
    pub fn without_certificates(mut self) -> Self {
        self.certificates = false;
        self
    }

    /// So many certificates more at OpenAI, out of force, to measure with. Where that is more than the vendor allows,
    /// it takes no upload.
    #[must_use]
    pub fn more_certificates(mut self, count: usize) -> Self {
        self.more = count;
        self
    }

    /// Makes the certificates, and the sandbox.
    #[must_use]
    pub fn build(self) -> Sandbox {
        let seed = Seed(self.seed);
        let fleet = if self.certificates {
            Fleet::make(seed, self.clock.now(), self.more)
        } else {
            Fleet::default()
        };
        let state = State {
            behaviour: self.behaviour,
            requests: 0,
            log: Log::default(),
            openai: openai::state::State::new(fleet.openai),
            cloudflare: cloudflare::state::State::new(fleet.cloudflare),
            patchworks: patchworks::state::State::new(fleet.patchworks),
            apinizer: apinizer::state::State::new(fleet.apinizer, fleet.jwks),
            // new-provider: state
        };
        Sandbox(Arc::new(Inner {
            clock: self.clock,
            seed,
            faults: Faults::default(),
            state: Mutex::new(state),
        }))
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            seed: 0,
            clock: Clock::real(),
            behaviour: Behaviour::default(),
            certificates: true,
            more: 0,
        }
    }
}

impl Sandbox {
    /// The seeded fleet, in real time.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Prepares a sandbox.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Answers one request. The path begins with the vendor's [prefix](Provider::prefix).
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let method = request.method().clone();
        let target = request
            .uri()
            .path_and_query()
            .map_or("/", |target| target.as_str())
            .to_owned();
        let own = Provider::from_path(request.uri().path())
            .map(|(provider, path)| (provider, path.to_owned()));

        let call = match own {
            None => None,
            Some((provider, path)) => Some((provider, Call::read(request, path).await)),
        };

        let mut state = self.state();
        state.requests += 1;
        let moment = Moment {
            now: self.0.clock.now(),
            seed: self.0.seed,
            number: state.requests,
        };
        let answered = match &call {
            None => unknown_provider(),
            Some((provider, call)) => state.answer(*provider, call, moment),
        };
        state.log.push(Seen {
            number: moment.number,
            at: moment.now,
            provider: call.map(|(provider, _)| provider),
            method,
            path: target,
            operation: answered.operation,
            status: answered.reply.status,
        });
        drop(state);

        answered
            .reply
            .header("date", http_date(moment.now))
            .into_response()
    }

    /// Breaks the connection of a request to come, once: of a request to the [port](Self::serve), or through the
    /// [transport](certfleet_http::Transport) in process. [`handle`](Self::handle) has no connection and breaks none.
    pub fn inject(&self, fault: Fault) {
        self.0.faults.push(fault);
    }

    /// The faults that have not happened yet.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.0.faults.all()
    }

    /// Takes back the faults that have not happened yet.
    pub fn forget_faults(&self) {
        self.0.faults.clear();
    }

    pub(crate) fn fault_of(&self, method: &Method, path: &str) -> Option<FaultPoint> {
        self.0.faults.take(method, path)
    }

    /// The accounts and what opens them. They are the same in every sandbox.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        accounts::all()
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The requests answered so far, oldest first; at most the last 65,536.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.state().log.all()
    }

    /// Empties the log of requests.
    pub fn forget_requests(&self) {
        self.state().log.clear();
    }

    /// What the sandbox holds.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let now = self.0.clock.now();
        let state = self.state();
        let mut records = state.openai.records();
        records.extend(state.cloudflare.records(now));
        records.extend(state.patchworks.records());
        records.extend(state.apinizer.records());
        // new-provider: records
        Snapshot {
            records,
            jwks: state.apinizer.jwks(),
        }
    }

    /// What it does where the vendors leave a choice.
    #[must_use]
    pub fn behaviour(&self) -> Behaviour {
        self.state().behaviour.clone()
    }

    /// Changes what it does, from the next request on.
    pub fn change_behaviour(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.state().behaviour);
    }

    /// A certificate to upload, in PEM: the same seed, clock and arguments give the same bytes.
    ///
    /// It is valid for so many days and six hours from now; with a negative number it has expired.
    #[must_use]
    pub fn sample(&self, sample: Sample, name: &str, days: i64) -> String {
        sample.make(
            Mint {
                seed: self.0.seed,
                start: self.0.clock.now(),
            },
            name,
            days,
        )
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("seed", &self.0.seed.0)
            .field("clock", &self.0.clock)
            .finish_non_exhaustive()
    }
}

impl State {
    fn answer(&mut self, provider: Provider, call: &Call, moment: Moment) -> Answered {
        let behaviour = &self.behaviour;
        match provider {
            // new-provider: answer
            Provider::OpenAi => openai::answer(&mut self.openai, &behaviour.openai, call, moment),
            Provider::Cloudflare => {
                cloudflare::answer(&mut self.cloudflare, &behaviour.cloudflare, call, moment)
            }
            Provider::Patchworks => {
                patchworks::answer(&mut self.patchworks, &behaviour.patchworks, call, moment)
            }
            Provider::Apinizer => {
                apinizer::answer(&mut self.apinizer, &behaviour.apinizer, call, moment)
            }
        }
    }
}

fn unknown_provider() -> Answered {
    let providers: Vec<_> = Provider::ALL
        .iter()
        .map(|provider| provider.base_path())
        .collect();
    let body = json!({ "message": "No vendor answers here.", "base_paths": providers });
    Answered {
        operation: None,
        reply: Reply::json(StatusCode::NOT_FOUND, &body),
    }
}

fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
