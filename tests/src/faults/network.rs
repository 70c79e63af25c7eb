//! A network that fails as told, in virtual time.

use crate::Reply;
use certfleet_http::{
    BoxFuture, Bytes, Class, RawResponse, Reason, Request, SendError, StatusCode, Transport,
};
use certfleet_sandbox::Sandbox;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long a server may pause within an answer, as the real network has it.
const IDLE: Duration = Duration::from_secs(15);

/// What happens to one attempt.
#[derive(Debug, Clone)]
pub enum Step {
    /// It ends before a byte of the request left, after so long.
    Unsent(Reason, Duration),
    /// The whole request arrives, and the connection breaks before an answer.
    Lost,
    /// The whole request arrives, and no answer comes.
    Hangs,
    /// The operation's documented success.
    Done,
    /// This answer.
    Answer(Reply),
    /// The head of this answer, and the connection breaks.
    Breaks(Reply),
    /// The head of this answer, a byte now and then, and no end.
    Drips(Reply),
    /// The head of this answer, and then nothing.
    Stalls(Reply),
    /// This answer with a body that is longer than allowed.
    TooLarge(Reply),
}

/// One attempt as the network saw it.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// When it began.
    pub began: Instant,
    /// When it ended; `None` where its caller went away.
    pub ended: Option<Instant>,
    /// Whether the whole request arrived.
    pub arrived: bool,
    /// The host it went to.
    pub host: String,
}

/// Plays its steps one after the other, the last one for ever.
#[derive(Debug, Clone)]
pub struct Faulty {
    steps: Arc<Mutex<VecDeque<Step>>>,
    behind: Behind,
    attempts: Arc<Mutex<Vec<Attempt>>>,
}

/// What is at the other end of the network.
#[derive(Debug, Clone)]
enum Behind {
    /// Nobody: a success is this answer, whatever was asked.
    Nobody(Reply),
    /// A vendor who keeps what it is told. Only writes meet the steps.
    Vendor {
        sandbox: Sandbox,
        /// Whether it has carried out what arrived, where the step keeps the answer back.
        carries_out: bool,
        /// Whether it can still be read once a write was tried.
        readable: bool,
    },
}

impl Faulty {
    /// A network that does this; `done` is the operation's documented success.
    pub fn new(steps: &[Step], done: Reply) -> Self {
        Self {
            steps: Arc::new(Mutex::new(steps.iter().cloned().collect())),
            behind: Behind::Nobody(done),
            attempts: Arc::default(),
        }
    }

    /// A network before a sandbox, for its writes; reads pass it. Where a step keeps back or replaces the
    /// answer to a request that arrived, `carries_out` says whether the sandbox was asked nonetheless.
    pub fn before(sandbox: &Sandbox, steps: &[Step], carries_out: bool) -> Self {
        Self {
            steps: Arc::new(Mutex::new(steps.iter().cloned().collect())),
            behind: Behind::Vendor {
                sandbox: sandbox.clone(),
                carries_out,
                readable: true,
            },
            attempts: Arc::default(),
        }
    }

    /// The same, where every read breaks once a write was tried.
    #[must_use]
    pub fn blind(mut self) -> Self {
        if let Behind::Vendor { readable, .. } = &mut self.behind {
            *readable = false;
        }
        self
    }

    /// What it saw.
    ///
    /// # Panics
    /// A test panicked while it held the list.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.attempts.lock().expect("no panic while held").clone()
    }

    fn next(&self) -> Step {
        let mut steps = self.steps.lock().expect("no panic while held");
        if steps.len() > 1 {
            steps.pop_front().expect("there are some")
        } else {
            steps.front().cloned().unwrap_or(Step::Done)
        }
    }
}

fn head(reply: Reply) -> RawResponse {
    RawResponse {
        body: Bytes::new(),
        ..reply.answer()
    }
}

impl Faulty {
    /// Notes that an attempt began. Its number.
    fn begin(&self, request: &Request, step: &Step) -> usize {
        let mut attempts = self.attempts.lock().expect("no panic while held");
        attempts.push(Attempt {
            began: Instant::now(),
            ended: None,
            arrived: !matches!(step, Step::Unsent(..)),
            host: request.url().host_str().unwrap_or_default().to_owned(),
        });
        attempts.len() - 1
    }

    async fn play(
        &self,
        step: Step,
        request: &Request,
        body_limit: usize,
        deadline: Duration,
    ) -> Result<RawResponse, SendError> {
        if let Behind::Vendor {
            sandbox,
            carries_out: true,
            ..
        } = &self.behind
            && !matches!(step, Step::Unsent(..) | Step::Done)
        {
            sandbox.send(request, body_limit, deadline).await?;
        }
        let timeout = || SendError::maybe_sent("timeout").because(Reason::Timeout);
        let too_large = |reply| {
            SendError::maybe_sent("too long")
                .because(Reason::TooLarge)
                .after(head(reply))
        };
        match step {
            Step::Unsent(reason, after) => {
                sleep(after).await;
                Err(SendError::not_sent("no way there").because(reason))
            }
            Step::Lost => Err(SendError::maybe_sent("connection reset")),
            Step::Hangs => {
                sleep(deadline).await;
                Err(timeout())
            }
            Step::Done => match &self.behind {
                Behind::Nobody(done) => Ok(done.clone().answer()),
                Behind::Vendor { sandbox, .. } => sandbox.send(request, body_limit, deadline).await,
            },
            Step::Answer(reply) if reply.body.len() > body_limit => Err(too_large(reply)),
            Step::Answer(reply) => Ok(reply.answer()),
            Step::Breaks(reply) => {
                Err(SendError::maybe_sent("connection reset").after(head(reply)))
            }
            Step::Drips(reply) => {
                sleep(deadline).await;
                Err(timeout().after(head(reply)))
            }
            Step::Stalls(reply) => {
                sleep(deadline.min(IDLE)).await;
                Err(timeout().after(head(reply)))
            }
            Step::TooLarge(reply) => Err(too_large(reply)),
        }
    }
}

impl Transport for Faulty {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        if let Behind::Vendor {
            sandbox, readable, ..
        } = &self.behind
            && request.operation().class == Class::Read
        {
            let tried = !self
                .attempts
                .lock()
                .expect("no panic while held")
                .is_empty();
            return if tried && !readable {
                Box::pin(async { Err(SendError::maybe_sent("the list breaks off")) })
            } else {
                sandbox.send(request, body_limit, deadline)
            };
        }
        let step = self.next();
        let number = self.begin(request, &step);
        Box::pin(async move {
            let result = self.play(step, request, body_limit, deadline).await;
            let mut attempts = self.attempts.lock().expect("no panic while held");
            attempts[number].ended = Some(Instant::now());
            result
        })
    }
}

/// A status.
///
/// # Panics
/// It is none.
pub fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).expect("a status")
}
