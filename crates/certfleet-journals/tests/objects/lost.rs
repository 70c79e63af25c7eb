//! Every request to a server is lost once, and every answer.

use crate::{
    Bucket, at, s3,
    sample::{entry, holder, key},
};
use certfleet_changes::{
    Journal,
    journal::{LockGuard, Locking},
};
use certfleet_conformance::JournalBench as _;
use certfleet_journals::Connector;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    Request,
    Answer,
}

/// What lies between a program and the server: one of its connections carries nothing, or no answer.
struct Wire {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Wire {
    async fn new(to: u16, lost: Lost, at: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    if number == at && lost == Lost::Request {
                        return;
                    }
                    let mut server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                    if number == at {
                        let mut bytes = vec![0; 64 * 1024];
                        let count = client.read(&mut bytes).await.unwrap_or_default();
                        server.write_all(&bytes[..count]).await.unwrap();
                        // The body may come after the head.
                        let more = client.read(&mut bytes);
                        if let Ok(Ok(count)) =
                            tokio::time::timeout(Duration::from_millis(50), more).await
                        {
                            server.write_all(&bytes[..count]).await.unwrap();
                        }
                        let _ = server.read(&mut bytes).await;
                        return;
                    }
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self { port, connections }
    }
}

async fn lock(journal: &Journal) -> LockGuard {
    match journal.store().try_lock(key(), holder()).await.unwrap() {
        Locking::Taken(guard) => guard,
        Locking::Busy(lease) => panic!("{lease:?}"),
    }
}

/// Uses a new journal; returns how many connections that took.
async fn use_one(server: &s3::Server, lost: Lost, number: usize, prefix: &str) -> usize {
    let wire = Wire::new(server.port, lost, number).await;
    let bucket = Bucket::new(at(wire.port, Connector::new().unwrap()), prefix);
    let journal = bucket.open().await.unwrap();
    let guard = lock(&journal).await;
    for name in ["begin", "end"] {
        journal.store().append(entry(name), &guard).await.unwrap();
    }
    drop(guard);
    drop(lock(&journal).await);
    let contents = journal.read().await.unwrap();
    let names: Vec<_> = contents
        .entries
        .iter()
        .map(|one| one.operation.to_string())
        .collect();
    assert_eq!(names, ["begin", "end"], "{lost:?} {number}");
    drop(journal);
    let journal = bucket.open().await.unwrap();
    assert!(journal.store().leases().await.unwrap().is_empty());
    wire.connections.load(Ordering::SeqCst)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_and_every_answer_is_lost_once() {
    let Some(server) = s3::Server::start() else {
        return;
    };
    let whole = use_one(&server, Lost::Request, usize::MAX, "whole").await;
    for lost in [Lost::Request, Lost::Answer] {
        for number in 0..whole {
            let prefix = format!("{lost:?}-{number}");
            // What was lost was sent again, over a further connection.
            let connections = use_one(&server, lost, number, &prefix).await;
            assert!(connections > number + 1, "{prefix}: {connections}");
        }
    }
    println!("{whole} requests and {whole} answers lost");
}
