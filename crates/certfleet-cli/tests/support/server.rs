//! A server on a loopback port that does what a test says, and keeps what it is sent.

use std::{
    io::{BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What it was sent.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Method, path and query.
    pub line: String,
    /// All headers as they came, the names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    /// Everything of it that a client may have put a secret into.
    pub fn whole(&self) -> String {
        format!("{} {:?} {}", self.line, self.headers, self.body)
    }

    pub fn path(&self) -> &str {
        let target = self.line.split(' ').nth(1).unwrap_or_default();
        target.split('?').next().unwrap_or_default()
    }

    /// The query and everything else but the path.
    pub fn query(&self) -> &str {
        let target = self.line.split(' ').nth(1).unwrap_or_default();
        target.split_once('?').map_or("", |(_, query)| query)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let named = self.headers.iter().find(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }
}

/// What it does with a request.
#[derive(Clone, Debug)]
pub enum Then {
    /// Answers with a status, further headers and a body.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Begins to answer, and closes the connection within the body.
    Break(Vec<u8>),
    /// Closes the connection without an answer.
    Close,
}

impl Then {
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self::Answer(status, headers, body.into().into_bytes())
    }
}

/// Runs until the test's process ends.
pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub fn start(script: impl Fn(&Request) -> Then + Send + Sync + 'static) -> Self {
        Self::over(Some, script)
    }

    /// The same over something else than the bare connection; `None` where it cannot be set up.
    pub fn over<S: Read + Write + 'static>(
        wrap: impl Fn(TcpStream) -> Option<S> + Send + Sync + 'static,
        script: impl Fn(&Request) -> Then + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Vec<Request>>>::default();
        let connections = Arc::<AtomicUsize>::default();
        let shared = Arc::new((wrap, script, Arc::clone(&seen), Arc::clone(&connections)));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (wrap, script, seen, connections) = &*shared;
                    connections.fetch_add(1, Ordering::SeqCst);
                    let Some(stream) = wrap(stream) else { return };
                    // The client may go away at any point.
                    drop(converse(stream, script, seen));
                });
            }
        });
        Self {
            port,
            seen,
            connections,
        }
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Answers requests until one of the two closes the connection.
fn converse<S: Read + Write>(
    stream: S,
    script: &impl Fn(&Request) -> Then,
    seen: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream)? {
        seen.lock().unwrap().push(request.clone());
        let out = stream.get_mut();
        match script(&request) {
            Then::Answer(status, headers, body) => {
                write!(
                    out,
                    "HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\n",
                    body.len()
                )?;
                for (name, value) in headers {
                    write!(out, "{name}: {value}\r\n")?;
                }
                out.write_all(b"\r\n")?;
                out.write_all(&body)?;
                out.flush()?;
            }
            Then::Break(body) => {
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99999\r\n\r\n";
                out.write_all(head.as_bytes())?;
                out.write_all(&body)?;
                return out.flush();
            }
            Then::Close => return Ok(()),
        }
    }
    Ok(())
}

fn read(stream: &mut impl std::io::BufRead) -> std::io::Result<Option<Request>> {
    let mut request = Request::default();
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    request.line = line.trim_end().to_owned();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.trim_end_matches(['\r', '\n']).split_once(": ") {
            request
                .headers
                .push((name.to_lowercase(), value.to_owned()));
        }
    }
    let length = request
        .header("content-length")
        .and_then(|text| text.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body)?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    Ok(Some(request))
}
