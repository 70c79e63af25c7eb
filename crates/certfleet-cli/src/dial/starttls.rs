//! The dialogues without encryption that lead to TLS.

mod ldap;
mod talk;

use clap::ValueEnum;
use serde::Serialize;
use talk::{Talk, refused};
use tokio::io::{AsyncRead, AsyncWrite};

/// A protocol that begins in plain text and goes on with TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum StartTls {
    /// Mail: SMTP and submission.
    Smtp,
    /// Mail: IMAP.
    Imap,
    /// PostgreSQL.
    Postgres,
    /// LDAP directories.
    Ldap,
}

/// PostgreSQL's request for TLS: its length and the number that stands for it.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// Leads a dialogue up to the point where the server expects the handshake. An error says why it does not come to
/// that.
pub(super) async fn lead<S>(protocol: StartTls, stream: &mut S) -> Result<(), String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut talk = Talk::new(stream);
    match protocol {
        StartTls::Smtp => smtp(&mut talk).await,
        StartTls::Imap => imap(&mut talk).await,
        StartTls::Postgres => postgres(&mut talk).await,
        StartTls::Ldap => ldap::lead(&mut talk).await,
    }
}

/// RFC 5321 and RFC 3207.
async fn smtp<S: AsyncRead + AsyncWrite + Unpin>(talk: &mut Talk<'_, S>) -> Result<(), String> {
    smtp_reply(talk, "220", "a new connection").await?;
    // An address literal needs no name of this machine, which would tell the server more than it has to know.
    talk.send(b"EHLO [127.0.0.1]\r\n").await?;
    let offered = smtp_reply(talk, "250", "EHLO").await?;
    if !offered
        .iter()
        .any(|line| line.trim().eq_ignore_ascii_case("STARTTLS"))
    {
        return Err("the server does not offer STARTTLS on this port".to_owned());
    }
    talk.send(b"STARTTLS\r\n").await?;
    smtp_reply(talk, "220", "STARTTLS").await?;
    Ok(())
}

/// The texts of a reply's lines, which all begin with the code that is expected.
async fn smtp_reply<S: AsyncRead + AsyncWrite + Unpin>(
    talk: &mut Talk<'_, S>,
    code: &str,
    asked: &str,
) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    loop {
        let line = talk.line().await?;
        let text = line
            .strip_prefix(code)
            .ok_or_else(|| refused("SMTP", asked, &line))?;
        match text.strip_prefix('-') {
            Some(text) => texts.push(text.to_owned()),
            None if text.is_empty() || text.starts_with(' ') => {
                texts.push(text.to_owned());
                return Ok(texts);
            }
            None => return Err(refused("SMTP", asked, &line)),
        }
    }
}

/// RFC 9051.
async fn imap<S: AsyncRead + AsyncWrite + Unpin>(talk: &mut Talk<'_, S>) -> Result<(), String> {
    let greeting = talk.line().await?;
    if !is_imap_ok(&greeting, "*") {
        return Err(refused("IMAP", "a new connection", &greeting));
    }
    talk.send(b"a1 STARTTLS\r\n").await?;
    loop {
        let line = talk.line().await?;
        if line.starts_with("* ") {
            // What the server has to say besides.
            continue;
        }
        return if is_imap_ok(&line, "a1") {
            Ok(())
        } else {
            Err(refused("IMAP", "STARTTLS", &line))
        };
    }
}

fn is_imap_ok(line: &str, tag: &str) -> bool {
    let mut words = line.split(' ');
    words.next() == Some(tag)
        && words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("OK"))
}

