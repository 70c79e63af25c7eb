//! What the targets share: one answer, read by a client.

use certfleet_http::{
    BoxFuture, Bytes, Error, HeaderMap, InBandFailure, Operation, RawResponse, Request, Response,
    Retry, SendError, Session, StatusCode, Transport,
};
use serde::de::DeserializeOwned;
use std::{
    cell::RefCell,
    sync::{Arc, Mutex},
    time::Duration,
};

/// What no message may hold.
pub const CANARY: &str = "token-canary";

/// Gives its answers one after the other, the last one for ever.
#[derive(Debug, Default)]
pub struct Answers(Mutex<Vec<RawResponse>>);

impl Answers {
    /// These answers, in this order.
    pub fn new(answers: impl IntoIterator<Item = RawResponse>) -> Arc<Self> {
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.reverse();
        Arc::new(Self(Mutex::new(answers)))
    }
}

impl Transport for Answers {
    fn send<'a>(
        &'a self,
        _: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        let mut answers = self.0.lock().expect("no panic while held");
        let answer = match answers.len() {
            0 => Err(SendError::not_sent("no answer")),
            1 => Ok(answers[0].clone()),
            _ => Ok(answers.pop().expect("there are some")),
        };
        Box::pin(async move { answer })
    }
}

/// A JSON answer.
pub fn answer(status: u16, headers: &[(&'static str, &[u8])], body: &[u8]) -> RawResponse {
    let mut map = HeaderMap::new();
    map.insert("content-type", "application/json".parse().expect("a value"));
    for (name, value) in headers {
        if let Ok(value) = (*value).try_into() {
            if *name == "content-type" {
                map.insert(*name, value);
            } else {
                map.append(*name, value);
            }
        }
    }
    RawResponse {
        status: StatusCode::from_u16(status).unwrap_or(StatusCode::OK),
        headers: map,
        body: Bytes::copy_from_slice(body),
    }
}

/// Runs to its end, in virtual time.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: RefCell<tokio::runtime::Runtime> = RefCell::new(
            tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .expect("a runtime"),
        );
    }
    RUNTIME.with_borrow(|runtime| runtime.block_on(future))
}

/// A session that gets this answer and sends once.
pub fn session(
    builder: certfleet_http::SessionBuilder,
    answers: impl IntoIterator<Item = RawResponse>,
) -> Session {
    builder
        .base_url("http://localhost")
        .transport(Answers::new(answers))
        .retry(Retry::off())
        .build()
        .expect("a session")
}

/// Reads an answer as an operation's success, and holds what is shown of an error.
pub fn read<T: DeserializeOwned + InBandFailure>(
    session: &Session,
    operation: &'static Operation,
) -> Result<Response<T>, Error> {
    let mut request = session.request(operation);
    for part in operation.path.split('{').skip(1) {
        let name = part.split('}').next().unwrap_or_default();
        request = request.path(name, "x");
    }
    let result = run(session.json::<T>(request.build().expect("a request")));
    if let Err(error) = &result {
        let shown = format!("{error} {error:?} {:?}", error.headers());
        assert!(!shown.contains(CANARY), "{shown}");
        assert!(
            !shown.contains(['\u{1b}', '\u{7}', '\u{202e}']),
            "{shown:?}"
        );
    }
    result
}
