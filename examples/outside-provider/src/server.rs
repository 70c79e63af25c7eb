//! Lantern itself, in memory. certfleet reaches it through the interface that every transport implements,
//! so that nothing listens on a port and every run is the same.

use certfleet::{
    Secret,
    http::{
        BoxFuture, Bytes, HeaderMap, Method, RawResponse, Request, SendError, StatusCode, Transport,
    },
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The vendor, with some certificates.
#[derive(Debug)]
pub struct Server {
    records: Mutex<BTreeMap<u64, Value>>,
}

impl Server {
    /// Returns a server with three certificates, on two listeners and on none.
    pub fn new() -> Self {
        let web = include_str!("../certificates/web.pem");
        let api = include_str!("../certificates/api.pem");
        let records = [
            record(1, "web", web, Some("public"), "live"),
            record(2, "api", api, Some("internal"), "draining"),
            record(3, "web-spare", web, None, "stored"),
        ];
        Self {
            records: Mutex::new((1..).zip(records).collect()),
        }
    }

    /// Returns the token that it accepts.
    pub fn token() -> Secret {
        Secret::new("lantern-example-token")
    }

    fn answer(&self, request: &Request) -> (u16, Value) {
        let expected = format!("Bearer {}", Self::token().expose());
        let given = request.headers().get("authorization");
        if given.is_none_or(|given| given.as_bytes() != expected.as_bytes()) {
            return refusal(401, "the token is not valid");
        }
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let path = request.url().path();
        let id = path.strip_prefix("/v1/certificates/");
        match (&request.operation().method, id) {
            (&Method::GET, None) => page(&records, request),
            (&Method::POST, None) => upload(&mut records, request.body()),
            (method, Some(id)) => {
                let number = id.parse().ok().filter(|id| records.contains_key(id));
                match number {
                    None => refusal(404, "there is no such certificate"),
                    Some(id) if method == Method::DELETE => {
                        records.remove(&id);
                        (204, Value::Null)
                    }
                    Some(id) => (200, records.get(&id).cloned().unwrap_or_default()),
                }
            }
            _ => refusal(405, "there is no such operation"),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

fn record(id: u64, name: &str, pem: &str, listener: Option<&str>, status: &str) -> Value {
    json!({
        "id": id.to_string(), "name": name, "pem": pem, "listener": listener, "status": status,
    })
}

fn refusal(status: u16, message: &str) -> (u16, Value) {
    (status, json!({ "error": { "message": message } }))
}

/// Answers with the records after the cursor.
fn page(records: &BTreeMap<u64, Value>, request: &Request) -> (u16, Value) {
    let query = |name: &str| {
        let mut pairs = request.url().query_pairs();
        let found = pairs.find(|(key, _)| key == name);
        found.and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let after = query("after").unwrap_or(0);
    let limit = usize::try_from(query("limit").unwrap_or(10)).unwrap_or(10);
    let found: Vec<_> = records.range(after + 1..).take(limit).collect();
    let last = found.last().map_or(after, |(id, _)| **id);
    let more = records.range(last + 1..).next().is_some();
    let data: Vec<&Value> = found.into_iter().map(|(_, record)| record).collect();
    let next = more.then(|| last.to_string());
    (200, json!({ "data": data, "next": next }))
}

fn upload(records: &mut BTreeMap<u64, Value>, body: &[u8]) -> (u16, Value) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let (Some(name), Some(pem)) = (text("name"), text("pem")) else {
        return refusal(422, "name and pem are needed");
    };
    let listener = text("listener");
    let id = records.keys().last().map_or(1, |last| last + 1);
    let status = listener.map_or("stored", |_| "live");
    let made = record(id, name, pem, listener, status);
    records.insert(id, made.clone());
    (201, made)
}

impl Transport for Server {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        _body_limit: usize,
        _deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        let (status, body) = self.answer(request);
        let mut headers = HeaderMap::new();
        if let Ok(json) = "application/json".parse() {
            headers.insert("content-type", json);
        }
        let body = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(body.to_string())
        };
        Box::pin(async move {
            Ok(RawResponse {
                status: StatusCode::from_u16(status).unwrap_or_default(),
                headers,
                body,
            })
        })
    }
}
