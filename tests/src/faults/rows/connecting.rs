//! Faults before the request leaves.

use crate::{
    contract::Client,
    faults::{Case, Expected, Step},
};
use certfleet_http::{ErrorKind, Reason};
use std::time::Duration;

pub(super) fn cases(_: &Client) -> Vec<Case> {
    let at_once = |reason| Step::Unsent(reason, Duration::ZERO);
    let refused = || at_once(Reason::Connect);
    let slow = || Step::Unsent(Reason::Timeout, Duration::from_secs(10));
    let not_sent = |reason, attempts| {
        Expected::fails(ErrorKind::NotSent)
            .because(reason)
            .attempts(attempts)
            .seen(0)
            .says("Nothing was sent")
    };
    let mut all = vec![
        Case::new(1, "for ever", vec![refused()], not_sent(Reason::Connect, 4)),
        Case::new(
            1,
            "three times",
            vec![refused(), refused(), refused(), Step::Done],
            Expected::ok(4).seen(1),
        ),
        Case::new(
            2,
            "",
            vec![refused(), refused(), Step::Done],
            Expected::ok(3).seen(1),
        ),
        Case::new(
            3,
            "for ever",
            vec![at_once(Reason::Dns)],
            not_sent(Reason::Dns, 2),
        ),
        Case::new(
            3,
            "once",
            vec![at_once(Reason::Dns), Step::Done],
            Expected::ok(2).seen(1),
        ),
        Case::new(
            4,
            "for ever",
            vec![slow()],
            not_sent(Reason::Timeout, 4).lasts(40.0, 43.6),
        ),
        Case::new(
            4,
            "once",
            vec![slow(), Step::Done],
            Expected::ok(2).seen(1).lasts(10.0, 10.6),
        ),
        Case::new(
            7,
            "once",
            vec![refused(), Step::Done],
            Expected::ok(2).seen(1),
        ),
    ];
    for (row, name, reason) in [
        (5, "the handshake fails", Reason::Tls),
        (6, "CONNECT is refused", Reason::Proxy),
        (6, "no HTTP client", Reason::Setup),
    ] {
        let steps = vec![at_once(reason), Step::Done];
        all.push(Case::new(row, name, steps, not_sent(reason, 1)));
    }
    all
}
