//! Whether a failure of the HTTP stack came before the request was sent.

use super::{
    causes::{holds, innermost},
    tls::tls_failure,
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

/// Says how far a request got. If it is not provably unsent, it may have arrived.
pub(crate) fn failure(error: &reqwest::Error) -> SendError {
    let stage = Stage {
        building: error.is_builder(),
        lookup: error.is_dns(),
        connecting: error.is_connect(),
        timeout: error.is_timeout(),
    };
    let (sent, reason) = classify(stage, error);
    let what = tls_failure(error).unwrap_or_else(|| innermost(error));
    match sent {
        Sent::No => SendError::not_sent(what),
        Sent::Maybe => SendError::maybe_sent(what),
    }
    .because(reason)
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
        } else if holds(error, &|cause| {
            cause.to_string().starts_with("tunnel error")
        }) {
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
            _ => Box::new(io::Error::from(io::ErrorKind::ConnectionReset)),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// Every error has exactly one class, and only what came before the request is "not sent".
        #[test]
        fn total_and_never_too_sure(
            building: bool, lookup: bool, connecting: bool, timeout: bool,
            layers in proptest::collection::vec(any::<bool>(), 0..12), which in 0_u8..3,
        ) {
            let stage = Stage { building, lookup, connecting, timeout };
            let (sent, reason) = classify(stage, &below(&layers, core(which)));
            prop_assert_eq!(sent == Sent::No, building || lookup || connecting);
            let expected = match (building, lookup, connecting, which, timeout) {
                (true, ..) => Reason::Setup,
                (_, true, ..) => Reason::Dns,
                (_, _, true, 0, _) => Reason::Tls,
                (_, _, true, 1, _) => Reason::Proxy,
                (.., true) => Reason::Timeout,
                (_, _, true, ..) => Reason::Connect,
                _ => Reason::Broken,
            };
            prop_assert_eq!(reason, expected);
        }
    }
}
