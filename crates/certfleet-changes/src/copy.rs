//! From one journal to another.

use crate::journal::{
    AskedBy, Contents, Entry, Event, Holder, Journal, LockGuard, LockKey, Locking, Store,
};
use certfleet::{Error, ErrorKind, Result};
use std::collections::{BTreeMap, BTreeSet};

/// What was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// How many entries.
    pub copied: usize,
    /// How many were there already: an earlier copy was cut off.
    pub there_already: usize,
}

impl Journal {
    /// Copies every entry to another journal, which is empty or has the first of them. No change of an account is made
    /// with either meanwhile. Where it is cut off, it can be called again.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: a journal cannot be read or written, an entry cannot be read, an account is being
    /// changed, or the other journal has other entries.
    pub async fn copy_to(&self, to: &Self, asked_by: &AskedBy) -> Result<Copied> {
        let accounts = accounts(&self.read().await?);
        let mut guards = BTreeMap::new();
        // The same order for all: two that copy do not wait for each other.
        let mut turns = Vec::new();
        for key in accounts {
            turns.push(lock(self.store(), &key, asked_by).await?);
            guards.insert(key.clone(), lock(to.store(), &key, asked_by).await?);
        }
        let (from, there) = (self.read().await?, to.read().await?);
        for (journal, contents) in [(self, &from), (to, &there)] {
            if contents.damaged.iter().any(|line| !line.torn) {
                let place = journal.store().place();
                return Err(refused(format!(
                    "entries of the journal {place} cannot be read, so that a copy would not be whole"
                )));
            }
        }
        let there_already = beginning(&from, &there).ok_or_else(|| {
            let place = to.store().place();
            refused(format!(
                "the journal {place} has other entries: nothing was copied"
            ))
            .with_advice("Copy to an empty journal")
        })?;
        let mut copied = 0;
        for entry in from.entries.iter().skip(there_already) {
            let guard = guards.get(&key(entry)).ok_or_else(|| {
                refused(
                    "an account was changed for the first time meanwhile: copy again".to_owned(),
                )
            })?;
            to.store().append(entry.clone(), guard).await?;
            copied += 1;
        }
        // An account that had no entry was not locked.
        if self.read().await?.entries.len() > from.entries.len() {
            return Err(refused(
                "an account was changed for the first time meanwhile: copy again".to_owned(),
            ));
        }
        Ok(Copied {
            copied,
            there_already,
        })
    }
}

fn key(entry: &Entry) -> LockKey {
    LockKey {
        provider: entry.provider,
        account: entry.account.clone(),
    }
}

fn accounts(contents: &Contents) -> BTreeSet<LockKey> {
    contents.entries.iter().map(key).collect()
}

async fn lock(store: &dyn Store, key: &LockKey, asked_by: &AskedBy) -> Result<LockGuard> {
    let holder = Holder::new(asked_by, "copy of the journal");
    match store.try_lock(key.clone(), holder).await? {
        Locking::Taken(guard) => Ok(guard),
        Locking::Busy(lease) => {
            let by = lease.map_or_else(String::new, |lease| format!(" by {}", lease.holder));
            Err(refused(format!(
                "{}/{} is being changed{by}, with the journal {}",
                key.provider,
                key.account,
                store.place()
            ))
            .with_advice("Copy when no change is being made"))
        }
    }
}

/// How many of the entries are there already, in their order; `None` where there are others. That a lock was taken over
/// to copy is not one of them.
fn beginning(from: &Contents, there: &Contents) -> Option<usize> {
    let text = |entry: &Entry| serde_json::to_string(entry).ok();
    let is_takeover = |entry: &&Entry| matches!(entry.event, Event::TakenOver(_));
    let mut wanted = from.entries.iter();
    let mut count = 0;
    for entry in &there.entries {
        match wanted.clone().next() {
            Some(next) if text(next)? == text(entry)? => {
                wanted.next();
                count += 1;
            }
            _ if is_takeover(&entry) => {}
            _ => return None,
        }
    }
    Some(count)
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Journal, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(name: &str, account: &str) -> Entry {
        serde_json::from_value(json!({
            "at": "2026-11-22T12:00:00Z", "operation": name, "provider": "openai", "account": account,
            "event": { "ended": { "outcome": "not_applied" } },
        }))
        .unwrap()
    }

    async fn add(journal: &Journal, name: &str, account: &str) {
        let entry = entry(name, account);
        let guard = lock(journal.store(), &key(&entry), &AskedBy::new("a", "b")).await;
        journal
            .store()
            .append(entry, &guard.unwrap())
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_copy_is_whole_and_can_be_gone_on_with() {
        let (from, to) = (Journal::memory(), Journal::memory());
        let asked_by = AskedBy::new("ada", "one");
        for number in 0..5 {
            add(&from, &format!("{number}"), ["a", "b"][number % 2]).await;
        }
        // An earlier copy was cut off after two.
        add(&to, "0", "a").await;
        add(&to, "1", "b").await;
        let copied = from.copy_to(&to, &asked_by).await.unwrap();
        assert_eq!((copied.copied, copied.there_already), (3, 2));
        let copied = from.copy_to(&to, &asked_by).await.unwrap();
        assert_eq!((copied.copied, copied.there_already), (0, 5));
        let texts = |contents: Contents| serde_json::to_string(&contents.entries).unwrap();
        assert_eq!(
            texts(from.read().await.unwrap()),
            texts(to.read().await.unwrap())
        );
        assert!(from.store().leases().await.unwrap().is_empty());

        add(&to, "other", "a").await;
        let error = from.copy_to(&to, &asked_by).await.unwrap_err();
        assert!(error.to_string().contains("other entries"), "{error}");
        let held = lock(from.store(), &key(&entry("x", "a")), &asked_by).await;
        let error = from
            .copy_to(&Journal::memory(), &asked_by)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("ada@one"), "{error}");
        drop(held);
    }
}
