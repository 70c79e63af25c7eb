//! Credentials as headers, query parameters and cookies.

use super::{cookie, prepared::Request};
use crate::{
    api::{AuthScheme, Place},
    response::Error,
    secrets::Secret,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::fmt;

/// What authenticates a request. Every header's value is marked sensitive; keys of the query and of cookies
/// are added to nothing but what is sent. Made by a generated `Credentials`.
#[derive(Clone)]
pub struct Authorization {
    scheme: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
    keys: Vec<Key>,
    secrets: Vec<Secret>,
}

/// A key in the query or in a cookie.
#[derive(Clone)]
struct Key {
    place: Place,
    name: &'static str,
    value: Secret,
}

impl Authorization {
    /// Fills a scheme's headers with `values`, in order. One trailing newline is dropped, because
    /// files end with one.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a value is empty, begins or ends with a blank, or
    /// holds a character that is not allowed in a header (a control character, a line break). The
    /// error does not repeat the value.
    pub fn new(scheme: &'static AuthScheme, values: &[&Secret]) -> Result<Self, Error> {
        let mut headers = Vec::new();
        let mut keys = Vec::new();
        let mut secrets = Vec::new();
        for (binding, value) in scheme.bindings.iter().zip(values) {
            let value = value.expose();
            let value = value.strip_suffix('\n').unwrap_or(value);
            let value = value.strip_suffix('\r').unwrap_or(value);
            if value.trim().is_empty() {
                return Err(Error::config(format!(
                    "the credential for {} is empty: check where it is taken from",
                    scheme.name
                )));
            }
            // A vendor would refuse it, and would not say why.
            let is_around = |character: char| character.is_whitespace() || character == '\u{feff}';
            if value.trim_matches(is_around) != value {
                return Err(Error::config(format!(
                    "the credential for {} begins or ends with a blank or a byte order mark: check where it is taken from",
                    scheme.name
                )));
            }
            if binding.place == Place::Header {
                let text = format!("{}{value}", binding.prefix);
                let (Ok(name), Ok(mut value_of_header)) = (
                    HeaderName::from_bytes(binding.name.as_bytes()),
                    HeaderValue::from_str(&text),
                ) else {
                    return Err(Error::config(format!(
                        "the credential for {} holds a character that no header can carry (a line break or a control character): check where it is taken from",
                        scheme.name
                    )));
                };
                value_of_header.set_sensitive(true);
                headers.push((name, value_of_header));
            } else {
                if binding.place == Place::Cookie && !value.bytes().all(is_cookie_byte) {
                    return Err(Error::config(format!(
                        "the credential for {} holds a character that no cookie can carry (a space, a comma, a semicolon, a quote): check where it is taken from",
                        scheme.name
                    )));
                }
                keys.push(Key {
                    place: binding.place,
                    name: binding.name,
                    value: Secret::new(value),
                });
            }
            secrets.push(Secret::new(value));
        }
        Ok(Self {
            scheme: scheme.name,
            headers,
            keys,
            secrets,
        })
    }

    /// Inserts the headers into a request, in place of those of `before`.
    pub(crate) fn fill(&self, headers: &mut HeaderMap, before: Option<&Self>) {
        for (name, _) in before.iter().flat_map(|before| &before.headers) {
            headers.remove(name);
        }
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
    }

    /// Returns the request as it is sent, with the keys of the query and of cookies; `None` if there are none.
    pub(crate) fn with_keys(&self, request: &Request) -> Option<Request> {
        if self.keys.is_empty() {
            return None;
        }
        let mut request = request.clone();
        for Key { place, name, value } in &self.keys {
            if *place == Place::Query {
                request
                    .url
                    .query_pairs_mut()
                    .append_pair(name, value.expose());
                continue;
            }
            // The name is the document's; the value was checked when it was given.
            let _ = cookie::add(&mut request.headers, name, value.expose(), true);
        }
        Some(request)
    }

    pub(crate) fn secrets(&self) -> &[Secret] {
        &self.secrets
    }
}

impl PartialEq for Authorization {
    /// Returns whether both would send the same.
    fn eq(&self, other: &Self) -> bool {
        let keys = |one: &Self| -> Vec<(Place, &'static str, String)> {
            one.keys
                .iter()
                .map(|key| (key.place, key.name, key.value.expose().to_owned()))
                .collect()
        };
        self.headers == other.headers && keys(self) == keys(other)
    }
}

impl Eq for Authorization {}

/// Whether a cookie's value may hold a byte (RFC 6265, `cookie-octet`).
fn is_cookie_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Authorization").field(&self.scheme).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Binding;

    static BEARER: AuthScheme = AuthScheme {
        name: "ApiToken",
        bindings: &[Binding {
            place: Place::Header,
            name: "authorization",
            prefix: "Bearer ",
        }],
    };

    #[test]
    fn values() {
        for (value, header) in [
            ("abc", Some("Bearer abc")),
            ("abc\n", Some("Bearer abc")),
            ("abc\r\n", Some("Bearer abc")),
            ("", None),
            (" ", None),
            (" c-canary", None),
            ("c-canary ", None),
            ("c-canary\n\n", None),
            ("\u{feff}c-canary", None),
            ("a b", Some("Bearer a b")),
            ("ab\nc-canary", None),
            ("ab\0c-canary", None),
        ] {
            let made = Authorization::new(&BEARER, &[&Secret::new(value)]);
            match (&made, header) {
                (Ok(made), Some(header)) => {
                    assert_eq!(made.headers[0].1, header);
                    assert!(made.headers[0].1.is_sensitive());
                }
                (Err(error), None) => assert!(!error.to_string().contains("canary")),
                _ => panic!("{value:?}: {made:?}"),
            }
        }
    }

    static KEYS: AuthScheme = AuthScheme {
        name: "Keys",
        bindings: &[
            Binding {
                place: Place::Query,
                name: "api_key",
                prefix: "",
            },
            Binding {
                place: Place::Cookie,
                name: "session",
                prefix: "",
            },
        ],
    };

    static READ: crate::api::Operation = crate::api::Operation {
        id: "read",
        vendor_id: None,
        method: http::Method::GET,
        path: "/a",
        class: crate::api::Class::Read,
        expect: crate::api::Expect::Nothing,
        success: &[200],
        statuses: &["200"],
        request_secrets: &[],
        response_secrets: &[],
        response_certificates: &[],
    };

    #[test]
    fn keys_of_queries_and_cookies() {
        let secrets = [Secret::new("a&b=canary"), Secret::new("c-canary")];
        let made = Authorization::new(&KEYS, &[&secrets[0], &secrets[1]]).unwrap();
        let base = crate::BaseUrl::parse("https://h.example/v1").unwrap();
        let request = crate::RequestBuilder::new(&READ, base)
            .query("q", &"x")
            .header("cookie", &"theme=dark")
            .header("cookie", &"city=Köln")
            .cookie("unit", &"m/s")
            .build()
            .unwrap();
        let sent = made.with_keys(&request).unwrap();
        assert_eq!(
            sent.url.as_str(),
            "https://h.example/v1/a?q=x&api_key=a%26b%3Dcanary"
        );
        let cookies: Vec<_> = sent.headers.get_all("cookie").iter().collect();
        assert_eq!(
            cookies,
            ["theme=dark; city=Köln; unit=m%2Fs; session=c-canary"]
        );
        assert!(cookies[0].is_sensitive());
        // What is kept and shown holds no key.
        assert_eq!(request.url.as_str(), "https://h.example/v1/a?q=x");
        assert!(!format!("{made:?} {request:?} {sent:?}").contains("canary"));
        assert_eq!(made.secrets().len(), 2);
        let other = Authorization::new(&KEYS, &[&secrets[1], &secrets[1]]).unwrap();
        assert!(made != other && made == made.clone());
        for value in ["a b", "a;b", "a,b", "a\"b"] {
            let refused = Authorization::new(&KEYS, &[&secrets[0], &Secret::new(value)]);
            assert!(refused.is_err(), "{value}");
        }
    }
}
