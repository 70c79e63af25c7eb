//! SIGINT and SIGTERM while something is changed.

use crate::exit::{Failure, Result};
use certfleet_changes::{
    Journal,
    journal::{Ending, Event},
};
use chrono::{DateTime, Utc};
use futures_util::future::{Either, select};
use std::pin::pin;

/// Does something, unless the process is told to stop before it has ended. `None` then: what was
/// begun is dropped, and the journal knows about it.
pub(super) async fn unless_interrupted<T>(work: impl Future<Output = T>) -> Result<Option<T>> {
    let failure =
        |error: std::io::Error| Failure::failed(format!("signals cannot be waited for: {error}"));
    #[cfg(unix)]
    let stopped = {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failure)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failure)?;
        async move {
            select(pin!(interrupt.recv()), pin!(terminate.recv())).await;
        }
    };
    #[cfg(not(unix))]
    let stopped = async {
        drop(tokio::signal::ctrl_c().await);
    };
    #[cfg(not(unix))]
    let _ = failure;
    Ok(match select(pin!(work), pin!(stopped)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    })
}

/// Returns what the journal knows of changes since a time, in one sentence. `accepted` where the vendor
/// took the change and only its end was waited for.
pub(super) async fn what_is_known(
    journal: &Journal,
    since: DateTime<Utc>,
    accepted: bool,
) -> String {
    if accepted {
        return "it was interrupted while waiting: the vendor has accepted the change, and brings it about by itself; certfleet list shows how far it is".to_owned();
    }
    let Ok(contents) = journal.read().await else {
        return "it was interrupted, and the journal cannot be read: certfleet resume".to_owned();
    };
    let pending: Vec<_> = contents
        .pending()
        .into_iter()
        .filter(|pending| pending.begun.at >= since)
        .map(|pending| pending.begun.operation.to_string())
        .collect();
    let done = contents
        .entries
        .iter()
        .filter(|entry| entry.at >= since)
        .filter(|entry| {
            matches!(&entry.event, Event::Ended(ending) if matches!(**ending, Ending::Applied { .. }))
        })
        .count();
    let before = match done {
        0 => String::new(),
        done => format!("{done} of its requests were confirmed before; "),
    };
    if pending.is_empty() {
        return format!("{before}it was interrupted before anything else was sent");
    }
    format!(
        "{before}it was interrupted while a request may have been on its way ({}): certfleet resume finds out what became of it; do not repeat it before",
        pending.join(", ")
    )
}
