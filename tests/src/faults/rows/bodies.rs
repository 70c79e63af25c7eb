//! Successes whose bodies are not what they should be.

use super::{
    statuses::PAGE,
    success::{done, has_body, is_json},
};
use crate::{
    Reply,
    contract::{Client, Expected as Of, variants},
    faults::{Case, Expected, Step},
};
use certfleet_http::{Bytes, Effect, ErrorKind, Reason};
use serde_json::Value;

const YEAR: i64 = 31_557_600;

// long: one table, a row of the matrix after another.
pub(super) fn cases(client: &Client) -> Vec<Case> {
    let success = done(client).status;
    let with = |body: &[u8]| {
        let mut reply = done(client);
        reply.body = Bytes::copy_from_slice(body);
        reply
    };
    let unreadable = || {
        Expected::fails(ErrorKind::Unreadable)
            .with_status(success)
            .effect(Effect::Applied)
    };
    let case = |row, name: &str, reply: Reply, expected: Expected| {
        Case::new(row, name, vec![Step::Answer(reply), Step::Done], expected)
            .looks()
            .only(is_json)
    };
    let foreign = || unreadable().effect(Effect::Unknown);
    let typed = |kind: &str, body: &str| with(body.as_bytes()).header("content-type", kind);
    let text = String::from_utf8_lossy(&done(client).body).into_owned();
    let mut all = vec![
        case(
            32,
            "a page",
            typed("text/html; charset=utf-8", PAGE),
            foreign(),
        )
        .only(has_body),
        case(32, "text", typed("text/plain", &text), foreign()),
        case(
            32,
            "bytes",
            typed("application/octet-stream", &text),
            foreign(),
        ),
        case(33, "empty", with(b""), unreadable().says("empty")),
        case(
            36,
            "gzip",
            with(b"\x1f\x8b\x08").header("content-encoding", "gzip"),
            unreadable().says("compressed"),
        )
        .only(|_| true),
        case(
            36,
            "br, a page",
            typed("text/html", PAGE).header("content-encoding", "br"),
            foreign(),
        )
        .only(has_body),
        case(
            38,
            "invalid UTF-8",
            with(&[text.as_bytes(), b"\xff"].concat()),
            unreadable(),
        ),
        case(
            38,
            "invalid UTF-8 within",
            with(b"{\"\xc3\x28\":1}"),
            unreadable(),
        ),
        case(
            38,
            "BOM",
            with(&[b"\xef\xbb\xbf", text.as_bytes()].concat()),
            unreadable(),
        ),
        case(
            38,
            "trailing bytes",
            with(format!("{text} x").as_bytes()),
            unreadable(),
        ),
        case(
            38,
            "two documents",
            with(format!("{text}{text}").as_bytes()),
            unreadable(),
        ),
    ];
    let empty = Reply::json(204, "");
    all.push(
        Case::new(
            33,
            "204",
            vec![Step::Answer(empty), Step::Done],
            Expected::status(204).effect(Effect::Applied),
        )
        .looks()
        .only(|client| !client.constants().success.contains(&204)),
    );
    for (row, name) in [(34, "declared"), (35, "endless")] {
        let too_large = Expected::fails(ErrorKind::TooLarge)
            .because(Reason::TooLarge)
            .with_status(success)
            .effect(Effect::Applied);
        let steps = vec![Step::TooLarge(done(client)), Step::Done];
        all.push(Case::new(row, name, steps, too_large).looks());
    }
    for skew in [10 * YEAR, -10 * YEAR] {
        all.push(
            Case::new(54, format!("{skew} s"), vec![Step::Done], Expected::ok(1)).skewed(skew),
        );
    }
    if !is_json(client) {
        return all;
    }

    // Where an operation's answers hold secrets, what is too deep to be searched for them is withheld, after
    // reading it once for each level that is.
    let searched = !client.constants().response_secrets.is_empty();
    let levels = if searched { 5_000 } else { 200_000 };
    let deep = "[".repeat(levels) + &"]".repeat(levels);
    all.push(case(
        37,
        "the whole body",
        with(deep.as_bytes()),
        unreadable(),
    ));
    if let Ok(Value::Object(members)) = serde_json::from_str(&text) {
        let body = text.replacen('{', &format!("{{\"x_unheard_of\":{deep},"), 1);
        all.push(if searched {
            case(37, "within", with(body.as_bytes()), unreadable())
        } else {
            Case::new(
                37,
                "within",
                vec![Step::Answer(with(body.as_bytes()))],
                Expected::ok(1),
            )
        });
        for (name, value) in &members {
            let body = text.replacen(
                '{',
                &format!("{{{}:{value},", Value::from(name.as_str())),
                1,
            );
            all.push(case(
                39,
                &format!("{name} twice"),
                with(body.as_bytes()),
                unreadable().says("duplicate field"),
            ));
        }
    }
    all.extend(edges(client));
    all
}

/// Every edge of the documented schema that a row is about.
fn edges(client: &Client) -> Vec<Case> {
    let success = client.documented().success();
    let Some(schema) = &success.schema else {
        return Vec::new();
    };
    let unreadable = || {
        Expected::fails(ErrorKind::Unreadable)
            .with_status(success.concrete())
            .effect(Effect::Applied)
            .says("at ")
    };
    variants(schema)
        .into_iter()
        .filter_map(|variant| {
            let what = variant.what.as_str();
            let ends = |ending: &str| what.ends_with(ending);
            let row = match variant.expected {
                Of::Accepted if ends("enum value of tomorrow") => 40,
                Of::Valid if ends(" absent") || ends("undeclared field") || ends(" least") => 41,
                Of::Refused if ends(" absent") => 42,
                _ if ends(" null") => 43,
                _ if ends("9.0") || ends("fraction") || ends("beyond 64 bits") => 44,
                _ => return None,
            };
            if says_failed(client, &variant.value) || is_cut_out(client, what) {
                return None;
            }
            let reply = Reply::json(success.concrete(), variant.value.to_string());
            let steps = vec![Step::Answer(reply)];
            Some(match variant.expected {
                Of::Valid | Of::Accepted => Case::new(row, what, steps, Expected::ok(1)),
                Of::Refused => Case::new(row, what, steps, unreadable()).looks(),
            })
        })
        .collect()
}

/// Whether a body says that the call failed, which is another row.
fn says_failed(client: &Client, body: &Value) -> bool {
    client.api().shapes.failure.iter().any(|failure| {
        let equals: Value = serde_json::from_str(failure.equals).expect("JSON");
        body.get(failure.field) == Some(&equals)
    })
}

/// Whether the edge is at a field that is replaced before it is read.
fn is_cut_out(client: &Client, what: &str) -> bool {
    let constants = client.constants();
    let place = what
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    constants
        .response_secrets
        .iter()
        .chain(constants.response_certificates)
        .any(|field| {
            place
                .split('/')
                .any(|part| part == field.to_ascii_lowercase())
        })
}
