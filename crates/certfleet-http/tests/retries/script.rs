//! A transport that plays a script, and a session over it.

use crate::support::builder;
use certfleet_http::{
    BoxFuture, HeaderMap, RawResponse, Reason, Request, SendError, Session, StatusCode, Transport,
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

/// What happens to one attempt.
#[derive(Debug, Clone)]
pub(crate) enum Then {
    Responds(u16, &'static [(&'static str, &'static str)], &'static str),
    Refused,
    Lost,
    Hangs,
    BreaksAfter(u16),
    /// Responds, and its body takes so long after its head.
    Slowly(&'static [(&'static str, &'static str)], Duration),
}

pub(crate) const DONE: Then = Then::Responds(200, &[], r#"{"id":"a"}"#);

/// Plays its steps one after the other, the last one for ever, and keeps when each was asked for and with
/// which credentials.
#[derive(Debug)]
pub(crate) struct Script {
    steps: Mutex<VecDeque<Then>>,
    pub(crate) seen: Mutex<Vec<(Instant, String)>>,
    takes: Duration,
}

impl Script {
    pub(crate) fn new(steps: impl IntoIterator<Item = Then>) -> Arc<Self> {
        Self::slow(Duration::ZERO, steps)
    }

    pub(crate) fn slow(takes: Duration, steps: impl IntoIterator<Item = Then>) -> Arc<Self> {
        Arc::new(Self {
            steps: Mutex::new(steps.into_iter().collect()),
            seen: Mutex::default(),
            takes,
        })
    }

    pub(crate) fn times(&self) -> Vec<Instant> {
        self.seen
            .lock()
            .unwrap()
            .iter()
            .map(|seen| seen.0)
            .collect()
    }

    pub(crate) fn waits(&self) -> Vec<f64> {
        let times = self.times();
        times
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).as_secs_f64())
            .collect()
    }
}

pub(crate) fn response(
    status: u16,
    headers: &[(&'static str, &str)],
    body: &'static str,
) -> RawResponse {
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
                Then::Slowly(headers, body) => {
                    request.head_arrived();
                    tokio::time::sleep(body).await;
                    Ok(response(200, headers, r#"{"id":"a"}"#))
                }
                Then::BreaksAfter(status) => {
                    Err(SendError::maybe_sent("reset").after(response(status, &[], "")))
                }
            }
        })
    }
}

pub(crate) fn session(script: &Arc<Script>) -> Session {
    builder()
        .base_url("http://localhost")
        .transport(script.clone())
        .seed(1)
        .build()
        .unwrap()
}
