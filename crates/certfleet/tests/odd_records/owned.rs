//! A listing that leaves the function which began it.

use crate::*;
use futures_util::StreamExt;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn a_listing_outlives_its_account_and_shares_its_notes() {
    let asked = Arc::new(AtomicUsize::new(0));
    let account = cloudflare(connection({
        let asked = Arc::clone(&asked);
        move |_, _| {
            asked.fetch_add(1, Ordering::Relaxed);
            let records = json!([{"id": "one"}, {"id": null}, {"id": "two"}]);
            (200, page_of_cloudflare(&records).to_string())
        }
    }));
    let mut listing = account.list(ListOptions::default());
    let notes = listing.notes();
    drop(account);
    // It begins when it is polled.
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert!(notes.warnings().is_empty());

    let ids = wait(async {
        let reader = tokio::spawn(async move {
            let mut ids = Vec::new();
            while let Some(certificate) = listing.next().await {
                ids.push(certificate.unwrap().id.native);
            }
            // Once over, it stays over.
            assert!(listing.next().await.is_none());
            ids
        });
        reader.await.unwrap()
    });
    assert_eq!(ids, ["one", "two"]);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(notes.warnings().len(), 1);
}

#[test]
fn a_listing_that_fails_ends_with_its_error() {
    let account = cloudflare(connection(|_, _| (403, "{}".to_owned())));
    let mut listing = account.list(ListOptions::default());
    drop(account);
    wait(async move {
        let error = listing.next().await.unwrap().unwrap_err();
        assert_eq!(error.status(), Some(403));
        assert!(listing.next().await.is_none());
    });
}