/// PostgreSQL's protocol, "SSL Session Encryption".
async fn postgres<S: AsyncRead + AsyncWrite + Unpin>(talk: &mut Talk<'_, S>) -> Result<(), String> {
    talk.send(&SSL_REQUEST).await?;
    match talk.byte().await? {
        b'S' => Ok(()),
        b'N' => Err("the PostgreSQL server has TLS switched off (`ssl = off`)".to_owned()),
        other => Err(refused(
            "PostgreSQL",
            "a request for TLS",
            &String::from_utf8_lossy(&[other]),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    /// Leads a dialogue with a server that says everything at once, and returns what the server was sent and what
    /// the dialogue left for the handshake.
    fn with(protocol: StartTls, says: &[u8]) -> (Result<(), String>, String, Vec<u8>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (mut client, mut server) = duplex(64 * 1024);
            server.write_all(says).await.unwrap();
            server.shutdown().await.unwrap();
            let led = lead(protocol, &mut client).await;
            let mut left = Vec::new();
            client.read_to_end(&mut left).await.unwrap();
            drop(client);
            let mut sent = Vec::new();
            server.read_to_end(&mut sent).await.unwrap();
            (led, String::from_utf8_lossy(&sent).into_owned(), left)
        })
    }

    const EHLO: &str = "EHLO [127.0.0.1]\r\n";

    #[test]
    fn good_dialogues_leave_the_handshake() {
        let smtp = b"220-mx.example\r\n220 ESMTP\r\n250-mx.example\r\n250-SIZE 1\r\n250 starttls\r\n220 go\r\n\x16\x03";
        let imap =
            b"* OK [CAPABILITY IMAP4rev2 STARTTLS] ready\r\n* 1 noise\r\na1 ok begin\r\n\x16\x03";
        for (protocol, says, sent) in [
            (StartTls::Smtp, &smtp[..], format!("{EHLO}STARTTLS\r\n")),
            (StartTls::Imap, &imap[..], "a1 STARTTLS\r\n".to_owned()),
            (
                StartTls::Postgres,
                b"S\x16\x03",
                String::from_utf8_lossy(&SSL_REQUEST).into_owned(),
            ),
            (
                StartTls::Ldap,
                b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00\x16\x03",
                String::from_utf8_lossy(&ldap::REQUEST).into_owned(),
            ),
            // Lengths in their long form, and the name and a text besides.
            (
                StartTls::Ldap,
                b"\x30\x84\x00\x00\x00\x13\x02\x01\x01\x78\x81\x0d\x0a\x01\x00\x04\x00\x04\x02ok\x8a\x02\x31\x2e\x16\x03",
                String::from_utf8_lossy(&ldap::REQUEST).into_owned(),
            ),
        ] {
            let (led, asked, left) = with(protocol, says);
            assert_eq!(led, Ok(()), "{protocol:?}");
            assert_eq!(asked, sent, "{protocol:?}");
            assert_eq!(left, b"\x16\x03", "{protocol:?}");
        }
    }

    #[test]
    fn bad_dialogues_say_why() {
        for (protocol, says, word) in [
            (StartTls::Smtp, "554 go away\r\n", "\"554 go away\""),
            (
                StartTls::Smtp,
                "HTTP/1.1 400 Bad Request\r\n",
                "as SMTP does: \"HTTP/1.1 400",
            ),
            (
                StartTls::Smtp,
                "220 hi\r\n250 mx.example\r\n",
                "does not offer STARTTLS",
            ),
            (
                StartTls::Smtp,
                "220 hi\r\n250 NOSTARTTLS\r\n",
                "does not offer STARTTLS",
            ),
            (
                StartTls::Smtp,
                "220 hi\r\n250 STARTTLS\r\n454 no TLS now\r\n",
                "answer STARTTLS as SMTP does: \"454 no TLS now\"",
            ),
            (StartTls::Smtp, "2201 hi\r\n", "as SMTP does"),
            (
                StartTls::Smtp,
                "220 hi\r\n",
                "closed the connection before TLS began",
            ),
            (StartTls::Smtp, "", "closed the connection before TLS began"),
            (StartTls::Imap, "* BYE busy\r\n", "\"* BYE busy\""),
            (
                StartTls::Imap,
                "* OK hi\r\na1 BAD what\r\n",
                "\"a1 BAD what\"",
            ),
            (StartTls::Imap, "* OK hi\r\na10 OK\r\n", "\"a10 OK\""),
            (StartTls::Postgres, "N", "ssl = off"),
            (StartTls::Postgres, "E", "as PostgreSQL does: \"E\""),
            (StartTls::Postgres, "", "closed the connection"),
            (
                StartTls::Ldap,
                "\x30\x10\x02\x01\x01\x78\x0b\x0a\x01\x02\x04\x00\x04\x04nope",
                "(result 2, it does not support StartTLS on this port): \"nope\"",
            ),
            (
                StartTls::Ldap,
                "\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x35\x04\x00\x04\x00",
                "refuses StartTLS (result 53)",
            ),
            // A response to another request, and one that is not extended.
            (
                StartTls::Ldap,
                "\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x00\x04\x00\x04\x00",
                "as LDAP does",
            ),
            (
                StartTls::Ldap,
                "\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00",
                "as LDAP does",
            ),
            (StartTls::Ldap, "\x30\x03\x02\x01\x01", "as LDAP does"),
            (StartTls::Ldap, "\x30\x0c\x02", "closed the connection"),
            (
                StartTls::Ldap,
                "HTTP/1.1 400 Bad Request",
                "as LDAP does: \"H\"",
            ),
        ] {
            let (led, ..) = with(protocol, says.as_bytes());
            let why = led.unwrap_err();
            assert!(why.contains(word), "{says:?}: {why}");
        }
    }

    #[test]
    fn a_dialogue_is_bounded() {
        let endless = "220-more\r\n".repeat(4000);
        let line = format!("* OK {}", "x".repeat(32 * 1024));
        for (protocol, says) in [(StartTls::Smtp, &endless), (StartTls::Imap, &line)] {
            let (led, ..) = with(protocol, says.as_bytes());
            assert!(led.unwrap_err().contains("longer than 16 KiB"));
        }
        let mut long = b"\x30\x84\x7f\xff\xff\xff".to_vec();
        long.resize(32 * 1024, 0);
        let (led, ..) = with(StartTls::Ldap, &long);
        assert!(led.unwrap_err().contains("longer than 16 KiB"));
        let (led, ..) = with(
            StartTls::Smtp,
            format!("5{}\n", "é".repeat(1000)).as_bytes(),
        );
        assert!(led.unwrap_err().chars().count() < 300);
    }
}
