//! Answers that say when to come back.

use crate::{
    Reply,
    contract::Client,
    faults::{Case, Expected, Step},
};
use certfleet_http::Effect;

/// The date of every answer here.
const DATE: &str = "Sun, 22 Nov 2026 10:00:00 GMT";

/// Twenty seconds later.
const LATER: &str = "Sun, 22 Nov 2026 10:00:20 GMT";

const YEAR: i64 = 31_557_600;

// long: one table, a row of the matrix after another.
pub(super) fn cases(_: &Client) -> Vec<Case> {
    let refused = |status, value: &str| {
        Reply::json(status, r#"{"message":"slow down"}"#)
            .header("date", DATE)
            .header("retry-after", value)
    };
    let once = |value: &str| vec![Step::Answer(refused(429, value)), Step::Done];
    let mut all = vec![
        Case::new(17, "2", once("2"), Expected::ok(2).waits(&[(2.0, 3.0)])),
        Case::new(17, "0", once("0"), Expected::ok(2).waits(&[(0.0, 0.5)])),
        Case::new(
            17,
            "119",
            once("119"),
            Expected::ok(2).waits(&[(119.0, 120.0)]),
        ),
        Case::new(
            21,
            "without a hint",
            vec![Step::Answer(Reply::json(429, ""))],
            Expected::status(429).attempts(4),
        ),
        Case::new(
            21,
            "with a hint",
            vec![Step::Answer(refused(429, "3"))],
            Expected::status(429)
                .attempts(4)
                .waits(&[(3.0, 3.5); 3])
                .retry_after(3),
        ),
    ];
    for skew in [0, 86_400, -86_400, 10 * YEAR, -10 * YEAR] {
        all.push(
            Case::new(
                18,
                format!("clock {skew} s off"),
                once(LATER),
                Expected::ok(2).waits(&[(20.0, 21.0)]),
            )
            .skewed(skew),
        );
    }
    for (value, seconds) in [
        ("121", 121),
        ("300", 300),
        ("86400", 86_400),
        ("99999999999999999999", u64::MAX),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 3_600),
    ] {
        all.push(Case::new(
            19,
            value,
            once(value),
            Expected::status(429)
                .retry_after(seconds)
                .lasts(0.0, 0.0)
                .says("asks to wait"),
        ));
    }
    for value in [
        "",
        "-5",
        "inf",
        "nan",
        "1e3",
        "2.5",
        "0x10",
        "soon",
        "Sun, 22 Nov 2026 09:00:00 GMT",
        "Fri, 31 Dec 100000 23:59:59 GMT",
    ] {
        all.push(Case::new(
            20,
            format!("{value:?}"),
            once(value),
            Expected::ok(2),
        ));
    }
    for (one, other, seconds) in [
        ("3", "7", 7.0),
        ("7", "3", 7.0),
        ("soon", "4", 4.0),
        (LATER, "3", 20.0),
    ] {
        all.push(Case::new(
            20,
            format!("{one:?} and {other:?}"),
            vec![
                Step::Answer(refused(429, one).another("retry-after", other)),
                Step::Done,
            ],
            Expected::ok(2).waits(&[(seconds, seconds + 0.6)]),
        ));
    }
    let down = Expected::status(503).effect(Effect::Unknown).retry_after(1);
    all.push(
        Case::new(
            23,
            "once",
            vec![Step::Answer(refused(503, "1")), Step::Done],
            down.clone(),
        )
        .read(Expected::ok(2).waits(&[(1.0, 1.6)]))
        .sends_again(Expected::ok(2).waits(&[(1.0, 1.6)])),
    );
    let later = Expected::status(503)
        .effect(Effect::Unknown)
        .retry_after(600);
    all.push(
        Case::new(
            23,
            "beyond 120 s",
            vec![Step::Answer(refused(503, "600")), Step::Done],
            later.clone(),
        )
        .sends_again(later.says("asks to wait")),
    );
    all.push(
        Case::new(
            25,
            "once",
            vec![Step::Answer(Reply::json(408, "")), Step::Done],
            Expected::ok(2),
        )
        .create(Expected::status(408).says("safe to send again")),
    );
    all.push(
        Case::new(
            25,
            "for ever",
            vec![Step::Answer(Reply::json(408, ""))],
            Expected::status(408).attempts(4),
        )
        .create(Expected::status(408)),
    );
    all
}
