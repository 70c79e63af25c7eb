//! A transport that gives an answer, a session over it, and what may stand in the error.

use crate::support::{API, BEARER, CREATE, Thing};
use certfleet_http::{
    Attempt, Authorization, BoxFuture, ByStatus, Bytes, Call, Error, Expect, HeaderMap, Observer,
    RawResponse, Request, Retry, Secret, SendError, Session, SessionBuilder, StatusCode, Transport,
    read_json,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// Mixed case, as real ones are, and longer than any word of a message that is shortened.
pub(crate) const TOKEN: &str =
    "CanaryToken-4711-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz-CanaryEnd";

#[derive(Debug)]
pub(crate) struct Echo(Mutex<Vec<Result<RawResponse, SendError>>>);

impl Transport for Echo {
    fn send<'a>(
        &'a self,
        _: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        let answer = self.0.lock().unwrap().pop().unwrap();
        Box::pin(async move { answer })
    }
}

/// Keeps what an observer is told.
#[derive(Debug, Default)]
pub(crate) struct Told(pub(crate) Mutex<Vec<String>>);

impl Observer for Told {
    fn ended(&self, call: &Call) {
        self.0.lock().unwrap().push(format!("{call:?}"));
    }

    fn attempted(&self, attempt: &Attempt) {
        self.0.lock().unwrap().push(format!("{attempt:?}"));
    }
}

pub(crate) fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> RawResponse {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    RawResponse {
        status: StatusCode::from_u16(status).unwrap(),
        headers: map,
        body: body.to_owned().into(),
    }
}

pub(crate) fn session(answer: Result<RawResponse, SendError>, told: &Arc<Told>) -> Session {
    let authorization = Authorization::new(&BEARER, &[&Secret::new(TOKEN)]);
    SessionBuilder::new(&API, authorization)
        .base_url("http://localhost")
        .transport(Arc::new(Echo(Mutex::new(vec![answer]))))
        .observer(told.clone())
        .retry(Retry::off())
        .build()
        .unwrap()
}

/// No text of an error, of whatever it keeps, and of what is recorded holds a part of the token.
pub(crate) fn check(place: &str, error: &Error, told: &Told) {
    let body = error.body().map(|body| String::from_utf8_lossy(body));
    let texts = [
        error.to_string(),
        format!("{error:?}"),
        error.detail().to_owned(),
        format!("{:?}", error.vendor()),
        format!("{:?}", error.request_id()),
        format!("{:?}", error.headers()),
        format!("{body:?}"),
        told.0.lock().unwrap().join("\n"),
    ];
    for text in texts {
        let text = text.to_lowercase();
        assert!(!text.contains("canary"), "{place}: {text}");
        assert!(!text.contains("abcdefghij"), "{place}: {text}");
    }
}

/// A success of a type for each status.
struct Read;

impl ByStatus for Read {
    fn expect(_: u16) -> Expect {
        Expect::Json
    }

    fn read(_: u16, body: &Bytes) -> Result<Self, String> {
        read_json::<Thing>(body).map(|_| Self)
    }
}

/// The ways to read a success.
pub(crate) const READERS: [&str; 4] = ["json", "by_status", "bytes", "nothing"];

pub(crate) async fn read_as(reader: &str, session: &Session) -> Result<Option<String>, Error> {
    let request = session.request(&CREATE).path("id", "x").build().unwrap();
    let call = match reader {
        "json" => session.json::<Thing>(request).await?.call().clone(),
        "by_status" => session.by_status::<Read>(request).await?.call().clone(),
        "bytes" => session.bytes(request).await?.call().clone(),
        _ => session.nothing(request).await?.call().clone(),
    };
    Ok(call.request_id)
}
