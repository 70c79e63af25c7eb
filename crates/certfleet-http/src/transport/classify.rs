//! Whether a failure of the HTTP stack came before the request was sent.

use super::{
    causes::{holds, innermost, pick},
    proxy::Proxy,
    tls_failure::tls_failure,
};
use crate::response::{Reason, SendError, Sent};
use std::error::Error as StdError;

/// What `reqwest` knows of its own error.
#[derive(Debug, Clone, Copy, Default)]
struct Stage {
    building: bool,
    lookup: bool,
    connecting: bool,
    timeout: bool,
}

/// Says how far a request got. If it is not provably unsent, it may have arrived. `proxy` is the one
/// that carried it.
pub(crate) fn failure(error: &reqwest::Error, proxy: Option<&Proxy>) -> SendError {
    let stage = Stage {
        building: error.is_builder(),
        lookup: error.is_dns(),
        connecting: error.is_connect(),
        timeout: error.is_timeout(),
    };
    let (sent, reason) = classify(stage, error);
    let what = tls_failure(error).unwrap_or_else(|| innermost(error));
    match sent {
        Sent::No => SendError::not_sent(match proxy {
            Some(proxy) => through(proxy, reason, error, &what),
            None => what,
        }),
        Sent::Maybe => SendError::maybe_sent(what),
    }
    .because(reason)
}

/// For a transport over a `reqwest` client of its own.
///
/// ```no_run
/// # async fn send(client: certfleet_http::reqwest::Client, request: certfleet_http::reqwest::Request)
/// # -> Result<(), certfleet_http::SendError> {
/// use certfleet_http::SendError;
///
/// let response = client.execute(request).await.map_err(SendError::from)?;
/// # let _ = response;
/// # Ok(())
/// # }
/// ```
impl From<reqwest::Error> for SendError {
    /// Says how far the request got: nothing was sent where building it, looking up the name, connecting or
    /// the TLS handshake failed. Anything else may have arrived. A client that retries or follows redirects
    /// makes this untrue.
    fn from(error: reqwest::Error) -> Self {
        failure(&error, None)
    }
}

fn classify(stage: Stage, error: &(dyn StdError + 'static)) -> (Sent, Reason) {
    // Building, name lookup, connecting and the TLS handshake come before the first byte of a request.
    if stage.building {
        (Sent::No, Reason::Setup)
    } else if stage.lookup {
        (Sent::No, Reason::Dns)
    } else if stage.connecting {
        let reason = if holds(error, &|cause| cause.is::<rustls::Error>()) {
            Reason::Tls
        } else if of_proxy(error).is_some_and(|what| what != NOT_REACHED) {
            Reason::Proxy
        } else if stage.timeout {
            Reason::Timeout
        } else {
            Reason::Connect
        };
        (Sent::No, reason)
    } else if holds(error, &never_started) {
        (Sent::No, Reason::Connect)
    } else if stage.timeout {
        (Sent::Maybe, Reason::Timeout)
    } else {
        (Sent::Maybe, Reason::Broken)
    }
}

/// What the HTTP stack says where there was no connection to the proxy itself.
const NOT_REACHED: &str = "failed to create underlying connection";

/// Returns what the HTTP stack says of a proxy: its errors have no types that can be named.
fn of_proxy(error: &(dyn StdError + 'static)) -> Option<String> {
    pick(error, &|cause| {
        let text = cause.to_string();
        let what = ["tunnel error: ", "SOCKS error: "]
            .iter()
            .find_map(|prefix| text.strip_prefix(prefix))?;
        Some(what.to_owned())
    })
}

/// Says what happened between this machine and the vendor where a proxy stands in between.
fn through(
    proxy: &Proxy,
    reason: Reason,
    error: &(dyn StdError + 'static),
    innermost: &str,
) -> String {
    let wrong = if proxy.has_credentials() {
        "does not accept its username and password: check them"
    } else {
        "asks for a username and a password: set them"
    };
    match of_proxy(error).as_deref() {
        Some(NOT_REACHED) => match innermost.strip_prefix("SOCKS error: ") {
            Some(_) => format!("the proxy {proxy} cannot be reached"),
            None => format!("the proxy {proxy} cannot be reached: {innermost}"),
        },
        Some("proxy authorization required") => format!("the proxy {proxy} {wrong} (407)"),
        Some("credentials not accepted" | "server does not support user/pass authentication") => {
            format!("the proxy {proxy} {wrong}")
        }
        Some("unsuccessful") => {
            format!("the proxy {proxy} refuses to connect to it: have the host allowed there")
        }
        Some(
            what @ ("unexpected end of file"
            | "proxy response headers too long"
            | "io error establishing tunnel"
            | "io error during SOCKS handshake"
            | "failed parsing server response"),
        ) => format!("the proxy {proxy} does not answer as a proxy does: {what}"),
        Some(what) => format!("the proxy {proxy} does not connect to it: {what}"),
        None => match reason {
            Reason::Timeout => format!("no connection through the proxy {proxy} in time"),
            _ => format!("through the proxy {proxy}: {innermost}"),
        },
    }
}

/// Returns whether the connection was found closed before a byte of the request was written.
fn never_started(cause: &(dyn StdError + 'static)) -> bool {
    cause
        .downcast_ref::<hyper::Error>()
        .is_some_and(hyper::Error::is_canceled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io;

    /// A layer that shows its cause through `source()`.
    #[derive(Debug)]
    struct Layer(Box<dyn StdError + Send + Sync>);

    impl std::fmt::Display for Layer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("layer")
        }
    }

    impl StdError for Layer {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&*self.0)
        }
    }

    /// An error below any number of layers, `true` for an `io::Error`.
    fn below(layers: &[bool], core: Box<dyn StdError + Send + Sync>) -> Layer {
        let inner = layers.iter().fold(core, |inner, is_io| {
            if *is_io {
                Box::new(io::Error::other(inner))
            } else {
                Box::new(Layer(inner))
            }
        });
        Layer(inner)
    }

    fn core(which: u8) -> Box<dyn StdError + Send + Sync> {
        match which {
            0 => Box::new(rustls::Error::General("untrusted".to_owned())),
            1 => "tunnel error: unsuccessful".into(),
            2 => "SOCKS error: connection refused".into(),
            3 => "tunnel error: failed to create underlying connection".into(),
            _ => Box::new(io::Error::from(io::ErrorKind::ConnectionReset)),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// Every error has exactly one class, and only what came before the request is "not sent".
        #[test]
        fn total_and_never_too_sure(
            building: bool, lookup: bool, connecting: bool, timeout: bool,
            layers in proptest::collection::vec(any::<bool>(), 0..12), which in 0_u8..5,
        ) {
            let stage = Stage { building, lookup, connecting, timeout };
            let (sent, reason) = classify(stage, &below(&layers, core(which)));
            prop_assert_eq!(sent == Sent::No, building || lookup || connecting);
            let expected = match (building, lookup, connecting, which, timeout) {
                (true, ..) => Reason::Setup,
                (_, true, ..) => Reason::Dns,
                (_, _, true, 0, _) => Reason::Tls,
                (_, _, true, 1 | 2, _) => Reason::Proxy,
                (.., true) => Reason::Timeout,
                (_, _, true, ..) => Reason::Connect,
                _ => Reason::Broken,
            };
            prop_assert_eq!(reason, expected);
        }
    }
}
