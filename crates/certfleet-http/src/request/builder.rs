//! A request: an operation and its parameters.

use super::{
    base_url::BaseUrl,
    cookie,
    multipart::Form,
    prepared::{Arrival, Request},
    segment,
    urlencoded::{FieldStyle, Pairs},
};
use crate::{
    api::{Expect, Operation, Server},
    percent,
    response::Error,
    secrets::{Secret, erase, secrets_in},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// A builder that fills an operation. [`build`](Self::build) fails with the first parameter that
/// cannot be sent.
#[must_use]
pub struct RequestBuilder {
    operation: &'static Operation,
    server: Option<&'static Server>,
    base: BaseUrl,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
    secrets: Vec<Secret>,
    error: Option<Error>,
}

impl RequestBuilder {
    pub(crate) fn new(operation: &'static Operation, base: BaseUrl) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCEPT,
            HeaderValue::from_static(match operation.expect {
                Expect::Bytes => "*/*",
                Expect::Json | Expect::Nothing => "application/json",
            }),
        );
        Self {
            operation,
            server: None,
            base,
            path: operation.path.to_owned(),
            query: Vec::new(),
            headers,
            body: Bytes::new(),
            secrets: Vec::new(),
            error: None,
        }
    }

    /// Creates a builder for an address of its own, or for a request that fails with its error.
    pub(crate) fn at(
        operation: &'static Operation,
        server: &'static Server,
        base: Result<BaseUrl, Error>,
        otherwise: &BaseUrl,
    ) -> Self {
        let (base, error) = match base {
            Ok(base) => (base, None),
            Err(error) => (otherwise.clone(), Some(error)),
        };
        Self {
            server: Some(server),
            error,
            ..Self::new(operation, base)
        }
    }

    /// Sets a path parameter. An empty value, dots, slashes, backslashes, control characters and
    /// more than 256 bytes are refused.
    pub fn path(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.segment(name, segment::encode(&value.to_string()));
        self
    }

    /// Sets a path parameter that may hold slashes, which are sent as `%2F`: the vendor reads a path in it.
    /// Each of its steps has to be a value that [`path`](Self::path) accepts.
    pub fn path_with_slashes(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.segment(name, segment::encode_path(&value.to_string()));
        self
    }

    fn segment(&mut self, name: &str, encoded: Result<String, &'static str>) {
        match encoded {
            Ok(encoded) => self.path = self.path.replace(&format!("{{{name}}}"), &encoded),
            Err(why) => self.fail(
                name,
                format!("{why}: it cannot name one object. Check the identifier"),
            ),
        }
    }

    /// Adds a query parameter: nothing for `null`, one pair for a scalar, one pair for each item of
    /// a list.
    pub fn query(mut self, name: &str, value: &impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(Value::Null) => {}
            Ok(Value::Array(items)) => {
                for item in items {
                    self.push_query(name, item);
                }
            }
            Ok(item) => self.push_query(name, item),
            Err(_) => self.fail(name, "cannot be written as a query parameter"),
        }
        self
    }

    fn push_query(&mut self, name: &str, value: Value) {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                return self.fail(
                    name,
                    "is nested: a query parameter holds one value or a list of values",
                );
            }
        };
        self.query.push((name.to_owned(), text));
    }

    /// Adds a header, or nothing for `null`.
    pub fn header(mut self, name: &str, value: &impl Serialize) -> Self {
        let Some(text) = self.text(name, value, "header") else {
            return self;
        };
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&text),
        ) {
            (Ok(name), Ok(value)) => {
                self.headers.append(name, value);
            }
            _ => self.fail(name, "holds a character that no header can carry"),
        }
        self
    }

    /// Adds a cookie, or nothing for `null`. Its value is percent-encoded.
    pub fn cookie(mut self, name: &str, value: &impl Serialize) -> Self {
        let Some(text) = self.text(name, value, "cookie") else {
            return self;
        };
        if cookie::add(&mut self.headers, name, &percent::encoded(&text), false).is_err() {
            self.fail(name, "holds a character that no cookie can carry");
        }
        self
    }

    /// A single value as a text; `None` for `null` and for what cannot be written.
    fn text(&mut self, name: &str, value: &impl Serialize, place: &str) -> Option<String> {
        match serde_json::to_value(value) {
            Ok(Value::Null) => None,
            Ok(Value::String(text)) => Some(text),
            Ok(Value::Number(number)) => Some(number.to_string()),
            Ok(Value::Bool(flag)) => Some(flag.to_string()),
            Ok(_) | Err(_) => {
                self.fail(name, format!("cannot be written as a {place}"));
                None
            }
        }
    }

    /// Sets a JSON body.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match erase::json(body) {
            Ok(bytes) => {
                self.secrets = self.secrets_in(body, &bytes);
                self.body = erase::body(bytes);
                self.headers.insert(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("application/json"),
                );
            }
            // serde_json's message may quote the value.
            Err(_) => self.fail("body", "cannot be written as JSON"),
        }
        self
    }

    /// Returns the secret members of a JSON body. They are read from its value: reading them from
    /// the text would leave copies of those with escapes in the parser's memory.
    fn secrets_in(&self, body: &impl Serialize, json: &[u8]) -> Vec<Secret> {
        let names = self.operation.request_secrets;
        if names.is_empty() {
            return Vec::new();
        }
        match serde_json::to_value(body) {
            Ok(value) => secrets_in(&erase::Erased(value).0, names),
            // It holds what only a text can, such as an integer of 128 bits.
            Err(_) => secrets_in(&mut serde_json::Deserializer::from_slice(json), names),
        }
    }

    /// Sets a multipart/form-data body.
    pub fn form(mut self, form: &Form) -> Self {
        let (content_type, body) = form.encode();
        self.body = body;
        self.secrets = form.secrets(self.operation.request_secrets);
        if let Ok(value) = HeaderValue::from_str(&content_type) {
            self.headers.insert(header::CONTENT_TYPE, value);
        }
        self
    }

    /// Sets an application/x-www-form-urlencoded body: one pair for each value, except for members
    /// with a style. `null` is left out.
    pub fn urlencoded(mut self, body: &impl Serialize, styles: &[(&str, FieldStyle)]) -> Self {
        let pairs = serde_json::to_value(body)
            // serde_json's message may quote the value.
            .map_err(|_| ("body".to_owned(), "cannot be written as a form"))
            .and_then(|form| {
                let form = erase::Erased(form);
                // Before a style hides where a member begins and ends.
                self.secrets = secrets_in(&form.0, self.operation.request_secrets);
                Pairs::from_object(&form.0, styles)
            });
        match pairs {
            Ok(pairs) => {
                self.body = erase::body(std::mem::take(&mut *pairs.encode()).into_bytes());
                self.headers.insert(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("application/x-www-form-urlencoded"),
                );
            }
            Err((name, why)) => self.fail(&name, why),
        }
        self
    }

    /// Sets a body of any other media type, unchanged.
    pub fn bytes(mut self, media_type: &'static str, body: &Bytes) -> Self {
        match HeaderValue::from_str(media_type) {
            Ok(value) => {
                // It may be JSON of a vendor's own type.
                let mut json = serde_json::Deserializer::from_slice(body);
                self.secrets = secrets_in(&mut json, self.operation.request_secrets);
                self.body = body.clone();
                self.headers.insert(header::CONTENT_TYPE, value);
            }
            Err(_) => self.fail("body", "has a media type that no header can carry"),
        }
        self
    }

    fn fail(&mut self, parameter: &str, why: impl fmt::Display) {
        self.error
            .get_or_insert_with(|| Error::invalid_request(self.operation, parameter, why));
    }

    /// Builds the request.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) naming the first parameter that cannot
    /// be sent.
    pub fn build(self) -> Result<Request, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut url = self.base.join(&self.path);
        // The second net: whatever the parameters hold, the address has the template's segments.
        let expected = format!("{}{}", self.base.path(), self.path);
        if url.path() != expected || self.path.contains(['{', '}']) {
            return Err(Error::invalid_request(
                self.operation,
                "path",
                "does not address what its parameters name",
            ));
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(Request {
            operation: self.operation,
            server: self.server,
            url,
            headers: self.headers,
            body: self.body,
            secrets: self.secrets,
            arrival: Arrival::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Class;
    use proptest::prelude::*;

    static OPERATION: Operation = Operation {
        id: "get",
        vendor_id: None,
        method: http::Method::GET,
        path: "/a/{account}/c/{id}",
        class: Class::Read,
        expect: Expect::Json,
        success: &[200],
        statuses: &["200"],
        request_secrets: &[],
        response_secrets: &[],
        response_certificates: &[],
    };

    fn builder() -> RequestBuilder {
        let base = BaseUrl::parse("https://vendor.example/base").unwrap();
        RequestBuilder::new(&OPERATION, base)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// Whatever is given as a query parameter is what a server reads.
        #[test]
        fn queries_go_round(
            one in any::<String>(), many in prop::collection::vec(".{0,8}", 0..4), number: i64, flag: Option<bool>,
        ) {
            let request = builder()
                .path("account", "x")
                .path("id", "y")
                .query("one", &one)
                .query("many[]", &many)
                .query("number", &number)
                .query("flag", &flag)
                .build()
                .unwrap();
            let read: Vec<(String, String)> = request
                .url
                .query_pairs()
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
            let pair = |name: &str, value: String| (name.to_owned(), value);
            let mut given = vec![pair("one", one)];
            given.extend(many.into_iter().map(|value| pair("many[]", value)));
            given.push(pair("number", number.to_string()));
            given.extend(flag.map(|flag| pair("flag", flag.to_string())));
            prop_assert_eq!(read, given);
            prop_assert_eq!(request.url.path(), "/base/a/x/c/y");
        }

        /// Whatever identifiers are given, the address is the template's, or there is no request.
        #[test]
        fn identifiers_stay_in_their_place(account in any::<String>(), id in "[.%2eE/\\\\?#;@:{}a-z]{0,10}") {
            let Ok(request) = builder().path("account", &account).path("id", &id).build() else {
                return Ok(());
            };
            prop_assert_eq!(request.url.host_str(), Some("vendor.example"));
            prop_assert_eq!(request.url.query(), None);
            let segments: Vec<_> = request
                .url
                .path_segments()
                .unwrap()
                .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8().unwrap())
                .collect();
            prop_assert_eq!(segments, ["base", "a", &account, "c", &id]);
        }
    }
}
