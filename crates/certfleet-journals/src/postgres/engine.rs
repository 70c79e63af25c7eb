//! Entries and leases in tables.

use super::connection::{Connection, Value};
use crate::{
    engine::{self, Found, Known, NewEntry},
    leased::LEASE,
};
use certfleet::{Error, ErrorKind, Result};
use certfleet_changes::journal::{Holder, Lease, LockKey};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio_postgres::{Row, types::Type};

/// How many entries one request reads.
const PAGE: i64 = 1_000;

/// Calls the functions of a schema.
#[derive(Debug)]
pub(super) struct Engine {
    connection: Connection,
    append: String,
    acquire: String,
    take_over: String,
    renew: String,
    release: String,
    entries: String,
    leases: String,
}

impl Engine {
    pub(super) fn new(connection: Connection, schema: &str) -> Self {
        let call = |name: &str, values: usize| {
            let values: Vec<_> = (1..=values).map(|number| format!("${number}")).collect();
            format!("SELECT \"{schema}\".{name}({})", values.join(", "))
        };
        let milliseconds = |column: &str| format!("(extract(epoch FROM {column}) * 1000)::bigint");
        Self {
            connection,
            append: call("append", 5),
            acquire: call("acquire", 5),
            take_over: call("take_over", 8),
            renew: call("renew", 4),
            release: call("release", 3),
            entries: format!(
                "SELECT number, id, entry::text FROM \"{schema}\".entries WHERE number >= $1 ORDER BY number LIMIT $2"
            ),
            leases: format!(
                "SELECT provider, account, holder::text, {}, {}, {}, until <= clock_timestamp() FROM \"{schema}\".leases WHERE (provider = $1 AND account = $2) OR $1 IS NULL ORDER BY since",
                milliseconds("since"),
                milliseconds("until"),
                milliseconds("clock_timestamp()"),
            ),
        }
    }

    async fn call(&self, sql: &str, values: &[Value]) -> Result<bool> {
        let rows = self.connection.query(sql, values).await?;
        let found = rows.first().map(|row| row.try_get(0));
        found.unwrap_or(Ok(false)).map_err(|why| self.odd(&why))
    }

    fn odd(&self, why: &dyn std::fmt::Display) -> Error {
        self.connection.odd(why)
    }

    fn found(&self, row: &Row) -> Result<Found> {
        let odd = |why: tokio_postgres::Error| self.odd(&why);
        let time = |index| -> Result<DateTime<Utc>> {
            let milliseconds = row.try_get(index).map_err(odd)?;
            DateTime::from_timestamp_millis(milliseconds)
                .ok_or_else(|| self.odd(&"a time out of range"))
        };
        let provider: String = row.try_get(0).map_err(odd)?;
        let holder: String = row.try_get(2).map_err(odd)?;
        let lease = Lease {
            provider: provider.parse().map_err(|why| self.odd(&why))?,
            account: row.try_get(1).map_err(odd)?,
            holder: serde_json::from_str(&holder).map_err(|why| self.odd(&why))?,
            since: time(3)?,
            until: Some(time(4)?),
            has_ended: row.try_get(6).map_err(odd)?,
        };
        Ok(Found {
            lease,
            now: time(5)?,
        })
    }
}

fn text(text: impl Into<String>) -> Value {
    (Arc::new(text.into()), Type::TEXT)
}

fn number(number: i64) -> Value {
    (Arc::new(number), Type::INT8)
}

fn lease_time() -> Value {
    number(i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX))
}

/// The values that say whose lease is meant.
fn whose(key: &LockKey, holder: &Holder) -> Vec<Value> {
    vec![
        text(key.provider.as_str()),
        text(&key.account),
        text(&holder.id),
    ]
}

fn json(value: &impl serde::Serialize) -> Result<Value> {
    let json = serde_json::to_string(value);
    let json = json.map_err(|why| Error::new(ErrorKind::Journal, why.to_string()))?;
    Ok(text(json))
}

impl engine::Engine for Engine {
    fn place(&self) -> String {
        self.connection.place().to_owned()
    }

    async fn read_after(&self, known: &Known) -> Result<Vec<engine::Row>> {
        // The last known one is read again: it tells whether this is still the journal that it was.
        let first = i64::try_from(known.number.max(1)).unwrap_or(i64::MAX);
        let values = [number(first), number(PAGE)];
        let rows = self.connection.query(&self.entries, &values).await?;
        let odd = |why: tokio_postgres::Error| self.odd(&why);
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let number: i64 = row.try_get(0).map_err(odd)?;
            entries.push(engine::Row {
                number: u64::try_from(number).map_err(|why| self.odd(&why))?,
                id: row.try_get(1).map_err(odd)?,
                text: row.try_get(2).map_err(odd)?,
            });
        }
        if known.number == 0 {
            return Ok(entries);
        }
        let is_known = |row: &engine::Row| row.number == known.number && row.id == known.id;
        if !entries.first().is_some_and(is_known) {
            return Err(engine::forgotten(self.connection.place(), known.number));
        }
        entries.remove(0);
        Ok(entries)
    }

    async fn append(&self, new: &NewEntry, holder: &Holder) -> Result<bool> {
        let key = LockKey {
            provider: new.entry.provider,
            account: new.entry.account.clone(),
        };
        let mut values = whose(&key, holder);
        values.extend([text(&new.id), json(&new.entry)?]);
        self.call(&self.append, &values).await
    }

    async fn acquire(&self, key: &LockKey, holder: &Holder) -> Result<bool> {
        let mut values = whose(key, holder);
        values.extend([json(holder)?, lease_time()]);
        self.call(&self.acquire, &values).await
    }

    async fn take_over(&self, ended: &Lease, holder: &Holder, entry: &NewEntry) -> Result<bool> {
        let values = [
            text(ended.provider.as_str()),
            text(&ended.account),
            text(&ended.holder.id),
            text(&holder.id),
            json(holder)?,
            lease_time(),
            text(&entry.id),
            json(&entry.entry)?,
        ];
        self.call(&self.take_over, &values).await
    }

    async fn renew(&self, key: &LockKey, holder: &Holder) -> Result<bool> {
        let mut values = whose(key, holder);
        values.push(lease_time());
        self.call(&self.renew, &values).await
    }

    async fn release(&self, key: &LockKey, holder: &Holder) -> Result<()> {
        self.call(&self.release, &whose(key, holder))
            .await
            .map(drop)
    }

    async fn leases(&self, key: Option<&LockKey>) -> Result<Vec<Found>> {
        let name = |of: fn(&LockKey) -> &str| -> Value {
            let name: Option<String> = key.map(|key| of(key).to_owned());
            (Arc::new(name), Type::TEXT)
        };
        let values = [name(|key| key.provider.as_str()), name(|key| &key.account)];
        let rows = self.connection.query(&self.leases, &values).await?;
        rows.iter().map(|row| self.found(row)).collect()
    }
}
