//! What is said before TLS begins, within bounds.

use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The most that is read of a dialogue.
const LONGEST: usize = 16 * 1024;

/// The most characters of a server's text that a message repeats.
const REPEATED: usize = 200;

/// A dialogue. Bytes are read one by one: none that belongs to the handshake may be taken here.
pub(super) struct Talk<'a, S> {
    stream: &'a mut S,
    left: usize,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Talk<'a, S> {
    pub(super) fn new(stream: &'a mut S) -> Self {
        Self {
            stream,
            left: LONGEST,
        }
    }

    pub(super) async fn byte(&mut self) -> Result<u8, String> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or("the server's answer before STARTTLS is longer than 16 KiB, not read on")?;
        self.stream.read_u8().await.map_err(|error| broken(&error))
    }

    pub(super) async fn line(&mut self) -> Result<String, String> {
        let mut line = Vec::new();
        loop {
            match self.byte().await? {
                b'\n' => break,
                byte => line.push(byte),
            }
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        let sent = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        sent.await.map_err(|error| broken(&error))
    }
}

fn broken(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        "the server closed the connection before TLS began".to_owned()
    } else {
        format!("the connection broke before TLS began: {error}")
    }
}

/// An answer that is not the expected one.
pub(super) fn refused(protocol: &str, asked: &str, line: &str) -> String {
    format!(
        "the server does not answer {asked} as {protocol} does: {:?}",
        repeated(line)
    )
}

/// As much of a server's text as a message repeats.
pub(super) fn repeated(text: &str) -> String {
    text.chars().take(REPEATED).collect()
}
