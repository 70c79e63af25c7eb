//! The rows that a socket can show, met by every operation over one.

use crate::{TALLY, one, really};
use certfleet_http::{
    Class, Effect, Error, ErrorKind, Limits, Network, Reason, Retry, SessionBuilder, Transport,
};
use certfleet_tests::{
    Clients, Reply,
    contract::{Called, Client, generate, operations},
    faults::{
        Case, Expected,
        matrix::Layer,
        rows,
        run::{CANARY, check_outcome, keys},
        wire::{Do, Full, Server},
    },
};
use futures_util::{StreamExt, stream};
use libtest_mimic::Trial;
use std::{sync::Arc, time::Duration};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        one("wire::answers", || really(each(answers, PATIENT))),
        one("wire::silence", || really(each(silence, HASTY))),
        one("wire::refused", || really(refused())),
        one("wire::hanging_connections", || really(hanging())),
        one("wire::proxy", || really(proxy())),
        one("wire::reset_on_accept", || really(reset_on_accept())),
        one("wire::other_hosts", || really(other_hosts())),
        one("wire::stale_connections", || really(stale_connections())),
    ]
}

/// The time of an attempt where time is not what is tested: enough for a machine under load.
const PATIENT: Duration = Duration::from_secs(20);

/// The time of an attempt that is to run out. A request still has to arrive within it on a machine under load.
const HASTY: Duration = Duration::from_millis(1_500);

/// How long a body may stall, where it is to run out.
const IDLE: Duration = Duration::from_millis(700);

/// How many cases are under way at the same time.
const TOGETHER: usize = 26;

/// Sets up a session with short waits.
pub(crate) fn quickly(builder: SessionBuilder, attempt: Duration) -> SessionBuilder {
    let mut retry = Retry::default();
    retry.base = Duration::from_millis(4);
    retry.cap = Duration::from_millis(20);
    let mut limits = Limits::default();
    limits.attempt = attempt;
    limits.body = 64 * 1024;
    limits.write_body = 64 * 1024;
    builder.retry(retry).limits(limits)
}

pub(crate) fn clients(origin: &str, network: &Arc<Network>, attempt: Duration) -> Clients {
    let transport: Arc<dyn Transport> = network.clone();
    Clients::set_up(
        origin,
        |_| "",
        &keys(),
        |builder| quickly(builder.transport(transport.clone()), attempt),
    )
}

pub(crate) async fn call(client: &Client, clients: &Clients) -> Result<Called, Error> {
    client
        .call(clients, &generate::plain(client.documented()))
        .await
}

/// A case, and what each connection does.
struct Wired {
    case: Case,
    scripts: Vec<Vec<Do>>,
}

/// Runs the cases of every operation.
async fn each(cases: fn(&Client) -> Vec<Wired>, attempt: Duration) -> Result<(), String> {
    let idle = if attempt == HASTY { IDLE } else { PATIENT };
    let network = Arc::new(Network::new().idle_timeout(idle));
    warm_up(&network).await?;
    let all = operations::TABLE
        .iter()
        .flat_map(|client| cases(client).into_iter().map(move |wired| (client, wired)))
        .filter(|(client, wired)| (wired.case.applies)(client));
    let wrong: Vec<String> = stream::iter(all)
        .map(|(client, wired)| {
            let network = network.clone();
            async move {
                let end = meet(client, &wired, &network, attempt).await;
                let Case { row, name, .. } = &wired.case;
                TALLY.count(*row, Layer::Wire, client.constants().class, 1);
                end.map_err(|why| format!("{client:?}: row {row} ({name}): {why}"))
                    .err()
            }
        })
        .buffer_unordered(TOGETHER)
        .filter_map(|wrong| async { wrong })
        .collect()
        .await;
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n"))
    }
}

