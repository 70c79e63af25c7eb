//! Credentials as headers.

use crate::{api::AuthScheme, response::Error, secrets::Secret};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::fmt;

/// The headers that authenticate. Every value is marked sensitive. Made by a generated
/// `Credentials`.
#[derive(Clone)]
pub struct Authorization {
    scheme: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
    secrets: Vec<Secret>,
}

impl Authorization {
    /// Fills a scheme's headers with `values`, in order. One trailing newline is dropped, because
    /// files end with one.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a value is empty or holds a character
    /// that is not allowed in a header (a control character, a line break). The error does not
    /// repeat the value.
    pub fn new(scheme: &'static AuthScheme, values: &[&Secret]) -> Result<Self, Error> {
        let mut headers = Vec::new();
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
            let text = format!("{}{value}", binding.prefix);
            let (Ok(name), Ok(mut value_of_header)) = (
                HeaderName::from_bytes(binding.header.as_bytes()),
                HeaderValue::from_str(&text),
            ) else {
                return Err(Error::config(format!(
                    "the credential for {} holds a character that no header can carry (a line break or a control character): check where it is taken from",
                    scheme.name
                )));
            };
            value_of_header.set_sensitive(true);
            headers.push((name, value_of_header));
            secrets.push(Secret::new(value));
        }
        Ok(Self {
            scheme: scheme.name,
            headers,
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

    pub(crate) fn secrets(&self) -> &[Secret] {
        &self.secrets
    }
}

impl PartialEq for Authorization {
    /// Returns whether both would send the same headers.
    fn eq(&self, other: &Self) -> bool {
        self.headers == other.headers
    }
}

impl Eq for Authorization {}

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
            header: "authorization",
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
}
