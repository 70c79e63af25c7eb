//! A journal in an object store: entries are objects that are made once, leases such that are compared and swapped.

mod bucket;
mod engine;
mod http;
mod log;

use crate::{
    address::{self, Address, Scheme, wrong},
    background::Background,
    leased::Leased,
};
use bucket::{Bucket, Written};
use certfleet::{Error, ErrorKind, Result};
use certfleet_changes::Journal;
use engine::Engine;
pub use http::Connector;
use object_store::{
    BackoffConfig, ObjectStore, RetryConfig, aws::AmazonS3Builder, azure::MicrosoftAzureBuilder,
    gcp::GoogleCloudStorageBuilder, path::Path,
};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};

/// The version of the objects that this version of certfleet makes and uses.
const VERSION: u32 = 1;

/// The object that says that this is a journal, and of which version.
const FORMAT: &str = "format.json";

#[derive(Serialize, Deserialize)]
struct Format {
    version: u32,
}

/// Opens the journal in a bucket that [`migrate`] has prepared.
pub(crate) async fn open(address: &Address, objects: &address::Objects) -> Result<Journal> {
    let bucket = bucket(address, objects)?;
    open_in(bucket, Background::start()?).await
}

/// Makes sure that the engine has conditional writes, and marks the place as a journal. Returns whether there was
/// anything to do.
pub(crate) async fn migrate(address: &Address, objects: &address::Objects) -> Result<bool> {
    let bucket = bucket(address, objects)?;
    Background::start()?.run(prepare(bucket)).await
}

/// Opens a journal in an object store that the program has set up by itself, below a prefix, and prepares it where it
/// is new. `place` is what it is called in messages.
///
/// # Errors
/// [`ErrorKind::Journal`]: it cannot be reached, or has no conditional writes.
pub async fn open_objects(
    store: Arc<dyn ObjectStore>,
    prefix: &str,
    place: impl Into<String>,
) -> Result<Journal> {
    let bucket = Bucket::new(store, Path::from(prefix), place.into());
    let background = Background::start()?;
    background.run(prepare(bucket.clone())).await?;
    open_in(bucket, background).await
}

async fn open_in(bucket: Bucket, background: Background) -> Result<Journal> {
    let opening = async move {
        match version(&bucket).await? {
            Some(VERSION) => Ok(Engine::new(bucket)),
            found => Err(not_this_version(&bucket, found)),
        }
    };
    let engine = background.run(opening).await?;
    Ok(Journal::new(Leased::new(engine, background)))
}

/// Marks a bucket as a journal, unless it is one. Returns whether there was anything to do.
async fn prepare(bucket: Bucket) -> Result<bool> {
    match version(&bucket).await? {
        Some(VERSION) => return Ok(false),
        None => {}
        found => return Err(not_this_version(&bucket, found)),
    }
    probe(&bucket).await?;
    let written = bucket.create(FORMAT, &Format { version: VERSION }).await?;
    Ok(written == Written::Done)
}

async fn version(bucket: &Bucket) -> Result<Option<u32>> {
    let read = bucket.read::<Format>(FORMAT).await?;
    Ok(read.map(|read| read.value.version))
}

/// Makes sure that an object is made once, and replaced only as it was read.
async fn probe(bucket: &Bucket) -> Result<()> {
    let name = format!("probe-{:016x}", fastrand::u64(..));
    let probed = conditions(bucket, &name).await;
    let removed = bucket.remove(&name).await;
    probed?;
    removed
}

async fn conditions(bucket: &Bucket, name: &str) -> Result<()> {
    bucket.create(name, &1).await?;
    if bucket.create(name, &2).await? == Written::Done {
        return Err(bucket.no_conditions("it makes an object that is there already"));
    }
    let lost = || bucket.no_conditions("an object that was just made is not there");
    let first = bucket.read::<u32>(name).await?.ok_or_else(lost)?.version;
    bucket.replace(name, &3, first.clone()).await?;
    let second = bucket.read::<u32>(name).await?.ok_or_else(lost)?;
    if second.value != 3 {
        return Err(bucket.no_conditions("it does not replace an object that is as it was"));
    }
    if bucket.replace(name, &4, first).await? == Written::Done {
        return Err(bucket.no_conditions("it replaces an object that has changed"));
    }
    Ok(())
}

fn not_this_version(bucket: &Bucket, found: Option<u32>) -> Error {
    let place = bucket.place();
    let error = match found {
        None => wrong(
            format!("{place} holds no journal yet"),
            "prepare it with certfleet journal migrate, which also finds out whether two machines can use it safely",
        ),
        Some(_) => wrong(
            format!("a newer version of certfleet made the journal {place}"),
            "update certfleet on this machine",
        ),
    };
    error.with_kind(ErrorKind::Journal)
}

