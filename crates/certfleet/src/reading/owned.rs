//! A listing that keeps its account alive: it can leave the function that began it.

use super::{ListOptions, Listing, ListingNotes};
use crate::{Certificate, Result, adapter::Provider};
use futures_util::{FutureExt, StreamExt, stream};
use std::{
    future::{Future, poll_fn},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

/// What the future that lists hands to the stream, which polls it.
#[derive(Default)]
struct Slot {
    notes: Option<ListingNotes>,
    item: Option<Result<Certificate>>,
}

/// Begins a listing that owns its provider. An adapter's listing borrows the adapter, so both live in one future,
/// which pauses after each certificate until the stream is polled for the next one.
pub(super) fn owned(provider: Arc<dyn Provider>, options: ListOptions) -> Listing<'static> {
    let slot = Arc::new(Mutex::new(Slot::default()));
    let session = provider.session().clone();
    let mut lists = Box::pin(list(provider, options, Arc::clone(&slot)));
    // Runs to the first pause: the adapter's listing exists then, and nothing is sent before it is polled.
    let mut is_over = lists.as_mut().now_or_never().is_some();
    let notes = lock(&slot).notes.take();
    let notes = notes.unwrap_or_else(|| ListingNotes::new(&session));
    let certificates = stream::poll_fn(move |context| {
        if is_over {
            return Poll::Ready(None);
        }
        is_over = lists.as_mut().poll(context).is_ready();
        match lock(&slot).item.take() {
            Some(item) => Poll::Ready(Some(item)),
            None if is_over => Poll::Ready(None),
            None => Poll::Pending,
        }
    });
    Listing::new(certificates, notes)
}

async fn list(provider: Arc<dyn Provider>, options: ListOptions, slot: Arc<Mutex<Slot>>) {
    let mut listing = provider.list(options);
    lock(&slot).notes = Some(listing.notes());
    pause().await;
    while let Some(item) = listing.next().await {
        lock(&slot).item = Some(item);
        pause().await;
    }
}

/// Is pending once. Nothing wakes it: whoever took what is in the slot polls again.
fn pause() -> impl Future<Output = ()> {
    let mut paused = false;
    poll_fn(move |_| {
        if mem::replace(&mut paused, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
}

fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
