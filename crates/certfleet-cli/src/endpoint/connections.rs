//! Connections of clients, each held to its size and its time.

use axum::Router;
use futures_util::future::{Either, select};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};

/// The most connections at a time; others wait to be accepted.
const MOST: usize = 32;

/// How large a request's line and headers may be together, in bytes.
const LARGEST_HEAD: usize = 16 * 1024;

/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(10);

/// How long a request and its answer may take.
const EXCHANGE: Duration = Duration::from_secs(30);

/// How long to wait after a connection could not be accepted, as when there are too many open files.
const RECOVERY: Duration = Duration::from_secs(1);

/// Answers requests until `stop` ends, and those that have begun then to their end. A connection carries one request.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let slots = Arc::new(Semaphore::new(MOST));
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        while connections.try_join_next().is_some() {}
        let next = pin!(accept(&listener, &slots));
        let Either::Left((accepted, _)) = select(next, stop.as_mut()).await else {
            break;
        };
        let Some((stream, slot)) = accepted else {
            continue;
        };
        let router = router.clone();
        connections.spawn(async move {
            // What becomes of a single client is not an affair of the others.
            drop(timeout(EXCHANGE, exchange(stream, router)).await);
            drop(slot);
        });
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Waits for room and for a client.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, slot)),
        Err(_) => {
            sleep(RECOVERY).await;
            None
        }
    }
}

async fn exchange(stream: TcpStream, router: Router) -> hyper::Result<()> {
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LARGEST_HEAD)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .await
}
