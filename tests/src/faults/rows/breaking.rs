//! Connections that break, hang or stall after the request left.

use super::success::{done, is_json};
use crate::{
    Reply,
    contract::Client,
    faults::{Case, Expected, Step},
};
use certfleet_http::{Effect, ErrorKind, Reason};

// long: one table, a row of the matrix after another.
pub(super) fn cases(client: &Client) -> Vec<Case> {
    let mut all = Vec::new();
    let lost = || {
        Expected::fails(ErrorKind::Interrupted)
            .because(Reason::Broken)
            .effect(Effect::Unknown)
            .says("connection broke")
    };
    for (row, name) in [
        (8, "reset"),
        (8, "closed"),
        (9, "within the status line"),
        (9, "within the headers"),
        (62, "garbage"),
        (62, "HTTP/0.9"),
        (62, "too many headers"),
        (62, "1xx without end"),
    ] {
        all.push(
            Case::new(row, name, vec![Step::Lost, Step::Done], lost())
                .read(Expected::ok(2))
                .sends_again(Expected::ok(2)),
        );
        all.push(
            Case::new(row, format!("{name}, for ever"), vec![Step::Lost], lost())
                .read(lost().attempts(4))
                .sends_again(lost().attempts(4)),
        );
    }

    let success = done(client).status;
    let cut = |kind, reason| {
        Expected::fails(kind)
            .because(reason)
            .with_status(success)
            .effect(Effect::Applied)
    };
    let broken = || cut(ErrorKind::Interrupted, Reason::Broken);
    for (row, name) in [(10, "reset"), (10, "closed"), (12, "")] {
        let breaks = || Step::Breaks(done(client));
        all.push(
            Case::new(
                row,
                format!("{name} once"),
                vec![breaks(), Step::Done],
                broken(),
            )
            .read(Expected::ok(2))
            .looks(),
        );
        all.push(
            Case::new(row, format!("{name} for ever"), vec![breaks()], broken())
                .read(broken().attempts(4))
                .looks(),
        );
    }
    for status in [400, 403, 422] {
        all.push(Case::new(
            11,
            status.to_string(),
            vec![Step::Breaks(Reply::json(status, ""))],
            Expected::status(status)
                .because(Reason::Broken)
                .says("truncated"),
        ));
    }
    let failed = |status| {
        Expected::status(status)
            .because(Reason::Broken)
            .effect(Effect::Unknown)
            .says("truncated")
    };
    all.push(
        Case::new(
            11,
            "500",
            vec![Step::Breaks(Reply::json(500, ""))],
            failed(500),
        )
        .read(failed(500).attempts(4))
        .sends_again(failed(500).attempts(4)),
    );
    all.push(Case::new(
        11,
        "429, then fine",
        vec![Step::Breaks(Reply::json(429, "")), Step::Done],
        Expected::ok(2),
    ));

    let text = String::from_utf8_lossy(&done(client).body).into_owned();
    let truncated = || {
        let mut reply = done(client);
        reply.body = text.as_bytes()[..text.len().saturating_sub(3)]
            .to_vec()
            .into();
        Step::Answer(reply)
    };
    let unreadable = || {
        Expected::fails(ErrorKind::Unreadable)
            .with_status(success)
            .effect(Effect::Applied)
    };
    all.push(
        Case::new(13, "once", vec![truncated(), Step::Done], unreadable())
            .read(Expected::ok(2))
            .looks()
            .only(is_json),
    );
    all.push(
        Case::new(13, "for ever", vec![truncated()], unreadable())
            .read(unreadable().attempts(2))
            .looks()
            .only(is_json),
    );

    let silent = || {
        Expected::fails(ErrorKind::Deadline)
            .because(Reason::Timeout)
            .effect(Effect::Unknown)
    };
    all.push(
        Case::new(
            14,
            "for ever",
            vec![Step::Hangs],
            silent().lasts(30.0, 30.05),
        )
        .read(silent().attempts(4).lasts(90.0, 120.1))
        .sends_again(silent().attempts(4).lasts(90.0, 120.1)),
    );
    all.push(
        Case::new(
            14,
            "once",
            vec![Step::Hangs, Step::Done],
            silent().lasts(30.0, 30.05),
        )
        .read(Expected::ok(2).lasts(30.0, 30.6))
        .sends_again(Expected::ok(2).lasts(30.0, 30.6)),
    );
    let slow = || cut(ErrorKind::Deadline, Reason::Timeout);
    for (row, step, seconds) in [
        (15, Step::Drips(done(client)), 30.0),
        (16, Step::Stalls(done(client)), 15.0),
    ] {
        let once = || slow().lasts(seconds, seconds + 0.05);
        all.push(
            Case::new(row, "for ever", vec![step.clone()], once())
                .read(slow().attempts(4).lasts(3.0 * seconds, 120.1))
                .looks(),
        );
        all.push(
            Case::new(row, "once", vec![step, Step::Done], once())
                .read(Expected::ok(2).lasts(seconds, seconds + 0.6))
                .looks(),
        );
    }
    all
}