/// Variables by which other programs lead an address to another engine.
fn endpoints(scheme: Scheme) -> &'static [&'static str] {
    match scheme {
        Scheme::S3 => &["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"],
        Scheme::Gs => &["GOOGLE_BASE_URL"],
        Scheme::Az => &[
            "AZURE_STORAGE_ENDPOINT",
            "AZURE_ENDPOINT",
            "AZURE_STORAGE_USE_EMULATOR",
            "AZURE_USE_FABRIC_ENDPOINT",
        ],
    }
}

/// Ensures that an address means the same place on every machine: two engines behind one address would be two journals,
/// each with its own leases.
fn ensure_place(
    scheme: Scheme,
    endpoint: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<()> {
    let advice = match scheme {
        Scheme::S3 => {
            "unset it, or write ?endpoint= into the address, so that all machines mean the same place"
        }
        Scheme::Gs | Scheme::Az => "unset it, so that all machines mean the same place",
    };
    for name in endpoints(scheme) {
        let value = variable(name).filter(|value| !value.is_empty());
        if value.is_some_and(|value| Some(value.trim_end_matches('/')) != endpoint) {
            return Err(wrong(
                format!("{name} is set, and would lead the journal's address to another place"),
                advice,
            ));
        }
    }
    Ok(())
}

/// The store that an address names. Credentials come from the environment, as every program of that cloud has them.
fn bucket(address: &Address, objects: &address::Objects) -> Result<Bucket> {
    let connector = Connector::new()?;
    let retry = RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(2),
            base: 2.0,
        },
        max_retries: 5,
        retry_timeout: Duration::from_secs(10),
    };
    let failed = |why: object_store::Error| {
        wrong(
            format!("the journal {address} cannot be set up: {why}"),
            "docs/guide/team.md says which variables of the environment are needed",
        )
    };
    ensure_place(objects.scheme, objects.endpoint.as_deref(), |name| {
        std::env::var(name).ok()
    })?;
    let name = &objects.bucket;
    let store: Arc<dyn ObjectStore> = match objects.scheme {
        Scheme::S3 => {
            let mut builder = AmazonS3Builder::from_env().with_bucket_name(name);
            if let Some(endpoint) = &objects.endpoint {
                builder = builder
                    .with_endpoint(endpoint)
                    .with_allow_http(endpoint.starts_with("http://"));
            }
            if let Some(region) = &objects.region {
                builder = builder.with_region(region);
            }
            let builder = builder.with_retry(retry).with_http_connector(connector);
            Arc::new(builder.build().map_err(failed)?)
        }
        Scheme::Gs => {
            let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(name);
            let builder = builder.with_retry(retry).with_http_connector(connector);
            Arc::new(builder.build().map_err(failed)?)
        }
        Scheme::Az => {
            let builder = MicrosoftAzureBuilder::from_env().with_container_name(name);
            let builder = builder.with_retry(retry).with_http_connector(connector);
            Arc::new(builder.build().map_err(failed)?)
        }
    };
    let prefix = Path::from(objects.prefix.as_str());
    Ok(Bucket::new(store, prefix, address.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_leads_no_address_elsewhere() {
        let set = |wanted: &'static str, value: &'static str| {
            move |name: &str| (name == wanted).then(|| value.to_owned())
        };
        let here = Some("https://s3.example.com");
        for scheme in [Scheme::S3, Scheme::Gs, Scheme::Az] {
            assert!(ensure_place(scheme, None, |_| None).is_ok());
        }
        let s3 =
            |endpoint, value| ensure_place(Scheme::S3, endpoint, set("AWS_ENDPOINT_URL", value));
        assert!(s3(here, "https://s3.example.com/").is_ok());
        assert!(s3(None, "").is_ok());
        for (scheme, name) in [
            (Scheme::S3, "AWS_ENDPOINT_URL_S3"),
            (Scheme::S3, "AWS_ENDPOINT_URL"),
            (Scheme::S3, "AWS_ENDPOINT"),
            (Scheme::Gs, "GOOGLE_BASE_URL"),
            (Scheme::Az, "AZURE_STORAGE_ENDPOINT"),
            (Scheme::Az, "AZURE_STORAGE_USE_EMULATOR"),
        ] {
            for endpoint in [None, here] {
                let error =
                    ensure_place(scheme, endpoint, set(name, "http://elsewhere")).unwrap_err();
                assert!(error.to_string().contains(name), "{error}");
            }
        }
        // Of another cloud.
        assert!(
            ensure_place(
                Scheme::Gs,
                None,
                set("AWS_ENDPOINT_URL", "http://elsewhere")
            )
            .is_ok()
        );
    }
}
