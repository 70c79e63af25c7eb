//! Complete answers that are refusals, failures or redirects.

use super::success::{done, is_json};
use crate::{
    Reply,
    contract::Client,
    faults::{Case, Expected, Step},
};
use certfleet_http::{Effect, ErrorKind};

/// A page that a firewall or a login service shows.
pub(crate) const PAGE: &str =
    "<html><head><title>Sign in</title></head><body onload=\"go()\">page-canary</body></html>";

// long: one table, a row of the matrix after another.
pub(super) fn cases(client: &Client) -> Vec<Case> {
    let mut all = Vec::new();
    let answer = |status| Step::Answer(Reply::json(status, r#"{"message":"no"}"#));
    for status in [500, 502, 503, 504, 520, 599] {
        let failed = || Expected::status(status).effect(Effect::Unknown);
        all.push(
            Case::new(
                22,
                format!("{status} for ever"),
                vec![answer(status)],
                failed(),
            )
            .read(failed().attempts(4))
            .sends_again(failed().attempts(4)),
        );
        all.push(
            Case::new(
                22,
                format!("{status} once"),
                vec![answer(status), Step::Done],
                failed(),
            )
            .read(Expected::ok(2))
            .sends_again(Expected::ok(2)),
        );
    }
    for (row, statuses) in [
        (
            24,
            &[
                400, 402, 404, 405, 406, 410, 411, 413, 414, 415, 418, 421, 422, 451, 501, 505,
            ][..],
        ),
        (26, &[409]),
    ] {
        for status in statuses {
            let steps = vec![answer(*status), Step::Done];
            all.push(Case::new(
                row,
                status.to_string(),
                steps,
                Expected::status(*status),
            ));
        }
    }
    for status in [401, 403] {
        let json = Reply::json(status, r#"{"message":"bad credentials: test-key-canary"}"#);
        all.push(Case::new(
            27,
            status.to_string(),
            vec![Step::Answer(json), Step::Done],
            Expected::status(status),
        ));
        let page = Reply::json(status, PAGE).header("content-type", "text/html; charset=utf-8");
        all.push(Case::new(
            28,
            status.to_string(),
            vec![Step::Answer(page), Step::Done],
            Expected::status(status).says("bytes of text/html"),
        ));
    }
    if let Some(body) = failure(client) {
        let mut reply = done(client);
        reply.body = body.into();
        let refused = Expected::fails(ErrorKind::Refused).with_status(reply.status);
        all.push(
            Case::new(
                30,
                "",
                vec![Step::Answer(reply), Step::Done],
                refused.says("it failed"),
            )
            .only(is_json),
        );
    }
    all.push(partial(client));
    for status in [301, 302, 307, 308] {
        for (row, name, location) in [
            (45, "absolute", "http://localhost/elsewhere"),
            (45, "relative", "/elsewhere"),
            (46, "another host", "https://elsewhere.example/x"),
            (46, "downgrade", "http://elsewhere.example/x"),
        ] {
            let reply = Reply::json(status, "").header("location", location);
            let redirect = Expected::fails(ErrorKind::Redirect).with_status(status);
            let steps = vec![Step::Answer(reply), Step::Done];
            all.push(Case::new(
                row,
                format!("{status}, {name}"),
                steps,
                redirect.says("not followed"),
            ));
        }
    }
    let other = Reply::json(303, "").header("location", "/elsewhere");
    let redirect = Expected::fails(ErrorKind::Redirect).with_status(303);
    all.push(
        Case::new(
            47,
            "",
            vec![Step::Answer(other), Step::Done],
            redirect.clone().effect(Effect::Unknown),
        )
        .read(redirect)
        .looks(),
    );
    all
}

/// How the vendor says in a 2xx that it failed.
fn failure(client: &Client) -> Option<&'static str> {
    match client.provider {
        "cloudflare" => Some(
            r#"{"success":false,"errors":[{"code":1000,"message":"it failed"}],"messages":[],"result":null}"#,
        ),
        "apinizer" => Some(r#"{"status":"FAILURE","resultMessage":"it failed"}"#),
        _ => None,
    }
}

/// Apinizer's report on environments of which one failed: an answer, not a failure.
fn partial(client: &Client) -> Case {
    const BODY: &str = r#"{"success":true,"deploymentResult":{"success":false,"message":"1 of 2","environmentResults":[
        {"environmentName":"production","success":true,"message":"done"},
        {"environmentName":"test","success":false,"message":"no gateway"}]}}"#;
    let mut reply = done(client);
    reply.body = BODY.into();
    Case::new(
        31,
        "",
        vec![Step::Answer(reply)],
        Expected::ok(1).says("no gateway"),
    )
    .only(|client| {
        client.provider == "apinizer"
            && [
                "create_certificate",
                "update_certificate",
                "delete_certificate",
            ]
            .contains(&client.id)
    })
}
