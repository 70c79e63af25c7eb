//! A forward proxy: where it is, who asks, and which hosts are reached without it.

use crate::{request::address, response::Error, secrets::Secret};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper_util::client::proxy::matcher::Matcher;
use percent_encoding::percent_decode_str;
use reqwest::{NoProxy, Url};
use std::{fmt, sync::Arc};

/// The variables that name a proxy for `https`, the first that is set counts.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// A forward proxy for `https` addresses. It sees their hosts and ports and nothing else: TLS goes
/// through it. `http` stays on this machine and needs none.
///
/// `Debug` and `Display` show its address without credentials.
#[derive(Clone)]
pub struct Proxy {
    address: Url,
    username: Option<String>,
    /// What cannot be shown: the password, and what is sent for it.
    secrets: Vec<Secret>,
    no_proxy: String,
    matcher: Arc<Matcher>,
}

impl Proxy {
    /// Parses an address: `http://host:port`, `https://…` for TLS to the proxy itself, `socks5://…`,
    /// or `socks5h://…` where the proxy also looks up the names of hosts.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): the address is not that of a proxy, or holds
    /// credentials, which [`credentials`](Self::credentials) takes. The error does not repeat them.
    pub fn new(address: &str) -> Result<Self, Error> {
        let bad = |what: &str| Error::config(format!("the proxy's address {what}"));
        let url = address::parse(address).map_err(|why| bad(&why))?;
        if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") {
            return Err(bad(&format!(
                "has the scheme {}: write it as http://host:port, https://, socks5:// or socks5h://",
                url.scheme()
            )));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(bad(
                "has a path, a query or a fragment: leave only scheme, host and port",
            ));
        }
        let no_proxy = String::new();
        Ok(Self {
            matcher: matcher(&url, &no_proxy),
            address: url,
            username: None,
            secrets: Vec::new(),
            no_proxy,
        })
    }

    /// Sets who asks the proxy.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): name or password cannot be sent. The error
    /// repeats neither.
    pub fn credentials(
        mut self,
        username: impl Into<String>,
        password: Secret,
    ) -> Result<Self, Error> {
        let username = username.into();
        let bad = |what: &str| Err(Error::config(format!("the proxy's {what}")));
        if username.is_empty() {
            return bad("username is empty: check where it is taken from");
        }
        for (what, text) in [
            ("username", username.as_str()),
            ("password", password.expose()),
        ] {
            if text.chars().any(char::is_control) {
                return bad(&format!(
                    "{what} holds a line break or a control character: check where it is taken from"
                ));
            }
            if self.is_socks() && text.len() > 255 {
                return bad(&format!(
                    "{what} is longer than 255 bytes, which SOCKS cannot send"
                ));
            }
        }
        if !self.is_socks() && username.contains(':') {
            return bad("username holds a colon, which would end it: write it without one");
        }
        // A secret of its own: it is overwritten when it is dropped.
        let both = Secret::new(format!("{username}:{}", password.expose()));
        let token = STANDARD.encode(both.expose());
        self.username = Some(username);
        self.secrets = vec![password, Secret::new(token)];
        Ok(self)
    }

    /// Sets the hosts that are reached without the proxy: names (`example.com` and every name below
    /// it), addresses, networks (`10.0.0.0/8`), or `*` for all.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): one of them would never match.
    pub fn no_proxy<T: AsRef<str>>(
        self,
        hosts: impl IntoIterator<Item = T>,
    ) -> Result<Self, Error> {
        let mut list = Vec::new();
        for host in hosts {
            let host = host.as_ref();
            let is_address = host.parse::<std::net::IpAddr>().is_ok();
            let is_network = host.split_once('/').is_some_and(|(address, bits)| {
                address.parse::<std::net::IpAddr>().is_ok() && bits.parse::<u8>().is_ok()
            });
            let is_name = host == "*"
                || (!host.is_empty()
                    && host.bytes().all(|byte| {
                        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
                    }));
            if !(is_address || is_network || is_name) {
                return Err(Error::config(format!(
                    "no_proxy holds {host:?}, which matches no host: write a name (example.com stands for every name below it too), an address, a network such as 10.0.0.0/8, or *"
                )));
            }
            list.push(host.to_owned());
        }
        Ok(self.without(list.join(",")))
    }

    fn without(self, no_proxy: String) -> Self {
        Self {
            matcher: matcher(&self.address, &no_proxy),
            no_proxy,
            ..self
        }
    }

    /// Reads the proxy that the environment names: the first of `HTTPS_PROXY`, `https_proxy`,
    /// `ALL_PROXY` and `all_proxy`, and `NO_PROXY` or `no_proxy`. Nothing else in this crate reads
    /// them. `None` if there is none.
    ///
    /// # Errors
    /// As [`new`](Self::new). The error names the variable.
    pub fn from_environment() -> Result<Option<Self>, Error> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// Returns the name of the environment's variable that names a proxy for `https`, if one is set.
    pub fn variable() -> Option<&'static str> {
        VARIABLES
            .into_iter()
            .find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, Error> {
        let set = |name: &&'static str| {
            variable(name)
                .filter(|value| !value.is_empty())
                .map(|value| (*name, value))
        };
        let Some((name, value)) = VARIABLES.iter().find_map(set) else {
            return Ok(None);
        };
        let of_variable = |error: Error| Error::config(format!("{name}: {}", error.detail()));
        let (scheme, rest) = value.split_once("://").unwrap_or(("http", &value));
        let (credentials, host) = match rest.rsplit_once('@') {
            Some((credentials, host)) => (Some(credentials), host),
            None => (None, rest),
        };
        let mut proxy = Self::new(&format!("{scheme}://{host}")).map_err(of_variable)?;
        if let Some(credentials) = credentials {
            let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
            let (username, password) = credentials.split_once(':').unwrap_or((credentials, ""));
            proxy = proxy
                .credentials(decoded(username), Secret::new(decoded(password)))
                .map_err(of_variable)?;
        }
        let no_proxy = ["NO_PROXY", "no_proxy"].iter().find_map(set);
        let no_proxy = no_proxy.map_or(String::new(), |(_, list)| list);
        // Others write *.example.com for what .example.com says.
        let hosts: Vec<_> = no_proxy
            .split(',')
            .map(|host| host.trim().strip_prefix("*.").unwrap_or(host.trim()))
            .collect();
        Ok(Some(proxy.without(hosts.join(","))))
    }

    /// Returns whether requests to an address go through it.
    pub fn carries(&self, url: &Url) -> bool {
        url.as_str()
            .parse()
            .is_ok_and(|uri| self.matcher.intercept(&uri).is_some())
    }

    pub(super) fn has_credentials(&self) -> bool {
        self.username.is_some()
    }

    pub(super) fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    fn is_socks(&self) -> bool {
        self.address.scheme().starts_with("socks")
    }

    pub(super) fn for_client(&self) -> Result<reqwest::Proxy, reqwest::Error> {
        let credentials = self.username.as_deref().zip(self.secrets.first());
        let mut address = self.address.clone();
        if let (true, Some((username, password))) = (self.is_socks(), credentials) {
            // Neither fails for an address with a host.
            let _ = address.set_username(username);
            let _ = address.set_password(Some(password.expose()));
        }
        let proxy = reqwest::Proxy::https(address)?;
        let proxy = match credentials {
            Some((username, password)) if !self.is_socks() => {
                proxy.basic_auth(username, password.expose())
            }
            _ => proxy,
        };
        Ok(proxy.no_proxy(NoProxy::from_string(&self.no_proxy)))
    }
}

