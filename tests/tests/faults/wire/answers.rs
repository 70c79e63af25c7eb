//! Answers of every shape, written to a socket.

use super::*;
use certfleet_http::{Effect, ErrorKind, Reason};
use certfleet_tests::{
    Reply,
    contract::Client,
    faults::{Case, Expected, rows, run::CANARY, wire::Do},
};
use std::time::Duration;

pub(super) fn answers(client: &Client) -> Vec<Wired> {
    use {Effect as E, ErrorKind as K};
    let done = rows::done(client);
    let success = done.status;
    let whole = bytes_of(&done);
    let fine = || answers_with(whole.clone());
    let is_json = |client: &Client| client.constants().expect == certfleet_http::Expect::Json;
    let mut all = Vec::new();
    let mut add = |case: Case, first: Vec<Do>| {
        all.push(Wired {
            case,
            scripts: vec![first, fine()],
        });
    };
    let case = |row, name: &str, every: Expected| Case::new(row, name, vec![], every);

    let lost = || {
        Expected::fails(K::Interrupted)
            .because(Reason::Broken)
            .effect(E::Unknown)
    };
    let request = Do::ReadRequest;
    let write = |text: &str| Do::Write(text.as_bytes().to_vec());
    let many: String = (0..150).map(|n| format!("x-{n}: y\r\n")).collect();
    for (row, name, steps) in [
        (8, "reset", vec![request.clone(), Do::Reset]),
        (8, "closed", vec![request.clone(), Do::Close]),
        (
            8,
            "half closed",
            vec![request.clone(), Do::ShutdownWrite, Do::AwaitClose],
        ),
        (
            9,
            "reset in the status line",
            vec![
                request.clone(),
                write("HTTP/1.1 20"),
                Do::Wait(MOMENT),
                Do::Reset,
            ],
        ),
        (
            9,
            "closed in a header",
            vec![
                request.clone(),
                write("HTTP/1.1 200 OK\r\ncontent-ty"),
                Do::Close,
            ],
        ),
        (
            62,
            "garbage",
            vec![request.clone(), write("hello\r\n\r\n"), Do::Close],
        ),
        (
            62,
            "HTTP/0.9",
            vec![request.clone(), write("<html>hello</html>"), Do::Close],
        ),
        (
            62,
            "150 headers",
            vec![
                request.clone(),
                write(&format!("HTTP/1.1 200 OK\r\n{many}\r\n")),
                Do::Close,
            ],
        ),
        (
            62,
            "endless header",
            vec![
                request.clone(),
                write("HTTP/1.1 200 OK\r\nx: "),
                Do::Repeat(vec![b'y'; 65_536], Duration::ZERO),
            ],
        ),
    ] {
        add(case(row, name, lost()).read(Expected::ok(2)), steps);
    }

    let cut = || {
        Expected::fails(K::Interrupted)
            .because(Reason::Broken)
            .with_status(success)
            .effect(E::Applied)
    };
    let half = whole.len() - done.body.len() / 2 - 1;
    let chunked = |rest: &str| {
        let head = String::from_utf8_lossy(&whole).into_owned();
        let head = head.split("connection: close").next().unwrap_or_default();
        write(&format!("{head}transfer-encoding: chunked\r\n\r\n{rest}"))
    };
    for (row, name, steps) in [
        (
            10,
            "reset",
            vec![
                request.clone(),
                Do::Write(whole[..half].to_vec()),
                Do::Wait(MOMENT),
                Do::Reset,
            ],
        ),
        (
            10,
            "closed",
            vec![
                request.clone(),
                Do::Write(whole[..half].to_vec()),
                Do::Close,
            ],
        ),
        (
            10,
            "closed in a chunk",
            vec![request.clone(), chunked("a\r\n{\"da"), Do::Close],
        ),
        (
            10,
            "bad chunk",
            vec![
                request.clone(),
                chunked("5\r\n{\"id\"\r\nnonsense"),
                Do::Close,
            ],
        ),
        (
            12,
            "",
            vec![
                request.clone(),
                Do::Write([head_of(&done, done.body.len() + 10), done.body.to_vec()].concat()),
                Do::Close,
            ],
        ),
    ] {
        add(case(row, name, cut()).read(Expected::ok(2)), steps);
    }
    let failed = Reply::json(400, "");
    add(
        case(
            11,
            "400",
            Expected::status(400)
                .because(Reason::Broken)
                .says("truncated"),
        ),
        vec![
            request.clone(),
            Do::Write([head_of(&failed, 100), b"{".to_vec()].concat()),
            Do::Close,
        ],
    );
    let unreadable = || {
        Expected::fails(K::Unreadable)
            .with_status(success)
            .effect(E::Applied)
    };
    let with = |body: &[u8]| {
        let mut reply = done.clone();
        reply.body = body.to_vec().into();
        reply
    };
    let truncated = with(&done.body[..done.body.len().saturating_sub(1)]);
    add(
        case(13, "", unreadable())
            .read(Expected::ok(2))
            .only(is_json),
        answers_with(bytes_of(&truncated)),
    );
    let slow = Reply::json(429, "").header("retry-after", "1");
    add(
        case(17, "1", Expected::ok(2)),
        answers_with(bytes_of(&slow)),
    );
    let down = Reply::json(502, "");
    add(
        case(22, "502", Expected::status(502).effect(E::Unknown)).read(Expected::ok(2)),
        answers_with(bytes_of(&down)),
    );
    for (row, status) in [(24, 404), (24, 501), (26, 409), (27, 401), (27, 403)] {
        let reply = Reply::json(status, format!(r#"{{"message":"no, test-key-{CANARY}"}}"#));
        add(
            case(row, &status.to_string(), Expected::status(status)),
            answers_with(bytes_of(&reply)),
        );
    }
    let page = with(b"<html>sign in</html>").header("content-type", "text/html");
    add(
        case(32, "a page", unreadable().effect(E::Unknown)),
        answers_with(bytes_of(&page)),
    );
    add(
        case(33, "empty", unreadable()).only(is_json),
        answers_with(bytes_of(&with(b""))),
    );
    add(
        case(33, "204", Expected::status(204).effect(E::Applied)),
        answers_with(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_vec()),
    );
    let too_large = || {
        Expected::fails(K::TooLarge)
            .because(Reason::TooLarge)
            .with_status(success)
            .effect(E::Applied)
    };
    add(
        case(34, "declared", too_large()),
        vec![
            request.clone(),
            Do::Write(head_of(&done, 64 * 1024 + 1)),
            Do::AwaitClose,
        ],
    );
    add(
        case(35, "endless", too_large()),
        vec![
            request.clone(),
            chunked(""),
            Do::Repeat(
                format!("1000\r\n{}\r\n", "x".repeat(4096)).into_bytes(),
                Duration::ZERO,
            ),
        ],
    );
    let gzip = with(b"\x1f\x8b\x08\x00").header("content-encoding", "gzip");
    add(
        case(36, "gzip", unreadable()),
        answers_with(bytes_of(&gzip)),
    );
    let marked = with(&[b"\xef\xbb\xbf", &done.body[..]].concat());
    add(
        case(38, "BOM", unreadable()).only(is_json),
        answers_with(bytes_of(&marked)),
    );
    for status in [301, 302, 307, 308] {
        let reply = Reply::json(status, "").header("location", "/elsewhere");
        let redirect = Expected::fails(K::Redirect).with_status(status);
        add(
            case(45, &status.to_string(), redirect),
            answers_with(bytes_of(&reply)),
        );
    }
    let other = Reply::json(303, "").header("location", "/elsewhere");
    let redirect = Expected::fails(K::Redirect)
        .with_status(303)
        .effect(E::Unknown);
    add(case(47, "", redirect), answers_with(bytes_of(&other)));
    if !rows::has_body(client) {
        // A success without a body has none that could break or be another.
        all.retain(|wired| !matches!(wired.case.row, 10 | 12 | 32..=35));
    }
    all
}

/// Answers that do not come, or do not end.
pub(super) fn silence(client: &Client) -> Vec<Wired> {
    let done = rows::done(client);
    let head = || Do::Write(head_of(&done, 10_000));
    let silent = || {
        Expected::fails(ErrorKind::Deadline)
            .because(Reason::Timeout)
            .effect(Effect::Unknown)
    };
    let slow = || silent().with_status(done.status).effect(Effect::Applied);
    [
        (
            14,
            "no answer",
            vec![Do::ReadRequest, Do::AwaitClose],
            silent(),
        ),
        (
            15,
            "a byte now and then",
            vec![
                Do::ReadRequest,
                head(),
                Do::Repeat(b" ".to_vec(), Duration::from_millis(50)),
            ],
            slow(),
        ),
        (
            16,
            "a stalled body",
            vec![Do::ReadRequest, head(), Do::AwaitClose],
            slow(),
        ),
        (
            62,
            "1xx without end",
            vec![
                Do::ReadRequest,
                Do::Repeat(
                    b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(),
                    Duration::from_millis(5),
                ),
            ],
            silent(),
        ),
    ]
    .into_iter()
    // A body that nobody waits for keeps nobody waiting.
    .filter(|(row, ..)| !matches!(row, 15 | 16) || rows::has_body(client))
    .map(|(row, name, script, every)| Wired {
        case: Case::new(row, name, vec![], every.clone()).read(every.attempts(4)),
        scripts: vec![script],
    })
    .collect()
}
