//! A transport whose answers are written by the test.

use certfleet_http::{
    BoxFuture, Bytes, HeaderMap, RawResponse, Request, SendError, StatusCode, Transport,
};
use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

/// An answer to give.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// JSON, with the request id `req_test` under every name that a vendor has for it.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        let id = || "req_test".to_owned();
        Self {
            status,
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("x-request-id", id()),
                ("cf-ray", id()),
            ],
            body: body.into(),
        }
    }

    /// The same with another header; one of that name is replaced.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.into()));
        self
    }

    /// The same with one more header.
    #[must_use]
    pub fn another(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// As a transport gives it.
    ///
    /// # Panics
    /// A status or a header is none.
    pub fn answer(self) -> RawResponse {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            headers.append(name, value.parse().expect("a value"));
        }
        RawResponse {
            status: StatusCode::from_u16(self.status).expect("a status"),
            headers,
            body: self.body,
        }
    }
}

type Script = dyn Fn(usize, &Request) -> Reply + Send + Sync;

/// Answers every request by a script, and keeps what was asked.
#[derive(Clone)]
pub struct Scripted {
    script: Arc<Script>,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Scripted {
    /// Answers with status and JSON body. The script gets the request's number, from 0.
    pub fn new(script: impl Fn(usize, &Request) -> (u16, String) + Send + Sync + 'static) -> Self {
        Self::replying(move |number, request| {
            let (status, body) = script(number, request);
            Reply::json(status, body)
        })
    }

    /// Answers with anything. The script gets the request's number, from 0.
    pub fn replying(script: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            script: Arc::new(script),
            asked: Arc::default(),
        }
    }

    /// Always the same answer.
    pub fn always(status: u16, body: &str) -> Self {
        Self::reply(Reply::json(status, body.to_owned()))
    }

    /// Always the same answer, whatever it is.
    pub fn reply(reply: Reply) -> Self {
        Self::replying(move |_, _| reply.clone())
    }

    /// The requests so far: method, path and query.
    pub fn asked(&self) -> Vec<String> {
        let line = |request: &Request| {
            let url = request.url();
            let query = url
                .query()
                .map_or(String::new(), |query| format!("?{query}"));
            format!("{} {}{query}", request.operation().method, url.path())
        };
        self.requests().iter().map(line).collect()
    }

    /// The requests so far, whole.
    ///
    /// # Panics
    /// A test panicked while it held the list.
    pub fn requests(&self) -> Vec<Request> {
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
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        let mut asked = self.asked.lock().expect("no panic while held");
        let answer = (self.script)(asked.len(), request).answer();
        asked.push(request.clone());
        Box::pin(async move { Ok(answer) })
    }
}
