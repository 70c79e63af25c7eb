//! The least rights that a user of the journal needs: what docs/guide/team.md lists is enough, and more is refused.

use crate::{Database, options, server::PASSWORD};
use certfleet_changes::journal::LockKey;
use certfleet_conformance::{JournalBench, journal};
use certfleet_journals::{Address, open};
use futures_util::{FutureExt as _, future::BoxFuture};

/// The statements that the guide lists.
fn documented() -> String {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/team.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let block = guide.split("```sql\n").nth(1).expect("a block of SQL");
    block.split("```").next().unwrap().to_owned()
}

/// A database whose journal is used by a role with the least rights.
struct Narrow {
    database: Database,
    address: Address,
}

impl JournalBench for Narrow {
    fn open(&self) -> BoxFuture<'_, certfleet::Result<certfleet_changes::Journal>> {
        async { open(&self.address, &options()).await }.boxed()
    }

    fn end_lease<'a>(&'a self, key: &'a LockKey) -> BoxFuture<'a, bool> {
        self.database.end_lease(key)
    }

    fn add_unreadable<'a>(&'a self, key: &'a LockKey) -> BoxFuture<'a, bool> {
        self.database.add_unreadable(key)
    }
}

#[tokio::test]
async fn what_the_guide_grants_is_enough_and_no_more() {
    let Some(database) = Database::new().await else {
        return;
    };
    let (writer, reader) = (
        format!("w_{}", database.name),
        format!("r_{}", database.name),
    );
    for role in [&writer, &reader] {
        database.sql(&format!("CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'"));
    }
    let grants = documented()
        .replace("certfleet_writer", &writer)
        .replace("certfleet_reader", &reader);
    database.sql(&grants);
    let address = |role: &str| {
        let text = database.server.address(role, &database.name, "X");
        Address::parse(&text).unwrap()
    };

    let refused = |role: &str, sql: &str| {
        let sql = format!("SET ROLE {role}; {sql}");
        let said = database.server.try_sql(&database.name, &sql);
        let said = said.expect_err(&sql);
        assert!(
            said.contains("permission denied") || said.contains("must be owner"),
            "{role}, {sql}: {said}"
        );
    };
    for sql in [
        "UPDATE certfleet.entries SET id = id",
        "DELETE FROM certfleet.entries",
        "INSERT INTO certfleet.entries (number, id, entry) VALUES (1, 'x', '{}')",
        "UPDATE certfleet.head SET last = 0",
        "DELETE FROM certfleet.leases",
        "SELECT certfleet.add_entry('x', '{}')",
        "DROP TABLE certfleet.entries",
    ] {
        refused(&writer, sql);
        refused(&reader, sql);
    }
    refused(&reader, "SELECT certfleet.release('openai', 'a', 'x')");

    // What a writer may execute holds it to its own leases.
    let said_to = |writer: &str, sql: &str| {
        let sql = format!("SET ROLE {writer}; {sql}");
        database.server.try_sql(&database.name, &sql)
    };
    let holder = |id: &str| {
        format!("SELECT certfleet.acquire('openai', 'a', 'x', '{{\"id\":\"{id}\"}}', 99999999999)")
    };
    let wrong = said_to(&writer, &holder("y")).unwrap_err();
    assert!(wrong.contains("another id than the lease"), "{wrong}");
    said_to(&writer, &holder("x")).unwrap();
    let longest = "DO $$ BEGIN IF EXISTS (SELECT FROM certfleet.leases WHERE until > clock_timestamp() + interval '10 minutes') THEN RAISE 'too long'; END IF; END $$";
    said_to(&writer, longest).unwrap();
    let other = "SELECT certfleet.append('openai', 'a', 'x', 'i', '{\"provider\":\"openai\",\"account\":\"b\"}')";
    let wrong = said_to(&writer, other).unwrap_err();
    assert!(wrong.contains("another account than the lease"), "{wrong}");
    said_to(&writer, "SELECT certfleet.release('openai', 'a', 'x')").unwrap();

    let reading = open(&address(&reader), &options()).await.unwrap();
    reading.read().await.unwrap();
    reading.store().leases().await.unwrap();

    let address = address(&writer);
    let narrow = Narrow { database, address };
    journal("PostgreSQL, with the least rights", &narrow)
        .await
        .assert();
}
