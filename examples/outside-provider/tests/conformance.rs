//! The adapter keeps to every rule that certfleet's own adapters keep to.

use certfleet::{Account, Connection, Fleet, Inventory, ListOptions, State};
use certfleet_conformance::{Outcome, ReadOptions, WriteOptions, reads, writes};
use outside_provider::{LANTERN, Lantern, Server, listener};
use std::sync::Arc;

fn account() -> Account {
    let connection = Connection::default().transport(Arc::new(Server::new()));
    let lantern = Lantern::new("demo", &Server::token(), connection);
    Account::new(lantern.expect("an account"))
}

#[tokio::test]
async fn reads_keep_to_every_rule() {
    let mut options = ReadOptions::default();
    options.secrets = vec![Server::token().expose().to_owned()];
    let report = reads(&account(), &options).await;
    report.assert();
    assert_eq!(report.outcome("it lists"), Some(&Outcome::Kept(3)));
    let skipped = |(_, outcome): &(_, _)| matches!(outcome, Outcome::Skipped(_));
    assert!(!report.rules.iter().any(skipped), "{report}");
}

#[tokio::test]
async fn writes_keep_to_every_rule() {
    let mut options = WriteOptions::default();
    options.certificate = Some(include_str!("../certificates/renewed.pem").to_owned());
    options.scopes = vec![listener("public")];
    let report = writes(&account(), &options).await;
    report.assert();
    for rule in ["one record is made", "what was made is deleted, once"] {
        assert!(
            matches!(report.outcome(rule), Some(Outcome::Kept(1..))),
            "{report}"
        );
    }
}

#[tokio::test]
async fn an_inventory_survives_json_both_ways() {
    let fleet = Fleet::new([account()]).expect("a fleet");
    let inventory = fleet.inventory(ListOptions::default()).await;
    assert!(inventory.is_complete());
    let written = serde_json::to_string(&inventory).expect("JSON");
    let read: Inventory = serde_json::from_str(&written).expect("an inventory");
    assert_eq!(serde_json::to_string(&read).expect("JSON"), written);

    let [_, api, _] = &read.certificates[..] else {
        panic!("{read:?}");
    };
    assert_eq!(api.id.provider, LANTERN);
    assert_eq!(api.role.as_str(), "server_tls");
    let [placement] = &api.placements[..] else {
        panic!("{api:?}");
    };
    assert_eq!(placement.scope, listener("internal"));
    assert_eq!(placement.state.as_str(), "draining");
    assert!(matches!(placement.state, State::Other(_)));
}