/// The rules that the client follows too, to say of a failure whose it is.
fn matcher(address: &Url, no_proxy: &str) -> Arc<Matcher> {
    let rules = Matcher::builder().https(address.as_str()).no(no_proxy);
    Arc::new(rules.build())
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.address.host_str().unwrap_or_default();
        write!(f, "{}://{host}", self.address.scheme())?;
        match self.address.port() {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("address", &format_args!("{self}"))
            .field("no_proxy", &self.no_proxy)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn addresses() {
        for (text, shown) in [
            ("http://proxy.example:3128", "http://proxy.example:3128"),
            ("http://proxy.example:3128/", "http://proxy.example:3128"),
            ("https://proxy.example", "https://proxy.example"),
            ("socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080"),
            ("socks5h://[::1]:1080", "socks5h://[::1]:1080"),
        ] {
            let proxy = Proxy::new(text).unwrap();
            assert_eq!(proxy.to_string(), shown);
            assert!(proxy.for_client().is_ok(), "{text}");
        }
        for (text, word) in [
            ("proxy.example:3128", "not an address"),
            ("ftp://proxy.example", "scheme ftp"),
            ("socks4://proxy.example", "scheme socks4"),
            ("http://user:canary@proxy.example", "holds credentials"),
            ("http://proxy.example/canary", "path"),
            ("http://proxy.example?canary", "query"),
            (r"http://localhost\@proxy.example", "backslash"),
            ("http://proxy.example\n", "line break"),
        ] {
            let message = Proxy::new(text).unwrap_err().to_string();
            assert!(message.contains(word), "{text}: {message}");
            assert!(!message.contains("canary"), "{message}");
        }
    }

    #[test]
    fn credentials_are_not_shown() {
        let proxy = || Proxy::new("http://proxy.example:3128").unwrap();
        let with = proxy()
            .credentials("it", Secret::new("p-canary:@/"))
            .unwrap();
        let token = STANDARD.encode("it:p-canary:@/");
        assert_eq!(with.secrets()[1].expose(), token);
        for text in [format!("{with}"), format!("{with:?}"), format!("{with:#?}")] {
            assert!(!text.contains("canary") && !text.contains(&token), "{text}");
        }
        for (username, password) in [
            ("", "canary"),
            ("i:t", "canary"),
            ("it", "canary\n"),
            ("it\0", "canary"),
        ] {
            let error = proxy()
                .credentials(username, Secret::new(password))
                .unwrap_err();
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }

    #[test]
    fn which_hosts_it_carries() {
        let proxy = Proxy::new("http://proxy.example:3128")
            .unwrap()
            .no_proxy([
                "corp.example",
                ".dotted.example",
                "10.0.0.0/8",
                "192.0.2.7",
                "::1",
            ])
            .unwrap();
        for (address, carried) in [
            ("https://api.openai.com/v1", true),
            ("http://api.openai.com/v1", false),
            ("https://corp.example", false),
            ("https://GW.Corp.Example:8443/x", false),
            ("https://notcorp.example", true),
            ("https://a.dotted.example", false),
            ("https://10.1.2.3", false),
            ("https://11.1.2.3", true),
            ("https://192.0.2.7:8443", false),
            ("https://[::1]", false),
        ] {
            assert_eq!(proxy.carries(&url(address)), carried, "{address}");
        }
        for host in [
            "",
            "https://corp.example",
            "corp.example:8443",
            "*.corp.example",
            "a,b",
        ] {
            let proxy = Proxy::new("http://proxy.example:3128").unwrap();
            let message = proxy.no_proxy([host]).unwrap_err().to_string();
            assert!(message.contains(&format!("{host:?}")), "{message}");
        }
    }

    #[test]
    fn what_the_environment_says() {
        let read = |variables: &[(&str, &str)]| {
            Proxy::from_variables(|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(read(&[]).unwrap().is_none());
        assert!(read(&[("HTTP_PROXY", "http://a:1")]).unwrap().is_none());
        assert!(read(&[("HTTPS_PROXY", "")]).unwrap().is_none());
        for (variables, shown) in [
            (
                &[("https_proxy", "http://a:1"), ("ALL_PROXY", "http://b:1")][..],
                "http://a:1",
            ),
            (
                &[("HTTPS_PROXY", ""), ("all_proxy", "socks5h://b:1")],
                "socks5h://b:1",
            ),
            (&[("HTTPS_PROXY", "a:1")], "http://a:1"),
        ] {
            assert_eq!(read(variables).unwrap().unwrap().to_string(), shown);
        }
        let proxy = read(&[
            ("HTTPS_PROXY", "http://it%40x:p%3Acanary@a:1"),
            ("NO_PROXY", " corp.example , *.star.example"),
        ]);
        let proxy = proxy.unwrap().unwrap();
        assert_eq!(proxy.to_string(), "http://a:1");
        assert_eq!(proxy.username.as_deref(), Some("it@x"));
        assert_eq!(proxy.secrets()[0].expose(), "p:canary");
        assert!(!proxy.carries(&url("https://x.corp.example")));
        assert!(!proxy.carries(&url("https://x.star.example")));
        assert!(proxy.carries(&url("https://other.example")));
        for value in [
            "http://it:canary@",
            "ftp://it:canary@a",
            "http://it:canary@a b",
        ] {
            let error = read(&[("HTTPS_PROXY", value)]).unwrap_err().to_string();
            assert!(error.contains("HTTPS_PROXY: "), "{error}");
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
