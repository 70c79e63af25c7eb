//! A server on a loopback socket that does one thing with every request.
#![allow(dead_code, reason = "each test uses its own part")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// What a server does with a connection after it has read a whole request.
#[derive(Clone)]
pub(crate) enum Then {
    /// Writes this and closes.
    Write(Vec<u8>),
    /// Writes this, then nothing more, and keeps the connection.
    Stall(Vec<u8>),
    /// Resets the connection.
    Reset,
    /// Writes the first once and the second again and again.
    Endless(&'static [u8], Vec<u8>),
}

/// A server, and what it saw.
pub(crate) struct Server {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn new(then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (counted, kept) = (connections.clone(), requests.clone());
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                counted.fetch_add(1, Ordering::SeqCst);
                let (then, kept) = (then.clone(), kept.clone());
                tokio::spawn(async move {
                    while let Some(request) = read_request(&mut stream).await {
                        kept.lock().unwrap().push(request);
                        match &then {
                            Then::Write(bytes) => {
                                if stream.write_all(bytes).await.is_err() {
                                    return;
                                }
                            }
                            Then::Stall(bytes) => {
                                let _ = stream.write_all(bytes).await;
                                std::future::pending::<()>().await;
                            }
                            Then::Reset => {
                                let _ = stream.set_zero_linger();
                                return;
                            }
                            Then::Endless(head, bytes) => {
                                let _ = stream.write_all(head).await;
                                while stream.write_all(bytes).await.is_ok() {}
                                return;
                            }
                        }
                    }
                });
            }
        });
        Self {
            address,
            connections,
            requests,
            task,
        }
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// One request: its head, and as much body as it announces.
pub(crate) async fn read_request(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.ok()?;
        if read == 0 {
            return None;
        }
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .to_ascii_lowercase()
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.lines().next()?.trim().parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return Some(text);
            }
        }
    }
}

/// A response with a length.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nx-request-id: req-1\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
