//! Where a server listens: `host:port`, `[ipv6]:port`, `https://host[:port]/…`.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};
use tokio_rustls::rustls::pki_types::ServerName;

/// The port of `https`.
const HTTPS: u16 = 443;

/// A server's host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// A name or an address, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// What a text that is not the path of a file can be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A server.
    Server(Target),
    /// A host without a port. It is not dialled: it may as well be a file's name. The target is what was meant if it
    /// is a host.
    HostOnly(Target),
    /// An address that cannot be used, and why.
    Wrong(String),
    /// Nothing of the kind.
    Other,
}

impl Target {
    /// Reads an argument.
    pub(crate) fn read(text: &str) -> Reading {
        if let Some((scheme, rest)) = text.split_once("://") {
            return if scheme.eq_ignore_ascii_case("https") {
                url(rest)
            } else if scheme.eq_ignore_ascii_case("file") {
                Reading::Wrong("write the path of the file without file://".to_owned())
            } else {
                Reading::Wrong(
                    "only https:// addresses are dialled; for another protocol write HOST:PORT, and --starttls where \
                     it begins in plain text"
                        .to_owned(),
                )
            };
        }
        if text.parse::<Ipv6Addr>().is_ok() {
            return Reading::HostOnly(Self {
                host: text.to_owned(),
                port: HTTPS,
            });
        }
        let Some((host, port)) = split(text) else {
            return Reading::Other;
        };
        let Some(port) = port else {
            let host = host.to_owned();
            return if is_host(&host) {
                Reading::HostOnly(Self { host, port: HTTPS })
            } else {
                Reading::Other
            };
        };
        if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Reading::Other;
        }
        server(host, port)
    }
}

/// The scheme and host of an address, without what may be a secret in it. Another text stays as it is.
pub(crate) fn without_secrets(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}")
}

/// Reads what stands behind `https://`.
fn url(rest: &str) -> Reading {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Reading::Wrong(
            "write the address without a user name and password; none is sent".to_owned(),
        );
    }
    match split(authority) {
        Some((host, None | Some(""))) => server(host, "443"),
        Some((host, Some(port))) => server(host, port),
        None => Reading::Wrong(
            "the address holds no host that can be read; write https://HOST[:PORT]".to_owned(),
        ),
    }
}

fn server(host: &str, port: &str) -> Reading {
    let number = port
        .parse::<u16>()
        .ok()
        .filter(|number| *number > 0 && !port.starts_with('+'));
    let Some(port) = number else {
        return Reading::Wrong(format!("{port} is not a port; write one from 1 to 65535"));
    };
    if is_host(host) {
        let host = host.to_owned();
        return Reading::Server(Target { host, port });
    }
    Reading::Wrong(if host.is_ascii() {
        format!("{host:?} is not a host name or an address")
    } else {
        format!("write the host name {host:?} in its ASCII form, which begins with xn--")
    })
}

/// The host without its brackets, and the port as it is written.
fn split(authority: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        host.parse::<Ipv6Addr>().ok()?;
        return match after.strip_prefix(':') {
            Some(port) => Some((host, Some(port))),
            None if after.is_empty() => Some((host, None)),
            None => None,
        };
    }
    match authority.rsplit_once(':') {
        // Without brackets it cannot be told where the address ends.
        Some((host, _)) if host.contains(':') => None,
        Some((host, port)) => Some((host, Some(port))),
        None => Some((authority, None)),
    }
}

fn is_host(text: &str) -> bool {
    ServerName::try_from(text).is_ok()
}

/// Reads the name that a server is asked for, and that its certificate has to be for.
pub(crate) fn server_name(text: &str) -> Result<ServerName<'static>, String> {
    // Certificates hold names without the dot at the end.
    let name = text.strip_suffix('.').unwrap_or(text);
    ServerName::try_from(name.to_owned()).map_err(|_| {
        "write a host name, in its ASCII form, or an IP address; without a port".to_owned()
    })
}

