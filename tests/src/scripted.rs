//! A transport whose answers are written by the test.

use certfleet_http::{Answer, BoxFuture, Bytes, HeaderMap, Request, SendError, StatusCode, Transport};
use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

type Script = dyn Fn(usize, &Request) -> (u16, String) + Send + Sync;

/// Answers every request by a script, and keeps what was asked.
#[derive(Clone)]
pub struct Scripted {
    script: Arc<Script>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// Answers with status and JSON body. The script gets the request's number, from 0.
    pub fn new(script: impl Fn(usize, &Request) -> (u16, String) + Send + Sync + 'static) -> Self {
        Self {
            script: Arc::new(script),
            asked: Arc::default(),
        }
    }

    /// Always the same answer.
    pub fn always(status: u16, body: &str) -> Self {
        let body = body.to_owned();
        Self::new(move |_, _| (status, body.clone()))
    }

    /// The requests so far: method, path and query.
    ///
    /// # Panics
    /// A test panicked while it held the list.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic while held").clone()
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

impl Transport for Scripted {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<Answer, SendError>> {
        let url = request.url();
        let query = url.query().map_or(String::new(), |query| format!("?{query}"));
        let mut asked = self.asked.lock().expect("no panic while held");
        let (status, body) = (self.script)(asked.len(), request);
        asked.push(format!("{} {}{query}", request.operation().method, url.path()));
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().expect("a value"));
        headers.insert("x-request-id", "req_test".parse().expect("a value"));
        let answer = Answer {
            status: StatusCode::from_u16(status).expect("a status"),
            headers,
            body: Bytes::from(body),
        };
        Box::pin(async move { Ok(answer) })
    }
}
