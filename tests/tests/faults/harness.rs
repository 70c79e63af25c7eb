//! The scripted server does what it is told: a test of the tests.

use crate::{one, really};
use certfleet_tests::faults::wire::{Do, Event, Full, Server};
use libtest_mimic::Trial;
use std::{future::Future, io::ErrorKind, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) fn trials() -> Vec<Trial> {
    fn trial<F>(name: &str, check: fn() -> F) -> Trial
    where
        F: Future<Output = ()> + 'static,
    {
        one(format!("harness::{name}"), move || {
            really(check());
            Ok(())
        })
    }
    vec![
        trial("a_request_is_read_whole", a_request_is_read_whole),
        trial("writes_come_in_order", writes_come_in_order),
        trial("exact_bytes_are_read", exact_bytes_are_read),
        trial("a_close_is_an_end", a_close_is_an_end),
        trial("a_reset_is_an_error", a_reset_is_an_error),
        trial("bytes_before_a_reset_arrive", bytes_before_a_reset_arrive),
        trial("shutdown_still_reads", shutdown_still_reads),
        trial("repeats_until_the_other_goes", repeats_until_the_other_goes),
        trial("awaits_the_other", awaits_the_other),
        trial(
            "each_connection_has_its_script",
            each_connection_has_its_script,
        ),
        trial("a_full_queue_hangs", a_full_queue_hangs),
        trial(
            "an_unfinished_request_is_none",
            an_unfinished_request_is_none,
        ),
    ]
}

const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody";

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address()).await.unwrap()
}

async fn rest(stream: &mut TcpStream) -> Result<Vec<u8>, ErrorKind> {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes).await {
        Ok(_) => Ok(bytes),
        Err(error) => Err(error.kind()),
    }
}

async fn a_request_is_read_whole() {
    let server = Server::new(vec![vec![Do::ReadRequest, Do::Close]]).await;
    let mut stream = connect(&server).await;
    for part in REQUEST.chunks(7) {
        assert!(server.requests().is_empty());
        stream.write_all(part).await.unwrap();
        stream.flush().await.unwrap();
    }
    assert_eq!(rest(&mut stream).await, Ok(vec![]));
    assert_eq!(server.requests(), [REQUEST]);
    assert!(server.is_left_alone().await);
    assert_eq!(
        server.events(),
        [
            Event::Accepted(0),
            Event::Request(0, REQUEST.to_vec()),
            Event::Ended(0)
        ]
    );
}

async fn writes_come_in_order() {
    let script = vec![
        Do::Write(b"one ".to_vec()),
        Do::Wait(Duration::from_millis(1)),
        Do::Write(b"two".to_vec()),
    ];
    let server = Server::new(vec![script]).await;
    assert_eq!(
        rest(&mut connect(&server).await).await,
        Ok(b"one two".to_vec())
    );
}

async fn exact_bytes_are_read() {
    let server = Server::new(vec![vec![Do::ReadExact(3), Do::Write(b"!".to_vec())]]).await;
    let mut stream = connect(&server).await;
    stream.write_all(b"abc").await.unwrap();
    assert_eq!(rest(&mut stream).await, Ok(b"!".to_vec()));
}

async fn a_close_is_an_end() {
    let server = Server::new(vec![vec![Do::Close]]).await;
    assert_eq!(rest(&mut connect(&server).await).await, Ok(vec![]));
}

async fn a_reset_is_an_error() {
    let server = Server::new(vec![vec![Do::ReadRequest, Do::Reset]]).await;
    let mut stream = connect(&server).await;
    stream.write_all(REQUEST).await.unwrap();
    assert_eq!(rest(&mut stream).await, Err(ErrorKind::ConnectionReset));
}

async fn bytes_before_a_reset_arrive() {
    let script = vec![
        Do::Write(b"head".to_vec()),
        Do::Wait(Duration::from_millis(5)),
        Do::Reset,
    ];
    let server = Server::new(vec![script]).await;
    let mut stream = connect(&server).await;
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes).await.unwrap();
    assert_eq!(&bytes, b"head");
    assert_eq!(rest(&mut stream).await, Err(ErrorKind::ConnectionReset));
}

async fn shutdown_still_reads() {
    let server = Server::new(vec![vec![Do::ShutdownWrite, Do::ReadRequest]]).await;
    let mut stream = connect(&server).await;
    assert_eq!(rest(&mut stream).await, Ok(vec![]));
    stream.write_all(REQUEST).await.unwrap();
    assert!(server.is_left_alone().await);
    assert_eq!(server.requests().len(), 1);
}

async fn repeats_until_the_other_goes() {
    let server = Server::new(vec![vec![Do::Repeat(b"x".to_vec(), Duration::ZERO)]]).await;
    let mut stream = connect(&server).await;
    stream.read_exact(&mut [0; 100]).await.unwrap();
    assert_eq!(server.open(), 1);
    drop(stream);
    assert!(server.is_left_alone().await);
}

async fn awaits_the_other() {
    let server = Server::new(vec![vec![Do::AwaitClose]]).await;
    let stream = connect(&server).await;
    while server.accepted() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.open(), 1);
    drop(stream);
    assert!(server.is_left_alone().await);
}

async fn each_connection_has_its_script() {
    let says = |text: &str| vec![Do::Write(text.as_bytes().to_vec())];
    let server = Server::new(vec![says("first"), says("then")]).await;
    assert_eq!(server.unused(), 2);
    for expected in ["first", "then", "then"] {
        let said = rest(&mut connect(&server).await).await.unwrap();
        assert_eq!(said, expected.as_bytes());
    }
    assert_eq!((server.accepted(), server.unused()), (3, 0));
}

async fn a_full_queue_hangs() {
    let full = Full::new().await;
    let connecting = TcpStream::connect(full.address());
    assert!(
        tokio::time::timeout(Duration::from_millis(200), connecting)
            .await
            .is_err()
    );
}

async fn an_unfinished_request_is_none() {
    let server = Server::new(vec![vec![Do::ReadRequest]]).await;
    let mut stream = connect(&server).await;
    stream
        .write_all(&REQUEST[..REQUEST.len() - 1])
        .await
        .unwrap();
    drop(stream);
    assert!(server.is_left_alone().await || server.accepted() == 0);
    assert!(server.requests().is_empty());
}
