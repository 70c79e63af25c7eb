//! A forward proxy on a loopback port.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// Runs until the test's process ends.
pub struct Proxy {
    pub port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Lets through who gives `wanted` as `Proxy-Authorization`, everybody where nothing is wanted.
    pub fn start(wanted: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                // Either side may go away at any point.
                thread::spawn(move || drop(connect(stream, wanted, &kept)));
            }
        });
        Self { port, seen }
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The heads of the requests.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn connect(stream: TcpStream, wanted: Option<&str>, seen: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    seen.lock().unwrap().push(head.clone());
    let mut stream = stream;
    let given = head
        .lines()
        .find_map(|line| line.strip_prefix("Proxy-Authorization: "));
    if wanted.is_some() && given != wanted {
        let echo = given.unwrap_or_default();
        return write!(
            stream,
            "HTTP/1.1 407 {echo}\r\nx-echo: {echo}\r\ncontent-length: 0\r\n\r\n"
        );
    }
    let mut there = TcpStream::connect(head.split(' ').nth(1).unwrap_or_default())?;
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut from_there, mut to_here) = (there.try_clone()?, stream.try_clone()?);
    let back = thread::spawn(move || {
        drop(io::copy(&mut from_there, &mut to_here));
        drop(to_here.shutdown(Shutdown::Both));
    });
    drop(io::copy(&mut reader, &mut there));
    drop(there.shutdown(Shutdown::Write));
    drop(back.join());
    Ok(())
}
