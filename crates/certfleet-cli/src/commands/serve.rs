//! `certfleet serve`.

use crate::{
    accounts,
    cli::{Global, serve::Serve},
    commands::write::stop_signal,
    endpoint::{connections, refresh::keep_fresh, routes, state::State},
    exit::{Failure, Result},
    judging::Judging,
    output,
};
use certfleet::{Inventory, ListOptions};
use chrono::Utc;
use futures_util::future::select;
use std::{io::Write as _, net::SocketAddr, path::Path, pin::pin, sync::Arc};
use tokio::{net::TcpListener, time::sleep};

pub(crate) async fn run(global: &Global, options: &Serve) -> Result<()> {
    if !options.listen.ip().is_loopback() && !options.expose {
        return Err(Failure::usage(format!(
            "{} can be reached from other machines, and serve has neither a password nor TLS: listen on 127.0.0.1, or add --expose if something else decides who reaches it",
            options.listen
        )));
    }
    if options.judging.ignore.as_deref() == Some(Path::new("-")) {
        return Err(Failure::usage(
            "serve reads the ignore list again at every refresh, and stdin can be read only once: name a file with --ignore",
        ));
    }
    let judging = Judging::new(&options.judging, None)?;
    // A configuration that cannot be used is said now, and not at the first refresh.
    drop(accounts::open_available(global, judging.selection()).await?);
    let stopped = stop_signal()?;
    let (listener, address) = listen(options.listen).await?;
    let fixed = global.sandbox_time;
    let clock = Box::new(move || fixed.unwrap_or_else(Utc::now));
    let state = Arc::new(State::new(clock, options.every, judging));
    let router = routes::router(Arc::clone(&state), options.expose);
    let printed = output::print(|out| {
        let text = "/, /overview, /metrics and /healthz until SIGTERM or SIGINT";
        Ok(writeln!(out, "serving http://{address}/: {text}")?)
    });
    // Whoever started it need not read that.
    drop(printed.lost());
    let served = connections::serve(listener, router, stopped);
    let refreshed = keep_fresh(
        &state,
        async || read(global, options).await,
        async || sleep(options.every).await,
    );
    select(pin!(served), pin!(refreshed)).await;
    Ok(())
}

/// Reads everything anew, so that a secret that was exchanged and an entry that was added are found.
async fn read(global: &Global, options: &Serve) -> Result<(Inventory, Judging)> {
    let judging = Judging::new(&options.judging, None)?;
    let opened = accounts::open_available(global, judging.selection()).await?;
    let listed = ListOptions::content(judging.content());
    let mut inventory = opened.fleet.inventory(listed).await;
    inventory.taken_at = opened.now;
    judging.choose(&mut inventory);
    Ok((inventory, judging))
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let failure = |error: std::io::Error| {
        Failure::failed(format!(
            "{address} cannot be listened on: {error}; name another address or port with --listen"
        ))
    };
    let listener = TcpListener::bind(address).await.map_err(failure)?;
    let address = listener.local_addr().map_err(failure)?;
    Ok((listener, address))
}
