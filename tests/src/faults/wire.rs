//! A server over sockets that does exactly what it is told, and keeps what it saw.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
    time::sleep,
};

/// One thing that a connection does.
#[derive(Debug, Clone)]
pub enum Do {
    /// Reads one whole request.
    ReadRequest,
    /// Reads so many bytes.
    ReadExact(usize),
    /// Writes this.
    Write(Vec<u8>),
    /// Writes this again and again, with a pause between, until the other side goes away.
    Repeat(Vec<u8>, Duration),
    /// Waits.
    Wait(Duration),
    /// Says that nothing more will be written.
    ShutdownWrite,
    /// Waits until the other side goes away.
    AwaitClose,
    /// Closes.
    Close,
    /// Resets (`SO_LINGER` 0).
    Reset,
}

/// What a server saw, in its order. Connections count from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A connection was accepted.
    Accepted(usize),
    /// A whole request came over it.
    Request(usize, Vec<u8>),
    /// It ended: its script was done, or the other side went away.
    Ended(usize),
}

/// A server. It stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    events: Arc<Mutex<Vec<Event>>>,
    left: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Each connection follows the next script; those after the last follow the last.
    ///
    /// # Panics
    /// No port is free, or there is no script.
    pub async fn new(scripts: Vec<Vec<Do>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self::on(listener, scripts)
    }

    /// The same on a listener that is there already.
    ///
    /// # Panics
    /// There is no script.
    pub fn on(listener: TcpListener, scripts: Vec<Vec<Do>>) -> Self {
        assert!(!scripts.is_empty(), "a server needs a script");
        let address = listener.local_addr().expect("an address");
        let events: Arc<Mutex<Vec<Event>>> = Arc::default();
        let left = Arc::new(AtomicUsize::new(scripts.len()));
        let (kept, counted) = (events.clone(), left.clone());
        let task = tokio::spawn(async move {
            let mut scripts: VecDeque<_> = scripts.into();
            let mut connections = JoinSet::new();
            for number in 0.. {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                let script = if scripts.len() > 1 {
                    scripts.pop_front()
                } else {
                    scripts.front().cloned()
                };
                let _ = counted.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                    left.checked_sub(1)
                });
                let log = Log {
                    number,
                    events: kept.clone(),
                };
                log.push(Event::Accepted(number));
                connections.spawn(async move {
                    // Whatever ends the connection is what the client is being tested with.
                    let _ = follow(stream, script.unwrap_or_default(), &log).await;
                    log.push(Event::Ended(number));
                });
            }
        });
        Self {
            address,
            events,
            left,
            task,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it saw.
    ///
    /// # Panics
    /// A test panicked while it held the list.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().expect("no panic while held").clone()
    }

    /// The whole requests that came.
    pub fn requests(&self) -> Vec<Vec<u8>> {
        self.events()
            .into_iter()
            .filter_map(|event| match event {
                Event::Request(_, bytes) => Some(bytes),
                _ => None,
            })
            .collect()
    }

    /// How many connections were accepted.
    pub fn accepted(&self) -> usize {
        let is_accepted = |event: &&Event| matches!(event, Event::Accepted(_));
        self.events().iter().filter(is_accepted).count()
    }

    /// How many of them are still there.
    pub fn open(&self) -> usize {
        let is_ended = |event: &&Event| matches!(event, Event::Ended(_));
        self.accepted() - self.events().iter().filter(is_ended).count()
    }

    /// How many scripts no connection has followed yet.
    pub fn unused(&self) -> usize {
        self.left.load(Ordering::SeqCst)
    }

    /// Waits until no connection is open; `false` if one still is after two seconds.
    pub async fn is_left_alone(&self) -> bool {
        for _ in 0..400 {
            if self.open() == 0 {
                return true;
            }
            sleep(Duration::from_millis(5)).await;
        }
        false
    }
}

struct Log {
    number: usize,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Log {
    fn push(&self, event: Event) {
        self.events.lock().expect("no panic while held").push(event);
    }
}

async fn follow(mut stream: TcpStream, script: Vec<Do>, log: &Log) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    for step in script {
        match step {
            Do::ReadRequest => {
                let request = read_request(&mut stream).await?;
                log.push(Event::Request(log.number, request));
            }
            Do::ReadExact(bytes) => {
                stream.read_exact(&mut vec![0; bytes]).await?;
            }
            Do::Write(bytes) => stream.write_all(&bytes).await?,
            Do::Repeat(bytes, pause) => loop {
                stream.write_all(&bytes).await?;
                sleep(pause).await;
            },
            Do::Wait(time) => sleep(time).await,
            Do::ShutdownWrite => stream.shutdown().await?,
            Do::AwaitClose => while stream.read(&mut [0; 1024]).await? > 0 {},
            Do::Close => return Ok(()),
            Do::Reset => return stream.set_zero_linger(),
        }
    }
    Ok(())
}

/// One request: its head, and as much body as it announces.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&chunk[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let length = head
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.lines().next()?.trim().parse().ok())
            .unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            return Ok(bytes);
        }
    }
}

/// A listener whose queue is full: connecting to it hangs.
#[derive(Debug)]
pub struct Full {
    address: SocketAddr,
    _held: (TcpListener, Vec<JoinHandle<()>>),
}

impl Drop for Full {
    fn drop(&mut self) {
        for task in &self._held.1 {
            task.abort();
        }
    }
}

impl Full {
    /// Such a listener.
    ///
    /// # Panics
    /// No port is free.
    pub async fn new() -> Self {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket
            .bind(SocketAddr::from(([127, 0, 0, 1], 0)))
            .expect("a free port");
        let listener = socket.listen(1).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let fill = || {
            tokio::spawn(async move {
                let stream = TcpStream::connect(address).await;
                std::future::pending::<()>().await;
                drop(stream);
            })
        };
        let held = (0..4).map(|_| fill()).collect();
        // The queue is full once nobody gets through any more.
        while tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(address))
            .await
            .is_ok()
        {}
        Self {
            address,
            _held: (listener, held),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