/// Calls both kinds of operation once: setting up TLS takes its time, and is no part of what is timed.
async fn warm_up(network: &Arc<Network>) -> Result<(), String> {
    for client in operations::TABLE.iter().take(2) {
        let fine = answers_with(bytes_of(&rows::done(client)));
        let server = Server::new(vec![fine]).await;
        let clients = clients(&format!("http://{}", server.address()), network, PATIENT);
        call(client, &clients)
            .await
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}

async fn meet(
    client: &Client,
    wired: &Wired,
    network: &Arc<Network>,
    attempt: Duration,
) -> Result<(), String> {
    let server = Server::new(wired.scripts.clone()).await;
    let clients = clients(&format!("http://{}", server.address()), network, attempt);
    let result = call(client, &clients).await;
    let class = client.constants().class;
    let expected = wired.case.of(class);
    let expected = match class {
        Class::Read => expected.clone().effect(Effect::None),
        _ => expected.clone(),
    };
    check_outcome(&expected, result.as_ref().map(|_| ()))?;
    if server.requests().len() != expected.seen {
        return Err(format!("{} requests were seen", server.requests().len()));
    }
    if class == Class::Create && server.requests().len() > 1 && wired.case.row != 17 {
        return Err("a create arrived twice".to_owned());
    }
    if !server.is_left_alone().await {
        return Err(format!("{} connections are left open", server.open()));
    }
    if expected.failure.is_none() && server.unused() > 0 {
        return Err("a script was not used".to_owned());
    }
    nothing_shown(&result)
}

pub(crate) fn nothing_shown(result: &Result<Called, Error>) -> Result<(), String> {
    match result {
        Err(error) if format!("{error} {error:?}").contains(CANARY) => {
            Err(format!("a secret is shown: {error}"))
        }
        _ => Ok(()),
    }
}

/// An answer as bytes on a connection that ends with it.
pub(crate) fn bytes_of(reply: &Reply) -> Vec<u8> {
    [head_of(reply, reply.body.len()), reply.body.to_vec()].concat()
}

fn head_of(reply: &Reply, length: usize) -> Vec<u8> {
    let headers: String = reply
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!(
        "HTTP/1.1 {} X\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n",
        reply.status
    )
    .into_bytes()
}

fn answers_with(bytes: Vec<u8>) -> Vec<Do> {
    vec![Do::ReadRequest, Do::Write(bytes), Do::Close]
}

/// A moment in which what was written arrives.
const MOMENT: Duration = Duration::from_millis(5);

fn answers(client: &Client) -> Vec<Wired> {
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
fn silence(client: &Client) -> Vec<Wired> {
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

/// Holds the same end of every operation.
pub(crate) async fn all_end(row: u8, expected: &Expected, clients: &Clients) -> Result<(), String> {
    let ends = stream::iter(operations::TABLE)
        .map(|client| async move {
            let result = call(client, clients).await;
            TALLY.count(row, Layer::Wire, client.constants().class, 1);
            check_outcome(expected, result.as_ref().map(|_| ()))
                .and_then(|()| nothing_shown(&result))
                .map_err(|why| format!("{client:?}: row {row}: {why}"))
        })
        .buffer_unordered(TOGETHER)
        .collect::<Vec<_>>()
        .await;
    ends.into_iter().collect()
}

/// A port that nobody listens on.
async fn refused() -> Result<(), String> {
    // Bound and not listening: nobody else gets it, and it refuses.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket
        .bind(([127, 0, 0, 1], 0).into())
        .expect("a free port");
    let origin = format!("http://{}", socket.local_addr().expect("an address"));
    let network = Arc::new(Network::new());
    let expected = Expected::fails(ErrorKind::NotSent)
        .because(Reason::Connect)
        .attempts(4)
        .seen(0)
        .says("refused");
    for client in operations::TABLE {
        // The budget of one session would not last for all.
        let clients = clients(&origin, &network, PATIENT);
        let result = call(client, &clients).await;
        check_outcome(&expected, result.as_ref().map(|_| ()))
            .map_err(|why| format!("{client:?}: {why}"))?;
        TALLY.count(1, Layer::Wire, client.constants().class, 1);
    }
    Ok(())
}

/// A listener that does not accept.
async fn hanging() -> Result<(), String> {
    let full = Full::new().await;
    let network = Arc::new(Network::new().connect_timeout(Duration::from_millis(250)));
    let origin = format!("http://{}", full.address());
    let expected = Expected::fails(ErrorKind::NotSent)
        .because(Reason::Timeout)
        .attempts(4)
        .seen(0);
    let ends = stream::iter(operations::TABLE)
        .map(|client| {
            let clients = clients(&origin, &network, PATIENT);
            let expected = &expected;
            async move {
                let result = call(client, &clients).await;
                TALLY.count(4, Layer::Wire, client.constants().class, 1);
                check_outcome(expected, result.as_ref().map(|_| ()))
                    .map_err(|why| format!("{client:?}: {why}"))
            }
        })
        .buffer_unordered(TOGETHER)
        .collect::<Vec<_>>()
        .await;
    ends.into_iter().collect()
}

/// A proxy that does not let anybody through, and must not see a token.
async fn proxy() -> Result<(), String> {
    for answer in [
        "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
    ] {
        let server = Server::new(vec![answers_with(answer.as_bytes().to_vec())]).await;
        let network = Network::new()
            .proxy(&format!("http://{}", server.address()))
            .map_err(|error| error.to_string())?;
        let clients = clients("https://gateway.example", &Arc::new(network), PATIENT);
        let expected = Expected::fails(ErrorKind::NotSent)
            .because(Reason::Proxy)
            .seen(0);
        all_end(6, &expected, &clients).await?;
        let seen = server.requests();
        if seen.len() != operations::TABLE.len() {
            return Err(format!("the proxy was asked {} times", seen.len()));
        }
        for request in seen {
            let text = String::from_utf8_lossy(&request).into_owned();
            if !text.starts_with("CONNECT gateway.example:443 ") || text.contains(CANARY) {
                return Err(format!("the proxy saw {text}"));
            }
        }
    }
    Ok(())
}

/// Reset before the request is read. Whether a byte of it left is a matter of luck: a read is sent again, a write
/// either was not sent, or its end is unknown, and arrives at most once.
async fn reset_on_accept() -> Result<(), String> {
    let network = Arc::new(Network::new());
    for client in operations::TABLE {
        let fine = answers_with(bytes_of(&rows::done(client)));
        let server = Server::new(vec![vec![Do::Reset], fine]).await;
        let clients = clients(&format!("http://{}", server.address()), &network, PATIENT);
        let result = call(client, &clients).await;
        let class = client.constants().class;
        TALLY.count(7, Layer::Wire, class, 1);
        let truthful = match &result {
            Ok(_) => server.requests().len() == 1,
            Err(error) => {
                class != Class::Read
                    && error.effect() == Effect::Unknown
                    && server.requests().is_empty()
            }
        };
        if !truthful {
            return Err(format!(
                "{client:?}: {:?}, {:?}",
                result.map(|_| ()),
                server.events()
            ));
        }
    }
    Ok(())
}

/// Redirects to another host: nothing reaches it, not even a connection.
async fn other_hosts() -> Result<(), String> {
    let refusal = bytes_of(&Reply::json(418, ""));
    let other = Server::new(vec![answers_with(refusal)]).await;
    let network = Arc::new(Network::new());
    for status in [301, 302, 303, 307, 308] {
        let reply =
            Reply::json(status, "").header("location", format!("http://{}/x", other.address()));
        let server = Server::new(vec![answers_with(bytes_of(&reply))]).await;
        let clients = clients(&format!("http://{}", server.address()), &network, PATIENT);
        for client in operations::TABLE {
            let error = call(client, &clients)
                .await
                .err()
                .ok_or("it was followed")?;
            if (error.kind(), error.attempts()) != (ErrorKind::Redirect, 1) {
                return Err(format!("{client:?}: {error}"));
            }
            TALLY.count(46, Layer::Wire, client.constants().class, 1);
        }
    }
    match other.accepted() {
        0 => Ok(()),
        connections => Err(format!("{connections} connections to the other host")),
    }
}

/// A server that closes each connection after its answer without saying so: 2,000 calls of each class. To those
/// that write it is as unkind as can be: it closes once the next request has begun to arrive, which cannot be told
/// from one that was carried out.
async fn stale_connections() -> Result<(), String> {
    let network = Arc::new(Network::new());
    for (class, id) in [
        (Class::Read, "get_certificate"),
        (Class::Idempotent, "modify_certificate"),
        (Class::Create, "upload_certificate"),
    ] {
        let client = operations::TABLE
            .iter()
            .find(|client| client.provider == "openai" && client.id == id)
            .ok_or("an operation")?;
        let answer = String::from_utf8_lossy(&bytes_of(&rows::done(client)))
            .replace("connection: close\r\n", "")
            .into_bytes();
        let mut script = vec![Do::ReadRequest, Do::Write(answer)];
        if class != Class::Read {
            script.push(Do::ReadExact(1));
        }
        let server = Server::new(vec![script]).await;
        let clients = clients(&format!("http://{}", server.address()), &network, PATIENT);
        for number in 0..2_000 {
            if let Err(error) = call(client, &clients).await {
                return Err(format!("call {number} of {client:?}: {error}"));
            }
        }
        let seen = server.requests().len();
        if class != Class::Read && seen != 2_000 {
            return Err(format!("{client:?}: {seen} requests for 2,000 calls"));
        }
        TALLY.count(60, Layer::Wire, class, 1);
    }
    Ok(())
}
