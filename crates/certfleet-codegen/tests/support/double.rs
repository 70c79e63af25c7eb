//! A transport that gives one answer and keeps what was asked.

use certfleet_http::{RawResponse, BoxFuture, HeaderMap, Request, SendError, StatusCode, Transport};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

#[derive(Debug)]
pub(crate) struct Double {
    status: u16,
    media_type: &'static str,
    body: &'static str,
    asked: Mutex<Vec<Request>>,
}

impl Double {
    pub(crate) fn answering(status: u16, media_type: &'static str, body: &'static str) -> Arc<Self> {
        Arc::new(Self {
            status,
            media_type,
            body,
            asked: Mutex::default(),
        })
    }

    /// What was asked is what was meant.
    pub(crate) fn check(
        &self,
        call: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) {
        let asked = self.asked.lock().unwrap();
        let [request] = asked.as_slice() else {
            panic!("{} requests", asked.len());
        };
        let url = request.url();
        let mut address = url.clone();
        address.set_query(None);
        assert_eq!(format!("{} {address}", request.operation().method), call);
        let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        pairs.sort();
        let mut expected: Vec<(String, String)> = query
            .iter()
            .map(|(name, value)| (String::from(*name), String::from(*value)))
            .collect();
        expected.sort();
        assert_eq!(pairs, expected);
        for (name, value) in headers {
            assert_eq!(request.headers().get(*name).unwrap(), value);
        }
        let sent = String::from_utf8(request.body().to_vec()).unwrap();
        match body {
            None => assert_eq!(sent, ""),
            Some(body) if body.starts_with("form: ") => {
                for part in body.trim_start_matches("form: ").split(", ") {
                    // A name, how often it is sent, and with what.
                    let (name, rest) = part.split_once('*').unwrap();
                    let (count, value) = rest.split_once('=').unwrap();
                    let parts: Vec<&str> = sent
                        .split("\r\n--")
                        .filter(|part| part.contains(&format!("name=\"{name}\"")))
                        .collect();
                    assert_eq!(parts.len(), count.parse::<usize>().unwrap(), "{name}: {sent}");
                    for part in parts {
                        assert_eq!(part.split_once("\r\n\r\n").unwrap().1, value, "{sent}");
                    }
                }
            }
            Some(body) if body.starts_with("pairs: ") => {
                let url = certfleet_http::Url::parse(&format!("x:/?{sent}")).unwrap();
                let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
                pairs.sort();
                let mut meant: Vec<(String, String)> = json(body.trim_start_matches("pairs: "));
                meant.sort();
                assert_eq!(pairs.len(), meant.len(), "{sent}\n{meant:?}");
                for ((name, value), (meant_name, meant)) in pairs.iter().zip(&meant) {
                    assert_eq!(name, meant_name, "{sent}");
                    if meant.starts_with(['{', '[']) {
                        let (value, meant) = (json(value), json(meant));
                        assert!(holds(&value, &meant) && holds(&meant, &value), "{sent}");
                    } else {
                        assert_eq!(value, meant, "{sent}");
                    }
                }
            }
            Some(body) if body.starts_with("bytes: ") => {
                assert_eq!(sent, body.trim_start_matches("bytes: "));
            }
            Some(body) if body.starts_with("exactly: ") => {
                let (sent, meant): (serde_json::Value, serde_json::Value) =
                    (json(&sent), json(body.trim_start_matches("exactly: ")));
                assert_eq!(sent, meant);
            }
            Some(body) => {
                let (sent, meant) = (json(&sent), json(body));
                assert!(holds(&sent, &meant) && holds(&meant, &sent), "sent {sent}\nmeant {meant}");
            }
        }
    }
}

impl Transport for Double {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        self.asked.lock().unwrap().push(request.clone());
        let mut headers = HeaderMap::new();
        headers.insert("content-type", self.media_type.parse().unwrap());
        let answer = RawResponse {
            status: StatusCode::from_u16(self.status).unwrap(),
            headers,
            body: self.body.as_bytes().to_vec().into(),
        };
        Box::pin(async move { Ok(answer) })
    }
}

/// A value of any type.
pub(crate) fn json<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What was read is what was sent, where the type can say it: secrets cannot.
pub(crate) fn same(value: &impl serde::Serialize, sent: &str) {
    if let Ok(read) = serde_json::to_value(value) {
        let sent: serde_json::Value = json(sent);
        assert!(holds(&read, &sent), "read {read}\nsent {sent}");
    }
}

/// Whether every member of one is in the other. Null, empty and absent are the same.
fn holds(read: &serde_json::Value, sent: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (read, sent) {
        (Value::Object(read), Value::Object(sent)) => sent.iter().all(|(name, value)| {
            match read.get(name) {
                Some(read) => holds(read, value),
                None => [serde_json::json!(null), serde_json::json!([]), serde_json::json!({})].contains(value),
            }
        }),
        (Value::Array(read), Value::Array(sent)) => {
            read.len() == sent.len() && read.iter().zip(sent).all(|(read, sent)| holds(read, sent))
        }
        (read, sent) => read == sent,
    }
}
