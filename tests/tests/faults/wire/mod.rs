//! The rows that a socket can show, met by every operation over one.

mod answers;
mod connections;

use crate::{TALLY, one, really};
use answers::{answers, silence};
use certfleet_http::{Class, Effect, Error, Limits, Network, Retry, SessionBuilder, Transport};
use certfleet_tests::{
    Clients, Reply,
    contract::{Called, Client, generate, operations},
    faults::{
        Case, Expected,
        matrix::Layer,
        rows,
        run::{CANARY, check_outcome, keys},
        wire::{Do, Server},
    },
};
use connections::{hanging, other_hosts, proxy, refused, reset_on_accept, stale_connections};
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
