//! Connections that are refused, cut, or go elsewhere.

use super::*;
use crate::TALLY;
use certfleet_http::{Class, Effect, ErrorKind, Network, Proxy, Reason};
use certfleet_tests::{
    Reply,
    contract::operations,
    faults::{
        Expected,
        matrix::Layer,
        rows,
        run::{CANARY, check_outcome},
        wire::{Do, Full, Server},
    },
};
use futures_util::{StreamExt, stream};
use std::{sync::Arc, time::Duration};

/// A port that nobody listens on.
pub(super) async fn refused() -> Result<(), String> {
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
pub(super) async fn hanging() -> Result<(), String> {
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
pub(super) async fn proxy() -> Result<(), String> {
    for answer in [
        "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
    ] {
        let server = Server::new(vec![answers_with(answer.as_bytes().to_vec())]).await;
        let proxy = Proxy::new(&format!("http://{}", server.address()))
            .map_err(|error| error.to_string())?;
        let network = Network::new().proxy(proxy);
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
pub(super) async fn reset_on_accept() -> Result<(), String> {
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
pub(super) async fn other_hosts() -> Result<(), String> {
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
pub(super) async fn stale_connections() -> Result<(), String> {
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
