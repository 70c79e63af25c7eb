//! SIGINT and SIGTERM while something is changed.

use crate::exit::{Failure, Result};
use certfleet_changes::{
    Writer,
    journal::{Ending, Entry, Event},
};
use chrono::{DateTime, Utc};
use futures_util::future::{Either, select};
use std::pin::pin;

/// Does something, unless the process is told to stop before it has ended. `None` then: what was
/// begun is dropped, and the journal knows about it.
pub(super) async fn unless_interrupted<T>(work: impl Future<Output = T>) -> Result<Option<T>> {
    let stopped = stop_signal()?;
    Ok(match select(pin!(work), pin!(stopped)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    })
}

/// Begins to wait for SIGINT or SIGTERM, which do not end the process any more, and returns what ends when one
/// of them comes.
pub(crate) fn stop_signal() -> Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let failure = |error: std::io::Error| {
            Failure::failed(format!("signals cannot be waited for: {error}"))
        };
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failure)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failure)?;
        Ok(async move {
            select(pin!(interrupt.recv()), pin!(terminate.recv())).await;
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        drop(tokio::signal::ctrl_c().await);
    })
}

/// Returns what the journal knows of changes of one account since a time, in one sentence. `accepted` where
/// the vendor took the change and only its end was waited for.
pub(super) async fn what_is_known(writer: &Writer, since: DateTime<Utc>, accepted: bool) -> String {
    if accepted {
        return "it was interrupted while waiting: the vendor has accepted the change, and brings it about by itself; certfleet list shows how far it is".to_owned();
    }
    let account = writer.account();
    let is_own = |entry: &Entry| {
        let of_account = entry.provider == account.provider() && entry.account == account.name();
        of_account && entry.at >= since
    };
    let Ok(contents) = writer.journal().read().await else {
        return "it was interrupted, and the journal cannot be read: certfleet resume".to_owned();
    };
    let pending: Vec<_> = contents
        .pending()
        .into_iter()
        .filter(|pending| is_own(&pending.begun))
        .map(|pending| pending.begun.operation.to_string())
        .collect();
    let done = contents
        .entries
        .iter()
        .filter(|entry| is_own(entry))
        .filter(|entry| {
            matches!(&entry.event, Event::Ended(ending) if matches!(**ending, Ending::Applied { .. }))
        })
        .count();
    let before = match done {
        0 => String::new(),
        done => format!("{done} of its requests were confirmed before; "),
    };
    if pending.is_empty() {
        return match done {
            0 => "nothing was sent".to_owned(),
            _ => format!("{before}nothing else was sent"),
        };
    }
    format!(
        "{before}it was interrupted while a request may have been on its way ({}): certfleet resume finds out what became of it; do not repeat it before",
        pending.join(", ")
    )
}