/// A name for people.
pub(super) fn name_text(name: &ServerName<'_>) -> String {
    match name {
        ServerName::DnsName(name) => name.as_ref().to_owned(),
        ServerName::IpAddress(address) => IpAddr::from(*address).to_string(),
        _ => name.to_str().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(host: &str, port: u16) -> Target {
        let host = host.to_owned();
        Target { host, port }
    }

    #[test]
    fn servers() {
        for (text, host, port, shown) in [
            ("example.org:443", "example.org", 443, "example.org:443"),
            ("localhost:8443", "localhost", 8443, "localhost:8443"),
            (
                "my_host.internal:1",
                "my_host.internal",
                1,
                "my_host.internal:1",
            ),
            ("127.0.0.1:65535", "127.0.0.1", 65535, "127.0.0.1:65535"),
            ("[::1]:8443", "::1", 8443, "[::1]:8443"),
            ("https://example.org", "example.org", 443, "example.org:443"),
            (
                "https://example.org:/x",
                "example.org",
                443,
                "example.org:443",
            ),
            (
                "HTTPS://example.org:8443/a:b?c@d#e",
                "example.org",
                8443,
                "example.org:8443",
            ),
            (
                "https://[2001:db8::1]/",
                "2001:db8::1",
                443,
                "[2001:db8::1]:443",
            ),
            (
                "https://[2001:db8::1]:99?q",
                "2001:db8::1",
                99,
                "[2001:db8::1]:99",
            ),
        ] {
            let read = Target::read(text);
            assert_eq!(read, Reading::Server(target(host, port)), "{text}");
            assert_eq!(target(host, port).to_string(), shown);
        }
    }

    #[test]
    fn hosts_without_a_port_are_not_servers() {
        for (text, host) in [
            ("example.org", "example.org"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("192.0.2.1", "192.0.2.1"),
            ("nothing.pem", "nothing.pem"),
        ] {
            assert_eq!(
                Target::read(text),
                Reading::HostOnly(target(host, 443)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_dialled() {
        for (text, word) in [
            ("example.org:0", "not a port"),
            ("example.org:65536", "not a port"),
            ("https://example.org:+1", "not a port"),
            ("https://example.org:x", "not a port"),
            ("https://user:secret@example.org", "without a user name"),
            ("https://", "not a host name"),
            ("https://a:b:c", "no host"),
            ("http://example.org", "only https://"),
            ("ldap://example.org", "--starttls"),
            ("file:///etc/x.pem", "without file://"),
            ("bücher.example:443", "xn--"),
            ("-bad-:443", "not a host name"),
        ] {
            match Target::read(text) {
                Reading::Wrong(why) => {
                    assert!(
                        why.contains(word) && !why.contains("secret"),
                        "{text}: {why}"
                    );
                }
                other => panic!("{text}: {other:?}"),
            }
        }
        for text in [
            "",
            "dir/file.pem",
            "./a",
            "a:b",
            "a:",
            "[::1",
            "[x]:1",
            "1:2:3",
            "C:\\x",
        ] {
            assert_eq!(Target::read(text), Reading::Other, "{text}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_repeated() {
        for (text, shown) in [
            (
                "https://user:secret@host:1/p?token=secret",
                "https://host:1",
            ),
            ("ftp://secret@host", "ftp://host"),
            ("https://?secret", "https://"),
            ("host:99999", "host:99999"),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
    }

    #[test]
    fn names() {
        for (text, shown) in [
            ("example.org.", "example.org"),
            ("127.0.0.1", "127.0.0.1"),
            ("::1", "::1"),
        ] {
            assert_eq!(name_text(&server_name(text).unwrap()), shown);
        }
        for text in ["", "a b", "example.org:443", "ü"] {
            assert!(server_name(text).is_err(), "{text}");
        }
    }
}
