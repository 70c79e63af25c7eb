//! A journal in PostgreSQL: what its tables are is in `schema.sql`.

mod connection;
mod engine;

use crate::{
    address::{self, Address, wrong},
    background::Background,
    leased::Leased,
    options::Options,
};
use certfleet::{Error, ErrorKind, Result};
use certfleet_changes::Journal;
use connection::Connection;
use engine::Engine;
use std::sync::Arc;
use tokio_postgres::types::Type;

/// The version of the tables that this version of certfleet makes and uses.
const VERSION: i32 = 1;

/// What the tables are.
const SCHEMA: &str = include_str!("schema.sql");

/// Opens the journal of a database that [`migrate`] has prepared.
pub(crate) async fn open(
    address: &Address,
    postgres: &address::Postgres,
    options: &Options,
) -> Result<Journal> {
    let background = Background::start()?;
    let connection = Connection::new(address, postgres, options).await?;
    let schema = postgres.schema.clone();
    let opening = async move {
        match version(&connection, &schema).await? {
            Some(VERSION) => Ok(Engine::new(connection, &schema)),
            found => Err(not_this_version(&connection, found)),
        }
    };
    let engine = background.run(opening).await?;
    Ok(Journal::new(Leased::new(engine, background)))
}

/// Makes the tables. Returns whether there was anything to do.
pub(crate) async fn migrate(
    address: &Address,
    postgres: &address::Postgres,
    options: &Options,
) -> Result<bool> {
    let background = Background::start()?;
    let connection = Connection::new(address, postgres, options).await?;
    let schema = postgres.schema.clone();
    let migrating = async move {
        match version(&connection, &schema).await? {
            Some(VERSION) => return Ok(false),
            None => {}
            found => return Err(not_this_version(&connection, found)),
        }
        // Two that migrate at once: the second finds the tables, and its transaction fails.
        let text = SCHEMA.replace("{schema}", &format!("\"{schema}\""));
        let made = connection.batch(&format!("BEGIN; {text} COMMIT;")).await;
        match made {
            Ok(()) => Ok(true),
            Err(_) if version(&connection, &schema).await? == Some(VERSION) => Ok(false),
            Err(error) => Err(error),
        }
    };
    background.run(migrating).await
}

/// The version of the tables; `None` where there are none.
async fn version(connection: &Connection, schema: &str) -> Result<Option<i32>> {
    let table = format!("\"{schema}\".format");
    let found = connection
        .query(
            "SELECT to_regclass($1) IS NOT NULL",
            &[(Arc::new(table.clone()), Type::TEXT)],
        )
        .await?;
    let is_there = found
        .first()
        .is_some_and(|row| row.try_get(0).unwrap_or(false));
    if !is_there {
        return Ok(None);
    }
    let sql = format!("SELECT version FROM {table}");
    let found = connection.query(&sql, &[]).await?;
    let found = found.first().map(|row| row.try_get(0)).transpose();
    found.map_err(|why| connection.odd(&why))
}

fn not_this_version(connection: &Connection, found: Option<i32>) -> Error {
    let place = connection.place();
    match found {
        None => wrong(
            format!("the database {place} has no journal yet"),
            "make its tables with certfleet journal migrate, as a user who may create a schema",
        )
        .with_kind(ErrorKind::Journal),
        Some(version) if version > VERSION => wrong(
            format!("a newer version of certfleet made the journal {place}"),
            "update certfleet on this machine",
        )
        .with_kind(ErrorKind::Journal),
        Some(version) => connection.odd(&format!("{version} is not a version of its tables")),
    }
}
