//! Connections that are lost at every byte, a server that is killed, and one that has lost what it acknowledged.

use crate::{
    Database, options,
    sample::{entry, holder, key},
    server::Server,
};
use certfleet::ErrorKind;
use certfleet_changes::{
    Journal,
    journal::{LockGuard, Locking},
};
use certfleet_journals::{migrate, open};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

async fn lock(journal: &Journal) -> LockGuard {
    for _ in 0..600 {
        match journal.store().try_lock(key(), holder()).await.unwrap() {
            Locking::Taken(guard) => return guard,
            Locking::Busy(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    panic!("it is never given back");
}

/// What lies between a program and the server: the first connection is cut after so many bytes.
struct Proxy {
    port: u16,
    /// How many bytes the first connection carried.
    carried: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Proxy {
    async fn new(to: u16, cut_after: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let carried = Arc::new(AtomicUsize::new(0));
        let connections = Arc::new(AtomicUsize::new(0));
        let (bytes, count) = (Arc::clone(&carried), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let limit = if number == 0 { cut_after } else { usize::MAX };
                let server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                let bytes = if number == 0 {
                    Arc::clone(&bytes)
                } else {
                    Arc::default()
                };
                tokio::spawn(carry(client, server, limit, bytes));
            }
        });
        Self {
            port,
            carried,
            connections,
        }
    }
}

/// Carries bytes both ways until so many went through, then cuts both connections off.
async fn carry(client: TcpStream, server: TcpStream, limit: usize, carried: Arc<AtomicUsize>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let (mut up, mut down) = ([0; 4096], [0; 4096]);
    loop {
        let left = limit.saturating_sub(carried.load(Ordering::SeqCst));
        if left == 0 {
            return;
        }
        let most = left.min(4096);
        tokio::select! {
            read = from_client.read(&mut up[..most]) => match read {
                Ok(count) if count > 0 => {
                    carried.fetch_add(count, Ordering::SeqCst);
                    if to_server.write_all(&up[..count]).await.is_err() { return; }
                }
                _ => return,
            },
            read = from_server.read(&mut down[..most]) => match read {
                Ok(count) if count > 0 => {
                    carried.fetch_add(count, Ordering::SeqCst);
                    if to_client.write_all(&down[..count]).await.is_err() { return; }
                }
                _ => return,
            },
        }
    }
}

/// Everything that is done with a journal, over a connection that is cut: it is all done, and once.
async fn use_it(database: &Database, proxy: &Proxy, name: &str) {
    let journal = open(&database.address_at(proxy.port), &options())
        .await
        .unwrap();
    let guard = lock(&journal).await;
    for part in ["begin", "end"] {
        let entry = entry(&format!("{name}-{part}"));
        journal.store().append(entry, &guard).await.unwrap();
    }
    drop(guard);
    drop(lock(&journal).await);
    let contents = journal.read().await.unwrap();
    let mine = contents
        .entries
        .iter()
        .map(|entry| entry.operation.to_string());
    let mine: Vec<_> = mine
        .filter(|operation| operation.starts_with(name))
        .collect();
    assert_eq!(mine, [format!("{name}-begin"), format!("{name}-end")]);
    drop(journal);
    assert_eq!(
        database.sql("SELECT count(*) FROM certfleet.leases"),
        "0",
        "{name}"
    );
}

/// `CERTFLEET_CUTS` says at how many bytes; every one where it is as many as there are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_connection_is_cut_at_every_byte() {
    let Some(database) = Database::new().await else {
        return;
    };
    let whole = Proxy::new(database.server.port, usize::MAX).await;
    use_it(&database, &whole, "whole-").await;
    assert_eq!(whole.connections.load(Ordering::SeqCst), 1);
    let bytes = whole.carried.load(Ordering::SeqCst);
    let wanted = std::env::var("CERTFLEET_CUTS");
    let wanted = wanted.map_or(60, |text| text.parse().unwrap());
    let step = bytes.div_ceil(wanted).max(1);
    let mut cuts = 0;
    for cut in (1..bytes).step_by(step) {
        let proxy = Proxy::new(database.server.port, cut).await;
        use_it(&database, &proxy, &format!("cut-{cut}-")).await;
        cuts += 1;
        assert!(
            proxy.connections.load(Ordering::SeqCst) > 1,
            "{cut} of {bytes}"
        );
    }
    println!("{cuts} connections cut, over {bytes} bytes");
}

/// `CERTFLEET_KILLS` says how often.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_is_killed_while_it_is_written_to() {
    let Some(server) = Server::start(None) else {
        return;
    };
    let name = server.database();
    let database = Database {
        server: Arc::new(server),
        name,
    };
    migrate(&database.address(), &options()).await.unwrap();
    let kills = std::env::var("CERTFLEET_KILLS");
    let kills: usize = kills.map_or(5, |text| text.parse().unwrap());
    let journal = open(&database.address(), &options()).await.unwrap();
    let guard = lock(&journal).await;
    let mut acknowledged = Vec::new();
    for kill in 0..kills {
        let server = Arc::clone(&database.server);
        let killing = tokio::task::spawn_blocking(move || {
            std::thread::sleep(Duration::from_millis(fastrand::u64(0..20)));
            server.kill_and_start();
        });
        let mut number = 0;
        while !killing.is_finished() || number == 0 {
            let name = format!("{kill}-{number}");
            // A server that is away for longer than the patience is told; nothing is acknowledged then.
            if journal.store().append(entry(&name), &guard).await.is_ok() {
                acknowledged.push(name);
            }
            number += 1;
        }
        killing.await.unwrap();
    }
    assert!(!acknowledged.is_empty());
    let contents = journal.read().await.unwrap();
    let there: Vec<_> = contents
        .entries
        .iter()
        .map(|one| one.operation.to_string())
        .collect();
    let mut each = there.clone();
    each.sort();
    each.dedup();
    assert_eq!(each.len(), there.len(), "something is doubled");
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|name| !there.contains(name))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    println!("{kills} kills of the server, {} entries", there.len());
}

/// A server whose place was taken by one that has not everything, as after a fail-over that loses the last commits.
#[tokio::test]
async fn what_was_acknowledged_and_is_gone_is_told() {
    let Some(database) = Database::new().await else {
        return;
    };
    let journal = open(&database.address(), &options()).await.unwrap();
    let guard = lock(&journal).await;
    for name in ["one", "two"] {
        journal.store().append(entry(name), &guard).await.unwrap();
    }
    journal.read().await.unwrap();
    database
        .sql("DELETE FROM certfleet.entries WHERE number = 2; UPDATE certfleet.head SET last = 1");
    let error = journal.read().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Journal);
    assert!(
        error.to_string().contains("lost what it had acknowledged"),
        "{error}"
    );
    // Another entry in its place does not hide it.
    journal
        .store()
        .append(entry("other"), &guard)
        .await
        .unwrap();
    let error = journal.read().await.unwrap_err();
    assert!(
        error.to_string().contains("lost what it had acknowledged"),
        "{error}"
    );
    let fresh = open(&database.address(), &options()).await.unwrap();
    assert_eq!(fresh.read().await.unwrap().entries.len(), 2);
}
