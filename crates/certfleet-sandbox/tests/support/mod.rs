//! What the tests share.

#![allow(dead_code, reason = "each test file uses its part")]

use std::time::Duration;

use bytes::Bytes;
use certfleet_sandbox::{Account, Clock, Provider, Sandbox};
use certfleet_tests::contract::{Contract, validate};
use chrono::{DateTime, Utc};
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;

/// When every test begins.
pub(crate) fn start() -> DateTime<Utc> {
    "2026-06-01T09:30:00Z".parse().unwrap()
}

/// A sandbox at a fixed time.
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::builder()
        .seed(7)
        .clock(Clock::fixed(start()))
        .build()
}

/// The account of this name.
pub(crate) fn account(sandbox: &Sandbox, name: &str) -> Account {
    sandbox
        .accounts()
        .into_iter()
        .find(|account| account.name == name)
        .unwrap()
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    /// Asserts the status, and gives the body.
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }
}

/// Sends requests to one account, and holds every answer against the vendor's document.
#[derive(Clone)]
pub(crate) struct Client {
    /// Off where the sandbox was told to behave otherwise than documented.
    pub(crate) as_documented: bool,
    pub(crate) sandbox: Sandbox,
    pub(crate) base: String,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Client {
    /// With the account's first credential.
    pub(crate) fn new(sandbox: &Sandbox, name: &str) -> Self {
        let account = account(sandbox, name);
        let mut headers = account.credentials[0].headers();
        headers.push(("accept", "application/json".to_owned()));
        Self {
            as_documented: true,
            sandbox: sandbox.clone(),
            base: account.base_path.to_owned(),
            headers,
        }
    }

    /// From here on the sandbox behaves otherwise than documented.
    pub(crate) fn undocumented(&self) -> Self {
        Self {
            as_documented: false,
            ..self.clone()
        }
    }

    pub(crate) fn with_headers(&self, headers: Vec<(&'static str, String)>) -> Self {
        Self {
            headers,
            ..self.clone()
        }
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let request = request.body(body.into()).unwrap();
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.sandbox.handle(request).await;
        let (parts, body) = response.into_parts();
        let document = Contract::get().document(path.split('/').nth(1).unwrap());
        if let Some((operation, _)) = document.find(method.as_str(), &path)
            && self.as_documented
        {
            let verdict = validate::answer(operation, parts.status.as_u16(), &parts.headers, &body);
            assert_eq!(verdict.problems, [""; 0], "not as documented");
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Bytes::new()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, Bytes::new()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(
            Method::POST,
            path,
            Some("application/json"),
            body.to_string(),
        )
        .await
    }

    pub(crate) async fn form(&self, method: Method, path: &str, form: &Form) -> Answer {
        self.send(
            method,
            path,
            Some("multipart/form-data; boundary=BOUNDARY"),
            form.body(),
        )
        .await
    }
}

/// A multipart body.
#[derive(Clone, Default)]
pub(crate) struct Form(Vec<(String, bool, Vec<u8>)>);

impl Form {
    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        self.0
            .push((name.to_owned(), false, value.as_bytes().to_vec()));
        self
    }

    pub(crate) fn file(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.0.push((name.to_owned(), true, content.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(other, _, _)| other != name);
        self
    }

    /// The same with another text.
    pub(crate) fn replace(self, name: &str, value: &str) -> Self {
        self.without(name).text(name, value)
    }

    fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, is_file, content) in &self.0 {
            let file = if *is_file {
                "; filename=\"file\"\r\nContent-Type: application/octet-stream"
            } else {
                ""
            };
            let head = format!(
                "--BOUNDARY\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--BOUNDARY--\r\n");
        body
    }
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The id of the record of this name.
pub(crate) fn id_of(sandbox: &Sandbox, provider: Provider, name: &str) -> String {
    let snapshot = sandbox.snapshot();
    let record = snapshot
        .of(provider)
        .find(|record| record.name.as_deref() == Some(name));
    record.unwrap_or_else(|| panic!("no {name}")).id.clone()
}
