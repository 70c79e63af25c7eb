//! The address that requests go to, checked once.

use super::address;
use crate::response::Error;
use reqwest::Url;
use std::fmt;

/// The address below which every request of a session goes: `https`, or `http` to the loopback
/// interface, without credentials, query or fragment. A path is kept, a trailing slash is not.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Parses and checks an address. What parsers of URLs read differently (a backslash, a blank, a
    /// number as a host) is refused in the text itself: the address is the one that a person reads.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) with the reason. The error does not repeat
    /// credentials.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = |what: &str| Error::config(format!("base URL {what}"));
        let mut url = address::parse(text).map_err(|why| bad(&why))?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => {
                return Err(bad(&format!(
                    "uses http to {}: credentials would travel in clear; use https (http is for 127.0.0.1, [::1] and localhost)",
                    url.host_str().unwrap_or_default()
                )));
            }
            other => return Err(bad(&format!("has the scheme {other}: use https"))),
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(bad(
                "has a query or a fragment: leave only scheme, host, port and path",
            ));
        }
        if url.path().contains("//") {
            return Err(bad("has an empty path segment: write each segment once"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// Returns the address below this one. `path` begins with a slash and is already encoded.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let path = format!("{}{path}", self.path());
        url.set_path(&path);
        url
    }

    /// Returns the path, without a trailing slash.
    pub(crate) fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    /// Returns scheme, host and port.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Returns whether the address is the loopback interface.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    pub(crate) fn same_origin(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path())
    }
}

impl std::str::FromStr for BaseUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, shown) in [
            ("https://api.openai.com/v1", "https://api.openai.com/v1"),
            ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
            ("https://gw.example:8443", "https://gw.example:8443"),
            ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
            ("http://localhost", "http://localhost"),
            ("http://[::1]:9", "http://[::1]:9"),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().to_string(), shown, "{text}");
        }
        for (text, word) in [
            ("", "not an address"),
            ("gw.example", "not an address"),
            ("http://gw.example", "uses http"),
            ("http://127.0.0.1.evil.example", "uses http"),
            ("https://user:canary@gw.example", "credentials"),
            ("https://@gw.example", "credentials"),
            (r"http://localhost\@evil.example", "backslash"),
            ("ftp://gw.example", "scheme ftp"),
            ("https://gw.example/?a=b", "query"),
            ("https://gw.example//v1", "empty path segment"),
        ] {
            let message = BaseUrl::parse(text).unwrap_err().to_string();
            assert!(message.contains(word), "{text}: {message}");
            assert!(!message.contains("canary"), "{message}");
        }
    }
}
