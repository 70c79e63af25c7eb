//! Objects of a journal: where each is, and the conditional writes that keep them.

use certfleet::{Error, ErrorKind, Result};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use object_store::{
    ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, UpdateVersion, path::Path,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

/// How long a request is tried, and the wait before the first new attempt; it doubles.
const PATIENCE: Duration = Duration::from_secs(10);
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// The objects below a prefix.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    place: String,
}

/// An object that was read.
#[derive(Debug)]
pub(super) struct Read<T> {
    pub(super) value: T,
    pub(super) version: UpdateVersion,
    pub(super) modified: DateTime<Utc>,
}

/// How a conditional write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Done,
    /// Another was quicker, or the answer of an earlier attempt was lost.
    Conflict,
}

impl Bucket {
    pub(super) fn new(store: Arc<dyn ObjectStore>, prefix: Path, place: String) -> Self {
        Self {
            store,
            prefix,
            place,
        }
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    fn path(&self, name: &str) -> Path {
        name.split('/')
            .fold(self.prefix.clone(), |path, part| path.join(part))
    }

    fn failed(&self, why: &object_store::Error) -> Error {
        let text = match why {
            object_store::Error::NotImplemented { .. } => {
                return self.no_conditions("it does not offer them");
            }
            object_store::Error::Unauthenticated { .. }
            | object_store::Error::PermissionDenied { .. } => {
                format!("the journal {}: it is not allowed: {why}", self.place)
            }
            _ => format!("the journal {} cannot be reached: {why}", self.place),
        };
        Error::new(ErrorKind::Journal, text)
            .with_advice("Look at the engine, the rights and the network")
    }

    fn odd(&self, name: &str, why: &dyn std::fmt::Display) -> Error {
        Error::new(
            ErrorKind::Journal,
            format!(
                "the journal {} holds an object that certfleet did not write, {name}: {why}",
                self.place
            ),
        )
    }

    /// The error of an engine that writes whatever the conditions are.
    pub(super) fn no_conditions(&self, why: &str) -> Error {
        Error::new(
            ErrorKind::Journal,
            format!(
                "{} has no conditional writes (If-None-Match and If-Match), so that two machines could overwrite each other's entries: {why}",
                self.place
            ),
        )
        .with_advice("Keep the journal in another engine, or in PostgreSQL")
    }

    /// Reads an object; `None` where it is not there.
    pub(super) async fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<Read<T>>> {
        let found = match self.store.get(&self.path(name)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(why) => return Err(self.failed(&why)),
        };
        let (modified, version) = (
            found.meta.last_modified,
            UpdateVersion {
                e_tag: found.meta.e_tag.clone(),
                version: found.meta.version.clone(),
            },
        );
        let bytes = found.bytes().await.map_err(|why| self.failed(&why))?;
        let value = serde_json::from_slice(&bytes).map_err(|why| self.odd(name, &why))?;
        Ok(Some(Read {
            value,
            version,
            modified,
        }))
    }

    /// Makes an object that is not there.
    pub(super) async fn create(&self, name: &str, value: &impl Serialize) -> Result<Written> {
        self.write(name, value, PutMode::Create).await
    }

    /// Replaces an object that is still as it was read.
    pub(super) async fn replace(
        &self,
        name: &str,
        value: &impl Serialize,
        version: UpdateVersion,
    ) -> Result<Written> {
        self.write(name, value, PutMode::Update(version)).await
    }

    async fn write(&self, name: &str, value: &impl Serialize, mode: PutMode) -> Result<Written> {
        let bytes = serde_json::to_vec(value).map_err(|why| self.odd(name, &why))?;
        let (payload, path) = (PutPayload::from(bytes), self.path(name));
        // Where the first attempt was carried out and its answer lost, the next one is a conflict with it.
        let put = again(|| {
            let options = PutOptions::from(mode.clone());
            self.store.put_opts(&path, payload.clone(), options)
        })
        .await;
        match put {
            Ok(_) => Ok(Written::Done),
            Err(
                object_store::Error::AlreadyExists { .. }
                | object_store::Error::Precondition { .. }
                | object_store::Error::NotFound { .. },
            ) => Ok(Written::Conflict),
            Err(why) => Err(self.failed(&why)),
        }
    }

    pub(super) async fn remove(&self, name: &str) -> Result<()> {
        let path = self.path(name);
        match again(|| self.store.delete(&path)).await {
            // An earlier attempt was carried out.
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(why) => Err(self.failed(&why)),
        }
    }

    /// The names of the objects in a folder that come after one, in their order.
    pub(super) async fn names(&self, folder: &str, after: &str) -> Result<Vec<String>> {
        let (folder, after) = (self.path(folder), self.path(&format!("{folder}/{after}")));
        let found = self.store.list_with_offset(Some(&folder), &after);
        let found: Vec<_> = found.try_collect().await.map_err(|why| self.failed(&why))?;
        let mut names: Vec<String> = found
            .iter()
            .filter_map(|meta| meta.location.filename().map(str::to_owned))
            .collect();
        names.sort();
        Ok(names)
    }

    /// What time it is by the clock of the store: when an object that is written now was written.
    pub(super) async fn now(&self) -> Result<DateTime<Utc>> {
        let path = self.path("clock");
        let failed = |why: object_store::Error| self.failed(&why);
        let random = fastrand::u64(..).to_string();
        self.store.put(&path, random.into()).await.map_err(failed)?;
        Ok(self.store.head(&path).await.map_err(failed)?.last_modified)
    }
}

/// Sends a request again where it was lost. The crate does that only where it knows that no harm comes of it.
async fn again<T, F>(attempt: impl Fn() -> F) -> object_store::Result<T>
where
    F: Future<Output = object_store::Result<T>>,
{
    let until = Instant::now() + PATIENCE;
    let mut wait = AGAIN_AFTER;
    loop {
        match attempt().await {
            Err(object_store::Error::Generic { .. }) if Instant::now() + wait < until => {}
            ended => return ended,
        }
        sleep(wait).await;
        wait *= 2;
    }
}
