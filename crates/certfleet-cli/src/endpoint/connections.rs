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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::net::SocketAddr;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::oneshot,
        task::JoinHandle,
    };

    /// Longer than any buffer on the way.
    const LONG: usize = 64 * 1024 * 1024;

    /// Runs a test. A paused clock passes at once where nothing else is to be done.
    fn run(is_paused: bool, test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(is_paused)
            .build()
            .unwrap();
        runtime.block_on(test);
    }

    /// A server with a short answer and a long one.
    async fn start() -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/", get(async || "well"))
            .route("/long", get(async || "x".repeat(LONG)));
        let (stop, stopped) = oneshot::channel();
        let stopped = async move { drop(stopped.await) };
        let server = tokio::spawn(serve(listener, router, stopped));
        (address, stop, server)
    }

    async fn connect(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // It may have been let go already.
        drop(stream.write_all(text.as_bytes()).await);
        stream
    }

    async fn read(mut stream: TcpStream) -> String {
        let mut read = Vec::new();
        // A connection that is cut is read to there.
        drop(stream.read_to_end(&mut read).await);
        String::from_utf8(read).unwrap()
    }

    #[test]
    fn clients_that_do_not_say_all_are_let_go_and_others_have_their_turn() {
        run(true, async {
            let (address, stop, server) = start().await;
            let mut silent = Vec::new();
            for number in 0..MOST {
                let begun = ["", "GET / HTTP/1.1\r\nhost:"][number % 2];
                silent.push(connect(address, begun).await);
            }
            let last = connect(address, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
            let answer = read(last).await;
            assert!(answer.ends_with("\r\n\r\nwell"), "{answer}");
            for stream in silent {
                let answer = read(stream).await;
                assert!(!answer.contains("well"), "{answer}");
            }
            stop.send(()).unwrap();
            server.await.unwrap();
        });
    }

    #[test]
    fn a_client_that_does_not_read_does_not_keep_the_server_from_stopping() {
        run(true, async {
            let (address, stop, server) = start().await;
            let idle = connect(address, "GET /long HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
            // The answer has begun.
            idle.readable().await.unwrap();
            stop.send(()).unwrap();
            server.await.unwrap();
            assert!(read(idle).await.len() < LONG);
        });
    }

    #[test]
    fn what_has_begun_is_answered_to_its_end() {
        run(false, async {
            let (address, stop, server) = start().await;
            let reading = connect(address, "GET /long HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
            reading.readable().await.unwrap();
            stop.send(()).unwrap();
            let answer = read(reading).await;
            assert!(answer.len() > LONG, "{}", answer.len());
            server.await.unwrap();
            assert!(TcpStream::connect(address).await.is_err());
        });
    }
}
